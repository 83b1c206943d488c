"""What every page has to bear: axe finds nothing by day or night, and nobody has to scroll sideways."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

NARROW: Final = 360
WIDE: Final = 1440
HEIGHT: Final = 900
_OF_COLOURS: Final = ("color-contrast", "link-in-text-block")
"""axe's rules that a page in the dark could break while it keeps them by day."""
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
        told = _axe().run(page, options={"resultTypes": ["violations"]}).response
        found += _violations(told, at)
        page.emulate_media(color_scheme="dark")
        told = page.evaluate("options => axe.run(options)", {"runOnly": _OF_COLOURS})
        found += _violations(told, f"{at} in the dark")
        page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    return found


def _violations(told: dict[str, Any], where: str) -> list[Fault]:
    return [
        Fault(where, f"axe: {one['id']} ({one['help']})", str(node["html"])[:200])
        for one in told["violations"]
        for node in one["nodes"][:2]
    ]


@cache
def _axe() -> Axe:
    return Axe()
