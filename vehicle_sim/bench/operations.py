"""Declares each address once: what it takes and answers is checked, served and documented from the same line.

::

    @surface.put("/v1/cars/{vin}/network", takes=Network, answers=CarState)
    async def network(request: web.Request, wish: Network) -> CarState:
        \"\"\"Put the car in reach of its broker, or out of it.\"\"\"
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from aiohttp import web
from pydantic import BaseModel

from vehicle_sim.bench.problems import body, query

Handler = Callable[..., Awaitable[BaseModel | web.StreamResponse]]
_H = TypeVar("_H", bound=Handler)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address.

    Attributes:
        takes: the JSON body. asks: the query parameters. answers: the JSON answer.
        media: the content type of an answer that is no JSON.
        listed: it stands in the OpenAPI document, under the heading ``group``.
    """

    method: str
    path: str
    handler: Handler
    takes: type[BaseModel] | None = None
    asks: type[BaseModel] | None = None
    answers: type[BaseModel] | None = None
    media: str = "application/json"
    status: int = 200
    listed: bool = True
    group: str = ""

    @property
    def summary(self) -> str:
        """The first line of the handler's documentation."""
        return self._words[0].rstrip(".")

    @property
    def description(self) -> str:
        """The rest of it."""
        return self._words[2]

    @property
    def _words(self) -> tuple[str, str, str]:
        return inspect.cleandoc(self.handler.__doc__ or "").partition("\n\n")

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        """Read what the operation takes, do it, and send what it answers."""
        given: list[BaseModel] = []
        if self.takes is not None:
            given.append(await body(request, self.takes))
        if self.asks is not None:
            given.append(query(request, self.asks))
        answer = await self.handler(request, *given)
        if isinstance(answer, BaseModel):
            text = answer.model_dump_json()
            return web.Response(text=text, status=self.status, content_type="application/json")
        return answer


OPERATIONS: Final = web.AppKey("operations", tuple[Operation, ...])


@dataclass(slots=True)
class Surface:
    """The operations of one file, and what they are about."""

    about: str
    operations: list[Operation] = field(default_factory=list)

    def get(self, path: str, **facts: Any) -> Callable[[_H], _H]:
        """Declare what GET does; ``facts`` are those of :class:`Operation`."""
        return self._declare("GET", path, facts)

    def post(self, path: str, **facts: Any) -> Callable[[_H], _H]:
        """Declare what POST does."""
        return self._declare("POST", path, facts)

    def put(self, path: str, **facts: Any) -> Callable[[_H], _H]:
        """Declare what PUT does."""
        return self._declare("PUT", path, facts)

    def delete(self, path: str, **facts: Any) -> Callable[[_H], _H]:
        """Declare what DELETE does."""
        return self._declare("DELETE", path, facts)

    def _declare(self, method: str, path: str, facts: dict[str, Any]) -> Callable[[_H], _H]:
        def wrap(handler: _H) -> _H:
            self.operations.append(Operation(method, path, handler, group=self.about, **facts))
            return handler

        return wrap
