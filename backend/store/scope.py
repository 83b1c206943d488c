"""Says on whose behalf the store is asked, so that no query can forget to ask."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Dealer:
    """A workshop: sees its own appointments, and the register as far as its customers go."""

    id: UUID


@dataclass(frozen=True, slots=True)
class Owner:
    """A customer: sees what concerns the customer, whichever workshop it is with."""

    id: UUID


@dataclass(frozen=True, slots=True)
class System:
    """The backend itself: its loops see everything."""


Scope = Dealer | Owner | System


class OutOfScope(LookupError):
    """This scope has no business with that noun at all: a fault of the caller's code, not of its user."""
