"""Says what a car shall have of one appointment, by its status: facts on the wire's terms, no sentences.

What is written by people is cleaned here, so that no text of theirs can make a snapshot unreadable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from backend.appointment import Actor, Appointment, Market, Status
from backend.outcomes import ItemKind
from backend.reminders import Window, add_working_days, at_wall_time, day_reminder, reminder
from protocol.messages import (
    MOST_CHARACTERS,
    Booking,
    Cancellation,
    DayReminder,
    DealerCard,
    HalfDay,
    Inquiry,
    Item,
    NavigationDestination,
    Proposal,
    Reminder,
    RequestReceipt,
    VehicleFacts,
    item_id,
)
from protocol.values import GeoPoint

CLOSED_STAY: Final = timedelta(days=30)
"""How long a cancelled appointment is still to be seen in the car."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """A dealer as the car and the calendar need him."""

    card: DealerCard
    market: Market


@dataclass(frozen=True, slots=True)
class PushedDestination:
    """A place that the dealer sent to the car by itself."""

    id: UUID
    name: str
    address: str
    position: GeoPoint
    window: Window
    ver: int = 1


@dataclass(frozen=True, slots=True)
class Facts:
    """All that one car's snapshot is made of."""

    vin: str
    vehicle: VehicleFacts
    now: datetime
    dealer: UUID | None
    """The vehicle's own dealer, if it has one."""
    workshops: Mapping[UUID, Workshop]
    """The dealers of all ``appointments``, and ``dealer``."""
    appointments: tuple[Appointment, ...] = ()
    destinations: tuple[PushedDestination, ...] = ()
    answered: frozenset[tuple[UUID, int]] = frozenset()
    """(item, ver) that the driver has answered, on whichever head unit."""


def key_of(appointment: Appointment) -> str:
    """Return the key from which the ids of an appointment's items are derived."""
    return str(appointment.id)


def id_of(appointment: Appointment, kind: ItemKind) -> UUID:
    """Return the id of the appointment's item of this kind: the same for ever."""
    return item_id(key_of(appointment), kind.value)


def items_of(appointment: Appointment, workshop: Workshop, facts: Facts) -> Iterator[Item]:
    """Yield what the car shall have of one appointment, by its status."""
    match appointment.status:
        case Status.REQUESTED if appointment.origin is Actor.CAR:
            yield from _receipt(appointment, workshop, facts)
        case Status.PRE_BOOKED | Status.CONFIRMED:
            yield from _booked(appointment, workshop, facts)
        case Status.PROPOSED | Status.ACCEPTED:
            yield from _proposal(appointment, workshop, facts)
        case Status.INQUIRY:
            yield _inquiry(appointment, workshop, facts)
        case Status.CANCELLED:
            yield from _cancellation(appointment, workshop, facts)
        case _:
            pass


def _booked(appointment: Appointment, workshop: Workshop, facts: Facts) -> Iterator[Item]:
    starts_at, told_at = appointment.terms.starts_at, appointment.booking_at
    if starts_at is None or told_at is None:
        return
    booking = id_of(appointment, ItemKind.BOOKING)
    planned = appointment.status is Status.CONFIRMED
    ver = appointment.booking_ver
    dealer = _other_dealer(appointment, workshop, facts)
    yield Booking(
        id=booking,
        ver=ver,
        announce=appointment.booking_announced and planned,
        show_from=told_at,
        show_until=max(starts_at, told_at),
        answered=(booking, ver) in facts.answered,
        appointment=appointment.number,
        starts_at=starts_at,
        dealer=dealer,
        status="planned" if planned else "pre_booked",
        price=appointment.terms.price,
        work=_clean(appointment.terms.work) if facts.vehicle.full_details else None,
    )
    ver = max(1, appointment.reminder_ver)
    before = reminder(appointment, facts.vehicle.reminder_days, workshop.market)
    if before and facts.now < before.closes:
        own = id_of(appointment, ItemKind.REMINDER)
        yield Reminder(
            id=own,
            ver=ver,
            announce=True,
            show_from=before.opens,
            show_until=before.closes,
            answered=(own, ver) in facts.answered,
            appointment=appointment.number,
            starts_at=starts_at,
            dealer=dealer,
            booking=booking,
        )
    day = day_reminder(appointment, workshop.market)
    if day and facts.now < day.closes:
        yield DayReminder(
            id=id_of(appointment, ItemKind.DAY_REMINDER),
            ver=ver,
            announce=True,
            show_from=day.opens,
            show_until=day.closes,
            appointment=appointment.number,
            starts_at=starts_at,
            dealer=dealer,
            booking=booking,
        )
        card = _card(appointment, workshop)
        own = id_of(appointment, ItemKind.NAVIGATION_DESTINATION)
        yield NavigationDestination(
            id=own,
            ver=ver,
            announce=False,
            show_from=day.opens,
            show_until=day.closes,
            answered=(own, ver) in facts.answered,
            name=card.name,
            address=card.address,
            position=card.position,
            appointment=appointment.number,
        )


def _proposal(appointment: Appointment, workshop: Workshop, facts: Facts) -> Iterator[Item]:
    starts_at, price = appointment.terms.starts_at, appointment.terms.price
    own, ver = id_of(appointment, ItemKind.PROPOSAL), max(1, appointment.proposal_ver)
    asking = appointment.status is Status.PROPOSED
    if starts_at is not None and price is not None:
        yield Proposal(
            id=own,
            ver=ver,
            announce=asking,
            show_from=appointment.since,
            show_until=max(starts_at, appointment.since),
            answered=not asking or (own, ver) in facts.answered,
            appointment=appointment.number,
            starts_at=starts_at,
            dealer=_other_dealer(appointment, workshop, facts),
            price=price,
            text=_clean(appointment.proposal_text),
        )


def _inquiry(appointment: Appointment, workshop: Workshop, facts: Facts) -> Inquiry:
    own, ver = id_of(appointment, ItemKind.INQUIRY), max(1, appointment.inquiry_ver)
    return Inquiry(
        id=own,
        ver=ver,
        announce=True,
        show_from=appointment.since,
        show_until=appointment.since + CLOSED_STAY,
        answered=(own, ver) in facts.answered,
        appointment=appointment.number,
        starts_at=_about_when(appointment, workshop),
        dealer=_other_dealer(appointment, workshop, facts),
        text=_clean(appointment.question),
    )


def _cancellation(appointment: Appointment, workshop: Workshop, facts: Facts) -> Iterator[Item]:
    own, ended_at = id_of(appointment, ItemKind.CANCELLATION), appointment.ended_at
    if ended_at is not None and facts.now < ended_at + CLOSED_STAY:
        yield Cancellation(
            id=own,
            ver=1,
            announce=appointment.cancellation_announced,
            show_from=ended_at,
            show_until=ended_at + CLOSED_STAY,
            answered=(own, 1) in facts.answered,
            appointment=appointment.number,
            starts_at=_about_when(appointment, workshop),
            dealer=_other_dealer(appointment, workshop, facts),
            reason=_clean(appointment.cancel_reason),
        )


def _receipt(appointment: Appointment, workshop: Workshop, facts: Facts) -> Iterator[Item]:
    own, market = id_of(appointment, ItemKind.REQUEST_RECEIPT), workshop.market
    if appointment.wanted.service_type is not None:
        yield RequestReceipt(
            id=own,
            ver=1,
            announce=True,
            show_from=appointment.created_at,
            show_until=add_working_days(appointment.created_at, market.dealer_working_days, market),
            answered=(own, 1) in facts.answered,
            appointment=appointment.number,
            type=appointment.wanted.service_type,
        )


def pushed(place: PushedDestination, facts: Facts) -> NavigationDestination:
    """Return the item of a place that was pushed by itself."""
    own = item_id(str(place.id), ItemKind.NAVIGATION_DESTINATION.value)
    return NavigationDestination(
        id=own,
        ver=place.ver,
        announce=True,
        show_from=place.window.opens,
        show_until=place.window.closes,
        answered=(own, place.ver) in facts.answered,
        name=_clean(place.name, 200),
        address=_clean(place.address, 200),
        position=place.position,
    )


def _about_when(appointment: Appointment, workshop: Workshop) -> datetime:
    """Return the visit's time; before there is one, the day the customer would like, or that of asking."""
    if appointment.terms.starts_at is not None:
        return appointment.terms.starts_at
    for slot in appointment.wanted.slots[:1]:
        with suppress(ValueError):  # the wire's pattern lets 2026-02-31 through
            wall = time(8) if slot.half is HalfDay.MORNING else time(13)
            return at_wall_time(date.fromisoformat(slot.day), wall, workshop.market.zone)
    return appointment.since


def _card(appointment: Appointment, workshop: Workshop) -> DealerCard:
    place = appointment.terms.place
    if place is None:
        return workshop.card
    update = {"address": _clean(place.address, 200), "position": place.position}
    return workshop.card.model_copy(update=update)


def _other_dealer(appointment: Appointment, workshop: Workshop, facts: Facts) -> DealerCard | None:
    elsewhere = appointment.subject.dealer_id != facts.dealer or appointment.terms.place is not None
    return _card(appointment, workshop) if elsewhere else None


def _clean(text: str, most: int = MOST_CHARACTERS) -> str:
    """Return ``text`` as the wire allows it: no control characters, no halves of characters, not too long."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    breaks = "\n\t" if most == MOST_CHARACTERS else ""
    kept = "".join(c if c in breaks or (ord(c) >= 32 and ord(c) != 127) else " " for c in whole)
    return kept if len(kept) <= most else f"{kept[: most - 1]}…"
