"""What OK and TUNE act on: the ordered choices of whatever has the focus, a notice, a pop-up or the page.

Screens draw these choices, the semantic tree lists them, and ``pressing`` obeys the focused one: there is no
other way to do anything in this car.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from protocol.messages import (
    Booking,
    DayReminder,
    Inquiry,
    Item,
    NavigationDestination,
    Proposal,
    Reminder,
    ServiceType,
)
from vehicle_sim import moving, navigation
from vehicle_sim.slots import half_days, subject_of
from vehicle_sim.state import Car, Choice, Page, PopUp, ServiceNeed, Step, Subject, Verb, View

_OK: Final = Choice("choice.ok", Verb.DISMISS, icon="check")
_CLOSE: Final = Choice("choice.close", Verb.DISMISS, icon="close")
_CLOSE_NOTICE: Final = Choice("choice.ok", Verb.CLOSE_NOTICE, icon="check")
_BACK: Final = Choice("choice.ok", Verb.BACK, icon="check")
_CANCEL: Final = Choice("choice.cancel", Verb.BACK, icon="close")


def choices(car: Car) -> tuple[Choice, ...]:
    """Return what the driver can choose now, in the order in which TUNE moves over it."""
    if car.notice is not None:
        return (_CLOSE_NOTICE,)
    if car.pop_up is not None:
        return pop_up_choices(car, car.pop_up)
    return page_choices(car, car.page)


def focus(car: Car) -> int:
    """Return the index of the focused choice."""
    if car.notice is not None:
        return 0
    return car.pop_up.focus if car.pop_up is not None else car.page.focus


def title(car: Car) -> str:
    """Return the phrase key of the heading over those choices."""
    if car.notice is not None:
        return "title.notice"
    if car.pop_up is None:
        return f"title.{car.page.view.value}"
    match car.pop_up.step:
        case Step.ASKED:
            subject = car.subject(car.pop_up.item)
            return f"popup.{subject.kind}.title" if subject is not None else "title.notice"
        case step:
            return f"popup.{step.value}.title"


def pop_up_choices(car: Car, pop_up: PopUp) -> tuple[Choice, ...]:
    """Return the choices of a pop-up; fewer of them to somebody who drives."""
    offered = _offered(car, pop_up)
    return moving.brief(offered) if moving.is_moving(car) else offered


def _offered(car: Car, pop_up: PopUp) -> tuple[Choice, ...]:
    subject = car.subject(pop_up.item)
    match pop_up.step:
        case Step.ASKED:
            return _asked(car, subject) if subject is not None else (_CLOSE,)
        case Step.GUIDANCE:
            return (
                *navigation.guidance(car, pop_up.item),
                Choice("choice.back", Verb.BACK, icon="arrow_back"),
            )
        case Step.REFUSED:
            return (_BACK,)
        case Step.DATA_CONSENT:
            request = str(pop_up.request)
            return (Choice("choice.ok", Verb.SEND_REQUEST, request, icon="send"), _CANCEL)
        case Step.REQUEST_SENT:
            return (_OK,)
        case _:
            return _slots(car, pop_up, car.item(pop_up.item))


def first_focus(car: Car, pop_up: PopUp) -> int:
    """Return where the focus stands first: on what does no harm if OK is pressed by mistake."""
    safe = {Verb.OPEN_DETAILS, Verb.TOGGLE_SLOT, Verb.POSTPONE}
    if car.itinerary.stops:
        safe.add(Verb.AS_WAYPOINT)
    if not car.service.consented:
        safe.add(Verb.REQUEST)  # it only leads to the question about the data
    if pop_up.step is Step.DATA_CONSENT:
        safe.add(Verb.BACK)
    offered = pop_up_choices(car, pop_up)
    return next((place for place, choice in enumerate(offered) if choice.verb in safe), 0)


def page_choices(car: Car, page: Page) -> tuple[Choice, ...]:
    """Return the choices of a page."""
    return _PAGES[page.view](car, page)


def appointments(car: Car) -> tuple[Booking | Proposal | Inquiry, ...]:
    """Return what *My appointments* lists, the next one first."""
    listed = [item for item in car.items if isinstance(item, Booking | Proposal | Inquiry)]
    return tuple(sorted(listed, key=lambda item: (item.starts_at, item.id)))


def may_decide(car: Car, item: Item | None) -> bool:
    """Tell whether a proposal still waits for the driver's word."""
    return isinstance(item, Proposal) and car.past(item).decided is None and car.now < item.show_until


def _open(view: View, icon: str, value: str = "") -> Choice:
    return Choice(f"choice.{view.value}", Verb.OPEN, view.value, icon=icon, value=value)


def _read(item: UUID) -> Choice:
    return Choice("choice.details", Verb.OPEN_DETAILS, item, icon="event")


def _asked(car: Car, subject: Subject) -> tuple[Choice, ...]:
    match subject:
        case ServiceNeed():
            return _book_service(car)
        case Booking() | Reminder():
            return (_read(subject.id), _CLOSE)
        case DayReminder():
            return (_read(subject.id), *_guide(car, subject), _CLOSE)
        case Proposal():
            return (*_decisions(subject), _read(subject.id))
        case NavigationDestination():
            return (*navigation.guidance(car, subject.id), _CLOSE) if car.settings.navigation else (_OK,)
        case _:
            return (_OK,)


def _book_service(car: Car) -> tuple[Choice, ...]:
    yes = Choice("choice.yes", Verb.REQUEST, ServiceType.SERVICE.value, icon="check")
    no = Choice("choice.no", Verb.DECLINE_SERVICE, icon="close")
    later = Choice("choice.postpone", Verb.POSTPONE, icon="schedule")
    return (yes, no, later) if car.dealer_of(None) is not None else (no, later)


def _decisions(item: Proposal) -> tuple[Choice, ...]:
    return (
        Choice("choice.accept", Verb.ACCEPT, item.id, icon="check"),
        Choice("choice.counter", Verb.COUNTER, item.id, icon="edit"),
        Choice("choice.decline", Verb.DECLINE, item.id, icon="close"),
    )


def _guide(car: Car, item: Item) -> tuple[Choice, ...]:
    if not car.settings.navigation or car.dealer_of(item) is None:
        return ()
    return (Choice("choice.guide", Verb.GUIDE, item.id, icon="navigation"),)


def _slots(car: Car, pop_up: PopUp, item: Item | None) -> tuple[Choice, ...]:
    dealer = car.dealer_of(item)
    zone = ZoneInfo(dealer.zone if dealer is not None else car.settings.zone)
    offered = [
        Choice(
            f"choice.slot.{slot.half.value}",
            Verb.TOGGLE_SLOT,
            subject_of(slot),
            {"day": slot.day},
            value="choice.chosen" if slot in pop_up.slots else "",
        )
        for slot in half_days(car.now.astimezone(zone).date())
    ]
    return (Choice("choice.send_slots", Verb.SEND_SLOTS, pop_up.item, icon="send"), *offered)


def _service_and_repair(car: Car, _: Page) -> tuple[Choice, ...]:
    return (
        _open(View.DEALER_INFORMATION, "store"),
        _open(View.APPOINTMENTS, "calendar_month", str(len(appointments(car)))),
        Choice(
            "choice.display_notifications",
            Verb.TOGGLE_NOTIFICATIONS,
            icon="notifications",
            value="choice.on" if car.settings.notifications_on else "choice.off",
        ),
    )


def _dealer_information(car: Car, _: Page) -> tuple[Choice, ...]:
    if car.dealer_of(None) is None:
        return ()
    guidance = navigation.guidance(car, None) if car.settings.navigation else ()
    call = Choice("choice.call", Verb.CALL, icon="call")
    return (*guidance, call, _open(View.REQUEST, "build"))


def _request(_: Car, __: Page) -> tuple[Choice, ...]:
    return tuple(
        Choice(f"choice.request.{kind.value}", Verb.REQUEST, kind.value, icon="build") for kind in ServiceType
    )


def _sources(car: Car, _: Page) -> tuple[Choice, ...]:
    navigation = (_open(View.MAP, "navigation"),) if car.settings.navigation else ()
    return (_open(View.RADIO, "radio"), _open(View.MEDIA, "music_note"), _open(View.TEL, "call"), *navigation)


def _appointment(car: Car, item: Booking | Proposal | Inquiry) -> Choice:
    dealer = car.dealer_of(item)
    facts = {
        "number": item.appointment,
        "starts_at": item.starts_at.isoformat(),
        "zone": dealer.zone if dealer is not None else car.settings.zone,
    }
    value = f"status.{item.status}" if isinstance(item, Booking) else f"status.{item.kind}"
    return Choice(
        "choice.appointment",
        Verb.OPEN_DETAILS,
        item.id,
        facts,
        icon="event",
        value=value,
        detail=dealer.name if dealer is not None else "",
    )


def _details(car: Car, page: Page) -> tuple[Choice, ...]:
    item = car.item(page.subject)
    if item is None:
        return ()
    decisions = _decisions(item) if isinstance(item, Proposal) and may_decide(car, item) else ()
    dealer = car.dealer_of(item)
    call = () if dealer is None else (Choice("choice.call", Verb.CALL, item.id, icon="call"),)
    return (*decisions, *_guide(car, item), *call)


_PAGES: Final[Mapping[View, Callable[[Car, Page], tuple[Choice, ...]]]] = {
    View.HOME: lambda *_: (_open(View.MENU, "settings"),),
    View.MENU: lambda *_: (_open(View.SERVICE_AND_REPAIR, "home_repair_service"),),
    View.SERVICE_AND_REPAIR: _service_and_repair,
    View.DEALER_INFORMATION: _dealer_information,
    View.REQUEST: _request,
    View.APPOINTMENTS: lambda car, _: tuple(_appointment(car, item) for item in appointments(car)),
    View.DETAILS: _details,
    View.MAP: navigation.on_map,
    View.ITINERARY: navigation.in_itinerary,
    View.STOP: navigation.at_stop,
    View.PLACES: navigation.among_places,
    View.ROUTE: navigation.on_route,
    View.ROUTE_PROPOSAL: navigation.before_route,
    View.SOURCES: _sources,
    View.RADIO: lambda *_: (),
    View.MEDIA: lambda *_: (),
    View.TEL: lambda *_: (),
}
