"""Holds the snapshot of a car to its promise: whatever the facts, it is readable, current and small."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.appointment import Actor, Appointment, Place, Status, Wanted
from backend.delivery import build_content
from backend.events import (
    ConfirmAppointment,
    CustomerCancels,
    DealerCancels,
    ProvideProposal,
    RequestInformation,
    ScheduleAppointment,
    UpdateAppointment,
)
from backend.items import Facts, PushedDestination, Workshop, id_of
from backend.outcomes import ItemKind
from backend.reminders import Window, day_window, reminder_window
from protocol.messages import (
    MOST_ITEMS,
    SNAPSHOT_BYTES,
    Booking,
    Cancellation,
    Content,
    DayReminder,
    DealerCard,
    Desired,
    HalfDay,
    Inquiry,
    Item,
    NavigationDestination,
    Proposal,
    Reminder,
    RequestReceipt,
    ServiceType,
    Slot,
    VehicleFacts,
    decode_desired,
    digest_of,
    encode,
)
from protocol.topics import CarTopic, Channel
from protocol.values import GeoPoint
from tests.backend.lives import (
    CAR,
    DEALER,
    FAR_START,
    IN_STATUS,
    MARKET,
    NOW,
    OWNER,
    READY,
    START,
    SUBJECT,
    accepted,
    asked,
    confirmed,
    pre_booked,
    proposed,
    requested,
    requested_from_car,
    step,
)

DAY = timedelta(days=1)
CARD = DealerCard(
    name="Nordvik Helsinki",
    phone="+358 9 555 0137",
    address="Bulevardi 21, 00180 Helsinki",
    position=GeoPoint(latitude=60.164, longitude=24.937),
    zone="Europe/Helsinki",
)
OTHER = UUID("33333333-3333-4333-8333-333333333333")
WORKSHOPS = {SUBJECT.dealer_id: Workshop(CARD, MARKET), OTHER: Workshop(CARD, MARKET)}
VEHICLE = VehicleFacts(model="V60 D4", plate="ABC-123", reminder_days=3, full_details=False)


def facts(*appointments: Appointment, now: datetime = NOW) -> Facts:
    return Facts(
        vin=SUBJECT.vin,
        vehicle=VEHICLE,
        now=now,
        dealer=SUBJECT.dealer_id,
        workshops=WORKSHOPS,
        appointments=appointments,
    )


def items(given_facts: Facts) -> dict[str, Item]:
    return {item.kind: item for item in build_content(given_facts).items}


def test_a_booking_comes_with_its_reminders_and_the_destination_of_its_day() -> None:
    appointment = confirmed()
    found = items(facts(appointment))
    booking, day = found["booking"], day_window(START, MARKET.zone)
    assert isinstance(booking, Booking)
    assert (booking.ver, booking.announce, booking.status) == (1, True, "planned")
    assert (booking.show_from, booking.show_until) == (NOW, START)
    assert (booking.appointment, booking.starts_at, booking.work) == ("100001", START, None)
    assert booking.dealer is None
    reminder = found["reminder"]
    assert isinstance(reminder, Reminder)
    assert Window(reminder.show_from, reminder.show_until) == reminder_window(START, MARKET.zone, 3)
    assert reminder.booking == booking.id == id_of(appointment, ItemKind.BOOKING)
    today = found["day_reminder"]
    assert isinstance(today, DayReminder)
    assert Window(today.show_from, today.show_until) == day
    destination = found["navigation_destination"]
    assert isinstance(destination, NavigationDestination)
    assert Window(destination.show_from, destination.show_until) == day
    assert (destination.announce, destination.position) == (False, CARD.position)
    assert set(found) == {"booking", "reminder", "day_reminder", "navigation_destination"}


def test_a_confirmed_acceptance_is_current_without_a_pop_up() -> None:
    appointment = step(accepted(), ConfirmAppointment(at=NOW, by=DEALER, checklist=READY))
    assert items(facts(appointment))["booking"].announce is False


def test_moving_it_keeps_the_bookings_version_and_raises_the_reminders() -> None:
    before = confirmed()
    after = step(before, UpdateAppointment(at=NOW, by=DEALER, starts_at=START + DAY))
    old, new = items(facts(before)), items(facts(after))
    assert {kind: item.id for kind, item in old.items()} == {kind: item.id for kind, item in new.items()}
    assert (old["booking"].ver, new["booking"].ver) == (1, 1)
    for kind in ("reminder", "day_reminder", "navigation_destination"):
        assert (old[kind].ver, new[kind].ver) == (1, 2)
        assert new[kind].show_from > old[kind].show_from


def test_windows_that_have_closed_are_gone_and_the_booking_stays() -> None:
    appointment = confirmed()
    assert set(items(facts(appointment, now=START))) == {
        "booking",
        "day_reminder",
        "navigation_destination",
    }
    assert set(items(facts(appointment, now=START + DAY))) == {"booking"}
    late = confirmed(START - DAY)
    assert "reminder" not in items(facts(late, now=START - DAY))


def test_the_work_is_listed_only_where_full_details_are_on() -> None:
    full = replace(facts(confirmed()), vehicle=VEHICLE.model_copy(update={"full_details": True}))
    booking = items(full)["booking"]
    assert isinstance(booking, Booking)
    assert booking.work == "Annual service"


def test_a_pre_booking_is_there_and_says_nothing() -> None:
    booking = items(facts(pre_booked()))["booking"]
    assert isinstance(booking, Booking)
    assert (booking.status, booking.announce, booking.price, booking.starts_at) == (
        "pre_booked",
        False,
        None,
        FAR_START,
    )


def test_a_proposal_asks_until_it_is_answered() -> None:
    offer = items(facts(proposed()))["proposal"]
    assert isinstance(offer, Proposal)
    assert (offer.ver, offer.announce, offer.answered, offer.text) == (
        1,
        True,
        False,
        "We have a courtesy car that day.",
    )
    given_answer = items(facts(accepted()))["proposal"]
    assert (given_answer.announce, given_answer.answered) == (False, True)


def test_what_was_answered_elsewhere_comes_back_as_answered() -> None:
    for appointment, kind in (
        (proposed(), ItemKind.PROPOSAL),
        (asked(), ItemKind.INQUIRY),
        (confirmed(), ItemKind.BOOKING),
        (confirmed(), ItemKind.REMINDER),
        (confirmed(), ItemKind.DAY_REMINDER),
    ):
        known = replace(facts(appointment), answered=frozenset({(id_of(appointment, kind), 1)}))
        assert items(known)[kind.value].answered is (kind is not ItemKind.DAY_REMINDER)
        older = replace(facts(appointment), answered=frozenset({(id_of(appointment, kind), 2)}))
        assert items(older)[kind.value].answered is False


def test_an_inquiry_has_the_visits_time_or_the_customers_wish_or_the_day_of_asking() -> None:
    def asked_about(wanted: Wanted) -> datetime:
        appointment = step(requested_from_car(), RequestInformation(at=NOW, by=DEALER, text="What is it?"))
        found = items(facts(replace(appointment, wanted=wanted)))["inquiry"]
        assert isinstance(found, Inquiry)
        return found.starts_at

    dated = items(facts(asked()))["inquiry"]
    assert isinstance(dated, Inquiry)
    assert (dated.starts_at, dated.text) == (START, "Front or rear?")
    morning, afternoon = (Slot(day="2026-12-01", half=half) for half in HalfDay)
    assert asked_about(Wanted(slots=(morning,))) == datetime(2026, 12, 1, 6, tzinfo=UTC)
    assert asked_about(Wanted(slots=(afternoon,))) == datetime(2026, 12, 1, 11, tzinfo=UTC)
    assert asked_about(Wanted(slots=(Slot(day="2026-02-31", half=HalfDay.MORNING),))) == NOW
    assert asked_about(Wanted()) == NOW


def test_the_receipt_of_the_drivers_request_lasts_as_long_as_the_dealer_may_take() -> None:
    receipt = items(facts(requested_from_car()))["request_receipt"]
    assert isinstance(receipt, RequestReceipt)
    assert (receipt.type, receipt.show_from, receipt.show_until) == (ServiceType.SERVICE, NOW, NOW + 2 * DAY)
    assert items(facts(replace(requested_from_car(), wanted=Wanted()))) == {}
    assert items(facts(requested())) == {}


def test_a_cancellation_is_announced_if_the_dealer_made_it_and_leaves_after_thirty_days() -> None:
    by_dealer = step(confirmed(), DealerCancels(at=NOW, by=DEALER, reason="Lift broken"))
    gone = items(facts(by_dealer))["cancellation"]
    assert isinstance(gone, Cancellation)
    assert (gone.announce, gone.reason, gone.ver) == (True, "Lift broken", 1)
    assert set(items(facts(by_dealer, now=NOW + 30 * DAY))) == set()
    by_owner = step(confirmed(), CustomerCancels(at=NOW, by=OWNER))
    assert items(facts(by_owner))["cancellation"].announce is False
    assert items(facts(replace(by_owner, ended_at=None))) == {}


def test_a_closed_appointment_is_gone() -> None:
    assert items(facts(IN_STATUS[Status.CLOSED]())) == {}


def test_records_that_lack_what_their_status_needs_leave_no_item_and_no_error() -> None:
    undated = replace(confirmed(), terms=replace(confirmed().terms, starts_at=None))
    never_told = replace(confirmed(), booking_at=None)
    unpriced = replace(proposed(), terms=replace(proposed().terms, price=None))
    no_time = replace(proposed(), terms=replace(proposed().terms, starts_at=None))
    assert items(facts(undated, never_told, unpriced, no_time)) == {}


def test_another_dealers_appointment_carries_its_workshop() -> None:
    elsewhere = replace(confirmed(), subject=replace(SUBJECT, dealer_id=OTHER))
    booking = items(facts(elsewhere))["booking"]
    assert isinstance(booking, Booking)
    assert booking.dealer == CARD
    homeless = build_content(replace(facts(confirmed()), dealer=None))
    assert homeless.dealer is None
    assert all(getattr(item, "dealer", CARD) == CARD for item in homeless.items)


def test_another_place_is_where_the_guidance_leads() -> None:
    place = Place("Satamakatu 3, Helsinki", GeoPoint(latitude=60.2, longitude=24.9))
    moved = step(confirmed(), UpdateAppointment(at=NOW, by=DEALER, place=place))
    destination = items(facts(moved))["navigation_destination"]
    assert isinstance(destination, NavigationDestination)
    assert (destination.address, destination.position) == (place.address, place.position)


def test_a_destination_pushed_by_itself_is_announced_in_its_window() -> None:
    place = PushedDestination(
        id=OTHER,
        name="Ferry",
        address="South harbour",
        position=CARD.position,
        window=Window(NOW, NOW + DAY),
        ver=2,
    )
    pushed = replace(facts(), destinations=(place,))
    found = items(pushed)["navigation_destination"]
    assert isinstance(found, NavigationDestination)
    assert (found.announce, found.ver, found.show_until, found.appointment) == (True, 2, NOW + DAY, None)
    assert items(replace(pushed, now=NOW + DAY)) == {}


def test_equal_facts_have_equal_digests_in_whatever_order() -> None:
    many = tuple(numbered(index, confirmed()) for index in range(4))
    assert digest_of(build_content(facts(*many))) == digest_of(build_content(facts(*reversed(many))))


# --- size ----------------------------------------------------------------------------------------------


def numbered(index: int, appointment: Appointment) -> Appointment:
    subject = replace(SUBJECT, id=uuid5(SUBJECT.id, str(index)), number=str(200000 + index))
    return replace(appointment, subject=subject)


def booked(index: int, starts_at: datetime) -> Appointment:
    return numbered(index, confirmed(starts_at=starts_at))


def test_of_too_many_the_farthest_bookings_go_and_the_snapshot_says_so() -> None:
    many = [booked(index, START + index * DAY) for index in range(9)]
    content = build_content(facts(*many))
    assert content.truncated
    kept = {item.appointment for item in content.items if isinstance(item, Booking)}
    assert kept == {"200000", "200001", "200002", "200003", "200004"}
    assert len(content.items) == MOST_ITEMS


def test_work_details_go_before_any_booking() -> None:
    wordy = VEHICLE.model_copy(update={"full_details": True})
    text = "🚗" * 500
    some = [
        replace(
            pre_booked(),
            subject=booked(index, START).subject,
            terms=replace(pre_booked().terms, work=text, starts_at=FAR_START + index * DAY),
        )
        for index in range(19)
    ]
    content = build_content(replace(facts(*some), vehicle=wordy))
    assert content.truncated
    bookings = [item for item in content.items if isinstance(item, Booking)]
    assert len(bookings) == 19
    assert {item.work for item in bookings} == {None}


def test_what_asks_the_driver_stays_and_what_he_knows_goes_first() -> None:
    far = [booked(index, START + (index + 2) * DAY) for index in range(5)]
    offer = numbered(50, proposed())
    known = numbered(51, step(confirmed(), CustomerCancels(at=NOW, by=CAR)))
    news = numbered(52, step(confirmed(), DealerCancels(at=NOW, by=DEALER, reason="Lift broken")))
    content = build_content(facts(*far, known, news, offer))
    kinds = [item.kind for item in content.items]
    assert content.truncated
    assert kinds.count("booking") == 4
    assert kinds.count("proposal") == 1
    assert [item.appointment for item in content.items if isinstance(item, Cancellation)] == ["200052"]


TEXTS = st.builds(lambda text, times: text * times, st.text(max_size=12), st.integers(1, 60))
STARTS = st.integers(1, 900).map(lambda days: START + timedelta(days=days, hours=days % 9))


def _proposed(text: str) -> Appointment:
    return step(requested(), ProvideProposal(at=NOW, by=DEALER, text=f"x{text}"))


def _asked(text: str) -> Appointment:
    return step(requested(), RequestInformation(at=NOW, by=DEALER, text=f"x{text}"))


def _confirmed(text: str) -> Appointment:
    event = ScheduleAppointment(at=NOW, by=DEALER, checklist=READY, work=text)
    return step(requested(), event)


def _cancelled(text: str) -> Appointment:
    return step(confirmed(), DealerCancels(at=NOW, by=DEALER, reason=f"x{text}"))


MAKERS: list[Callable[[str], Appointment]] = [_proposed, _asked, _confirmed, _confirmed, _cancelled]


@settings(max_examples=60)
@given(
    lives=st.lists(st.tuples(st.sampled_from(MAKERS), TEXTS, STARTS), max_size=30),
    places=st.lists(st.tuples(TEXTS, TEXTS), max_size=25),
    full_details=st.booleans(),
    dealer=st.sampled_from([SUBJECT.dealer_id, OTHER, None]),
)
def test_any_facts_give_a_snapshot_that_every_car_can_read(
    *,
    lives: list[tuple[Callable[[str], Appointment], str, datetime]],
    places: list[tuple[str, str]],
    full_details: bool,
    dealer: UUID | None,
) -> None:
    appointments = []
    for index, (make, text, starts_at) in enumerate(lives):
        appointment = numbered(index, make(text))
        appointments.append(replace(appointment, terms=replace(appointment.terms, starts_at=starts_at)))
    destinations = [
        PushedDestination(
            id=uuid5(OTHER, str(index)),
            name=name,
            address=address,
            position=CARD.position,
            window=Window(NOW, NOW + DAY),
        )
        for index, (name, address) in enumerate(places)
    ]
    content = build_content(
        replace(
            facts(*appointments),
            destinations=tuple(destinations),
            dealer=dealer,
            vehicle=VEHICLE.model_copy(update={"full_details": full_details}),
        )
    )
    wire = encode(desired(content))
    assert len(wire) <= SNAPSHOT_BYTES
    assert len(content.items) <= MOST_ITEMS
    received = decode_desired(CarTopic(SUBJECT.vin, Channel.DESIRED), wire)
    assert received.items == content.items
    bookings = {item.id for item in content.items if isinstance(item, Booking)}
    assert all(item.booking in bookings for item in content.items if isinstance(item, Reminder | DayReminder))


def desired(content: Content) -> Desired:
    return Desired(
        **{name: getattr(content, name) for name in Content.model_fields},
        epoch=2**53 - 1,
        rev=2**53 - 1,
        digest=digest_of(content),
        for_store=OTHER,
        sent_at=datetime(2026, 11, 2, 7, 0, 0, 123456, tzinfo=UTC),
    )


@pytest.mark.parametrize("actor", [Actor.DEALER, Actor.CUSTOMER])
def test_long_texts_are_cut_and_say_so(actor: Actor) -> None:
    appointment = replace(asked(), question="x" * 600, cancelled_by=actor)
    found = items(facts(appointment))["inquiry"]
    assert isinstance(found, Inquiry)
    assert len(found.text) == 500
    assert found.text.endswith("…")
