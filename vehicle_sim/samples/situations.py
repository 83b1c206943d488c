"""Every screen that there is, by the name of its picture."""

from __future__ import annotations

from dataclasses import replace

from protocol.messages import Health, Opened, ServiceRequested, ServiceType
from vehicle_sim.samples.cars import at, beyond_map, car, guided, parked, popped, requested, underway
from vehicle_sim.samples.items import DEALER, LATER, NOW, THE_DAY, booking, items
from vehicle_sim.state import Car, Ignition, Notice, Step, View


def _requests() -> dict[str, Car]:
    """The car's own question and what follows it, by name."""
    still = parked(at(car(), View.SERVICE_AND_REPAIR, 1))
    health = Health(odometer_km=87412, service_due=True)
    request = ServiceRequested(seq=1, at=NOW, type=ServiceType.SERVICE, consent=True, health=health)
    sending = replace(still, wire=replace(still.wire, outbox=(request,)))
    return {
        "service-need": requested(still),
        "service-need-no-workshop": requested(
            parked(at(car(dealer=None), View.SERVICE_AND_REPAIR, 1)), focus=1
        ),
        "data-consent": requested(still, Step.DATA_CONSENT, 1),
        "request-sending": requested(sending, Step.REQUEST_SENT),
        "request-waiting": requested(
            replace(sending, wire=replace(sending.wire, online=False)), Step.REQUEST_SENT
        ),
        "request-sent": requested(still, Step.REQUEST_SENT),
    }


def _on_the_move() -> dict[str, Car]:
    """Pop-ups as somebody sees them who drives."""
    kinds = items()
    shown = {
        "proposal-moving": popped(at(car(*kinds.values()), View.APPOINTMENTS), kinds["proposal"], 1),
        "day-reminder-moving": replace(
            popped(at(car(*kinds.values()), View.MAP), kinds["day_reminder"]), now=THE_DAY
        ),
        "slots-moving": popped(at(car(*kinds.values()), View.APPOINTMENTS), kinds["proposal"], 0, Step.SLOTS),
    }
    return {name: replace(one, drive=replace(one.drive, speed=52.0)) for name, one in shown.items()}


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
        "sources": at(plain, View.SOURCES, 3),
        "radio": at(plain, View.RADIO),
        "no-appointments": at(car(), View.APPOINTMENTS),
        **{f"pop-up-{kind}": shown for kind, shown in pop_ups.items()},
        **{f"pop-up-{name}": shown for name, shown in {**_requests(), **_on_the_move()}.items()},
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
        "map-driving": at(underway(plain, 1240.0, DEALER.name, "Kamppi"), View.MAP),
        "map-straight": at(guided(plain, "Tallinn"), View.MAP),
        "route-proposal": beyond_map(guided(plain, DEALER.name, "Kamppi"), View.ROUTE_PROPOSAL),
        "route-straight": beyond_map(guided(plain, "Tallinn"), View.ROUTE),
        "places": beyond_map(plain, View.PLACES, 2),
        "arrived": replace(at(plain, View.MAP), notice=Notice("notice.arrived", {"name": DEALER.name})),
        "itinerary": at(guided(plain, DEALER.name, "Kamppi"), View.ITINERARY),
        "stop": at(guided(plain, DEALER.name, "Kamppi"), View.STOP, subject=0),
        "screen-off": replace(plain, drive=replace(plain.drive, ignition=Ignition.OFF, running=False)),
    }
