"""Holds the backend to the cars' own word: what they stand on, and how far each item has come."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.receipts import (
    Decision,
    Progress,
    Stage,
    Standing,
    Stuck,
    Verdict,
    answers,
    on_event,
    on_hello,
    on_receipt,
    why_stuck,
)
from protocol.language import Language
from protocol.messages import (
    NO_REVISION,
    Accepted,
    At,
    CarEvent,
    CounterProposed,
    Declined,
    Dismissed,
    Events,
    HalfDay,
    HeldBack,
    Hello,
    Navigated,
    NavigationRefused,
    Opened,
    Postponed,
    Rejected,
    Revision,
    Shown,
    Slot,
)
from protocol.reasons import Reason

VIN = "YV1FW7050E1234567"
STORE, OTHER_STORE = UUID(int=1), UUID(int=2)
ITEM, OTHER_ITEM = UUID(int=3), UUID(int=4)
NOW = datetime(2026, 11, 2, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)
OURS = Revision(2, 7)
DIGEST, OTHER_DIGEST = "0" * 16, "f" * 16
STANDING = Standing(OURS, DIGEST, Revision(2, 6), STORE, 5)


def hello(
    applied: Revision = OURS,
    *,
    saw: Revision | None = None,
    digest: str | None = DIGEST,
    store: UUID = STORE,
    n: int = 6,
) -> Hello:
    saw = saw or applied
    return Hello(
        vin=VIN,
        store_id=store,
        n=n,
        applied=At(epoch=applied.epoch, rev=applied.rev),
        saw=At(epoch=saw.epoch, rev=saw.rev),
        digest=digest,
        language=Language.GERMAN,
        profile="7-inch",
        navigation=True,
        notifications_on=True,
    )


def receipt(applied: Revision = OURS, *, digest: str | None = DIGEST, store: UUID = STORE) -> Events:
    return Events(
        vin=VIN,
        store_id=store,
        from_seq=1,
        applied=At(epoch=applied.epoch, rev=applied.rev),
        digest=digest,
        events=(),
    )


def test_a_hello_that_says_what_we_have_is_in_step() -> None:
    decision = on_hello(STANDING, hello())
    assert decision == Decision(Verdict.IN_STEP, Standing(OURS, DIGEST, OURS, STORE, 6))


def test_a_hello_with_something_older_gets_our_snapshot_again() -> None:
    decision = on_hello(STANDING, hello(Revision(2, 3), digest=OTHER_DIGEST))
    assert decision.verdict is Verdict.REFRESH
    assert decision.standing.received == Revision(2, 3)
    assert decision.standing.revision == OURS


def test_a_new_head_unit_gets_a_snapshot_that_names_its_journal_even_if_it_has_the_content() -> None:
    decision = on_hello(STANDING, hello(store=OTHER_STORE, n=0))
    assert decision.verdict is Verdict.REFRESH
    assert (decision.standing.store_id, decision.standing.hello_n) == (OTHER_STORE, 0)
    blank = on_hello(STANDING, hello(NO_REVISION, digest=None, store=OTHER_STORE, n=0))
    assert (blank.verdict, blank.standing.received) == (Verdict.REFRESH, NO_REVISION)


def test_a_lower_n_of_the_same_journal_is_an_old_word() -> None:
    assert on_hello(STANDING, hello(n=4)) == Decision(Verdict.IGNORE, STANDING)
    assert on_hello(STANDING, hello(n=5)).verdict is Verdict.IN_STEP
    assert on_hello(STANDING, hello(store=OTHER_STORE, n=4)).verdict is Verdict.REFRESH


@pytest.mark.parametrize(
    "proof",
    [
        hello(Revision(2, 8)),
        hello(Revision(3, 1)),
        hello(Revision(2, 6), saw=Revision(2, 9)),
        hello(OURS, digest=OTHER_DIGEST),
        hello(OURS, digest=None),
    ],
    ids=["higher rev", "higher epoch", "saw a higher rev", "another digest", "no digest"],
)
def test_a_hello_that_proves_what_we_never_made_begins_an_epoch_above_both(proof: Hello) -> None:
    decision = on_hello(STANDING, proof)
    assert decision.verdict is Verdict.NEW_EPOCH
    begun = decision.standing
    assert begun.revision.rev == 1
    assert begun.revision > max(proof.applied.revision, proof.saw.revision, OURS)
    assert (begun.digest, begun.received) == (None, NO_REVISION)


def test_a_car_that_never_had_a_snapshot_and_a_vehicle_that_never_needed_one_are_in_step() -> None:
    blank = hello(NO_REVISION, digest=None)
    assert on_hello(Standing(store_id=STORE), blank).verdict is Verdict.IN_STEP
    assert on_hello(Standing(), blank).verdict is Verdict.REFRESH


def test_receipts_move_forward_only() -> None:
    assert on_receipt(STANDING, receipt()).standing.received == OURS
    assert on_receipt(STANDING, receipt()).verdict is Verdict.IN_STEP
    assert on_receipt(STANDING, receipt(Revision(2, 6))).verdict is Verdict.BEHIND
    assert on_receipt(STANDING, receipt(Revision(2, 5))) == Decision(Verdict.IGNORE, STANDING)


def test_a_receipt_of_a_head_unit_that_was_never_heard_asks_for_a_snapshot_that_names_it() -> None:
    decision = on_receipt(STANDING, receipt(store=OTHER_STORE))
    assert decision.verdict is Verdict.REFRESH
    assert (decision.standing.store_id, decision.standing.hello_n) == (OTHER_STORE, 0)
    assert decision.standing.received == STANDING.received
    assert on_receipt(decision.standing, receipt(store=OTHER_STORE)).verdict is Verdict.IN_STEP


def test_a_receipt_for_what_we_never_made_asks_for_a_hello_and_is_not_believed() -> None:
    for odd in (receipt(Revision(2, 8)), receipt(digest=OTHER_DIGEST)):
        assert on_receipt(STANDING, odd) == Decision(Verdict.REFRESH, STANDING)


REVISIONS = st.builds(Revision, st.integers(0, 3), st.integers(0, 3))
DIGESTS = st.sampled_from([DIGEST, OTHER_DIGEST, None])
STORES = st.sampled_from([STORE, OTHER_STORE])


@given(
    ours=REVISIONS,
    digest=DIGESTS,
    applied=REVISIONS,
    saw=REVISIONS,
    said=DIGESTS,
    store=STORES,
    n=st.integers(0, 9),
)
def test_after_any_hello_the_revision_never_falls_and_received_is_never_above_it(
    *,
    ours: Revision,
    digest: str | None,
    applied: Revision,
    saw: Revision,
    said: str | None,
    store: UUID,
    n: int,
) -> None:
    standing = Standing(ours, digest, NO_REVISION, STORE, 5)
    decision = on_hello(standing, hello(applied, saw=saw, digest=said, store=store, n=n))
    after = decision.standing
    assert after.revision >= ours
    assert after.received <= after.revision
    assert (after.revision > ours) == (decision.verdict is Verdict.NEW_EPOCH)
    if decision.verdict is Verdict.IN_STEP:
        assert (applied, said) == (ours, digest)
    again = on_receipt(after, receipt(applied, digest=said, store=store))
    assert again.standing.received <= again.standing.revision


# --- progress ------------------------------------------------------------------------------------------


def fresh(**known: datetime) -> Progress:
    return replace(Progress(ITEM, 2, Revision(2, 7)), **known)  # type: ignore[arg-type]  # only times are given


def test_an_item_goes_from_published_to_answered() -> None:
    assert fresh().stage is Stage.PENDING
    assert fresh(published_at=NOW).stage is Stage.PUBLISHED
    progress = fresh(published_at=NOW, received_at=NOW + HOUR)
    assert progress.stage is Stage.RECEIVED
    progress = on_event(progress, held_back())
    assert (progress.held, progress.held_since) == ((Reason.ENGINE_NOT_RUNNING,), NOW)
    progress = on_event(progress, Shown(seq=2, at=NOW, item=ITEM, ver=2, run=1))
    assert (progress.stage, progress.held) == (Stage.SHOWN, ())
    assert on_event(progress, Shown(seq=3, at=NOW + HOUR, item=ITEM, ver=2, run=2)).shown_at == NOW
    progress = on_event(progress, Opened(seq=4, at=NOW, item=ITEM, ver=2))
    assert progress.stage is Stage.OPENED
    assert on_event(progress, Opened(seq=5, at=NOW + HOUR, item=ITEM, ver=2)) == progress
    refused = on_event(progress, NavigationRefused(seq=6, at=NOW, item=ITEM, ver=2, why="itinerary_full"))
    assert (refused.stage, refused.refused) == (Stage.OPENED, "itinerary_full")
    taken = on_event(refused, navigated())
    assert (taken.stage, taken.answer, taken.refused) == (Stage.ANSWERED, "waypoint", None)


def held_back(item: UUID = ITEM) -> HeldBack:
    return HeldBack(seq=1, at=NOW, item=item, reasons=(Reason.ENGINE_NOT_RUNNING,), since=NOW)


def navigated() -> Navigated:
    return Navigated.model_validate({"seq": 7, "at": NOW, "item": ITEM, "ver": 2, "as": "waypoint"})


ANSWERS: list[CarEvent] = [
    Accepted(seq=1, at=NOW, item=ITEM, ver=2),
    Declined(seq=1, at=NOW, item=ITEM, ver=2),
    Dismissed(seq=1, at=NOW, item=ITEM, ver=2),
    CounterProposed(seq=1, at=NOW, item=ITEM, ver=2, slots=(Slot(day="2026-12-01", half=HalfDay.MORNING),)),
]


@pytest.mark.parametrize("event", ANSWERS, ids=lambda event: event.kind)
def test_the_first_answer_counts(event: CarEvent) -> None:
    progress = on_event(fresh(), event)
    assert (progress.stage, progress.answer) == (Stage.ANSWERED, event.kind)
    assert on_event(progress, ANSWERS[2]) == progress
    assert answers(event) == (ITEM, 2)


def test_opening_is_an_answer_and_showing_or_postponing_is_none() -> None:
    assert answers(Opened(seq=1, at=NOW, item=ITEM, ver=2)) == (ITEM, 2)
    assert answers(Shown(seq=1, at=NOW, item=ITEM, ver=2, run=1)) is None
    assert answers(Postponed(seq=1, at=NOW, item=ITEM, ver=2)) is None


@pytest.mark.parametrize(
    "event",
    [
        held_back(OTHER_ITEM),
        Shown(seq=1, at=NOW, item=ITEM, ver=1, run=1),
        Shown(seq=1, at=NOW, item=OTHER_ITEM, ver=2, run=1),
        Accepted(seq=1, at=NOW, item=ITEM, ver=1),
        Postponed(seq=1, at=NOW, item=ITEM, ver=2),
        Rejected(seq=1, at=NOW, why="schema"),
    ],
    ids=lambda event: event.kind,
)
def test_other_items_and_versions_change_nothing(event: CarEvent) -> None:
    assert on_event(fresh(), event) == fresh()


def why(progress: Progress, **more: object) -> Stuck | None:
    facts = {
        "online": True,
        "notifications_on": True,
        "show_from": NOW,
        "show_until": NOW + HOUR,
        "now": NOW,
    } | more
    reason = why_stuck(progress, **facts)  # type: ignore[arg-type]  # a table of facts, checked at run time
    return reason.stuck if reason else None


def test_why_an_item_is_not_further() -> None:
    received = fresh(published_at=NOW, received_at=NOW)
    silent = replace(received, announce=False)
    shown = on_event(received, Shown(seq=1, at=NOW, item=ITEM, ver=2, run=1))
    assert why(fresh()) is Stuck.NOT_PUBLISHED
    assert why(fresh(published_at=NOW)) is Stuck.NOT_APPLIED
    assert why(fresh(published_at=NOW), online=False) is Stuck.CAR_OFFLINE
    assert why(silent) is Stuck.NOT_ANNOUNCED
    assert why(received, now=NOW + HOUR) is Stuck.EXPIRED
    assert why(received, notifications_on=False) is Stuck.NOTIFICATIONS_OFF
    assert why(on_event(received, held_back())) is Stuck.HELD_BACK
    assert why(received, now=NOW - HOUR) is Stuck.NOT_YET
    assert why(received) is Stuck.NO_ENGINE_START
    assert why(shown) is Stuck.NOT_ANSWERED
    assert why(on_event(shown, Opened(seq=2, at=NOW, item=ITEM, ver=2))) is None
    assert why(on_event(fresh(), ANSWERS[0])) is None
