"""The line *In the car*: each stage with its time, why the next has not come, and what is odd about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.appointment import Actor, Appointment, Market
from backend.outcomes import ItemKind, LetterKind
from backend.receipts import Progress, Stuck, Why
from backend.service.delivery import AppointmentDelivery, ItemDelivery, LetterDelivery
from backend.web.desk import in_the_car
from backend.web.desk.in_the_car import Line, Mark
from backend.web.reader import Reader, phrases
from protocol.language import Language
from protocol.messages import Revision
from protocol.reasons import Reason
from tests.backend.lives import NOW as BOOKED_AT
from tests.backend.lives import requested

NOW = datetime(2026, 11, 27, 6, 12, tzinfo=UTC)
READER = Reader(phrases("desk", Language.ENGLISH), Market(), NOW)
ITEM = UUID("7d1c7a9e-5bb1-4b0e-8e31-0d3f9a6b2c12")


def at(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def item(
    kind: str = "booking", why: Why | None = None, *, current: bool = True, late: Any = (), **progress: Any
) -> ItemDelivery:
    return ItemDelivery(
        kind,
        None,
        at(600),
        NOW + timedelta(days=3),
        current,
        Progress(ITEM, 1, Revision(1, 1), **progress),
        why,
        tuple(one for one, _ in late),
        tuple(when for _, when in late),
    )


def delivered(*items: ItemDelivery, **facts: Any) -> AppointmentDelivery:
    known: dict[str, Any] = {"connected": True, "online": True, "seen_at": at(5), "rejected": None} | facts
    return AppointmentDelivery(vin="YV1FW7050E1234567", items=items, letters=(), **known)


def line(*items: ItemDelivery, appointment: Appointment | None = None, **facts: Any) -> Line:
    return in_the_car.line(delivered(*items, **facts), appointment or requested(), READER)


def told(told_line: Line) -> list[tuple[str, str]]:
    return [(step.mark.value, step.words) for thing in told_line.things for step in thing.steps]


def test_everything_that_happened_has_its_line_in_the_order_of_time() -> None:
    found = line(
        item(
            "day_reminder",
            published_at=at(9),
            received_at=at(8),
            shown_at=at(7),
            opened_at=at(6),
            answered_at=at(5),
            answer="waypoint",
        )
    )
    assert [step.words for step in found.things[0].steps] == [
        "Published",
        "Received by the car",
        "Shown",
        "Details opened",
        "Guidance: dealer as waypoint",
    ]
    assert [step.at for step in found.things[0].steps] == [at(9), at(8), at(7), at(6), at(5)]
    assert found.state == "connected"


@pytest.mark.parametrize(
    ("why", "progress", "waits", "because"),
    [
        (Why(Stuck.NOT_PUBLISHED), {}, "Waits to be published", "no broker has it"),
        (
            Why(Stuck.CAR_OFFLINE, at(60)),
            {"published_at": at(60)},
            "Waits for the car’s connection",
            "last heard of 5 minutes ago. Published Fri 27 Nov, 07:12",
        ),
        (
            Why(Stuck.NOT_APPLIED, at(60)),
            {"published_at": at(60)},
            "Waits for the car’s receipt",
            "connected but has not confirmed it",
        ),
        (
            Why(Stuck.NO_ENGINE_START, at(50)),
            {"published_at": at(60), "received_at": at(50)},
            "Waits for engine start",
            "not been started since the car received it (Fri 27 Nov, 07:22)",
        ),
        (
            Why(Stuck.HELD_BACK, at(12), (Reason.ENGINE_NOT_RUNNING,)),
            {"published_at": at(60), "received_at": at(50)},
            "Waits for engine start",
            "the car reported 12 minutes ago (Fri 27 Nov, 08:00):",
        ),
        (
            Why(Stuck.HELD_BACK, at(12), (Reason.NO_ENGINE_START_SINCE,)),
            {"published_at": at(60), "received_at": at(50)},
            "Waits for engine start",
            "the car reported 12 minutes ago (Fri 27 Nov, 08:00):",
        ),
        (
            Why(Stuck.HELD_BACK, at(12), (Reason.NOT_YET, Reason.ENGINE_NOT_RUNNING)),
            {"published_at": at(60), "received_at": at(50)},
            "Waits for its time",
            "the car reported",
        ),
        (
            Why(Stuck.HELD_BACK, at(12), (Reason.ENGINE_NOT_RUNNING, Reason.NOTIFICATIONS_OFF)),
            {"published_at": at(60), "received_at": at(50)},
            "Held back by the car",
            "the car reported",
        ),
        (
            Why(Stuck.HELD_BACK, at(12), (Reason.ANOTHER_IS_OPEN, Reason.POSTPONED)),
            {"published_at": at(60), "received_at": at(50)},
            "Held back by the car",
            "the car reported",
        ),
        (
            Why(Stuck.NOTIFICATIONS_OFF),
            {"published_at": at(60), "received_at": at(50)},
            "Will not pop up",
            "switched Display notifications off",
        ),
        (
            Why(Stuck.EXPIRED, at(1)),
            {"published_at": at(60), "received_at": at(50)},
            "Was not shown in time",
            "its time ended Mon 30 Nov, 08:12",
        ),
        (
            Why(Stuck.NOT_ANSWERED, at(3)),
            {"published_at": at(60), "received_at": at(50), "shown_at": at(3)},
            "Waits for the driver",
            "it was shown Fri 27 Nov, 08:09",
        ),
    ],
)
def test_what_waits_says_why(why: Why, progress: dict[str, Any], waits: str, because: str) -> None:
    (thing,) = line(item(why=why, **progress)).things
    step = next(step for step in thing.steps if step.mark is Mark.WAITS)
    assert step.words == waits
    assert because in step.why
    assert len(step.reasons) == len(why.reasons)
    assert thing.later == ""


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.ENGLISH, "Waits for engine start"),
        (Language.GERMAN, "Wartet auf den Motorstart"),
        (Language.SWEDISH, "Väntar på motorstart"),
    ],
)
def test_what_waits_for_its_engine_says_so_in_every_language(language: Language, words: str) -> None:
    reader = replace(READER, say=phrases("desk", language))
    waiting = item(why=Why(Stuck.HELD_BACK, at(12), (Reason.ENGINE_NOT_RUNNING,)), received_at=at(50))
    (thing,) = in_the_car.line(delivered(waiting), requested(), reader).things
    assert words in [step.words for step in thing.steps]


def test_what_comes_after_the_wait_is_foreseen() -> None:
    waiting = Why(Stuck.NO_ENGINE_START, at(50))
    found = line(item("day_reminder", waiting, published_at=at(60), received_at=at(50)))
    assert told(found)[2:] == [
        ("waits", "Waits for engine start"),
        ("later", "Shown"),
        ("later", "Details opened"),
        ("later", "Guidance chosen"),
    ]


def test_what_is_not_due_is_folded_away_with_its_time() -> None:
    found = line(
        replace(
            item("day_reminder", Why(Stuck.NOT_YET), published_at=at(60), received_at=at(50)),
            show_from=NOW + timedelta(hours=18),
        ),
        item("navigation_destination", Why(Stuck.NOT_ANNOUNCED, at(50)), announce=False, received_at=at(50)),
        item("booking", published_at=at(60)),
    )
    assert [(thing.title, thing.later) for thing in found.things] == [
        ("Booking", ""),
        ("Reminder on the day", "due Sat 28 Nov, 02:12"),
        ("Navigation destination", "there without a pop-up"),
    ]


def test_what_is_not_current_any_more_is_one_line_each() -> None:
    found = line(
        item("proposal", current=False, answered_at=at(5), answer="accepted", shown_at=at(6)),
        item("inquiry", current=False, opened_at=at(7)),
        item("request_receipt", current=False),
    )
    assert found.things[0].title == "No longer current"
    assert told(found) == [
        ("", "Proposal · Accepted in the car"),
        ("", "Inquiry · Details opened"),
        ("later", "Receipt of the request · never reached the car"),
    ]


def test_a_late_answer_is_told_as_such() -> None:
    found = line(item("proposal", current=False, shown_at=at(9), late=(("accepted", at(4)),)))
    assert told(found)[-1] == ("bad", "Answered too late to count: Accepted in the car")
    assert found.things[0].steps[-1].at == at(4)


def test_a_pop_up_of_what_was_cancelled_already_is_told_as_such() -> None:
    cancelled = replace(requested(), cancelled_by=Actor.DEALER, ended_at=at(20))
    found = line(
        item("booking", current=False, shown_at=at(10), published_at=at(60)),
        item("reminder", current=False, shown_at=at(30)),
        item("cancellation", shown_at=at(5)),
        appointment=cancelled,
    )
    late = [words for mark, words in told(found) if mark == "bad"]
    assert late == ["Shown before the cancellation had reached the car"]


def test_a_navigation_that_took_no_more_says_why() -> None:
    found = line(item("day_reminder", shown_at=at(9), refused="itinerary_full"))
    assert ("bad", "The navigation took no further waypoint: its itinerary is full") in told(found)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"online": False}, "not connected · heard of 5 minutes ago"),
        ({"online": False, "seen_at": None}, "never heard of"),
        ({"connected": False}, "no connection"),
    ],
)
def test_the_state_of_the_car_is_told(facts: dict[str, Any], state: str) -> None:
    assert line(**facts).state == state


def test_why_a_car_could_not_use_a_state_is_told() -> None:
    assert line(rejected="schema 9 is unknown").notes == (
        "The car could not use what it was told: schema 9 is unknown",
    )


def test_a_car_that_was_never_heard_of_says_never() -> None:
    waiting = Why(Stuck.CAR_OFFLINE, at(60))
    (thing,) = line(item(why=waiting, published_at=at(60)), online=False, seen_at=None).things
    assert "this car has never connected" in thing.steps[1].why


@pytest.mark.parametrize(
    ("facts", "mark", "words"),
    [
        ({"sent_at": at(3)}, Mark.DONE, "Booking confirmation"),
        ({"superseded_at": at(3)}, Mark.LATER, "Booking confirmation: overtaken, not sent"),
        ({"held": "not allowed"}, Mark.BAD, "it is not sent: not allowed"),
        (
            {"attempts": 2, "last_error": "451 busy"},
            Mark.WAITS,
            "2 attempts failed and more follow. 451 busy",
        ),
        ({}, Mark.WAITS, "Booking confirmation: about to be sent"),
    ],
)
def test_every_fate_of_a_letter_is_told(facts: dict[str, Any], mark: Mark, words: str) -> None:
    letter: dict[str, Any] = {
        "sent_at": None,
        "superseded_at": None,
        "held": None,
        "attempts": 0,
        "last_error": None,
    } | facts
    known = replace(
        delivered(), letters=(LetterDelivery(LetterKind.BOOKING, "<1@example.com>", BOOKED_AT, **letter),)
    )
    (step,) = in_the_car.letters(known, READER)
    assert step.mark is mark
    assert words in (step.words, step.why)


def test_every_kind_of_thing_has_its_place_in_the_order() -> None:
    found = line(*(item(kind.value) for kind in ItemKind))
    assert len({thing.title for thing in found.things}) == len(ItemKind)
