"""Says what follows from an event: effects to be carried out, answers that came late, refusals.

Effects are data; :mod:`backend.service` carries them out in the transaction that made them true.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from backend.appointment import Action, Actor, Appointment, Status


class LetterKind(StrEnum):
    """Every e-mail there is: :data:`TO_DEALER` are for the service manager, the others for the customer."""

    REQUEST_RECEIVED = "request_received"
    PRE_BOOKING = "pre_booking"
    PROPOSAL = "proposal"
    INQUIRY = "inquiry"
    BOOKING = "booking"
    REMINDER = "reminder"
    CANCELLATION = "cancellation"
    UNTOUCHED = "untouched"
    """Nobody has picked a request up."""
    UNANSWERED = "unanswered"
    """The customer has let an inquiry or a proposal lie."""
    ESCALATED = "escalated"
    """The dealer has let its own next step lie."""
    ANSWERED = "answered"
    """The customer has said something, on My Volvo or in the car."""
    CODE = "code"
    """The one-time code that opens My Volvo: the only one that is about no appointment."""


TO_DEALER: Final = (
    LetterKind.UNTOUCHED,
    LetterKind.UNANSWERED,
    LetterKind.ESCALATED,
    LetterKind.ANSWERED,
)


class ItemKind(StrEnum):
    """What can be on the head unit, by the names of the wire."""

    BOOKING = "booking"
    PROPOSAL = "proposal"
    INQUIRY = "inquiry"
    REMINDER = "reminder"
    DAY_REMINDER = "day_reminder"
    NAVIGATION_DESTINATION = "navigation_destination"
    CANCELLATION = "cancellation"
    REQUEST_RECEIPT = "request_receipt"


@dataclass(frozen=True, slots=True)
class SendLetter:
    """Write and send an e-mail."""

    kind: LetterKind


@dataclass(frozen=True, slots=True)
class Push:
    """Have the car show this as it now is: with a pop-up, or without."""

    item: ItemKind
    announce: bool


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take these from the car, and do not send the e-mails of these kinds that are still unsent."""

    items: tuple[ItemKind, ...] = ()
    letters: tuple[LetterKind, ...] = ()


@dataclass(frozen=True, slots=True)
class RearmReminder:
    """Compute the reminder's due time anew; an older one that has not fired never will."""


@dataclass(frozen=True, slots=True)
class DisarmReminder:
    """No reminder is owed any more."""


@dataclass(frozen=True, slots=True)
class TellDealer:
    """Say at the desk that somebody else than the dealer has done something."""

    news: Action


Effect = SendLetter | Push | Withdraw | RearmReminder | DisarmReminder | TellDealer


@dataclass(frozen=True, slots=True)
class Late:
    """An answer that came too late to count: it is kept, shown at the desk, and changes no status."""

    action: Action
    status: Status
    """Where the appointment stood when the answer came."""
    answered_ver: int | None
    current_ver: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The appointment after the event, and what has to be done in the same transaction."""

    appointment: Appointment
    effects: tuple[Effect, ...] = ()
    late: Late | None = None


# --- refusals


class Refused(Exception):
    """The event does not fit the appointment; nothing has changed."""


class NotAllowed(Refused):
    """This cannot be done in this status; ``allowed`` is what this party can do."""

    def __init__(
        self, action: Action, actor: Actor, status: Status | None, allowed: tuple[Action, ...]
    ) -> None:
        where = (
            f"an appointment that is {status.value}" if status else "an appointment that does not exist yet"
        )
        instead = ", ".join(allowed) or "nothing"
        super().__init__(f"{action.value} by {actor.value} is not possible for {where}; possible: {instead}")
        self.action = action
        self.actor = actor
        self.status = status
        self.allowed = allowed


class MissingFields(Refused):
    """Mandatory fields are not filled in; ``fields`` names them as the API does."""

    def __init__(self, action: Action, fields: tuple[str, ...]) -> None:
        super().__init__(f"{action.value} needs {', '.join(fields)}: please fill in")
        self.action = action
        self.fields = fields


class WrongDate(Refused):
    """The appointment cannot be at that time."""


class TooFarAhead(WrongDate):
    """The appointment would lie so far ahead that it is a slip of the pen."""

    def __init__(self, action: Action, starts_at: datetime, latest: datetime) -> None:
        super().__init__(
            f"{action.value} names {starts_at.isoformat()}; the latest possible date is {latest.date()}"
        )
        self.action = action
        self.starts_at = starts_at
        self.latest = latest


class InThePast(WrongDate):
    """The appointment would lie in the past."""

    def __init__(self, action: Action, starts_at: datetime, now: datetime) -> None:
        super().__init__(
            f"{action.value} names {starts_at.isoformat()}, "
            f"which is not after the present, {now.isoformat()}; choose a later date"
        )
        self.action = action
        self.starts_at = starts_at
        self.now = now


class ConditionUnmet(Refused):
    """Something outside the form has to hold first; ``condition`` says what."""

    def __init__(self, action: Action, condition: str) -> None:
        super().__init__(f"{action.value} is only possible if {condition}")
        self.action = action
        self.condition = condition
