"""Builds what one car shall stand on, whole and within its size, from whatever the database holds.

Total: for any facts it gives a snapshot that every car can read. Only what is open goes in; a cancelled
appointment leaves after thirty days. Where there is too much, the work details go first, then the
farthest bookings, and the snapshot says that it is truncated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from backend.appointment import Status
from backend.items import Facts, items_of, key_of, pushed
from protocol.messages import (
    MOST_ITEMS,
    SNAPSHOT_BYTES,
    Booking,
    Cancellation,
    Content,
    Item,
    encode,
)

ENVELOPE_BYTES: Final = 512
"""What revision, digest, store and time add to the content on the wire, generously."""


@dataclass(frozen=True, slots=True)
class _Group:
    """The items that stand or fall together, and how early they have to go if there are too many."""

    items: tuple[Item, ...]
    rank: int
    distance: timedelta
    key: str = field(compare=False)


_SPARE, _BOOKED, _ASKING = 2, 1, 0


def build_content(facts: Facts) -> Content:
    """Return the car's desired state, apart from its revision: at most 20 items and 32 KiB on the wire."""
    groups = [group for group in _groups(facts) if group.items]
    groups.sort(key=lambda group: (group.rank, group.distance, group.key))
    content = _content(facts, groups, truncated=False)
    if _fits(groups, content):
        return content
    groups = [replace(group, items=tuple(_without_work(item) for item in group.items)) for group in groups]
    content = _content(facts, groups, truncated=True)
    while not _fits(groups, content):
        groups.pop()
        content = _content(facts, groups, truncated=True)
    return content


def _groups(facts: Facts) -> Iterator[_Group]:
    for appointment in facts.appointments:
        workshop = facts.workshops[appointment.subject.dealer_id]
        items = tuple(items_of(appointment, workshop, facts))
        starts_at = appointment.terms.starts_at or appointment.created_at
        rank = {Status.CONFIRMED: _BOOKED, Status.PRE_BOOKED: _BOOKED, Status.CANCELLED: _SPARE}
        yield _Group(
            items,
            # A cancellation that the driver has yet to hear of matters more than a distant booking.
            _ASKING if _waits(items) else rank.get(appointment.status, _ASKING),
            abs(starts_at - facts.now),
            key_of(appointment),
        )
    for place in facts.destinations:
        if facts.now < place.window.closes:
            yield _Group((pushed(place, facts),), _ASKING, abs(place.window.opens - facts.now), str(place.id))


def _waits(items: tuple[Item, ...]) -> bool:
    return any(isinstance(item, Cancellation) and item.announce and not item.answered for item in items)


def _content(facts: Facts, groups: list[_Group], *, truncated: bool) -> Content:
    items = [item for group in groups for item in group.items]
    # A stable order, so that equal facts have equal digests however the database sorted them.
    items.sort(key=lambda item: (item.show_from, item.kind, item.id))
    home = facts.workshops.get(facts.dealer) if facts.dealer else None
    return Content(
        vin=facts.vin,
        vehicle=facts.vehicle,
        dealer=home.card if home else None,
        items=tuple(items[:MOST_ITEMS]),
        truncated=truncated,
    )


def _fits(groups: list[_Group], content: Content) -> bool:
    count = sum(len(group.items) for group in groups)
    return count <= MOST_ITEMS and len(encode(content)) <= SNAPSHOT_BYTES - ENVELOPE_BYTES


def _without_work(item: Item) -> Item:
    return item.model_copy(update={"work": None}) if isinstance(item, Booking) else item
