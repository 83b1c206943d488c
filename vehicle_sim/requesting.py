"""Asking the workshop for an appointment from the car: Yes, No or Postpone, the consent, the request itself.

State-of-health data leave the car with the driver's consent only, and the consent is asked for once a service
cycle. Whether the request has arrived, the open pop-up tells for as long as somebody looks at it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from protocol.messages import Health, ServiceRequested, ServiceType
from vehicle_sim.browsing import replaced, stepped
from vehicle_sim.state import ODOMETER, Car, Notice, PopUp, Step, View
from vehicle_sim.wire import record

_SERVICE: Final = {ServiceType.SERVICE, ServiceType.SERVICE_AND_REPAIR}
"""The types that answer the car's own question too."""


def ask(car: Car, kind: ServiceType) -> Car:
    """Ask for consent to send a request; where this cycle has it, send the request."""
    if car.dealer_of(None) is None:
        return replace(car, notice=Notice("notice.no_workshop"))
    pop_up = car.pop_up
    if pop_up is None:
        pop_up = PopUp(car.service.id, car.service.ver, car.drive.run, by_driver=True)
        car = replace(car, pop_ups=(*car.pop_ups, pop_up))
    asked = replace(pop_up, request=kind)
    car = replaced(car, pop_up, asked)
    return send(car, kind) if car.service.consented else stepped(car, asked, Step.DATA_CONSENT)


def send(car: Car, kind: ServiceType) -> Car:
    """Make the request, unless the same one is still on its way; the pop-up then tells what becomes of it."""
    pop_up = car.pop_up
    if pop_up is None or car.dealer_of(None) is None:
        return replace(replaced(car, pop_up, None), notice=Notice("notice.no_workshop"))
    if not car.unsent_request(kind):
        odometer = int(min(car.drive.odometer_km, ODOMETER[1]))
        health = Health(odometer_km=odometer, service_due=car.drive.service_due)
        car = record(
            car, lambda seq, at: ServiceRequested(seq=seq, at=at, type=kind, consent=True, health=health)
        )
    # Asked for before it is due, a service may be done or cancelled by then: the car will have to ask.
    answers = car.drive.service_due and kind in _SERVICE
    answer = "requested" if answers else car.service.answer
    pages = tuple(page for page in car.pages if page.view is not View.REQUEST)
    car = replace(car, pages=pages, service=replace(car.service, consented=True, answer=answer))
    return stepped(car, pop_up, Step.REQUEST_SENT)


def decline(car: Car) -> Car:
    """No: it is not asked again in this cycle, and the lamp stays."""
    return replaced(replace(car, service=replace(car.service, answer="declined")), car.pop_up, None)


def postpone(car: Car) -> Car:
    """Not now: it is asked again in the next driving cycle."""
    return replaced(replace(car, service=replace(car.service, postponed_in=car.drive.run)), car.pop_up, None)


def leave(car: Car, pop_up: PopUp) -> Car:
    """Close the pop-up by EXIT: a question left unanswered is postponed."""
    asked = not pop_up.by_driver and pop_up.step is not Step.REQUEST_SENT
    return postpone(car) if asked else replaced(car, pop_up, None)


def followed(before: Car, car: Car) -> Car:
    """Begin a new cycle once the service has been done: the sensors say so by no longer asking for it."""
    if before.drive.service_due and not car.drive.service_due:
        return replace(car, service=car.service.renewed())
    return car
