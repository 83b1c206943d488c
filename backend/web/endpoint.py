"""The glue between a typed function and HTTP: what the function declares is checked, served and documented.

::

    @endpoint(answers=Appointment, status=201, refuses=(Conflict,))
    async def create(work: Work, caller: Caller, body: CreateAppointment) -> Answer: ...

``caller`` asks for a dealer's bearer token, ``me`` for an owner's session, ``body`` for JSON, ``query`` for
query parameters, ``version`` for ``If-Match``, ``work`` for one transaction around the call; every other
parameter is a part of the path, checked by its type. The docstring is the documentation.
``backend.web.openapi`` reads the same :class:`Endpoint`, so the two cannot drift apart.

A POST may carry an ``Idempotency-Key``. Its answer is kept in the transaction that makes it true, so
whoever heard no answer can ask again and gets that one; a refused request leaves nothing behind.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, get_type_hints

from aiohttp import web
from pydantic import BaseModel, TypeAdapter, ValidationError

from backend.service import keys
from backend.service.office import Work
from backend.web import etags
from backend.web.caller import Caller, authenticate
from backend.web.errors import (
    Fault,
    Invalid,
    NeedsVersion,
    Problem,
    TooLarge,
    Unreadable,
    Wrong,
    WrongContentType,
    in_words,
    summary,
    wrongs_in_body,
    wrongs_in_parameters,
)
from backend.web.keys import OFFICE
from backend.web.my.caller import authenticate as owner_calling

MOST_BYTES: Final = 64 * 1024
"""The largest body that is read (bytes)."""
JSON: Final = "application/json"
IDEMPOTENCY_KEY: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
_SPECIAL: Final = frozenset({"request", "work", "caller", "me", "body", "query", "version"})
_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint has to say: a model, a status, perhaps a version and more headers."""

    body: BaseModel | None
    status: int | None = None
    version: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[..., Awaitable[Answer | web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A handler and what it declares."""

    handler: Handler
    summary: str
    description: str
    answers: type[BaseModel] | None
    media: Mapping[str, str]
    status: int
    refuses: tuple[type[Problem], ...]
    needs: frozenset[str]
    writes: bool
    body: TypeAdapter[Any] | None
    query: type[BaseModel] | None
    path: Mapping[str, TypeAdapter[Any]]
    example: Mapping[str, Any] | None

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        """Check the request against what the handler declares, call it, and send what it says."""
        arguments: dict[str, Any] = {}
        if "caller" in self.needs:
            arguments["caller"] = await authenticate(request)
        if "me" in self.needs:
            arguments["me"] = await owner_calling(request)
        if "request" in self.needs:
            arguments["request"] = request
        arguments |= {name: _path(request, name, adapter) for name, adapter in self.path.items()}
        if self.query is not None:
            arguments["query"] = _query(request, self.query)
        if "version" in self.needs:
            arguments["version"] = _version(request)
        raw = b""
        if self.body is not None:
            raw = await read_json(request)
            arguments["body"] = _body(raw, self.body)
        if "work" not in self.needs:
            return self._send(request, await self.handler(**arguments))
        office = request.app[OFFICE]
        # Whoever only reads must not wait for the one writer.
        async with office.work() if self.writes or request.method != "GET" else office.look() as work:
            key = _key(request) if "caller" in self.needs else None
            if key is None:
                return self._send(request, await self.handler(work=work, **arguments))
            return await self._once(request, work, arguments, key, raw)

    async def _once(
        self, request: web.Request, work: Work, arguments: dict[str, Any], key: str, raw: bytes
    ) -> web.Response:
        caller: Caller = arguments["caller"]
        asked = hashlib.sha256(f"{request.method} {request.path_qs}\n".encode() + raw).hexdigest()
        known = await keys.recall(work, caller.dealer, key, asked)
        if known is not None:
            return web.Response(
                status=known.status,
                headers=dict(known.headers) | {REPLAYED: "true"},
                body=known.body.encode(),
            )
        response = self._send(request, await self.handler(work=work, **arguments))
        if not isinstance(response, web.Response):
            raise Fault("an answer that never ends cannot be kept for a repeated request")
        headers = {name: value for name, value in response.headers.items() if name != "Content-Length"}
        await keys.remember(
            work, caller.dealer, key, asked, keys.Answer(response.status, headers, response.text or "")
        )
        return response

    def _send(self, request: web.Request, answer: Answer | web.StreamResponse) -> web.StreamResponse:
        return send(answer, request, self.status) if isinstance(answer, Answer) else answer


def endpoint(
    *,
    answers: type[BaseModel] | None = None,
    media: Mapping[str, str] | None = None,
    status: int = 200,
    refuses: tuple[type[Problem], ...] = (),
    example: Mapping[str, Any] | None = None,
    writes: bool = False,
) -> Callable[[Handler], Endpoint]:
    """Turn a typed async function into an :class:`Endpoint`.

    ``media`` names answers that are not JSON: content type and what it is. ``refuses`` lists the problems
    beyond those that follow from the parameters. ``writes`` marks a GET that leaves something behind.
    """

    def wrap(handler: Handler) -> Endpoint:
        hints = get_type_hints(handler, include_extras=True)
        hints.pop("return", None)
        docs = inspect.cleandoc(handler.__doc__ or "").partition("\n\n")
        return Endpoint(
            handler=handler,
            summary=docs[0].rstrip("."),
            description=docs[2],
            answers=answers,
            media=media or {},
            status=status,
            refuses=refuses,
            needs=frozenset(hints) & _SPECIAL,
            writes=writes,
            body=TypeAdapter(hints["body"]) if "body" in hints else None,
            query=hints.get("query"),
            path={name: TypeAdapter(hint) for name, hint in hints.items() if name not in _SPECIAL},
            example=example,
        )

    return wrap


def send(answer: Answer, request: web.Request, usual: int) -> web.Response:
    """Return the HTTP answer; 304 where the caller has this very text already."""
    headers = dict(answer.headers)
    status = answer.status or usual
    if answer.body is None:
        return web.Response(status=204 if status == 200 else status, headers=headers)
    text = etags.text_of(answer.body)
    if answer.version is not None:
        present = etags.make(answer.version, text)
        headers["ETag"] = f'"{present}"'
        held = request.if_none_match or ()
        if request.method == "GET" and any(tag.value in {present, "*"} for tag in held):
            return web.Response(status=304, headers=headers)
    return web.Response(status=status, headers=headers, text=text, content_type=JSON)


async def read_json(request: web.Request) -> bytes:
    """Return the body of a request that says it is JSON.

    Raises:
        WrongContentType: it says something else. TooLarge: it is larger than :data:`MOST_BYTES`.
    """
    if request.content_type != JSON:
        said = request.headers.get("Content-Type", "nothing")[:80]
        raise WrongContentType(
            f"send Content-Type: {JSON}; this request says {said}", headers={"Accept": JSON}
        )
    if (request.content_length or 0) > MOST_BYTES:
        raise TooLarge(f"{request.content_length} bytes are announced; at most {MOST_BYTES} are read")
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge as large:
        raise TooLarge(f"at most {MOST_BYTES} bytes are read") from large


def _key(request: web.Request) -> str | None:
    key = request.headers.get(IDEMPOTENCY_KEY)
    if key is None or request.method != "POST":
        return None
    if not _KEY.fullmatch(key):
        detail = "it must be 1 to 200 printable ASCII characters without spaces; a UUID is a good one"
        raise Unreadable(
            f"{IDEMPOTENCY_KEY}: {detail}", errors=[Wrong(detail=detail, parameter=IDEMPOTENCY_KEY)]
        )
    return key


def _version(request: web.Request) -> str:
    header = request.headers.get("If-Match")
    if header is None:
        raise NeedsVersion("send If-Match with the ETag of the representation that this change is based on")
    tag = etags.read(header)
    if tag is None:
        detail = 'it must be one strong entity tag in quotation marks, such as "3"'
        raise Unreadable(f"If-Match: {detail}", errors=[Wrong(detail=detail, parameter="If-Match")])
    return tag


def _path(request: web.Request, name: str, adapter: TypeAdapter[Any]) -> Any:
    try:
        return adapter.validate_strings(request.match_info[name])
    except ValidationError as invalid:
        errors = [
            Wrong(detail=in_words(error), parameter=name) for error in invalid.errors(include_url=False)
        ]
        raise Invalid(summary(errors), errors=errors) from invalid


def _query(request: web.Request, model: type[BaseModel]) -> BaseModel:
    known = [info.alias or name for name, info in model.model_fields.items()]
    repeated = [name for name in request.query if len(request.query.getall(name)) > 1]
    if repeated:
        errors = [Wrong(detail="it is given more than once", parameter=name) for name in set(repeated)]
        raise Invalid(summary(errors), errors=errors)
    try:
        return model.model_validate_strings(dict(request.query))
    except ValidationError as invalid:
        errors = wrongs_in_parameters(invalid, known)
        raise Invalid(summary(errors), errors=errors) from invalid


def _body(raw: bytes, adapter: TypeAdapter[Any]) -> Any:
    _check_json(raw)
    try:
        return adapter.validate_json(raw, strict=True)
    except ValidationError as invalid:
        first = invalid.errors(include_url=False)[0]
        errors = wrongs_in_body(invalid, tag=_tag(first["loc"], adapter), known=_fields(adapter))
        raise Invalid(summary(errors), errors=errors) from invalid


def _check_json(raw: bytes) -> None:
    """Refuse what lenient readers let through: NaN, a name that comes twice, nesting without end."""
    try:
        json.loads(raw, parse_constant=_no_such_number, object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as wrong:
        raise Unreadable(f"the body is not JSON as it should be: {str(wrong)[:200]}") from wrong


def _no_such_number(name: str) -> float:
    raise ValueError(f"JSON has no number {name}")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name {twice[:60]!r} comes twice in one object")
    return found


def _choices(adapter: TypeAdapter[Any]) -> Mapping[str, Any]:
    schema = adapter.core_schema
    while schema["type"] == "definitions":
        schema = schema["schema"]
    return schema["choices"] if schema["type"] == "tagged-union" else {}


def _tag(loc: tuple[int | str, ...], adapter: TypeAdapter[Any]) -> str | None:
    # pydantic puts the chosen member of a tagged union before every location; the sender has no such field.
    return str(loc[0]) if loc and loc[0] in _choices(adapter) else None


def _fields(adapter: TypeAdapter[Any]) -> list[str]:
    names: set[str] = set()
    schema = adapter.json_schema()
    for part in [schema, *schema.get("$defs", {}).values()]:
        names |= set(part.get("properties", {}))
    return sorted(names)


__all__ = ["Answer", "Caller", "Endpoint", "endpoint", "read_json", "send"]
