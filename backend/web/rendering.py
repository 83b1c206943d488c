"""Makes a page of a template and facts: the one place that knows Jinja, headers of pages, and assets."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import Any, Final

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from backend.web.keys import SETTINGS
from backend.web.reader import Reader

PAGES_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""What a page with forms may load: our own files, nothing inline, nothing from elsewhere."""


def render(
    request: web.Request,
    template: str,
    *,
    reader: Reader,
    policy: str = PAGES_POLICY,
    status: int = 200,
    **facts: Any,
) -> web.Response:
    """Return a page for ``reader``. A template sees ``facts``, ``reader``, ``say``, ``asset`` and ``icon``.

    ``simulated`` is the simulated time in the reader's words, empty where time is real.
    """
    simulation = request.app[SETTINGS].simulation
    text = (
        _templates()
        .get_template(template)
        .render(
            reader=reader,
            say=reader.say,
            simulated=reader.say("simulated", now=reader.full(reader.now)) if simulation else "",
            **facts,
        )
    )
    headers = {
        "Content-Security-Policy": policy,
        # With no-referrer a browser sends forms with `Origin: null`: like those that somebody else forges.
        "Referrer-Policy": "same-origin",
        "Content-Language": reader.language.value,
    }
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8", headers=headers)


@cache
def asset(name: str) -> str:
    """Return the address of a static file; it changes with the content, so that caches never lie."""
    digest = hashlib.sha256((files("backend") / "static" / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?{digest}"


@cache
def icon(name: str) -> Markup:
    """Return an icon to stand inside text, in its colour; for the eye only, words say the same."""
    source = (files("backend") / "static" / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    inside = re.sub(r"^<svg[^>]*>|</svg>\s*$", "", source)
    text = f'<svg class="icon" viewBox="0 -960 960 960" aria-hidden="true" focusable="false">{inside}</svg>'
    return Markup(text)  # noqa: S704 - a file of this package, not what somebody wrote


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("backend"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"asset": asset, "icon": icon}
    return environment
