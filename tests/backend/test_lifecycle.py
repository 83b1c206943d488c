"""Holds advance() to the table of the domain: what is allowed moves, what is not changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.appointment import (
    Action,
    Actor,
    Appointment,
    By,
    Checklist,
    Listing,
    Place,
    Status,
    from_json,
    to_json,
)
from backend.events import (
    AcknowledgeCancellation,
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
    RequestFromOwner,
    RequestInformation,
    ScheduleAppointment,
    UntouchedTooLong,
    UpdateAppointment,
)
from backend.lifecycle import FARTHEST, advance, allowed, is_past_due, listings, preselected
from backend.limits import due_at, time_limits
from backend.outcomes import (
    ConditionUnmet,
    DisarmReminder,
    InThePast,
    ItemKind,
    LetterKind,
    MissingFields,
    NotAllowed,
    Outcome,
    Push,
    RearmReminder,
    Refused,
    SendLetter,
    TellDealer,
    TooFarAhead,
    Withdraw,
)
from backend.transitions import TABLE
from protocol.values import GeoPoint
from tests.backend.lives import (
    CAR,
    DEALER,
    FAR_START,
    IN_STATUS,
    MARKET,
    NOW,
    OWNER,
    PRICE,
    READY,
    SLOTS,
    START,
    SUBJECT,
    TIMER,
    accepted,
    asked,
    cancelled,
    confirmed,
    from_car,
    good_events,
    pre_booked,
    proposed,
    requested,
    requested_from_car,
    step,
)

DAY = timedelta(days=1)


def letters(appointment: Appointment | None, event: Event) -> list[LetterKind]:
    effects = advance(appointment, event, MARKET).effects
    return [effect.kind for effect in effects if isinstance(effect, SendLetter)]


# --- the story of the domain, row by row -------------------------------------------------------------


def test_a_created_request_is_requested_in_actions_and_tells_nobody() -> None:
    outcome = advance(
        None,
        CreateRequest(at=NOW, by=DEALER, subject=SUBJECT, starts_at=START, price=PRICE, work="Service"),
        MARKET,
    )
    assert outcome.effects == ()
    assert (outcome.appointment.status, outcome.appointment.listing) == (Status.REQUESTED, Listing.ACTIONS)
    assert outcome.appointment.last_edited_by == "Anna Korhonen"
    assert (outcome.appointment.id, outcome.appointment.number) == (SUBJECT.id, "100001")


def test_the_intended_next_step_is_kept_and_preselected_and_fires_nothing() -> None:
    appointment = requested()
    assert appointment.status is Status.REQUESTED
    assert preselected(appointment) is Action.SCHEDULE_APPOINTMENT
    assert preselected(confirmed()) is None


def test_scheduling_plans_confirms_by_mail_announces_in_the_car_and_arms_the_reminder() -> None:
    outcome = advance(requested(), ScheduleAppointment(at=NOW, by=DEALER, checklist=READY), MARKET)
    assert (outcome.appointment.status, outcome.appointment.listing) == (Status.CONFIRMED, Listing.PLANNED)
    assert SendLetter(LetterKind.BOOKING) in outcome.effects
    assert Push(ItemKind.BOOKING, announce=True) in outcome.effects
    assert RearmReminder() in outcome.effects
    assert (outcome.appointment.booking_ver, outcome.appointment.reminder_ver) == (1, 1)
    assert outcome.appointment.booking_announced
    assert outcome.appointment.reminder_key.endswith("/1")


def test_scheduling_without_the_warning_acknowledged_names_each_point() -> None:
    half = Checklist(slot_confirmed=True, plan_secured=True)
    with pytest.raises(MissingFields) as refusal:
        advance(requested(), ScheduleAppointment(at=NOW, by=DEALER, checklist=half), MARKET)
    assert refusal.value.fields == ("checklist.work_order_finished", "checklist.parts_ready")
    assert "checklist.parts_ready" in str(refusal.value)


def test_every_mandatory_field_is_named() -> None:
    with pytest.raises(MissingFields) as refusal:
        advance(None, CreateRequest(at=NOW, by=DEALER, subject=SUBJECT, work="  "), MARKET)
    assert refusal.value.fields == ("date", "time", "price", "work")


def test_finalizing_closes_and_leaves_every_list() -> None:
    outcome = advance(confirmed(), FinalizeAppointment(at=START, by=DEALER), MARKET)
    assert (outcome.appointment.status, outcome.appointment.listing) == (Status.CLOSED, None)
    assert outcome.appointment.ended_at == START
    assert DisarmReminder() in outcome.effects
    assert not any(isinstance(effect, SendLetter) for effect in outcome.effects)
    assert listings(outcome.appointment, START, MARKET) == frozenset()


def test_the_drivers_request_needs_consent_connection_and_a_preferred_dealer() -> None:
    for event, words in (
        (from_car(consent=False), "consented"),
        (from_car(connected=False), "connected"),
        (from_car(dealer=False), "preferred dealer"),
    ):
        with pytest.raises(ConditionUnmet, match=words):
            advance(None, event, MARKET)
    outcome = advance(None, from_car(), MARKET)
    assert outcome.appointment.health is not None
    assert outcome.effects == (
        SendLetter(LetterKind.REQUEST_RECEIVED),
        Push(ItemKind.REQUEST_RECEIPT, announce=True),
        TellDealer(Action.REQUEST_FROM_CAR),
    )


def test_the_owners_request_comes_without_health_data() -> None:
    event = RequestFromOwner(at=NOW, by=OWNER, subject=SUBJECT, text="It squeaks.", slots=SLOTS)
    assert letters(None, event) == [LetterKind.REQUEST_RECEIVED]
    appointment = step(None, event)
    assert (appointment.health, appointment.wanted.text) == (None, "It squeaks.")
    bare = RequestFromOwner(at=NOW, by=OWNER, subject=replace(SUBJECT, odometer_km=None))
    with pytest.raises(MissingFields) as refusal:
        advance(None, bare, MARKET)
    assert refusal.value.fields == ("text", "slots", "odometer_km")


def test_a_pre_booking_is_planned_and_becomes_a_request_thirty_days_before() -> None:
    appointment = pre_booked()
    assert (appointment.status, appointment.listing) == (Status.PRE_BOOKED, Listing.PLANNED)
    assert (appointment.booking_ver, appointment.booking_announced) == (1, False)
    (limit,) = time_limits(appointment, MARKET)
    assert (limit.at, limit.action) == (FAR_START - 30 * DAY, Action.PRE_BOOKING_DUE)
    with pytest.raises(ConditionUnmet, match="time has come"):
        advance(appointment, PreBookingDue(at=limit.at - timedelta(seconds=1), by=TIMER), MARKET)
    due = step(appointment, PreBookingDue(at=limit.at, by=TIMER))
    assert (due.status, due.listing, due.last_edited_by) == (Status.REQUESTED, Listing.ACTIONS, DEALER.name)


def test_a_pre_booking_inside_the_thirty_days_is_a_request_at_once() -> None:
    event = PerformPreBooking(at=NOW, by=DEALER, subject=SUBJECT, starts_at=START, work="Service")
    assert letters(None, event) == []
    assert step(None, event).status is Status.REQUESTED


def test_a_booking_after_a_pre_booking_is_a_new_version_that_is_announced() -> None:
    request = step(pre_booked(), PreBookingDue(at=FAR_START - 30 * DAY, by=TIMER))
    booked = step(
        request, ScheduleAppointment(at=FAR_START - 20 * DAY, by=DEALER, checklist=READY, price=PRICE)
    )
    assert (booked.booking_ver, booked.booking_announced) == (2, True)
    assert booked.booking_at == FAR_START - 20 * DAY


def test_a_proposal_is_repeated_as_the_next_version() -> None:
    first = proposed()
    assert (first.status, first.listing, first.proposal_ver) == (Status.PROPOSED, Listing.PENDING, 1)
    for before in (first, accepted()):
        event = ProvideProposal(at=NOW + DAY, by=DEALER, text="Or then?", starts_at=START + DAY)
        again = step(before, event)
        assert (again.proposal_ver, again.terms.starts_at, again.terms.price) == (2, START + DAY, PRICE)
        assert again.since == NOW + DAY
        assert letters(before, event) == [LetterKind.PROPOSAL]
    with pytest.raises(MissingFields) as refusal:
        advance(requested_from_car(), ProvideProposal(at=NOW, by=DEALER), MARKET)
    assert refusal.value.fields == ("date", "time", "price", "text")


def test_an_inquiry_is_answered_on_the_owners_page_only() -> None:
    appointment = asked()
    assert (appointment.status, appointment.inquiry_ver) == (Status.INQUIRY, 1)
    with pytest.raises(NotAllowed):
        advance(appointment, CustomerAnswers(at=NOW, by=CAR, ver=1, text="Rear."), MARKET)
    with pytest.raises(MissingFields):
        advance(appointment, CustomerAnswers(at=NOW, by=OWNER, ver=1, text=" "), MARKET)
    answered = step(appointment, CustomerAnswers(at=NOW, by=OWNER, ver=1, text="Rear."))
    assert (answered.status, answered.answer, answered.last_edited_by) == (
        Status.REQUESTED,
        "Rear.",
        OWNER.name,
    )
    assert step(answered, RequestInformation(at=NOW, by=DEALER, text="And?")).inquiry_ver == 2


def test_confirming_what_was_accepted_notifies_nobody() -> None:
    event = ConfirmAppointment(at=NOW, by=DEALER, checklist=READY)
    outcome = advance(accepted(), event, MARKET)
    assert not any(isinstance(effect, SendLetter) for effect in outcome.effects)
    assert Push(ItemKind.BOOKING, announce=False) in outcome.effects
    assert RearmReminder() in outcome.effects
    assert (outcome.appointment.booking_ver, outcome.appointment.booking_announced) == (1, False)


@pytest.mark.parametrize(
    ("change", "rearmed"),
    [
        (UpdateAppointment(at=NOW, by=DEALER, starts_at=START + timedelta(hours=1)), True),
        (
            UpdateAppointment(
                at=NOW,
                by=DEALER,
                place=Place("Satamakatu 3, Helsinki", GeoPoint(latitude=60.2, longitude=24.9)),
            ),
            True,
        ),
        (UpdateAppointment(at=NOW, by=DEALER, starts_at=START), False),
        (UpdateAppointment(at=NOW, by=DEALER, price=PRICE, work="More", comments="Call first"), False),
    ],
)
def test_an_update_is_silent_and_only_another_date_time_or_place_rearms(
    *, change: UpdateAppointment, rearmed: bool
) -> None:
    before = step(confirmed(), ReminderDue(at=NOW, by=TIMER))
    outcome = advance(before, change, MARKET)
    after = outcome.appointment
    assert (RearmReminder() in outcome.effects) is rearmed
    assert after.reminder_ver == before.reminder_ver + rearmed
    assert after.fired == (() if rearmed else (Action.REMINDER_DUE,))
    assert (after.booking_ver, after.booking_announced) == (before.booking_ver, True)
    assert (after.status, after.listing, after.version) == (
        before.status,
        before.listing,
        before.version + 1,
    )
    assert not any(isinstance(effect, SendLetter) for effect in outcome.effects)


def test_an_update_of_what_was_accepted_arms_nothing() -> None:
    outcome = advance(accepted(), UpdateAppointment(at=NOW, by=DEALER, starts_at=START + DAY), MARKET)
    assert (outcome.appointment.status, outcome.appointment.reminder_ver) == (Status.ACCEPTED, 0)
    assert outcome.appointment.proposal_ver == 1


def test_the_customer_cancels_and_the_dealer_acknowledges() -> None:
    outcome = advance(confirmed(), CustomerCancels(at=NOW, by=OWNER, reason="Ill"), MARKET)
    appointment = outcome.appointment
    assert (appointment.status, appointment.listing) == (Status.CANCELLED, Listing.ACTIONS)
    assert (appointment.cancelled_by, appointment.cancel_reason, appointment.ended_at) == (
        Actor.CUSTOMER,
        "Ill",
        NOW,
    )
    assert not appointment.acknowledged
    assert letters(confirmed(), CustomerCancels(at=NOW, by=OWNER)) == [
        LetterKind.CANCELLATION,
        LetterKind.ANSWERED,
    ]
    (withdrawn,) = (effect for effect in outcome.effects if isinstance(effect, Withdraw))
    assert set(ItemKind) - set(withdrawn.items) == {ItemKind.CANCELLATION}
    assert set(LetterKind) - set(withdrawn.letters) == {LetterKind.CANCELLATION}
    done = step(appointment, AcknowledgeCancellation(at=NOW, by=DEALER))
    assert (done.status, done.listing, done.acknowledged) == (Status.CANCELLED, None, True)
    assert Action.ACKNOWLEDGE_CANCELLATION in allowed(appointment)
    assert allowed(done) == ()
    with pytest.raises(NotAllowed, match="nothing"):
        advance(done, AcknowledgeCancellation(at=NOW, by=DEALER), MARKET)


def test_the_dealer_cancels_with_a_reason_and_the_car_is_told() -> None:
    with pytest.raises(MissingFields, match="reason"):
        advance(confirmed(), DealerCancels(at=NOW, by=DEALER), MARKET)
    outcome = advance(confirmed(), DealerCancels(at=NOW, by=DEALER, reason="Lift broken"), MARKET)
    assert (outcome.appointment.listing, outcome.appointment.acknowledged) == (None, True)
    assert Push(ItemKind.CANCELLATION, announce=True) in outcome.effects
    assert SendLetter(LetterKind.CANCELLATION) in outcome.effects


def test_a_no_show_is_told_after_the_appointed_time_of_a_booked_visit() -> None:
    for appointment, at in ((confirmed(), NOW), (requested(), START + DAY), (requested_from_car(), NOW)):
        with pytest.raises(ConditionUnmet, match="no-show"):
            advance(appointment, DealerCancels(at=at, by=DEALER, reason="No show", no_show=True), MARKET)
    gone = step(confirmed(), DealerCancels(at=START, by=DEALER, reason="Nobody came", no_show=True))
    assert gone.no_show


def test_the_date_is_ahead_but_not_out_of_reach() -> None:
    def create(starts_at: datetime) -> Event:
        return CreateRequest(
            at=NOW, by=DEALER, subject=SUBJECT, starts_at=starts_at, price=PRICE, work="Service"
        )

    with pytest.raises(InThePast, match="not after the present") as past:
        advance(None, create(NOW), MARKET)
    assert (past.value.starts_at, past.value.now) == (NOW, NOW)
    with pytest.raises(TooFarAhead, match="latest possible date") as far:
        advance(None, create(NOW + FARTHEST + timedelta(seconds=1)), MARKET)
    assert far.value.latest == NOW + FARTHEST
    # A correction of the price of a visit that has begun is no move into the past.
    step(confirmed(), UpdateAppointment(at=START + DAY, by=DEALER, price=PRICE))
    with pytest.raises(InThePast):
        advance(confirmed(), UpdateAppointment(at=START + DAY, by=DEALER, starts_at=START + DAY), MARKET)


def test_only_the_two_next_steps_can_be_intended() -> None:
    event = CreateRequest(
        at=NOW,
        by=DEALER,
        subject=SUBJECT,
        starts_at=START,
        price=PRICE,
        work="Service",
        intended_next=Action.FINALIZE_APPOINTMENT,
    )
    with pytest.raises(ConditionUnmet, match="intended next step"):
        advance(None, event, MARKET)


# --- time ----------------------------------------------------------------------------------------------


def test_a_request_untouched_for_a_day_tells_the_service_manager_once() -> None:
    appointment = requested()
    limit = time_limits(appointment, MARKET)[0]
    assert (limit.at, limit.action) == (NOW + DAY, Action.UNTOUCHED_TOO_LONG)
    event = UntouchedTooLong(at=limit.at, by=TIMER)
    assert letters(appointment, event) == [LetterKind.UNTOUCHED]
    told = step(appointment, event)
    assert told.status is Status.REQUESTED
    assert [limit.action for limit in time_limits(told, MARKET)] == [Action.PAST_DUE]
    with pytest.raises(ConditionUnmet):
        advance(told, event, MARKET)


@pytest.mark.parametrize(
    ("make", "own", "added"),
    [
        (requested, Listing.ACTIONS, Listing.ESCALATED),
        (accepted, Listing.ACTIONS, Listing.ESCALATED),
        (cancelled, Listing.ACTIONS, Listing.ESCALATED),
        (asked, Listing.PENDING, Listing.ACTIONS),
        (proposed, Listing.PENDING, Listing.ACTIONS),
    ],
)
def test_two_working_days_later_it_is_past_due(
    make: Callable[[], Appointment], own: Listing, added: Listing
) -> None:
    appointment, due = make(), NOW + 2 * DAY
    assert due_at(appointment, MARKET) == due
    assert listings(appointment, due - timedelta(seconds=1), MARKET) == {own}
    assert listings(appointment, due, MARKET) == {own, added}
    assert is_past_due(appointment, due, MARKET)
    told = advance(appointment, PastDue(at=due, by=TIMER), MARKET)
    written = LetterKind.ESCALATED if added is Listing.ESCALATED else LetterKind.UNANSWERED
    assert told.effects == (SendLetter(written), TellDealer(Action.PAST_DUE))
    assert told.appointment.status is appointment.status
    assert Action.PAST_DUE not in [limit.action for limit in time_limits(told.appointment, MARKET)]


def test_planned_shows_the_visit_and_is_never_escalated() -> None:
    appointment = confirmed()
    assert due_at(appointment, MARKET) == START
    assert listings(appointment, START + 100 * DAY, MARKET) == {Listing.PLANNED}
    assert time_limits(appointment, MARKET) == ()


def test_an_answer_is_due_at_the_latest_when_the_visit_would_begin() -> None:
    soon = step(
        requested(), ProvideProposal(at=NOW, by=DEALER, text="Tomorrow?", starts_at=NOW + timedelta(hours=20))
    )
    assert due_at(soon, MARKET) == NOW + timedelta(hours=20)
    undated = step(requested_from_car(), RequestInformation(at=NOW, by=DEALER, text="What is it?"))
    assert due_at(undated, MARKET) == NOW + 2 * DAY


def test_the_reminder_and_the_day_are_noted_once() -> None:
    appointment = confirmed()
    event = ReminderDue(at=START - 3 * DAY, by=TIMER)
    assert letters(appointment, event) == [LetterKind.REMINDER]
    reminded = step(appointment, event)
    with pytest.raises(ConditionUnmet, match="not fired before"):
        advance(reminded, event, MARKET)
    with pytest.raises(ConditionUnmet, match="day has begun"):
        advance(reminded, DayOfService(at=START - DAY, by=TIMER), MARKET)
    begun = advance(reminded, DayOfService(at=START, by=TIMER), MARKET)
    assert begun.effects == (Push(ItemKind.DAY_REMINDER, announce=True),)


@pytest.mark.parametrize(
    ("make", "event"),
    [
        (confirmed, ReminderDue(at=START - 3 * DAY, by=TIMER)),
        (confirmed, DayOfService(at=START, by=TIMER)),
        (requested, UntouchedTooLong(at=NOW + 10 * DAY, by=TIMER)),
        (requested, PastDue(at=NOW + 10 * DAY, by=TIMER)),
    ],
)
def test_time_alone_outdates_nobodys_form(make: Callable[[], Appointment], event: Event) -> None:
    before = make()
    after = step(before, event)
    assert after.fired == (event.action,)
    assert after.version == before.version
    moved = step(pre_booked(), PreBookingDue(at=FAR_START - 30 * DAY, by=TIMER))
    assert moved.version == pre_booked().version + 1


# --- late answers --------------------------------------------------------------------------------------


def test_what_is_agreed_by_phone_may_correct_work_and_comments_on_the_way() -> None:
    work, comments = "Annual service\nWiper blades", "Waits here"
    offer = ProvideProposal(at=NOW, by=DEALER, text="Or then?", work=work, comments=comments)
    booking = ScheduleAppointment(at=NOW, by=DEALER, checklist=READY, work=work, comments=comments)
    offered, booked = step(requested(), offer), step(requested(), booking)
    for known in (offered, booked):
        assert (known.terms.work, known.terms.comments) == (work, comments)
    kept = step(offered, ProvideProposal(at=NOW, by=DEALER, text="Or then?"))
    assert kept.terms == offered.terms


def test_an_answer_to_an_older_proposal_is_late_and_changes_nothing() -> None:
    again = step(proposed(), ProvideProposal(at=NOW, by=DEALER, text="Or then?"))
    for event in (
        CustomerAccepts(at=NOW, by=CAR, ver=1),
        CustomerCounterProposes(at=NOW, by=CAR, ver=1, slots=SLOTS),
        CustomerCancels(at=NOW, by=CAR, ver=1),
    ):
        outcome = advance(again, event, MARKET)
        assert outcome.late is not None
        assert (outcome.late.answered_ver, outcome.late.current_ver) == (1, 2)
        assert outcome.appointment == again
        assert outcome.effects == (TellDealer(event.action),)


def test_an_answer_after_the_booking_is_late_and_the_booking_is_announced_once_more() -> None:
    booked = step(proposed(), ScheduleAppointment(at=NOW, by=DEALER, checklist=READY))
    outcome = advance(booked, CustomerAccepts(at=NOW + DAY, by=CAR, ver=1), MARKET)
    assert outcome.late is not None
    assert outcome.late.status is Status.CONFIRMED
    assert Push(ItemKind.BOOKING, announce=True) in outcome.effects
    assert outcome.appointment == replace(
        booked, booking_ver=2, booking_at=NOW + DAY, version=booked.version + 1
    )


def test_a_driver_who_accepts_what_was_cancelled_elsewhere_is_told_once() -> None:
    gone = step(proposed(), CustomerCancels(at=NOW, by=OWNER, ver=1))
    assert not gone.cancellation_announced
    late = CustomerAccepts(at=NOW + DAY, by=CAR, ver=1)
    outcome = advance(gone, late, MARKET)
    assert outcome.late is not None
    assert Push(ItemKind.CANCELLATION, announce=True) in outcome.effects
    assert outcome.appointment == replace(gone, cancellation_announced=True, version=gone.version + 1)
    again = advance(outcome.appointment, late, MARKET)
    assert (again.appointment, again.effects) == (outcome.appointment, (TellDealer(late.action),))


def test_a_late_answer_on_my_volvo_announces_nothing_in_the_car() -> None:
    booked = step(proposed(), ScheduleAppointment(at=NOW, by=DEALER, checklist=READY))
    outcome = advance(booked, CustomerAccepts(at=NOW + DAY, by=OWNER, ver=1), MARKET)
    assert outcome.late is not None
    assert outcome.appointment == booked


@pytest.mark.parametrize(
    ("make", "event"),
    [
        (accepted, CustomerAccepts(at=NOW, by=OWNER, ver=1)),
        (cancelled, CustomerCancels(at=NOW, by=OWNER)),
        (requested, CustomerAnswers(at=NOW, by=OWNER, ver=1, text="Rear.")),
        (asked, CustomerAnswers(at=NOW, by=OWNER, ver=7, text="Rear.")),
        (asked, CustomerCancels(at=NOW, by=CAR, ver=1)),
    ],
)
def test_an_answer_out_of_its_status_is_late(make: Callable[[], Appointment], event: Event) -> None:
    outcome = advance(make(), event, MARKET)
    assert outcome.late is not None
    assert outcome.appointment == make()


def test_declining_the_current_proposal_cancels() -> None:
    declined = step(proposed(), CustomerCancels(at=NOW, by=CAR, ver=1))
    assert (declined.status, declined.cancelled_by) == (Status.CANCELLED, Actor.CAR)


# --- any event in any status ---------------------------------------------------------------------------


@pytest.mark.parametrize("status", [None, *Status])
def test_what_the_table_has_no_row_for_is_refused_with_what_is_possible(status: Status | None) -> None:
    appointment = IN_STATUS[status]() if status else None
    for event in good_events():
        rows = [row for row in TABLE if status in row.sources and row.action is event.action]
        answer = isinstance(
            event, CustomerAccepts | CustomerAnswers | CustomerCounterProposes | CustomerCancels
        )
        if rows or (answer and appointment):
            continue
        with pytest.raises(NotAllowed) as refusal:
            advance(appointment, event, MARKET)
        assert refusal.value.status is status
        assert refusal.value.allowed == allowed(appointment, event.by.actor)
        assert event.action.value in str(refusal.value)


def test_every_event_has_a_row_and_every_row_an_event() -> None:
    events = {kind.action for kind in get_args(Event)}
    assert events == set(Action) == {row.action for row in TABLE}
    assert {event.action for event in good_events()} == set(Action)


@pytest.mark.parametrize("event", good_events(), ids=lambda event: event.action.value)
def test_nobody_can_act_for_somebody_else(event: Event) -> None:
    actors = {actor for row in TABLE if row.action is event.action for actor in row.actors}
    for actor in set(Actor) - actors:
        for appointment in (None, *(make() for make in IN_STATUS.values())):
            with pytest.raises(NotAllowed):
                advance(appointment, replace(event, by=By(actor, "somebody")), MARKET)


HAPPENINGS = st.lists(
    st.tuples(
        st.integers(0, len(good_events()) - 1),
        st.integers(0, 72),
        st.integers(1, 3),
        st.sampled_from([DEALER, OWNER, CAR, TIMER, None]),
    ),
    max_size=12,
)


def attempt(appointment: Appointment | None, event: Event) -> Outcome | Refused:
    try:
        return advance(appointment, event, MARKET)
    except Refused as refusal:
        return refusal


@given(HAPPENINGS)
def test_any_sequence_of_events_gives_a_sane_appointment_or_a_refusal(
    happenings: list[tuple[int, int, int, By | None]],
) -> None:
    appointment: Appointment | None = None
    now = NOW
    for which, hours, ver, by in happenings:
        now += timedelta(hours=hours)
        event = good_events(now)[which]
        if isinstance(event, CustomerAccepts | CustomerAnswers | CustomerCounterProposes | CustomerCancels):
            event = replace(event, ver=ver)
        if by is not None:
            event = replace(event, by=by)
        before = appointment
        copy = to_json(before) if before else None
        outcome = attempt(appointment, event)
        if isinstance(outcome, Refused):
            assert str(outcome)
            assert before is None or to_json(before) == copy
            continue
        appointment = outcome.appointment
        if before is not None:
            assert appointment.subject == before.subject
            is_edited = replace(appointment, fired=before.fired) != before
            assert appointment.version == before.version + is_edited
            for name in ("proposal_ver", "inquiry_ver", "booking_ver", "reminder_ver"):
                assert getattr(appointment, name) >= getattr(before, name)
        assert from_json(to_json(appointment)) == appointment
        assert (appointment.ended_at is not None) == (appointment.status in {Status.CANCELLED, Status.CLOSED})
        if appointment.listing is not None:
            assert appointment.listing in listings(appointment, now, MARKET)
        assert all(isinstance(limit.at, datetime) for limit in time_limits(appointment, MARKET))
