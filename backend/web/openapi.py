"""The OpenAPI 3.1 document, drawn from the endpoints themselves so that it cannot say anything else.

The schemas are pydantic's own; the rest follows from what each endpoint declares.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from openapi_pydantic import (
    Components,
    Header,
    Info,
    MediaType,
    OpenAPI,
    Operation,
    Parameter,
    PathItem,
    Reference,
    RequestBody,
    Response,
    Schema,
    SecurityScheme,
    Tag,
)
from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from backend.web.caller import USER_HEADER
from backend.web.endpoint import IDEMPOTENCY_KEY, JSON, REPLAYED, Endpoint
from backend.web.errors import (
    CONTENT_TYPE,
    Forbidden,
    Invalid,
    KeyUsed,
    NeedsVersion,
    Problem,
    ProblemDetails,
    Stale,
    TooLarge,
    TooMany,
    Unknown,
    Unreadable,
    WrongContentType,
)
from backend.web.routes import TAGS, Route

VERSION: Final = "1.0.0"
_REF: Final = "#/components/schemas/{model}"
_PROBLEM: Final = "ProblemDetails"
_SECURITY: Final = "bearer"
_OWNER: Final = "owner"
_COOKIE: Final = "ownerCookie"
_ABOUT: Final = """\
Workshop appointments for dealer systems: book, propose, confirm, finalize, and hear what the car and its
driver made of it.

Every call carries `Authorization: Bearer <token>`. A POST may carry an `Idempotency-Key`: the same key with
the same request gives the same answer again. A change of something that has a version names it in
`If-Match`. Every refusal is a problem document (RFC 9457); `/problems` explains each kind. Lists come in
pages; `Link: <...>; rel="next"` leads on.
"""


def document(api: Iterable[Route]) -> dict[str, Any]:
    """Return the document as plain JSON data."""
    routes = tuple(api)
    schemas = _Schemas(routes)
    paths: dict[str, PathItem] = {}
    for route in routes:
        item = paths.setdefault(route.path, PathItem())
        setattr(item, route.method.lower(), _operation(route, schemas))
    drawn = OpenAPI(
        openapi="3.1.1",
        info=Info(title="Sensus bench: dealer API", version=VERSION, description=_ABOUT),
        tags=[
            Tag(name=name, description=about)
            for name, about in TAGS.items()
            if any(name == route.tag for route in routes)
        ],
        paths=paths,
        components=Components(
            securitySchemes={
                _SECURITY: SecurityScheme(type="http", scheme="bearer", description="The dealer's API token"),
                _OWNER: SecurityScheme(
                    type="http", scheme="bearer", description="The token of an owner's session"
                ),
                _COOKIE: SecurityScheme.model_validate(
                    {
                        "type": "apiKey",
                        "in": "cookie",
                        "name": "sensus-my",
                        "description": "The same in a browser; a change has to come from our own page",
                    }
                ),
            }
        ),
    )
    plain = drawn.model_dump(mode="json", by_alias=True, exclude_unset=True)
    # Set as default inside openapi-pydantic, hence "unset"; pydantic's schemas go in as they are.
    plain["openapi"] = drawn.openapi
    plain["components"]["schemas"] = schemas.definitions
    return plain


class _Schemas:
    """One set of definitions for all bodies, answers and queries, and how each refers to it."""

    def __init__(self, routes: Iterable[Route]) -> None:
        wanted: dict[tuple[str, JsonSchemaMode], TypeAdapter[Any]] = {
            (_PROBLEM, "serialization"): TypeAdapter(ProblemDetails)
        }
        for route in routes:
            if route.endpoint.body is not None:
                wanted[(f"{route.name} body", "validation")] = route.endpoint.body
            if route.endpoint.answers is not None:
                wanted[(f"{route.name} answer", "serialization")] = TypeAdapter(route.endpoint.answers)
        found, self.definitions = _json_schemas(wanted)
        self._found = {name: schema for (name, _), schema in found.items()}

    def __getitem__(self, name: str) -> Schema | Reference:
        """Return the schema of one body or answer."""
        return _schema(self._found[name])


def _json_schemas(
    wanted: Mapping[tuple[str, JsonSchemaMode], TypeAdapter[Any]],
) -> tuple[dict[tuple[str, JsonSchemaMode], Any], dict[str, Any]]:
    found, whole = TypeAdapter.json_schemas(
        [(name, mode, adapter) for (name, mode), adapter in wanted.items()], ref_template=_REF
    )
    return dict(found), dict(whole.get("$defs", {}))


def _operation(route: Route, schemas: _Schemas) -> Operation:
    what = route.endpoint
    operation = Operation(
        operationId=route.name,
        summary=what.summary,
        description=what.description or what.summary,
        tags=[route.tag],
        parameters=[*_parameters(route)],
        responses=_responses(route, schemas),
    )
    if "caller" in what.needs:
        operation.security = [{_SECURITY: []}]
    if "me" in what.needs:
        operation.security = [{_OWNER: []}, {_COOKIE: []}]
    if what.body is not None:
        media = MediaType(schema=schemas[f"{route.name} body"])
        if what.example is not None:
            media.example = what.example
        operation.requestBody = RequestBody(required=True, content={JSON: media})
    return operation


def _parameters(route: Route) -> Iterable[Parameter]:
    what = route.endpoint
    for name, adapter in what.path.items():
        yield _parameter("path", name, _inlined(adapter.json_schema()), required=True)
    if what.query is not None:
        whole = _inlined(what.query.model_json_schema())
        for name, schema in whole["properties"].items():
            yield _parameter("query", name, schema, required=name in whole.get("required", ()))
    if "version" in what.needs:
        yield _header(
            "If-Match",
            'The ETag of what this change is based on, or its version as `"3"`, or `*`',
            required=True,
        )
    if "caller" in what.needs:
        yield _header(USER_HEADER, "Whom at the dealer's desk the call is made for")
    if _may_repeat(route):
        yield _header(IDEMPOTENCY_KEY, "A new one for each new request, the same for a repeated one")


def _parameter(place: str, name: str, schema: dict[str, Any], *, required: bool) -> Parameter:
    about = {"description": schema.pop("description")} if "description" in schema else {}
    return Parameter.model_validate(
        {"in": place, "name": name, "required": required, "schema": schema, **about}
    )


def _header(name: str, about: str, *, required: bool = False) -> Parameter:
    return _parameter("header", name, {"type": "string", "description": about}, required=required)


def _responses(route: Route, schemas: _Schemas) -> dict[str, Response | Reference]:
    what = route.endpoint
    done = Response(description="Done")
    content = {media: MediaType(schema=_schema({"type": "string"})) for media in what.media}
    if what.answers is not None:
        content[JSON] = MediaType(schema=schemas[f"{route.name} answer"])
    if content:
        done.content = content
    headers = _answer_headers(route)
    if headers:
        done.headers = headers
    found: dict[str, Response | Reference] = {str(what.status): done}
    if "ETag" in headers and route.method == "GET":
        found["304"] = Response(description="`If-None-Match` names this very text")
    problems = MediaType(schema=schemas[_PROBLEM])
    by_status: dict[HTTPStatus, list[type[Problem]]] = {}
    for kind in sorted({*what.refuses, *_implied(route)}, key=lambda kind: (kind.status, kind.slug)):
        by_status.setdefault(kind.status, []).append(kind)
    for status, kinds in by_status.items():
        words = " ".join(" ".join((kind.__doc__ or "").split()) for kind in kinds)
        found[str(int(status))] = Response(description=words, content={CONTENT_TYPE: problems})
    return found


def _answer_headers(route: Route) -> dict[str, Header | Reference]:
    found: dict[str, Header | Reference] = {}
    if route.endpoint.status == HTTPStatus.CREATED:
        found["Location"] = _answer_header("Where it is")
    if route.endpoint.answers is not None and "version" in route.endpoint.answers.model_fields:
        found["ETag"] = _answer_header(
            "Its version, and what tells this text from others; a change names it in `If-Match`"
        )
    if _may_repeat(route):
        found[REPLAYED] = _answer_header("`true` on an answer that was given before")
    return found


def _answer_header(about: str) -> Header:
    return Header.model_validate({"description": about, "schema": {"type": "string"}})


def _implied(route: Route) -> Iterable[type[Problem]]:
    what: Endpoint = route.endpoint
    yield TooMany
    if "caller" in what.needs:
        yield from (Unknown, Unreadable)
    if "me" in what.needs:
        yield Unknown
        if route.method != "GET":
            yield Forbidden
    if what.path or what.query is not None or what.body is not None:
        yield Invalid
    if what.body is not None:
        yield from (Unreadable, TooLarge, WrongContentType)
    if "version" in what.needs:
        yield from (NeedsVersion, Stale)
    if _may_repeat(route):
        yield KeyUsed


def _may_repeat(route: Route) -> bool:
    return route.method == "POST" and {"caller", "work"} <= route.endpoint.needs


def _schema(plain: Mapping[str, Any]) -> Schema | Reference:
    if set(plain) == {"$ref"}:
        return Reference.model_validate(plain)
    return Schema.model_validate(plain)


def _inlined(whole: Mapping[str, Any]) -> dict[str, Any]:
    """Put definitions where they are referred to: parameters cannot bring definitions of their own."""
    definitions = whole.get("$defs", {})

    def put(part: Any) -> Any:
        if isinstance(part, dict):
            if "$ref" in part:
                return put(definitions[part["$ref"].rpartition("/")[2]])
            return {key: put(value) for key, value in part.items() if key != "$defs"}
        return [put(one) for one in part] if isinstance(part, list) else part

    inlined: dict[str, Any] = put(dict(whole))
    return inlined
