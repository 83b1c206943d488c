"""What every page has to bear: axe finds nothing and nobody scrolls sideways, on a phone or a screen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

NARROW: Final = 360
WIDE: Final = 1440
HEIGHT: Final = 900
_WIDER: Final = """() => {
  const room = document.documentElement.clientWidth, all = document.documentElement.scrollWidth;
  if (all <= room) return [];
  const told = (one) => `${one.tagName}.${one.className}: ${one.textContent.trim().slice(0, 40)}`;
  const wider = [...document.body.querySelectorAll("*")]
    .filter((one) => one.getBoundingClientRect().right > room + 0.5);
  return [`${all} > ${room}`, ...wider.slice(0, 5).map(told)];
}"""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something about a page that somebody could not bear."""

    where: str
    what: str
    example: str


def faults(page: Page, where: str, *widths: int) -> list[Fault]:
    """Return what is too wide on a screen and on a phone, and what axe finds at these widths (or at both)."""
    page.wait_for_load_state()
    found = []
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        at = f"{where} at {width} px"
        found += [Fault(at, "scrolls sideways", one) for one in page.evaluate(_WIDER)]
        if widths and width not in widths:
            continue
        result: dict[str, Any] = _axe().run(page, options={"resultTypes": ["violations"]}).response
        found += [
            Fault(at, f"axe: {one['id']} ({one['help']})", str(node["html"])[:200])
            for one in result["violations"]
            for node in one["nodes"][:2]
        ]
    page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    return found


@cache
def _axe() -> Axe:
    return Axe()
