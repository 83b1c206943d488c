"""Leads appointments into any status, through the same events as the desk, the owner and the car use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from backend.appointment import Action, Actor, Appointment, By, Checklist, Market, Status, Subject
from backend.events import AcknowledgeCancellation as Acknowledge
from backend.events import (
    ConfirmAppointment,
    CreateRequest,
    CustomerAccepts,
    CustomerAnswers,
    CustomerCancels,
    CustomerCounterProposes,
    DayOfService,
    DealerCancels,
    Event,
    FinalizeAppointment,
    PastDue,
    PerformPreBooking,
    PreBookingDue,
    ProvideProposal,
    ReminderDue,
    RequestFromCar,
    RequestFromOwner,
    RequestInformation,
    ScheduleAppointment,
    UntouchedTooLong,
    UpdateAppointment,
)
from backend.lifecycle import advance
from protocol.messages import HalfDay, Health, ServiceType, Slot
from protocol.values import Money

MARKET = Market()
DEALER = By(Actor.DEALER, "Anna Korhonen")
OWNER = By(Actor.CUSTOMER, "Maria Lindholm")
CAR = By(Actor.CAR, "YV1FW7050E1234567")
TIMER = By(Actor.TIMER, "clock")
NOW = datetime(2026, 11, 2, 7, 0, tzinfo=UTC)  # a Monday, 09:00 in Helsinki
START = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)  # a Monday, 08:00 in Helsinki
FAR_START = datetime(2027, 3, 1, 6, 0, tzinfo=UTC)
PRICE = Money(amount=Decimal("389.00"), currency="EUR")
READY = Checklist(slot_confirmed=True, plan_secured=True, work_order_finished=True, parts_ready=True)
HEALTH = Health(odometer_km=81234, service_due=True)
SLOTS = (Slot(day="2026-12-01", half=HalfDay.MORNING),)
SUBJECT = Subject(
    id=UUID("7d1c7a9e-5bb1-4b0e-8e31-0d3f9a6b2c11"),
    number="100001",
    dealer_id=UUID("11111111-1111-4111-8111-111111111111"),
    vin="YV1FW7050E1234567",
    customer_id=UUID("22222222-2222-4222-8222-222222222222"),
    odometer_km=81234,
)


def step(appointment: Appointment | None, event: Event) -> Appointment:
    """Advance and return the appointment."""
    return advance(appointment, event, MARKET).appointment


def requested(at: datetime = NOW, starts_at: datetime = START) -> Appointment:
    """The dealer has created a request."""
    event = CreateRequest(
        at=at,
        by=DEALER,
        subject=SUBJECT,
        starts_at=starts_at,
        price=PRICE,
        work="Annual service",
        intended_next=Action.SCHEDULE_APPOINTMENT,
    )
    return step(None, event)


def requested_from_car(at: datetime = NOW) -> Appointment:
    """The driver has asked from the head unit."""
    return step(None, from_car(at=at))


def from_car(
    at: datetime = NOW, *, consent: bool = True, connected: bool = True, dealer: bool = True
) -> Event:
    """The driver's request."""
    return RequestFromCar(
        at=at,
        by=CAR,
        subject=SUBJECT,
        service_type=ServiceType.SERVICE,
        health=HEALTH,
        consent=consent,
        connected=connected,
        has_preferred_dealer=dealer,
    )


def pre_booked(at: datetime = NOW) -> Appointment:
    """A provisional date far ahead."""
    return step(
        None, PerformPreBooking(at=at, by=DEALER, subject=SUBJECT, starts_at=FAR_START, work="Annual service")
    )


def proposed(at: datetime = NOW) -> Appointment:
    """The dealer has made an offer."""
    return step(requested(at), ProvideProposal(at=at, by=DEALER, text="We have a courtesy car that day."))


def asked(at: datetime = NOW) -> Appointment:
    """The dealer has asked something."""
    return step(requested(at), RequestInformation(at=at, by=DEALER, text="Front or rear?"))


def accepted(at: datetime = NOW) -> Appointment:
    """The customer has accepted."""
    return step(proposed(at), CustomerAccepts(at=at, by=CAR, ver=1))


def confirmed(at: datetime = NOW, starts_at: datetime = START) -> Appointment:
    """The dealer has scheduled it."""
    return step(requested(at, starts_at), ScheduleAppointment(at=at, by=DEALER, checklist=READY))


def cancelled(at: datetime = NOW) -> Appointment:
    """The customer has cancelled a booked visit."""
    return step(confirmed(at), CustomerCancels(at=at, by=OWNER, reason="Ill"))


def closed(at: datetime = NOW) -> Appointment:
    """The dealer has finalized it."""
    return step(confirmed(at), FinalizeAppointment(at=at, by=DEALER))


IN_STATUS: dict[Status, Callable[[], Appointment]] = {
    Status.REQUESTED: requested,
    Status.PRE_BOOKED: pre_booked,
    Status.PROPOSED: proposed,
    Status.INQUIRY: asked,
    Status.ACCEPTED: accepted,
    Status.CONFIRMED: confirmed,
    Status.CANCELLED: cancelled,
    Status.CLOSED: closed,
}


def good_events(at: datetime = NOW) -> tuple[Event, ...]:
    """One well-filled event of every kind."""
    later = at + timedelta(days=28)
    return (
        CreateRequest(at=at, by=DEALER, subject=SUBJECT, starts_at=later, price=PRICE, work="Service"),
        PerformPreBooking(at=at, by=DEALER, subject=SUBJECT, starts_at=later + timedelta(60), work="Service"),
        from_car(at),
        RequestFromOwner(at=at, by=OWNER, subject=SUBJECT, text="It squeaks.", slots=SLOTS),
        PreBookingDue(at=at, by=TIMER),
        ProvideProposal(at=at, by=DEALER, text="Come and see us.", starts_at=later, price=PRICE),
        RequestInformation(at=at, by=DEALER, text="Front or rear?"),
        CustomerAnswers(at=at, by=OWNER, ver=1, text="Rear."),
        ScheduleAppointment(at=at, by=DEALER, checklist=READY, starts_at=later, price=PRICE, work="Service"),
        CustomerAccepts(at=at, by=CAR, ver=1),
        CustomerCounterProposes(at=at, by=CAR, ver=1, slots=SLOTS),
        ConfirmAppointment(at=at, by=DEALER, checklist=READY),
        UpdateAppointment(at=at, by=DEALER, starts_at=later + timedelta(hours=1)),
        CustomerCancels(at=at, by=OWNER),
        Acknowledge(at=at, by=DEALER),
        DealerCancels(at=at, by=DEALER, reason="The customer called."),
        UntouchedTooLong(at=at, by=TIMER),
        PastDue(at=at, by=TIMER),
        ReminderDue(at=at, by=TIMER),
        DayOfService(at=at, by=TIMER),
        FinalizeAppointment(at=at, by=DEALER),
    )
