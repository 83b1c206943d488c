"""Letters leave at least once, never after they were superseded, and only to where they may go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from aiosmtplib import SMTPException
from sqlalchemy import text

from backend import mailer as room
from backend.events import DealerCancels
from backend.mailer import Mailer
from backend.outcomes import LetterKind
from backend.service import delivery, health, ownership, register
from backend.service import desk as dealers_desk
from backend.service.delivery import LetterDelivery
from backend.service.office import Office, Work
from backend.service.post import why_held
from backend.service.register import CustomerEdit, NewCustomer
from backend.settings import Settings
from backend.store import letters
from backend.store.database import Database
from backend.store.letters import Posted
from backend.store.scope import System
from backend.tables import letters as outbox
from protocol.clock import VirtualClock, until
from tests.backend.test_publisher import Failing
from tests.backend.world import ANNA, NOW, VIN, World, open_world


@dataclass  # no slots: aiosmtpd reads every member of it, and Python 3.11.2 stumbles over __weakref__ there
class Server:
    """A mail server with moods."""

    port: int = 0
    taken: list[Message] = field(default_factory=list)
    recipient_answers: list[str] = field(default_factory=list)
    data_answers: list[str] = field(default_factory=list)
    sender_answers: list[str] = field(default_factory=list)
    on_data: Any = None

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.sender_answers.pop(0) if self.sender_answers else "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.recipient_answers.pop(0) if self.recipient_answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - same
        if self.on_data is not None:
            await self.on_data()
        answer = self.data_answers.pop(0) if self.data_answers else "250 OK"
        if answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.taken.append(message_from_bytes(envelope.content))
        return answer

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Listen within the block."""
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(lambda: SMTP(self, loop=loop), "127.0.0.1", self.port)
        self.port = listening.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            listening.close()
            await listening.wait_closed()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    async with server.open():
        yield server


@pytest.fixture
async def desk(database_url: str, server: Server) -> AsyncIterator[World]:
    """A world whose letters go to the server."""
    async with open_world(database_url, smtp_url=f"smtp://127.0.0.1:{server.port}") as opened:
        yield opened


async def state(world: World, number: str) -> list[LetterDelivery]:
    async with world.office.look() as work:
        return list((await delivery.of_appointment(work, world.dealer, number)).letters)


async def test_a_letter_goes_out_once(desk: World, server: Server) -> None:
    booked = await desk.schedules()
    assert await Mailer(desk.office).send_due() == 1
    assert await Mailer(desk.office).send_due() == 0
    [message] = server.taken
    [letter] = await state(desk, booked.number)
    assert message["To"] == "Maria Lindholm <maria.lindholm@example.com>"
    assert message["Message-ID"] == letter.message_id
    assert letter.sent_at == desk.clock.now()
    assert "/my/" in message.as_string()


async def test_a_letter_that_was_superseded_never_goes_out(desk: World, server: Server) -> None:
    booked = await desk.schedules()
    await desk.acts(booked.number, partial(DealerCancels, reason="The lift is broken."))
    await Mailer(desk.office).send_due()
    assert [message["X-Sensus-Letter"] for message in server.taken] == ["cancellation"]


async def test_a_cancellation_while_one_letter_is_sent_stops_the_next(desk: World, server: Server) -> None:
    """The claim looks again for every letter, not once for all of them."""
    first, second = await desk.schedules(), await desk.schedules()

    async def cancel_second() -> None:
        server.on_data = None
        await desk.acts(second.number, partial(DealerCancels, reason="The lift is broken."))

    server.on_data = cancel_second
    assert await Mailer(desk.office).send_due() == 2
    kinds = [message["X-Sensus-Letter"] for message in server.taken]
    assert kinds == ["booking", "cancellation"]
    assert [letter.sent_at is not None for letter in await state(desk, first.number)] == [True]


@pytest.mark.parametrize("sells", [False, True])
async def test_a_cancellation_waits_for_the_letter_on_its_way_and_commits_after_it(
    desk: World, server: Server, *, sells: bool
) -> None:
    """Whoever sees it committed, or the car sold, never sees a letter leave for the mail server after it."""
    booked = await desk.schedules()
    at_the_server, let_go = asyncio.Event(), asyncio.Event()

    async def hesitate() -> None:
        server.on_data = None
        at_the_server.set()
        await let_go.wait()

    server.on_data = hesitate
    sending = asyncio.create_task(Mailer(desk.office).send_due())
    await at_the_server.wait()
    async with another_process(desk) as office:
        doing = changes_hands(desk, office) if sells else cancels(desk, booked.number, office)
        cancelling = asyncio.create_task(doing)
        await until(partial(somebody_waits, desk), what="the cancellation to wait")
        assert not cancelling.done()
        let_go.set()
        await asyncio.gather(sending, cancelling)
        await Mailer(office).send_due()
    assert [message["X-Sensus-Letter"] for message in server.taken] == ["booking", "cancellation"]


async def test_a_letter_waits_for_the_cancellation_on_its_way_and_stays_here(
    desk: World, server: Server
) -> None:
    """The other way round: it is claimed already, but whoever cancels was the first to the lock."""
    booked = await desk.schedules()
    claimed = await claim(desk, VirtualClock(NOW))
    async with another_process(desk) as office:

        async def hand_over() -> bool:
            async with office.hand.holding(claimed) as still_true:
                return still_true

        async with desk.office.work() as work:
            await cancel(desk, work, booked.number)
            handing = asyncio.create_task(hand_over())
            await until(partial(somebody_waits, desk), what="the mailer to wait")
            assert not handing.done()
        assert not await handing


async def test_what_is_overtaken_between_claim_and_hand_over_never_goes_out(
    desk: World, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked = await desk.schedules()
    mailer = Mailer(desk.office)
    claims = mailer._claim

    async def claims_slowly() -> Posted | None:
        claimed = await claims()
        if claimed is not None and claimed.kind is LetterKind.BOOKING:
            await cancels(desk, booked.number)
        return claimed

    monkeypatch.setattr(mailer, "_claim", claims_slowly)
    assert await mailer.send_due() == 2
    assert [message["X-Sensus-Letter"] for message in server.taken] == ["cancellation"]


async def test_a_code_to_sign_in_with_waits_for_nobody(desk: World) -> None:
    booked = await desk.schedules()
    claimed = replace(await claim(desk, VirtualClock(NOW)), appointment_id=None)
    async with desk.office.work() as work:
        await cancel(desk, work, booked.number)
        async with desk.office.hand.holding(claimed) as still_true:
            assert still_true


async def test_a_letter_that_was_sent_but_not_marked_goes_again_under_the_same_id(
    desk: World, server: Server
) -> None:
    """The process died between the two; another takes the letter over when the lease has run out."""
    await desk.schedules()
    technical = VirtualClock(NOW)
    abandoned = await claim(desk, technical)
    assert await Mailer(desk.office, technical=technical).send_due() == 0
    technical.set(NOW + room.LEASE)
    assert await Mailer(desk.office, technical=technical).send_due() == 1
    assert [message["Message-ID"] for message in server.taken] == [abandoned.message_id]


async def test_a_node_that_comes_back_frees_what_it_had_claimed(desk: World, server: Server) -> None:
    await desk.schedules()
    await claim(desk, VirtualClock(NOW), node=desk.office.settings.node)
    mailer = Mailer(desk.office)
    await mailer.free_own()
    assert await mailer.send_due() == 1


@pytest.mark.parametrize("mood", ["recipient_answers", "data_answers", "sender_answers"])
async def test_a_refusal_for_now_is_tried_again_ever_more_rarely(
    desk: World, server: Server, mood: str
) -> None:
    booked = await desk.schedules()
    technical = VirtualClock(NOW)
    mailer = Mailer(desk.office, technical=technical)
    setattr(server, mood, ["451 later", "452 later"])
    assert await mailer.send_due() == 1
    assert await mailer.send_due() == 0
    technical.set(NOW + timedelta(seconds=1))
    assert await mailer.send_due() == 1
    technical.set(NOW + timedelta(seconds=2))
    assert await mailer.send_due() == 0
    assert "451" not in str((await state(desk, booked.number))[0].last_error)
    technical.set(NOW + timedelta(seconds=3))
    assert await mailer.send_due() == 1
    [letter] = await state(desk, booked.number)
    assert (letter.attempts, letter.last_error, letter.sent_at) == (3, None, desk.clock.now())


@pytest.mark.parametrize("mood", ["recipient_answers", "data_answers"])
async def test_a_refusal_for_ever_is_held_for_people_to_look_at(
    desk: World, server: Server, mood: str
) -> None:
    booked = await desk.schedules()
    setattr(server, mood, ["550 no such person"])
    await Mailer(desk.office).send_due()
    [letter] = await state(desk, booked.number)
    assert letter.sent_at is None
    assert "550" in str(letter.held)
    await desk.everything_is_published()
    assert await health.busy(desk.office) is None


async def test_a_server_that_refuses_us_altogether_may_be_mended(desk: World, server: Server) -> None:
    booked = await desk.schedules()
    server.sender_answers = ["550 not from you"]
    await Mailer(desk.office).send_due()
    assert (await state(desk, booked.number))[0].held is None


async def test_a_letter_that_cannot_be_read_back_is_held(desk: World, server: Server) -> None:
    booked = await desk.schedules()
    async with desk.office.work() as work:
        await work.tx.run(outbox.update().values(letter="{}"))
    await Mailer(desk.office).send_due()
    assert (await state(desk, booked.number))[0].held == "ValidationError"
    assert server.taken == []


async def test_mail_leaves_only_for_domains_that_are_allowed(desk: World, server: Server) -> None:
    async with desk.office.work() as work:
        await register.edit_customer(
            work, desk.dealer, desk.maria.id, None, CustomerEdit(email="maria@somewhere.else.org")
        )
    booked = await desk.schedules()
    assert await Mailer(desk.office).send_due() == 0
    assert server.taken == []
    [letter] = await state(desk, booked.number)
    assert "SENSUS_MAIL_ALLOW" in str(letter.held)


@pytest.mark.parametrize(
    ("allow", "address", "may"),
    [
        ("", "a@example.com", True),
        ("garage.fi", "a@example.com", True),
        ("garage.fi", "a@Garage.FI", True),
        ("garage.fi", "a@sub.garage.fi", False),
        ("garage.fi", "a@example.org", False),
        ("*", "a@example.org", True),
    ],
)
def test_where_mail_may_go(allow: str, address: str, *, may: bool) -> None:
    settings = Settings(mail_allow=allow)  # type: ignore[arg-type]  # as the environment would say it
    assert (why_held(address, settings) is None) is may


async def test_a_letter_that_cannot_be_written_is_told_and_undoes_nothing(desk: World) -> None:
    async with desk.office.work() as work:
        await register.edit_customer(work, desk.dealer, desk.maria.id, None, CustomerEdit(email="nobody"))
    booked = await desk.schedules()
    assert await state(desk, booked.number) == []
    assert await desk.told() == ["letter_not_written"]


async def test_the_service_manager_hears_of_a_request_that_nobody_touched(
    desk: World, server: Server
) -> None:
    from backend.ticker import Ticker

    await desk.creates()
    desk.passes(hours=24)
    await Ticker(desk.office).tick()
    await Mailer(desk.office).send_due()
    assert [str(message["To"]).rpartition("<")[2] for message in server.taken] == [
        "service.manager@example.com>"
    ]


async def test_the_same_letter_is_put_into_the_outbox_once(desk: World) -> None:
    await desk.schedules()
    technical = VirtualClock(NOW)
    posted = await claim(desk, technical)
    async with desk.office.work() as work:
        assert not await letters.post(work.tx, System(), posted)


async def test_running_it_waits_for_a_server_that_is_away_and_survives_the_database(
    lite: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "FIRST_RETRY", 0.02)
    monkeypatch.setattr(room, "LONGEST_PAUSE", 0.02)
    monkeypatch.setattr(room, "LONGEST_RETRY", 0.02)
    server = Server()
    async with server.open():
        pass
    monkeypatch.setattr(
        lite.office,
        "settings",
        Settings(smtp_url=f"smtp://127.0.0.1:{server.port}", database_url="sqlite://"),
    )
    failures = Failing(lite, monkeypatch)
    running = asyncio.create_task(Mailer(lite.office).run())
    await until(lambda: failures.count > 1, what="a database out of reach")
    failures.end()
    await lite.schedules()
    await until(lambda: not running.done(), what="a server out of reach")
    async with server.open():
        await until(lambda: len(server.taken) == 1, what="the letter")
        await lite.schedules()
        await until(lambda: len(server.taken) == 2, what="the next, by a wake-up")
    assert not running.done()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_server_that_hangs_up_is_met_again(desk: World, server: Server) -> None:
    booked = await desk.schedules()
    technical = VirtualClock(NOW)
    mailer = Mailer(desk.office, technical=technical)
    server.data_answers = ["421 going down"]
    with suppress(SMTPException):
        await mailer.send_due()
    assert mailer.busy is None
    technical.set(NOW + timedelta(seconds=1))
    assert await mailer.send_due() == 1
    [letter] = await state(desk, booked.number)
    assert letter.sent_at is not None
    assert letter.kind is LetterKind.BOOKING


@asynccontextmanager
async def another_process(world: World) -> AsyncIterator[Office]:
    """Another backend on the same database, where there can be one: SQLite has one process."""
    here = world.office
    if here.database.is_sqlite:
        yield here
        return
    settings = here.settings.model_copy(update={"node": "another"})
    there = Office(Database(settings.database_url), world.clock, settings)
    try:
        yield there
    finally:
        await there.database.close()


async def cancel(world: World, work: Work, number: str) -> None:
    event = partial(DealerCancels, reason="The lift is broken.")
    await dealers_desk.act(work, world.dealer, ANNA, number, None, event)


async def cancels(world: World, number: str, office: Office | None = None) -> None:
    async with (office or world.office).work() as work:
        await cancel(world, work, number)


async def changes_hands(world: World, office: Office) -> None:
    async with office.work() as work:
        buyer = await register.add_customer(
            work, world.dealer, NewCustomer(name="Otto Berg", email="otto.berg@example.com")
        )
    async with office.work() as work:
        await ownership.change_owner(work, world.dealer, ANNA, VIN, buyer.id, keep_appointments=False)


async def somebody_waits(world: World) -> bool:
    """Tell whether somebody waits for the lock; in SQLite, for the hand or for their turn to write."""
    if world.office.database.is_sqlite:
        return world.office.hand.waited_for or world.office.database._transactions > 1
    async with world.office.look() as work:
        return bool(await work.tx.value(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


async def claim(world: World, technical: VirtualClock, node: str = "elsewhere") -> Posted:
    now = technical.now()
    async with world.office.work() as work:
        claimed = await letters.claim_letter(
            work.tx, System(), now=work.now, technical=now, lease_until=now + room.LEASE, node=node
        )
    assert claimed is not None
    return claimed
