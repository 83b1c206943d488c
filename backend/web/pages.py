"""Pages for people: the way in, the API's documentation, and what each kind of problem means."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import as_file, files
from mimetypes import guess_type
from typing import Any, Final

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from backend.web import errors
from backend.web.keys import DOCUMENT, SETTINGS
from backend.web.messages import read
from backend.web.security import DOCS_POLICY, PAGE_POLICY
from protocol.asyncapi import document

_KEPT_FOR: Final = "public, max-age=3600"
_WEB_FONT: Final = "font/woff2"


async def home(request: web.Request) -> web.Response:
    """Say what this is, and where to go from here."""
    return _page("home.html", simulated=request.app[SETTINGS].simulation)


async def openapi(request: web.Request) -> web.Response:
    """Return the OpenAPI document."""
    return web.Response(text=request.app[DOCUMENT], content_type="application/json")


async def docs(_request: web.Request) -> web.Response:
    """Show the OpenAPI document in a readable form, where it can be tried out too."""
    return _page("docs.html", policy=DOCS_POLICY)


async def asyncapi(_request: web.Request) -> web.Response:
    """Return the AsyncAPI document: what travels between cars and this backend."""
    return web.Response(text=_messages(), content_type="application/json")


async def messages(_request: web.Request) -> web.Response:
    """Show the AsyncAPI document in a readable form, without a script."""
    return _page("messages.html", wire=read(document()))


async def problems(_request: web.Request) -> web.Response:
    """Explain every kind of problem: the addresses in ``type`` lead here."""
    kinds = [
        {"slug": kind.slug, "status": int(kind.status), "title": kind.title, "about": kind.__doc__ or ""}
        for kind in errors.family()
    ]
    return _page("problems.html", kinds=kinds)


async def static(request: web.Request) -> web.StreamResponse:
    """Return a file that a page needs. Only names that are known; a path cannot lead anywhere else."""
    name = request.match_info["path"]
    if name not in _assets():
        raise errors.NotFound("there is no such file")
    with as_file(files("backend") / "static" / name) as path:
        kind = _WEB_FONT if name.endswith(".woff2") else guess_type(name)[0] or "text/plain"
        return web.FileResponse(path, headers={"Content-Type": kind, "Cache-Control": _KEPT_FOR})


def _page(template: str, *, status: int = 200, policy: str = PAGE_POLICY, **facts: Any) -> web.Response:
    text = _templates().get_template(template).render(**facts)
    headers = {"Content-Security-Policy": policy}
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8", headers=headers)


@cache
def _messages() -> str:
    return json.dumps(document(), ensure_ascii=False)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("backend"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )


@cache
def _assets() -> frozenset[str]:
    with as_file(files("backend") / "static") as folder:
        return frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
