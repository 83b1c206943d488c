"""The grammar of a step: somebody does something, or something is so. Each verb is one documented function.

    @deed("car", "turns key to")
    async def turns_key_to(who: Motorist, what: Position) -> None:
        \"\"\"Turn the key; `running` starts the engine.\"\"\"

It asks for what it needs of ``play`` (the run), ``who`` and ``what``. The words, what they take and what
they are for come from that one place: the reader, the JSON Schema and the documents all ask here. A verb that
takes several things may be given them in plain words, see ``short``.
"""

from __future__ import annotations

import difflib
import functools
import inspect
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, TypeAdapter, model_validator

Role = Literal["dealer", "owner", "car", "clock", "network", "broker", "backend"]
ROLES: Final[tuple[Role, ...]] = ("dealer", "owner", "car", "clock", "network", "broker", "backend")
CAST: Final[tuple[Role, ...]] = ("dealer", "owner", "car")
"""Roles that may be played by several, each under a name of its own."""
_TIMES: Final = {"once": 1, "twice": 2, "never": 0}
_OFTEN: Final = re.compile(r"\b(?:once|twice|never)$")
_F = TypeVar("_F", bound=Callable[..., Awaitable[Any]])


class Arguments(BaseModel):
    """What a verb takes, where it takes more than one thing; names are written with spaces.

    Attributes:
        short: what plain words may look like, such as ``{visit} in {list}``; the first that fits counts.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=lambda name: name.replace("_", " "),
        use_attribute_docstrings=True,
    )
    short: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="before")
    @classmethod
    def _from_plain(cls, given: object) -> object:
        if given == "":
            return {}
        if isinstance(given, list) and cls.short:
            return {cls.short[0].strip("{}"): given}
        if not isinstance(given, str):
            return given
        words = _OFTEN.sub(lambda found: f"{_TIMES[found[0]]} times", given)
        for pattern in cls.short:
            if (found := _pattern(pattern).fullmatch(words)) is not None:
                return {name.replace("_", " "): value for name, value in found.groupdict().items()}
        forms = " or ".join(f"`{form}`" for form in cls.short) or "names with their values"
        raise ValueError(f"write {forms}")


@dataclass(frozen=True, slots=True)
class Seen:
    """Whether something is so, and what was seen."""

    holds: bool
    saw: str


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing that can be done (``deed``), or can be so (``fact``).

    Attributes:
        takes: what checks the argument; None where there is none.
        do: the function behind it. needs: what it wants to be given of ``play``, ``who`` and ``what``.
    """

    role: Role
    kind: Literal["deed", "fact"]
    words: str
    takes: TypeAdapter[Any] | None
    about: str
    do: Callable[..., Awaitable[Any]]
    needs: tuple[str, ...]


_VERBS: Final[dict[tuple[Role, str, str], Verb]] = {}


def deed(role: Role, words: str) -> Callable[[_F], _F]:
    """Declare what somebody of a role can do."""
    return _declare(role, "deed", words)


def fact(role: Role, words: str) -> Callable[[_F], _F]:
    """Declare what can be expected of somebody of a role; the function returns :class:`Seen`."""
    return _declare(role, "fact", words)


def _declare(role: Role, kind: Literal["deed", "fact"], words: str) -> Callable[[_F], _F]:
    def wrap(function: _F) -> _F:
        hints = get_type_hints(function, include_extras=True)
        takes = TypeAdapter(hints["what"]) if "what" in hints else None
        about = " ".join((inspect.getdoc(function) or "").split())
        _VERBS[role, kind, words] = Verb(
            role, kind, words, takes, about, function, tuple(inspect.signature(function).parameters)
        )
        return function

    return wrap


def verbs(role: Role, kind: Literal["deed", "fact"]) -> Iterator[Verb]:
    """Yield the verbs of a role, in the order in which they were declared."""
    return (verb for (whose, sort, _), verb in _VERBS.items() if (whose, sort) == (role, kind))


def find(role: Role, kind: Literal["deed", "fact"], words: str) -> Verb | None:
    """Return the verb of exactly these words, None if there is none."""
    return _VERBS.get((role, kind, words))


def spoken(role: Role, kind: Literal["deed", "fact"], text: str) -> tuple[Verb, str] | None:
    """Split a sentence such as ``turns key to running`` into its verb and the rest; the longest verb wins."""
    words = text.split()
    for length in range(len(words), 0, -1):
        verb = find(role, kind, " ".join(words[:length]))
        if verb is not None:
            return verb, " ".join(words[length:])
    return None


@functools.cache
def _pattern(form: str) -> re.Pattern[str]:
    """Return what reads the words of a form: ``{visit} in {list}``."""
    parts = re.split(r"\{([\w ]+)\}", form)
    fields = [f"(?P<{name.replace(' ', '_')}>.+?)" for name in parts[1::2]]
    words = [re.escape(text) for text in parts[0::2]]
    return re.compile("".join(a + b for a, b in zip(words, [*fields, ""], strict=True)))


def nearest(word: str, known: list[str]) -> str:
    """Return which of the known words was probably meant, as part of a message."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.4)
    return f"did you mean {near[0]!r}?" if near else f"there is {', '.join(known)}"
