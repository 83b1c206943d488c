"""Accounts on both databases: who may come in, and how often somebody may try, however many try at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from argon2 import PasswordHasher

from backend.letters import from_json
from backend.outcomes import LetterKind
from backend.service import accounts, codes, register, signing, throttle
from backend.service.accounts import NewUser, Role, SignIn, WrongLogin
from backend.service.codes import Ask, Attempt, WrongCode
from backend.service.errors import Conflict, Invalid, NotFound
from backend.service.register import NewCustomer
from backend.service.throttle import GUESSES, Limit, TooSoon
from backend.store import letters, sessions, users
from backend.store.scope import Owner, System
from backend.store.users import User
from protocol.clock import VirtualClock
from protocol.language import Language
from tests.backend.world import World

WALL = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "a long enough one"
HERE = "192.0.2.1"


async def hire(world: World, login: str = "avirtanen", password: str = PASSWORD) -> User:
    new = NewUser(login, "Aino Virtanen", Role.ADVISOR, Language.SWEDISH, password)
    return await accounts.add_user(world.office, world.dealer, new)


async def knock(
    world: World, password: str, *, clock: VirtualClock | None = None, address: str = HERE, login: str = ""
) -> str:
    entered = SignIn(login or "avirtanen", password, address)
    _, secret = await accounts.sign_in(world.office, clock or VirtualClock(WALL), entered)
    return secret


async def test_a_user_is_kept_as_entered_and_comes_in(world: World) -> None:
    made = await hire(world, login="AVirtanen")
    assert made.login == "avirtanen"
    assert (made.role, made.language) == (Role.ADVISOR, Language.SWEDISH)
    secret = await knock(world, PASSWORD)
    assert await signing.user_behind(world.office, secret, WALL) == made
    assert await signing.owner_behind(world.office, secret, WALL) is None
    assert await signing.user_behind(world.office, "", WALL) is None
    async with world.office.look() as work:
        assert await accounts.all_users(work) == [made]


async def test_a_login_is_there_once_among_all_dealers(world: World) -> None:
    await hire(world)
    new = NewUser("avirtanen", "Another", Role.SERVICE_MANAGER, Language.ENGLISH, PASSWORD)
    with pytest.raises(Conflict, match="avirtanen"):
        await accounts.add_user(world.office, world.other, new)


@pytest.mark.parametrize("login", ["", "a", "å", "a b", "a" * 65, "-ab", "a\n", "<b>", "a@b"])
async def test_what_is_no_login_is_refused(lite: World, login: str) -> None:
    with pytest.raises(Invalid, match="login"):
        await hire(lite, login=login)


@pytest.mark.parametrize("password", ["", "short", "x" * 11, "x" * 201, "x" * 100_000, "longlonglogin"])
async def test_what_is_no_password_is_refused(lite: World, password: str) -> None:
    with pytest.raises(Invalid, match="password"):
        await hire(lite, login="longlonglogin", password=password)


async def test_a_password_is_the_same_however_its_letters_are_put_together(lite: World) -> None:
    await hire(lite, password="ga\u0308rtnerplatz 7")
    assert await knock(lite, "g\u00e4rtnerplatz 7")


async def test_an_older_hash_is_renewed_when_its_user_comes_in(lite: World) -> None:
    user = await hire(lite)
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    async with lite.office.work() as work:
        await users.set_password(work.tx, System(), user.id, weak)
    await knock(lite, PASSWORD)
    async with lite.office.look() as work:
        (known,) = await accounts.all_users(work)
    assert "m=65536,t=3,p=4" in known.password
    assert await knock(lite, PASSWORD)


async def test_a_hash_that_is_none_lets_nobody_in(lite: World) -> None:
    user = await hire(lite)
    async with lite.office.work() as work:
        await users.set_password(work.tx, System(), user.id, "!")
    with pytest.raises(WrongLogin):
        await knock(lite, PASSWORD)


async def test_who_is_disabled_while_the_password_is_checked_stays_out(
    lite: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await hire(lite)
    verify = accounts._by_hand

    async def slow(job: Callable[[], object]) -> object:
        done = await verify(job)
        async with lite.office.work() as work:
            assert await users.disable(work.tx, System(), user.id, WALL)
        return done

    monkeypatch.setattr(accounts, "_by_hand", slow)
    with pytest.raises(WrongLogin):
        await knock(lite, PASSWORD)


async def test_nobody_unknown_gets_another_password_or_is_disabled(lite: World) -> None:
    with pytest.raises(NotFound):
        await accounts.set_password(lite.office, "nobody", PASSWORD)
    with pytest.raises(NotFound):
        await accounts.disable(lite.office, "nobody")


async def test_many_at_once_get_no_more_tries_than_one_after_the_other(world: World) -> None:
    clock = VirtualClock(WALL)
    tries = [knock(world, "guess", clock=clock, login=f"user{n % 3}") for n in range(12)]
    done = await asyncio.gather(*tries, return_exceptions=True)
    wrong = [one for one in done if isinstance(one, WrongLogin)]
    assert len(wrong) == GUESSES.free
    assert all(isinstance(one, WrongLogin | TooSoon) for one in done)


async def test_who_comes_in_while_others_fail_disturbs_nobody(world: World) -> None:
    await hire(world)
    clock = VirtualClock(WALL)
    for _ in range(4):
        both = [knock(world, PASSWORD, clock=clock), knock(world, "guess", clock=clock)]
        done = await asyncio.gather(*both, return_exceptions=True)
        assert {type(one) for one in done} <= {str, WrongLogin, TooSoon}
        clock.set(clock.now() + timedelta(minutes=6))


async def test_neighbours_of_one_ipv6_network_count_together(world: World) -> None:
    clock = VirtualClock(WALL)
    for n in range(GUESSES.free):
        with pytest.raises(WrongLogin):
            await knock(world, "guess", clock=clock, address=f"2001:db8::{n:x}", login=f"user{n}")
    with pytest.raises(TooSoon):
        await knock(world, "guess", clock=clock, address="2001:db8::ffff%eth0", login="user9")
    with pytest.raises(WrongLogin):
        await knock(world, "guess", clock=clock, address="2001:db8:0:1::1", login="user9")


def test_an_address_that_is_none_counts_as_it_is() -> None:
    assert throttle.neighbourhood("") == ""
    assert throttle.neighbourhood("192.0.2.9") == "192.0.2.9"


def test_never_more_than_ten_in_five_minutes_and_each_wait_is_longer() -> None:
    times: list[datetime] = []
    now, waits = WALL, []
    while len(times) < 30:
        wait = GUESSES.wait(times, now)
        if wait:
            waits.append(wait)
            now += timedelta(seconds=wait)
        times.append(now)
        inside = [time for time in times if time > now - timedelta(minutes=5)]
        assert len(inside) <= 10
    assert waits[:7] == [2, 4, 8, 16, 32, 64, 128]


def test_a_clock_that_was_set_back_makes_nobody_wait_less() -> None:
    limit = Limit(most=2, window=timedelta(minutes=1), free=2)
    assert limit.wait([WALL + timedelta(hours=1)] * 2, WALL) > 0


# --- codes ---------------------------------------------------------------------------------------------


async def code_of(world: World, name: str = "Maria") -> str:
    async with world.office.database.read() as tx:
        posted = await letters.claim_letter(
            tx,
            System(),
            now=world.clock.now(),
            technical=WALL,
            lease_until=WALL + timedelta(minutes=1),
            node="test",
        )
    assert posted is not None
    assert posted.kind is LetterKind.CODE
    assert posted.dealer_id is None
    text = from_json(posted.letter).text
    assert name in text
    return next(line.strip() for line in text.splitlines() if line.strip().replace(" ", "").isdecimal())


async def test_a_code_lets_its_owner_in_once(world: World) -> None:
    name = await codes.ask(world.office, WALL, Ask("Maria.Lindholm@example.com", HERE))
    attempt = Attempt(name, await code_of(world), HERE)
    assert await codes.enter(world.office, WALL, attempt) == Owner(world.maria.id)
    with pytest.raises(WrongCode):
        await codes.enter(world.office, WALL, attempt)


async def test_of_many_who_bring_the_same_code_at_once_one_comes_in(world: World) -> None:
    name = await codes.ask(world.office, WALL, Ask("maria.lindholm@example.com", HERE))
    code = await code_of(world)
    attempts = [codes.enter(world.office, WALL, Attempt(name, code, f"192.0.2.{n}")) for n in range(5)]
    done = await asyncio.gather(*attempts, return_exceptions=True)
    assert done.count(Owner(world.maria.id)) == 1


async def test_an_address_that_no_letter_can_go_to_gets_the_same_answer(lite: World) -> None:
    async with lite.office.work() as work:
        odd = NewCustomer(name="Odd\u0085One", email="odd@example.com", phone="")
        await register.add_customer(work, lite.dealer, odd)
    assert await codes.ask(lite.office, WALL, Ask("odd@example.com", HERE))
    async with lite.office.look() as work:
        assert await letters.unsent(work.tx, System(), lite.clock.now()) == 0


async def test_what_is_over_is_forgotten(world: World) -> None:
    await hire(world)
    secret = await knock(world, PASSWORD)
    name = await codes.ask(world.office, WALL, Ask("maria.lindholm@example.com", HERE))
    code = await code_of(world)
    later = WALL + timedelta(days=3)
    await codes.ask(world.office, later, Ask("stranger@example.com", HERE))
    async with world.office.work() as work:
        assert await sessions.end_sessions_of(work.tx, System(), customer_id=uuid4()) == 0
        owner = await signing.open_owner(work, Owner(world.maria.id), later)
        assert await sessions.end_sessions_of(work.tx, System(), customer_id=world.maria.id) == 1
    assert await signing.owner_behind(world.office, owner, later) is None
    assert await signing.user_behind(world.office, secret, WALL) is None, "dropped, not only too old"
    with pytest.raises(WrongCode):
        await codes.enter(world.office, WALL, Attempt(name, code, HERE))
