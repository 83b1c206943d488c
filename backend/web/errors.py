"""Every refusal of the HTTP side in one family, told as RFC 9457 problem details.

A problem says what was wrong (``title``, ``detail``), where (``errors``, each with a JSON pointer or a
parameter) and what to do. Its ``type`` leads to the page that explains it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

CONTENT_TYPE: Final = "application/problem+json"
PAGE: Final = "/problems"


class Wrong(BaseModel):
    """One thing that was wrong, and where."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    detail: Annotated[str, Field(description="What is wrong there, for people")]
    pointer: Annotated[str | None, Field(description="JSON pointer into the request body (RFC 6901)")] = None
    parameter: Annotated[str | None, Field(description="Name of the path, query or header parameter")] = None


class ProblemDetails(BaseModel):
    """RFC 9457: why a request was not done. Every answer of 400 and above has this shape."""

    model_config = ConfigDict(extra="allow")

    type: Annotated[str, Field(description="Kind of problem: an address that explains it")]
    title: Annotated[str, Field(description="Kind of problem, in words")]
    status: Annotated[int, Field(ge=400, le=599, description="The HTTP status of this answer")]
    detail: Annotated[str, Field(description="What happened this time, and what to do")]
    instance: Annotated[str | None, Field(description="Path of the request")] = None
    errors: Annotated[list[Wrong] | None, Field(description="Each thing that was wrong, and where")] = None


class Problem(Exception):
    """Something is wrong with the request, or with us."""

    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR
    slug: ClassVar[str] = "fault"
    title: ClassVar[str] = "This system has a fault"

    def __init__(
        self,
        detail: str,
        *,
        errors: Sequence[Wrong] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.more = more

    def body(self, instance: str) -> ProblemDetails:
        """Return the problem as it is sent."""
        return ProblemDetails(
            type=f"{PAGE}#{self.slug}",
            title=self.title,
            status=int(self.status),
            detail=self.detail,
            instance=instance,
            errors=list(self.errors) or None,
            **self.more,
        )


class Fault(Problem):
    """The mistake is ours. Nothing was changed; trying again later may help."""


class Unreadable(Problem):
    """The body is not JSON at all, or a header cannot be read."""

    status = HTTPStatus.BAD_REQUEST
    slug = "unreadable"
    title = "The request cannot be read"


class Unknown(Problem):
    """The API asks who calls: send `Authorization: Bearer <token>`, with a token that was not revoked."""

    status = HTTPStatus.UNAUTHORIZED
    slug = "unknown-caller"
    title = "Who is calling?"


class Forbidden(Problem):
    """The caller is known, but this is not for it."""

    status = HTTPStatus.FORBIDDEN
    slug = "forbidden"
    title = "Not for this caller"


class NotFound(Problem):
    """There is no such thing, or it belongs to another dealer: both look the same from outside."""

    status = HTTPStatus.NOT_FOUND
    slug = "not-found"
    title = "There is no such thing"


class NotThatMethod(Problem):
    """The path exists, but not for this method; the `Allow` header names those it has."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    slug = "method-not-allowed"
    title = "Not with this method"


class NotAcceptable(Problem):
    """The caller asked for a form of answer that does not exist here."""

    status = HTTPStatus.NOT_ACCEPTABLE
    slug = "not-acceptable"
    title = "No such form of answer"


class Conflict(Problem):
    """The request is sound, but does not fit the present state: an action that the status does not allow."""

    status = HTTPStatus.CONFLICT
    slug = "conflict"
    title = "It does not fit the present state"


class Stale(Problem):
    """Somebody else was faster: `If-Match` names an older version. The answer carries the present one."""

    status = HTTPStatus.PRECONDITION_FAILED
    slug = "stale-version"
    title = "It has changed in the meantime"


class TooLarge(Problem):
    """The body is larger than this API reads."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    slug = "too-large"
    title = "The body is too large"


class WrongContentType(Problem):
    """Bodies are JSON here: send `Content-Type: application/json`."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    slug = "wrong-content-type"
    title = "The body is of a type that is not read here"


class Invalid(Problem):
    """Readable, but something in it is missing, unknown or impossible; `errors` names each."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    slug = "invalid"
    title = "Something in the request is not valid"


class KeyUsed(Problem):
    """This `Idempotency-Key` came before with another request: a new request needs a new key."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    slug = "key-used"
    title = "The idempotency key belongs to another request"


class NeedsVersion(Problem):
    """A change names the version that it is based on: send `If-Match` with the `ETag` that was read."""

    status = HTTPStatus.PRECONDITION_REQUIRED
    slug = "needs-version"
    title = "Which version is this based on?"


class TooMany(Problem):
    """More requests than one caller may make; `Retry-After` says when to go on."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    slug = "too-many"
    title = "Too many requests"


class Unavailable(Problem):
    """Something that this needs is out of reach just now."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    slug = "unavailable"
    title = "Not at the moment"


def family() -> list[type[Problem]]:
    """Return every kind of problem, by status."""
    return sorted(Problem.__subclasses__(), key=lambda kind: (kind.status, kind.slug))


def pointer(loc: Iterable[str | int]) -> str:
    """Return the JSON pointer of a pydantic location, as a URI fragment."""
    return "#" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in loc)


def wrongs_in_body(
    invalid: ValidationError, *, tag: str | None = None, known: Sequence[str] = ()
) -> list[Wrong]:
    """Return what is wrong with a body. ``tag`` is the union's choice, which is no part of the pointer."""
    found = []
    for error in invalid.errors(include_url=False, include_context=True):
        loc = error["loc"]
        if tag is not None and loc and loc[0] == tag:
            loc = loc[1:]
        if error["type"] in {"union_tag_not_found", "union_tag_invalid"}:
            loc = (*loc, str(error["ctx"]["discriminator"]).strip("'"))
        found.append(Wrong(detail=in_words(error, known), pointer=pointer(loc)))
    return found


def wrongs_in_parameters(invalid: ValidationError, known: Sequence[str] = ()) -> list[Wrong]:
    """Return what is wrong with query parameters."""
    return [
        Wrong(detail=in_words(error, known), parameter=str(error["loc"][0]) if error["loc"] else None)
        for error in invalid.errors(include_url=False, include_context=True)
    ]


_JSON_WORDS: Final = {"True": "true", "False": "false"}


def in_words(error: ErrorDetails, known: Sequence[str] = ()) -> str:
    """Return one pydantic error as a sentence's end: what is wrong at that place."""
    context: Mapping[str, Any] = error.get("ctx") or {}
    match error["type"]:
        case "missing":
            return "this field is mandatory"
        case "extra_forbidden":
            name = str(error["loc"][-1])
            near = difflib.get_close_matches(name, known, n=1)
            return f"there is no field {name[:60]!r} here" + (f"; did you mean {near[0]!r}?" if near else "")
        case "union_tag_not_found":
            return "this field is mandatory: it says what to do"
        case "union_tag_invalid":
            return f"{str(context['tag'])[:60]!r} is none of {context['expected_tags']}"
        case "literal_error" | "enum":
            return f"it must be {_JSON_WORDS.get(context['expected'], context['expected'])}"
        case "is_instance_of" if context["class"] == "Decimal":
            return 'an amount is written as text: "389.00"'
        case "value_error":
            return str(context["error"])
        case _:
            return error["msg"][:1].lower() + error["msg"][1:]


def summary(errors: Sequence[Wrong]) -> str:
    """Return one line that names every place."""
    places = [f"{error.pointer or error.parameter or 'request'}: {error.detail}" for error in errors[:5]]
    more = len(errors) - len(places)
    return "; ".join(places) + (f"; and {more} more" if more > 0 else "")
