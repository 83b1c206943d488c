"""Both databases keep the same promises: no update is lost, nothing half done stays, times stay instants."""

from __future__ import annotations

import asyncio
import gc
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import DBAPIError, IntegrityError

from backend.migrations import config, head, upgrade
from backend.store import dealers, publishing
from backend.store.database import Database, DatabaseClosed, UnsupportedDatabase, database_url, layout
from backend.store.scope import Dealer, OutOfScope, System
from backend.tables import UTCDateTime, appointments, metadata, regulars, vehicles
from backend.ticker import Ticker
from protocol.clock import pause
from tests import house
from tests.backend.world import VIN, World, workshop


async def test_the_migrations_lay_out_what_the_tables_say(database_url: str) -> None:
    database = Database(database_url)

    def differences(connection: sa.Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        return list(compare_metadata(context, metadata))

    async with database.read() as tx:
        assert await tx.connection.run_sync(differences) == []
        assert await layout(tx) == head()
    await database.close()


async def test_migrating_again_changes_nothing(database_url: str) -> None:
    await asyncio.gather(*(asyncio.to_thread(upgrade, database_url) for _ in range(2)))
    database = Database(database_url)
    async with database.read() as tx:
        assert await layout(tx) == head()
    await database.close()


async def test_a_step_down_and_up_again_keeps_what_is_worked_out(world: World, database_url: str) -> None:
    """What has fallen due, and who is whose workshop customer: by an open appointment, or by preference."""
    await world.creates()
    world.passes(days=9)
    await Ticker(world.office).tick()
    await world.creates(dealer=world.other)
    statements = (
        sa.select(appointments.c.number, appointments.c.past_due).order_by(appointments.c.past_due),
        sa.select(regulars).order_by(regulars.c.prefers),
    )

    async def worked_out() -> list[list[dict[str, object]]]:
        database = Database(database_url)
        async with database.read() as tx:
            found = [await tx.rows(statement) for statement in statements]
        await database.close()
        return found

    before = await worked_out()
    assert [[row["past_due"] for row in before[0]], [row["prefers"] for row in before[1]]] == [
        [False, True]
    ] * 2
    await asyncio.to_thread(command.downgrade, config(database_url), "0004")
    await asyncio.to_thread(upgrade, database_url)
    assert await worked_out() == before


async def test_two_migrations_of_an_empty_database_do_not_disturb_each_other(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
    migrate = f"from backend.migrations import upgrade; upgrade({url!r})"
    both = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", migrate, cwd=house.ROOT) for _ in range(2)
    ]
    assert [await process.wait() for process in both] == [0, 0]
    database = Database(url)
    async with database.read() as tx:
        assert await layout(tx) == head()
    await database.close()


@pytest.mark.parametrize("url", ["mysql://here/x", "sqlite:///x.db", "postgresql+asyncpg://h/x", "nonsense"])
def test_another_database_is_refused_in_words(url: str) -> None:
    with pytest.raises(
        UnsupportedDatabase, match=r"sqlite\+aiosqlite or postgresql\+psycopg|not a database URL"
    ):
        database_url(url)
    with pytest.raises(UnsupportedDatabase):
        config(url)


async def test_writers_that_read_first_lose_no_update(world: World) -> None:
    """A counter that is read, and then written, by twenty at once."""

    async def count_up() -> None:
        async with world.office.database.write() as tx:
            query = sa.select(vehicles.c.rev).where(vehicles.c.vin == VIN).with_for_update()
            rev = await tx.value(query)
            await tx.run(sa.update(vehicles).where(vehicles.c.vin == VIN).values(rev=rev + 1))

    before = (await world.vehicle()).wanted.revision.rev
    await asyncio.gather(*(count_up() for _ in range(20)))
    assert (await world.vehicle()).wanted.revision.rev == before + 20


async def test_two_processes_lose_no_update_either(world: World, database_url: str) -> None:
    """Two engines, as two processes have them, on one database."""
    second = Database(database_url)

    async def take(database: Database, count: int) -> list[str]:
        numbers = []
        for _ in range(count):
            async with database.write() as tx:
                numbers.append(await dealers.take_number(tx, world.dealer))
        return numbers

    taken = await asyncio.gather(take(world.office.database, 10), take(second, 10))
    await second.close()
    assert sorted(number for numbers in taken for number in numbers) == [str(100_001 + n) for n in range(20)]


async def test_a_failed_block_leaves_nothing_behind(world: World) -> None:
    class OnPurpose(Exception):
        pass

    stranger = workshop(uuid4(), "Never there", "Europe/Helsinki", "FI")

    async def fail_in_the_middle() -> None:
        async with world.office.database.write() as tx:
            await dealers.add_dealer(tx, System(), stranger)
            raise OnPurpose

    with pytest.raises(OnPurpose):
        await fail_in_the_middle()
    async with world.office.database.read() as tx:
        assert await dealers.dealer(tx, System(), stranger.id) is None


@pytest.mark.parametrize("times", [1, 3])
async def test_a_cancelled_writer_leaves_nothing_behind_and_the_door_open(world: World, times: int) -> None:
    """However often it is told to stop, it finishes its word with the database first."""

    async def add(name: str) -> None:
        async with world.office.database.write() as tx:
            await dealers.add_dealer(tx, System(), workshop(uuid4(), name, "Europe/Helsinki", "FI"))
            await dealers.add_dealer(tx, System(), workshop(uuid4(), f"{name}, too", "Europe/Helsinki", "FI"))

    for turns in range(30):
        writing = asyncio.create_task(add(f"Workshop {turns}"))
        for _ in range(turns):
            await pause(0)
        for _ in range(times):
            writing.cancel()
            await pause(0)
        await asyncio.gather(writing, return_exceptions=True)
    await add("The last")
    async with world.office.database.read() as tx:
        names = {one.name for one in await dealers.dealers_all(tx, System())}
    assert "The last, too" in names
    assert {name for name in names if f"{name}, too" in names or name.endswith(", too")} == names - {
        "Nordvik Helsinki",
        "Autohaus Rheintal",
    }


async def test_closing_waits_for_whoever_is_inside_and_refuses_whoever_comes_later(
    database_url: str,
) -> None:
    """A connection that is out when the pool is emptied would be dropped unclosed: gc would tell on it."""
    database = Database(database_url)
    async with database.read() as tx:
        closing = asyncio.create_task(database.close())
        await pause(0)
        assert await tx.value(sa.text("SELECT 1")) == 1
        assert not closing.done()
    await closing
    with pytest.raises(DatabaseClosed, match="stop them first"):
        async with database.write():
            pass
    del tx, database
    gc.collect()


async def test_a_reader_sees_one_moment_while_others_write(world: World) -> None:
    async with world.office.database.read() as reader:
        before = await dealers.dealers_all(reader, System())
        async with world.office.database.write() as tx:
            await dealers.add_dealer(tx, System(), workshop(uuid4(), "Meanwhile", "Europe/Helsinki", "FI"))
        assert await dealers.dealers_all(reader, System()) == before
    async with world.office.database.read() as reader:
        assert len(await dealers.dealers_all(reader, System())) == len(before) + 1


async def test_references_are_guarded(world: World) -> None:
    with pytest.raises(IntegrityError):
        async with world.office.database.write() as tx:
            await tx.run(
                sa.insert(metadata.tables["relations"]).values(
                    vin=VIN,
                    customer_id=uuid4(),
                    relation="owns",
                    primary_driver=False,
                    since=world.clock.now(),
                )
            )


async def test_sqlite_syncs_every_commit_and_lets_readers_read(lite: World) -> None:
    async with lite.office.database.write() as tx:
        facts = {
            pragma: await tx.value(sa.text(f"PRAGMA {pragma}"))
            for pragma in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert facts == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


async def test_an_instant_keeps_its_moment_whatever_its_zone(world: World) -> None:
    there = datetime(2026, 7, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=3)))
    async with world.office.database.write() as tx:
        await tx.run(sa.update(vehicles).where(vehicles.c.vin == VIN).values(changed_at=there))
    changed_at = (await world.vehicle()).wanted.changed_at
    assert changed_at == there
    assert changed_at is not None
    assert changed_at.tzinfo is UTC


def test_a_time_without_a_zone_is_no_instant() -> None:
    with pytest.raises(ValueError, match="no zone"):
        UTCDateTime().process_bind_param(datetime(2026, 7, 1), sa.create_engine("sqlite://").dialect)  # noqa: DTZ001


async def test_a_wake_up_for_nobody_is_no_error_and_the_marker_never_goes_back(world: World) -> None:
    async with world.office.database.write() as tx:
        for count in (3, 5, 4):
            await publishing.set_marker(tx, System(), count)
        assert await publishing.marker_count(tx, System()) == 5


async def test_a_dealer_writes_no_other_dealers_tokens(world: World) -> None:
    token = dealers.Token(uuid4(), world.other.id, "theirs", world.clock.now(), None)
    with pytest.raises(OutOfScope):
        async with world.office.database.write() as tx:
            await dealers.add_token(tx, Dealer(world.dealer.id), token, "digest")


async def test_a_database_out_of_reach_is_a_failure_with_a_name() -> None:
    database = Database("sqlite+aiosqlite:////nowhere/at/all.db")
    with pytest.raises(DBAPIError):
        async with database.read() as tx:
            await layout(tx)
    await database.close()
