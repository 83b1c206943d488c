"""Whether a pop-up opens, and if not, why: one list of reasons that the screen obeys and "why" prints.

A pop-up opens if and only if :func:`reasons` is empty. Every pushed item waits for an engine start at or
after its ``show_from``; only the receipt for a request, which the driver is waiting for, opens in the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from protocol.messages import DayReminder, Item, NavigationDestination, RequestReceipt
from protocol.reasons import Reason
from vehicle_sim.state import FLICKER, Car, PopUp, Priority

PATIENCE: Final = timedelta(seconds=30)
"""How long a new head unit waits to hear what was answered before it."""

RISING: Final[Mapping[str, Priority]] = {
    "navigation_destination": Priority.INFORMATION,
    "request_receipt": Priority.INFORMATION,
    "booking": Priority.INFORMATION,
    "reminder": Priority.INFORMATION,
    "inquiry": Priority.QUESTION,
    "proposal": Priority.QUESTION,
    "cancellation": Priority.URGENT,
    "day_reminder": Priority.URGENT,
}
"""Every kind of pop-up, the least important first: a later one opens before, and over, an earlier one."""
_RANKS: Final = {kind: rank for rank, kind in enumerate(RISING)}


def reasons(car: Car, item: Item, now: datetime) -> tuple[Reason, ...]:
    """Return every rule that keeps the pop-up of ``item`` closed; none means that it opens."""
    own = _own_reasons(car, item, now)
    if own:
        return own
    return (Reason.ANOTHER_IS_OPEN,) if _another_goes_first(car, item, now) else ()


def rank(item: Item) -> int:
    """Return how important an item is: the higher one opens first, and over a lower one."""
    return _RANKS[item.kind]


def next_pop_up(car: Car, now: datetime) -> Item | None:
    """Return the item whose pop-up opens now, if any."""
    return next((item for item in car.items if not reasons(car, item, now)), None)


def next_change(car: Car, now: datetime) -> datetime | None:
    """Return the next instant after ``now`` at which time alone changes a reason or closes a pop-up."""
    edges = [edge for item in car.items for edge in (item.show_from, item.show_until)]
    if car.wire.new_store:
        edges.append(car.born + PATIENCE)
    if car.pop_ups and car.drive.stopped_at is not None:
        edges.append(car.drive.stopped_at + FLICKER)
    return min((edge for edge in edges if edge > now), default=None)


def may_stay(car: Car, pop_up: PopUp) -> bool:
    """Tell whether an open pop-up stays open: its item is still current and unanswered, its run not over."""
    item = car.item(pop_up.item)
    if item is None or item.ver != pop_up.ver or pop_up.run != car.drive.run:
        return False
    if pop_up.by_driver:
        return car.screen_on and car.past(item).decided is None
    return (
        not _parked(car)
        and car.settings.notifications_on
        and car.now < item.show_until
        and not is_answered(car, item)
    )


def is_answered(car: Car, item: Item) -> bool:
    """Tell whether the driver has answered this version; for a day reminder, in the present run."""
    answered = car.past(item).answered
    if isinstance(item, DayReminder):
        return answered is not None and answered == car.drive.run
    return item.answered or answered is not None


def is_driving(car: Car) -> bool:
    """Tell whether the engine runs in a run that somebody began with the key."""
    return car.drive.running and car.drive.in_run and car.drive.ignition.turned


def _own_reasons(car: Car, item: Item, now: datetime) -> tuple[Reason, ...]:
    driving = is_driving(car)
    since = car.drive.run_since
    begun = item.show_from <= now
    waits_for_start = driving and begun and not isinstance(item, RequestReceipt)
    rules = (
        (Reason.NOT_ANNOUNCED, not item.announce),
        (Reason.WAITING_FOR_BACKEND, car.wire.new_store and now < car.born + PATIENCE),
        (Reason.ALREADY_ANSWERED, is_answered(car, item)),
        (Reason.ALREADY_SHOWN, driving and car.past(item).shown == car.drive.run),
        (Reason.NOT_YET, not begun),
        (Reason.EXPIRED, item.show_until <= now),
        (Reason.NOTIFICATIONS_OFF, not car.settings.notifications_on),
        (Reason.ENGINE_NOT_RUNNING, not driving),
        (Reason.NO_ENGINE_START_SINCE, waits_for_start and since is not None and since < item.show_from),
    )
    return tuple(reason for reason, holds in rules if holds)


def _another_goes_first(car: Car, item: Item, now: datetime) -> bool:
    for pop_up in car.pop_ups:
        open_item = car.item(pop_up.item)
        if pop_up.by_driver or (open_item is not None and rank(open_item) >= rank(item)):
            return True
    return any(
        _order(other) < _order(item) and not _own_reasons(car, other, now)
        for other in car.items
        if other.id != item.id
    )


def _order(item: Item) -> tuple[int, datetime, UUID]:
    when = item.show_from if isinstance(item, NavigationDestination | RequestReceipt) else item.starts_at
    return -rank(item), when, item.id


def _parked(car: Car) -> bool:
    drive = car.drive
    if drive.ignition.turned:
        return False
    if drive.running:
        return not drive.in_run
    return drive.stopped_at is None or car.now - drive.stopped_at >= FLICKER
