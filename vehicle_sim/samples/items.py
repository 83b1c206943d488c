"""Invented messages, one of every kind, and the invented people and places in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid5

from protocol.messages import (
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
)
from protocol.values import GeoPoint, Money

_NAMES: Final = UUID("5c1f3f6e-0d1a-5d5e-8f64-3a0a4a1b2c3d")
VIN: Final = "YV1FW7050E1234567"
START: Final = GeoPoint(latitude=60.17832, longitude=24.95057)
TALLINN: Final = GeoPoint(latitude=59.43696, longitude=24.75353)
KAMPPI: Final = GeoPoint(latitude=60.16899, longitude=24.93615)
NOW: Final = datetime(2026, 11, 27, 6, 12, tzinfo=UTC)
"""A Friday, 08:12 in Helsinki."""
THE_DAY: Final = datetime(2026, 11, 30, 5, 41, tzinfo=UTC)
STARTS_AT: Final = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
DEALER: Final = DealerCard(
    name="Nordvik Helsinki",
    phone="+358 9 555 0137",
    address="Bulevardi 21, 00180 Helsinki",
    position=GeoPoint(latitude=60.16420, longitude=24.93666),
    zone="Europe/Helsinki",
)
PRICE: Final = Money(amount=Decimal("389.00"), currency="EUR")


def item_id(name: str) -> UUID:
    """The id of an item of the samples."""
    return uuid5(_NAMES, name)


def booking(name: str = "booking", number: str = "104217", **facts: object) -> Booking:
    """The appointment of the story, or another one like it."""
    return Booking.model_validate(
        {
            "id": item_id(name),
            "ver": 1,
            "announce": True,
            "show_from": NOW - timedelta(days=20),
            "show_until": STARTS_AT,
            "appointment": number,
            "starts_at": STARTS_AT,
            "status": "planned",
            "price": PRICE,
            **facts,
        }
    )


LATER: Final = booking(
    "later", "104388", starts_at=datetime(2027, 3, 12, 7, 30, tzinfo=UTC), status="pre_booked", price=None
)
_SHARED: Final[Mapping[str, object]] = MappingProxyType(
    {"ver": 1, "announce": True, "show_from": NOW - timedelta(days=1), "show_until": NOW + timedelta(days=9)}
)
_OF_104217: Final[Mapping[str, object]] = MappingProxyType(
    {**_SHARED, "appointment": "104217", "starts_at": STARTS_AT}
)


def items() -> Mapping[str, Item]:
    """One item of every kind, by kind."""
    at = item_id("booking")
    return {
        "booking": booking(),
        "proposal": Proposal.model_validate(
            {
                **_OF_104217,
                "id": item_id("proposal"),
                "appointment": "104391",
                "price": PRICE,
                "text": "Service 90,000 km with new front brake pads. A courtesy car is reserved for you.",
            }
        ),
        "inquiry": Inquiry.model_validate(
            {
                **_OF_104217,
                "id": item_id("inquiry"),
                "appointment": "104402",
                "text": "Does the noise from the front come when braking only, or also on rough roads?",
            }
        ),
        "reminder": Reminder.model_validate({**_OF_104217, "id": item_id("reminder"), "booking": at}),
        "day_reminder": DayReminder.model_validate({**_OF_104217, "id": item_id("day"), "booking": at}),
        "navigation_destination": NavigationDestination.model_validate(
            {
                **_SHARED,
                "id": item_id("destination"),
                "name": "Kamppi",
                "address": "Simonkatu",
                "position": KAMPPI,
            }
        ),
        "cancellation": Cancellation.model_validate(
            {
                **_OF_104217,
                "id": item_id("cancellation"),
                "reason": "The workshop is closed because of water damage.",
            }
        ),
        "request_receipt": RequestReceipt.model_validate(
            {
                **_SHARED,
                "id": item_id("receipt"),
                "appointment": "104217",
                "type": ServiceType.SERVICE_AND_REPAIR,
            }
        ),
    }
