"""The car of the story, and short ways to put it into a situation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from protocol.language import Language
from protocol.messages import Content, DealerCard, Desired, Item, ServiceType, VehicleFacts, digest_of
from protocol.values import GeoPoint
from vehicle_sim import guidance
from vehicle_sim.samples.items import DEALER, KAMPPI, NOW, START, TALLINN, VIN, item_id
from vehicle_sim.state import Car, Drive, Ignition, Itinerary, Page, PopUp, Settings, Step, Stop, View, Wire


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


def beyond_map(shown: Car, view: View, focus: int = 0) -> Car:
    """The car with a page opened that the map leads to."""
    return replace(shown, pages=(Page(View.HOME), Page(View.MAP), Page(view, focus)))


def popped(shown: Car, item: Item, focus: int = 0, step: Step = Step.ASKED) -> Car:
    """The car with the pop-up of an item."""
    return replace(shown, pop_ups=(PopUp(item.id, item.ver, 1, focus, step),))


def parked(shown: Car) -> Car:
    """The car, service due, just parked with its key in position I."""
    still = replace(
        shown.drive, ignition=Ignition.ACC, running=False, stopped_at=NOW, parked_at=NOW, service_due=True
    )
    return replace(shown, drive=still)


def requested(shown: Car, step: Step = Step.ASKED, focus: int = 0) -> Car:
    """The car with its own question, or what becomes of the request."""
    kind = ServiceType.SERVICE if step is not Step.ASKED else None
    asked = PopUp(shown.service.id, shown.service.ver, 1, focus, step, request=kind, lingers=True)
    return replace(shown, pop_ups=(asked,))


def stops(*names: str) -> tuple[Stop, ...]:
    """Places to drive to: the workshop and Kamppi where they are, others here and there in the town."""
    return tuple(_stop(number, name) for number, name in enumerate(names))


def _stop(number: int, name: str) -> Stop:
    match name:
        case DEALER.name:
            return Stop(name, DEALER.position, DEALER.address)
        case "Kamppi":
            return Stop(name, KAMPPI, "Simonkatu")
        case "Tallinn":
            return Stop(name, TALLINN)
    north, east = 60.1695 + 0.0022 * (number % 4), 24.9385 + 0.0031 * (number % 3)
    return Stop(name, GeoPoint(latitude=north, longitude=east))


def guided(shown: Car, *names: str) -> Car:
    """The car under guidance to these places."""
    return replace(shown, itinerary=Itinerary(stops(*names), guiding=True))


def underway(shown: Car, metres: float, *names: str) -> Car:
    """The car under guidance to these places, so many metres along its way."""
    car = guided(shown, *names)
    progress = guidance.along(car, metres)
    drive = replace(car.drive, position=progress.position, speed=38.0)
    return replace(car, itinerary=progress.itinerary, drive=drive)


def dressed(shown: Car, language: Language, *, night: bool, pseudo_locale: bool = False) -> Car:
    """The car in a language, by day or night."""
    worn = replace(shown.settings, language=language, night=night, pseudo_locale=pseudo_locale)
    return replace(shown, settings=worn)
