"""Invented cars in telling situations, for the pictures in the documents and for the tests of the screens.

Everybody in them is made up. The story is that of the demo: an estate car in Helsinki, its workshop
appointment on a Monday at eight, and a drive to Kamppi.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid5

from protocol.language import Language
from protocol.messages import (
    Booking,
    Cancellation,
    Content,
    DayReminder,
    DealerCard,
    Desired,
    Inquiry,
    Item,
    NavigationDestination,
    Opened,
    Proposal,
    Reminder,
    RequestReceipt,
    ServiceType,
    VehicleFacts,
    digest_of,
)
from protocol.values import GeoPoint, Money
from vehicle_sim.state import (
    Car,
    Drive,
    Ignition,
    Itinerary,
    Notice,
    Page,
    PopUp,
    Settings,
    Step,
    Stop,
    View,
    Wire,
)

_NAMES: Final = UUID("5c1f3f6e-0d1a-5d5e-8f64-3a0a4a1b2c3d")
VIN: Final = "YV1FW7050E1234567"
START: Final = GeoPoint(latitude=60.17832, longitude=24.95057)
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


def car(*listed: Item, dealer: DealerCard | None = DEALER, full_details: bool = False) -> Car:
    """The car of the story with these items, engine running, online, its menus at MY CAR."""
    content = Content(
        vin=VIN,
        vehicle=VehicleFacts(model="V60 D4", plate="ABC-123", reminder_days=3, full_details=full_details),
        dealer=dealer,
        items=listed,
    )
    desired = Desired.model_validate(
        {
            **content.model_dump(by_alias=True),
            "epoch": 1,
            "rev": 7,
            "digest": digest_of(content),
            "for_store": None,
            "sent_at": NOW,
        }
    )
    return Car(
        vin=VIN,
        born=NOW - timedelta(days=100),
        now=NOW,
        wire=Wire(store_id=item_id("store"), new_store=False, online=True),
        desired=desired,
        drive=Drive(
            ignition=Ignition.ON,
            running=True,
            run=1,
            run_since=NOW,
            in_run=True,
            position=START,
            odometer_km=87412.4,
            outside_celsius=4.2,
        ),
        settings=Settings(night=True),
    )


def at(shown: Car, view: View, focus: int = 0, subject: UUID | int | str | None = None) -> Car:
    """The car with its menus opened at a page."""
    return replace(shown, pages=(Page(View.HOME), Page(view, focus, subject)))


def popped(shown: Car, item: Item, focus: int = 0, step: Step = Step.ASKED) -> Car:
    """The car with the pop-up of an item."""
    return replace(shown, pop_ups=(PopUp(item.id, item.ver, 1, focus, step),))


def stops(*names: str) -> tuple[Stop, ...]:
    """Places to drive to: the workshop and Kamppi where they are, others here and there in the town."""
    return tuple(_stop(number, name) for number, name in enumerate(names))


def _stop(number: int, name: str) -> Stop:
    match name:
        case DEALER.name:
            return Stop(name, DEALER.position, DEALER.address)
        case "Kamppi":
            return Stop(name, KAMPPI, "Simonkatu")
    north, east = 60.1695 + 0.0022 * (number % 4), 24.9385 + 0.0031 * (number % 3)
    return Stop(name, GeoPoint(latitude=north, longitude=east))


def guided(shown: Car, *names: str) -> Car:
    """The car under guidance to these places."""
    return replace(shown, itinerary=Itinerary(stops(*names), guiding=True))


def dressed(shown: Car, language: Language, *, night: bool) -> Car:
    """The car in a language, by day or night."""
    return replace(shown, settings=replace(shown.settings, language=language, night=night))


def situations() -> dict[str, Car]:
    """Every screen, by the name of its picture."""
    kinds = items()
    booked = kinds["booking"]
    plain = car(booked, LATER)
    menus = at(plain, View.SERVICE_AND_REPAIR, 1)
    today = replace(car(*kinds.values(), LATER), now=THE_DAY)
    driving = guided(today, "Kamppi")
    full = car(
        booking(work="Service 90,000 km; front brake pads and discs; wheel alignment"), full_details=True
    )
    offered = car(kinds["proposal"], booked)
    unsent = replace(
        offered,
        wire=replace(
            offered.wire,
            online=False,
            outbox=(Opened(seq=1, at=NOW, item=booked.id, ver=1),),
        ),
    )
    pop_ups = {
        kind.replace("_", "-"): popped(
            at(car(*kinds.values()), View.SERVICE_AND_REPAIR, 1),
            item,
            focus=1 if kind == "day_reminder" else 0,
        )
        for kind, item in kinds.items()
    }
    pop_ups["day-reminder"] = replace(pop_ups["day-reminder"], now=THE_DAY)
    pop_ups["day-reminder-home"] = replace(pop_ups["day-reminder"], pages=car().pages)
    return {
        "home": plain,
        "home-offline": unsent,
        "home-empty": replace(car(), drive=replace(car().drive, service_due=True, outside_celsius=-12)),
        "menu": at(plain, View.MENU),
        "service-and-repair": menus,
        "appointments": at(plain, View.APPOINTMENTS),
        "details": at(plain, View.DETAILS, subject=booked.id),
        "details-full": at(full, View.DETAILS, subject=booked.id),
        "details-proposal": at(offered, View.DETAILS, 1, subject=kinds["proposal"].id),
        "dealer-information": at(plain, View.DEALER_INFORMATION),
        "request": at(plain, View.REQUEST, 2),
        "consent": at(plain, View.CONSENT, subject="service_and_repair"),
        "sources": at(plain, View.SOURCES, 3),
        "radio": at(plain, View.RADIO),
        "no-appointments": at(car(), View.APPOINTMENTS),
        **{f"pop-up-{kind}": shown for kind, shown in pop_ups.items()},
        "pop-up-guidance": popped(
            at(driving, View.SERVICE_AND_REPAIR), kinds["day_reminder"], 1, Step.GUIDANCE
        ),
        "pop-up-refused": popped(
            at(driving, View.SERVICE_AND_REPAIR), kinds["day_reminder"], 0, Step.REFUSED
        ),
        "pop-up-slots": replace(
            popped(at(offered, View.APPOINTMENTS), kinds["proposal"], 2, Step.SLOTS),
        ),
        "notice": replace(
            at(plain, View.DETAILS, 1, subject=booked.id),
            notice=Notice("notice.no_phone", {"name": DEALER.name, "phone": DEALER.phone}),
        ),
        "map": at(guided(plain, "Kamppi"), View.MAP),
        "map-waypoint": at(guided(plain, DEALER.name, "Kamppi"), View.MAP),
        "map-idle": at(plain, View.MAP),
        "itinerary": at(guided(plain, DEALER.name, "Kamppi"), View.ITINERARY),
        "stop": at(guided(plain, DEALER.name, "Kamppi"), View.STOP, subject=0),
        "screen-off": replace(plain, drive=replace(plain.drive, ignition=Ignition.OFF, running=False)),
    }
