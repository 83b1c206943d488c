"""Judges what cars say they stand on, and how far each pushed item has come, so that "delivered" is proven.

A broker's acknowledgement proves nothing. What counts is the car's own word: the (epoch, rev) and the
digest that it has applied, and its events.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Final
from uuid import UUID

from protocol.messages import (
    NO_REVISION,
    Accepted,
    CarEvent,
    CounterProposed,
    Declined,
    Dismissed,
    Events,
    HeldBack,
    Hello,
    Navigated,
    NavigationRefused,
    Opened,
    Revision,
    Shown,
)
from protocol.reasons import Reason


class Verdict(StrEnum):
    """What a car's word means for the backend."""

    IN_STEP = "in_step"
    """It stands on what we have."""
    BEHIND = "behind"
    """It stands on something older of ours; the newer one is under way. Nothing to do."""
    REFRESH = "refresh"
    """Publish our present snapshot to it again, unchanged in revision."""
    NEW_EPOCH = "new_epoch"
    """It has seen what we never made (a restored database): begin a new epoch and publish."""
    IGNORE = "ignore"
    """An older word of the same head unit than one we know; it changes nothing."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the backend knows of a vehicle: what it shall stand on, and what it last said."""

    revision: Revision = NO_REVISION
    digest: str | None = None
    received: Revision = NO_REVISION
    store_id: UUID | None = None
    """The head unit's journal; a replaced head unit has another."""
    hello_n: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, and the vehicle's standing to keep."""

    verdict: Verdict
    standing: Standing


def on_hello(standing: Standing, hello: Hello) -> Decision:
    """Judge a hello. With ``NEW_EPOCH`` the standing carries the revision to begin with."""
    known = hello.store_id == standing.store_id
    if known and hello.n < standing.hello_n:
        return Decision(Verdict.IGNORE, standing)
    applied = hello.applied.revision
    heard = replace(standing, store_id=hello.store_id, hello_n=hello.n)
    highest = max(applied, hello.saw.revision)
    ours = applied == standing.revision and hello.digest == standing.digest
    if highest > standing.revision or (applied == standing.revision and not ours):
        epoch = max(highest.epoch, standing.revision.epoch) + 1
        return Decision(
            Verdict.NEW_EPOCH, replace(heard, revision=Revision(epoch, 1), digest=None, received=NO_REVISION)
        )
    heard = replace(heard, received=applied)
    # A head unit that is new to us waits for a snapshot that names its journal, even if it has the content.
    return Decision(Verdict.IN_STEP if ours and known else Verdict.REFRESH, heard)


def on_receipt(standing: Standing, receipt: Events) -> Decision:
    """Judge the revision that a car says it has applied; its events are another matter."""
    applied = receipt.applied.revision
    if receipt.store_id != standing.store_id:
        # Its hello was lost, or came before its vehicle was registered. It waits for a snapshot that names
        # its journal and will confirm that one; a late word of a replaced unit costs a refresh, no more.
        return Decision(Verdict.REFRESH, replace(standing, store_id=receipt.store_id, hello_n=0))
    if applied < standing.received:
        return Decision(Verdict.IGNORE, standing)
    if applied < standing.revision:
        return Decision(Verdict.BEHIND, replace(standing, received=applied))
    if applied == standing.revision and receipt.digest == standing.digest:
        return Decision(Verdict.IN_STEP, replace(standing, received=applied))
    # Only a hello, which also says what it saw, may start a new epoch: a snapshot from us makes it say one.
    return Decision(Verdict.REFRESH, standing)


# --- how far an item has come ----------------------------------------------------------------------


class Stage(IntEnum):
    """How far one version of an item has come, as proven by the car; each includes those before."""

    PENDING = 0
    PUBLISHED = 1
    RECEIVED = 2
    SHOWN = 3
    OPENED = 4
    ANSWERED = 5


@dataclass(frozen=True, slots=True)
class Progress:
    """The life of one version of one item. Times are those of the first such report."""

    item: UUID
    ver: int
    first: Revision
    """The first snapshot that carried this version."""
    announce: bool = True
    published_at: datetime | None = None
    received_at: datetime | None = None
    shown_at: datetime | None = None
    opened_at: datetime | None = None
    answered_at: datetime | None = None
    answer: str | None = None
    """``dismissed``, ``accepted``, ``declined``, ``counter_proposed``, ``destination`` or ``waypoint``."""
    refused: str | None = None
    """Why the navigation did not take it."""
    held: tuple[Reason, ...] = ()
    held_since: datetime | None = None

    @property
    def stage(self) -> Stage:
        """Return the furthest stage that is proven."""
        reached = (
            (Stage.ANSWERED, self.answered_at),
            (Stage.OPENED, self.opened_at),
            (Stage.SHOWN, self.shown_at),
            (Stage.RECEIVED, self.received_at),
            (Stage.PUBLISHED, self.published_at),
        )
        return next((stage for stage, at in reached if at is not None), Stage.PENDING)


def on_event(progress: Progress, event: CarEvent) -> Progress:
    """Note what the car did with this very version; other items and versions change nothing."""
    match event:
        case HeldBack(item=progress.item):
            return replace(progress, held=event.reasons, held_since=event.since)
        case Shown(item=progress.item, ver=progress.ver):
            return replace(progress, shown_at=progress.shown_at or event.at, held=(), held_since=None)
        case Opened(item=progress.item, ver=progress.ver):
            return replace(progress, opened_at=progress.opened_at or event.at)
        case Navigated(item=progress.item, ver=progress.ver):
            return replace(progress, answered_at=event.at, answer=event.how, refused=None)
        case NavigationRefused(item=progress.item, ver=progress.ver):
            return replace(progress, refused=event.why)
        case Accepted() | Declined() | CounterProposed() | Dismissed() if (event.item, event.ver) == (
            progress.item,
            progress.ver,
        ):
            if progress.answered_at:
                return progress
            return replace(progress, answered_at=event.at, answer=event.kind)
        case _:
            return progress


def answers(event: CarEvent) -> tuple[UUID, int] | None:
    """Return the (item, ver) that this event answers for good; the next snapshot says so."""
    if isinstance(event, Opened | Dismissed | Accepted | Declined | CounterProposed):
        return event.item, event.ver
    return None


class Stuck(StrEnum):
    """Why an item is not further than it is."""

    NOT_PUBLISHED = "not_published"
    CAR_OFFLINE = "car_offline"
    NOT_APPLIED = "not_applied"
    NOT_ANNOUNCED = "not_announced"
    NOTIFICATIONS_OFF = "notifications_off"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    HELD_BACK = "held_back"
    NO_ENGINE_START = "no_engine_start"
    NOT_ANSWERED = "not_answered"


@dataclass(frozen=True, slots=True)
class Why:
    """The reason, the car's own rules where it told them, and since when."""

    stuck: Stuck
    since: datetime | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def waits_for(self) -> Stuck:
        """What people call it: held back for the engine alone, it waits for that; before, for its time."""
        others = set(self.reasons) - _ENGINE
        if self.stuck is not Stuck.HELD_BACK or others - {Reason.NOT_YET}:
            return self.stuck
        return Stuck.NOT_YET if others else Stuck.NO_ENGINE_START


_ENGINE: Final = frozenset({Reason.ENGINE_NOT_RUNNING, Reason.NO_ENGINE_START_SINCE})


def why_stuck(
    progress: Progress,
    *,
    online: bool,
    notifications_on: bool,
    show_from: datetime,
    show_until: datetime,
    now: datetime,
) -> Why | None:
    """Return what the item waits for; None once it is opened or answered."""
    if progress.stage >= Stage.OPENED:
        return None
    if progress.stage is Stage.PENDING:
        return Why(Stuck.NOT_PUBLISHED)
    if progress.stage is Stage.PUBLISHED:
        return Why(Stuck.NOT_APPLIED if online else Stuck.CAR_OFFLINE, progress.published_at)
    if progress.stage is Stage.SHOWN:
        return Why(Stuck.NOT_ANSWERED, progress.shown_at)
    if not progress.announce:
        return Why(Stuck.NOT_ANNOUNCED, progress.received_at)
    if now >= show_until:
        return Why(Stuck.EXPIRED, show_until)
    if not notifications_on:
        return Why(Stuck.NOTIFICATIONS_OFF)
    if progress.held:
        return Why(Stuck.HELD_BACK, progress.held_since, progress.held)
    if now < show_from:
        return Why(Stuck.NOT_YET)
    return Why(Stuck.NO_ENGINE_START, progress.received_at)
