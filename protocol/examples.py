"""One good example of every message, item and event, so that whoever builds the other end sees real ones.

They tell one story: an XC60 is offered a visit, the driver counters, is reminded, and drives there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Final
from uuid import UUID

from protocol.car_events import (
    Accepted,
    CarEvent,
    CounterProposed,
    Declined,
    Dismissed,
    HalfDay,
    Health,
    HeldBack,
    Navigated,
    NavigationRefused,
    Opened,
    Postponed,
    Rejected,
    ServiceRequested,
    Shown,
    Slot,
)
from protocol.items import (
    Booking,
    Cancellation,
    DayReminder,
    DealerCard,
    Inquiry,
    Item,
    NavigationDestination,
    Proposal,
    Reminder,
    RequestReceipt,
    ServiceType,
    VehicleFacts,
    item_id,
)
from protocol.language import Language
from protocol.messages import At, Content, Desired, Events, EventsAck, Hello, Marker, Presence, digest_of
from protocol.reasons import Reason
from protocol.values import GeoPoint, Money, Value

VIN: Final = "YV1DZ8256C2271234"
_HELSINKI: Final = timezone(timedelta(hours=2))
_NOW: Final = datetime(2026, 11, 24, 14, 4, tzinfo=_HELSINKI)
_DAY: Final = timedelta(days=1)
_STARTS: Final = datetime(2026, 11, 30, 8, 0, tzinfo=_HELSINKI)
_STORE: Final = UUID("5b8f0a52-7c1f-4a43-9a55-0f1f0b6f2a10")
_BOOT: Final = UUID("0d7a4f8e-5c0e-4c5a-8a5e-2b3f3c6d9e01")
_NUMBER: Final = "104217"
_BOOKING: Final = item_id(_NUMBER, "booking")
_PROPOSAL: Final = item_id("104218", "proposal")
_DAY_REMINDER: Final = item_id(_NUMBER, "day_reminder")
_PLACE: Final = GeoPoint(latitude=60.18745, longitude=24.97712)
_PRICE: Final = Money(amount=Decimal("389.00"), currency="EUR")

ITEMS: Final[tuple[Item, ...]] = (
    Booking(
        id=_BOOKING,
        ver=2,
        announce=True,
        show_from=_NOW,
        show_until=_STARTS,
        appointment=_NUMBER,
        starts_at=_STARTS,
        status="planned",
        price=_PRICE,
        work="Service 90,000 km",
    ),
    Proposal(
        id=_PROPOSAL,
        ver=1,
        announce=True,
        show_from=_NOW,
        show_until=_STARTS + 2 * _DAY,
        appointment="104218",
        starts_at=_STARTS + 3 * _DAY,
        price=_PRICE,
        text="The brake pads of the front axle are due.",
    ),
    Inquiry(
        id=item_id("104219", "inquiry"),
        ver=1,
        announce=True,
        show_from=_NOW,
        show_until=_NOW + 7 * _DAY,
        appointment="104219",
        starts_at=_STARTS + 7 * _DAY,
        text="Do you need a loan car?",
    ),
    Reminder(
        id=item_id(_NUMBER, "reminder"),
        ver=1,
        announce=True,
        show_from=_STARTS - 3 * _DAY,
        show_until=_STARTS,
        appointment=_NUMBER,
        starts_at=_STARTS,
        booking=_BOOKING,
    ),
    DayReminder(
        id=_DAY_REMINDER,
        ver=1,
        announce=True,
        show_from=_STARTS.replace(hour=0),
        show_until=_STARTS,
        appointment=_NUMBER,
        starts_at=_STARTS,
        booking=_BOOKING,
    ),
    NavigationDestination(
        id=item_id(_NUMBER, "navigation_destination"),
        ver=1,
        announce=False,
        show_from=_STARTS.replace(hour=0),
        show_until=_STARTS + _DAY,
        name="Nordvik Bil",
        address="Työpajankatu 10, Helsinki",
        position=_PLACE,
        appointment=_NUMBER,
    ),
    Cancellation(
        id=item_id("104220", "cancellation"),
        ver=1,
        announce=True,
        show_from=_NOW,
        show_until=_NOW + 30 * _DAY,
        appointment="104220",
        starts_at=_STARTS - _DAY,
        reason="The part is late.",
    ),
    RequestReceipt(
        id=item_id("104221", "request_receipt"),
        ver=1,
        announce=True,
        show_from=_NOW,
        show_until=_NOW + 7 * _DAY,
        appointment="104221",
        type=ServiceType.SERVICE,
    ),
)
"""One item of each kind, as a backend pushes them."""

EVENTS: Final[tuple[CarEvent, ...]] = (
    Shown(seq=41, at=_NOW, item=_PROPOSAL, ver=1, run=12),
    Opened(seq=42, at=_NOW, item=_PROPOSAL, ver=1),
    CounterProposed(
        seq=43,
        at=_NOW,
        item=_PROPOSAL,
        ver=1,
        slots=(Slot(day="2026-12-04", half=HalfDay.MORNING), Slot(day="2026-12-07", half=HalfDay.AFTERNOON)),
    ),
    Accepted(seq=44, at=_NOW, item=_PROPOSAL, ver=2),
    Declined(seq=45, at=_NOW, item=_PROPOSAL, ver=3),
    Dismissed(seq=46, at=_NOW, item=_BOOKING, ver=2),
    Postponed(seq=47, at=_NOW, item=_BOOKING, ver=2),
    HeldBack(
        seq=48, at=_NOW, item=_DAY_REMINDER, reasons=(Reason.NOT_YET, Reason.ENGINE_NOT_RUNNING), since=_NOW
    ),
    Navigated.model_validate({"seq": 49, "at": _NOW, "item": _DAY_REMINDER, "ver": 1, "as": "waypoint"}),
    NavigationRefused(seq=50, at=_NOW, item=_DAY_REMINDER, ver=1, why="itinerary_full"),
    ServiceRequested(
        seq=51,
        at=_NOW,
        type=ServiceType.SERVICE,
        consent=True,
        health=Health(odometer_km=89_412, service_due=True, warnings=("Washer fluid is low",)),
    ),
    Rejected(seq=52, at=_NOW, why="unknown_schema: v is 2, this end reads 1"),
)
"""One event of each kind, as a car tells them."""

_CONTENT: Final = Content(
    vin=VIN,
    vehicle=VehicleFacts(model="XC60 D4", plate="ABC-123", reminder_days=3, full_details=True),
    dealer=DealerCard(
        name="Nordvik Bil",
        phone="+358 9 555 0110",
        address="Työpajankatu 10, Helsinki",
        position=_PLACE,
        zone="Europe/Helsinki",
    ),
    items=ITEMS,
)
_DESIRED: Final = Desired(
    **dict(_CONTENT), epoch=1, rev=7, digest=digest_of(_CONTENT), for_store=_STORE, sent_at=_NOW
)
_APPLIED: Final = At(epoch=1, rev=7)

MESSAGES: Final[Mapping[type[Value], Mapping[str, Value]]] = {
    Desired: {"everything": _DESIRED},
    EventsAck: {"stored": EventsAck(store_id=_STORE, upto=52)},
    Hello: {
        "reconnected": Hello(
            vin=VIN,
            store_id=_STORE,
            n=18,
            applied=At(epoch=1, rev=6),
            saw=_APPLIED,
            digest="0123456789abcdef",
            language=Language.SWEDISH,
            profile="sensus-7",
            navigation=True,
            notifications_on=True,
        )
    },
    Events: {
        "receipt": Events(
            vin=VIN, store_id=_STORE, from_seq=41, applied=_APPLIED, digest=_DESIRED.digest, events=()
        ),
        "everything": Events(
            vin=VIN, store_id=_STORE, from_seq=41, applied=_APPLIED, digest=_DESIRED.digest, events=EVENTS
        ),
    },
    Presence: {
        "birth": Presence(vin=VIN, online=True, boot_id=_BOOT),
        "will": Presence(vin=VIN, online=False, boot_id=_BOOT),
    },
    Marker: {"mark": Marker(count=6021, node="backend")},
}
"""By message: named examples that the wire would carry as they are."""
