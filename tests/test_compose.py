"""Holds docker-compose.yml to its schema and to our own promises about it, without an engine."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from tests import house

COMPOSE = house.ROOT / "docker-compose.yml"
SCHEMA = house.ROOT / "tests" / "vendor" / "compose-spec" / "compose-spec.json"
SECRETIVE = re.compile(r"password|secret|token|key$", re.IGNORECASE)

Service = dict[str, Any]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return loaded


def problems(document: dict[str, Any]) -> list[str]:
    """What the schema finds wrong: the schema calls itself by a name, so references need no network."""
    validator = Draft7Validator(json.loads(SCHEMA.read_text()))
    return [f"{'.'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(document)]


def test_the_file_is_what_compose_reads(compose: dict[str, Any]) -> None:
    assert problems(compose) == []


def test_a_typing_error_would_be_noticed(compose: dict[str, Any]) -> None:
    broken = compose | {"services": {"backend": {"imagee": "x"}}}
    assert len(problems(broken)) == 1


def test_the_services_are_the_real_parts(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"init", "mosquitto", "postgres", "mailpit", "backend", "head-unit"}


def test_whoever_serves_has_a_health_check(compose: dict[str, Any]) -> None:
    assert {name for name, service in compose["services"].items() if "healthcheck" not in service} == {"init"}


def test_who_waits_for_health_waits_for_a_health_check(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for service in services.values():
        for awaited, how in service.get("depends_on", {}).items():
            assert how["condition"] in {"service_healthy", "service_completed_successfully"}
            assert how["condition"] != "service_healthy" or "healthcheck" in services[awaited]


def test_no_secret_stands_in_the_file(compose: dict[str, Any]) -> None:
    """A setting that sounds secret may only name a file of a volume; a URL carries no password."""
    for name, service in compose["services"].items():
        for setting, value in service.get("environment", {}).items():
            if SECRETIVE.search(setting):
                assert str(value).startswith("/secrets/"), f"{name}: {setting}"
            assert not re.search(r"://[^/@:]+:[^/@]+@", str(value)), f"{name}: {setting}"


def test_a_car_reaches_the_broker_and_nothing_else(compose: dict[str, Any]) -> None:
    services = compose["services"]
    neighbours = {
        name
        for name, service in services.items()
        if set(service.get("networks", ["default"])) & set(services["head-unit"]["networks"])
    }
    assert neighbours == {"head-unit", "mosquitto"}


def test_each_secret_has_one_reader_beside_the_one_who_draws_it(compose: dict[str, Any]) -> None:
    readers: dict[str, set[str]] = {}
    for name, service in compose["services"].items():
        for mount in service.get("volumes", []):
            volume = mount.split(":")[0]
            if volume == "authority" or volume.endswith("-secrets"):
                readers.setdefault(volume, set()).add(name)
                assert name == "init" or mount.endswith(":ro"), mount
    assert readers == {
        "authority": {"init"},
        "backend-secrets": {"init", "backend"},
        "broker-secrets": {"init", "mosquitto"},
        "car-secrets": {"init", "head-unit"},
        "postgres-secrets": {"init", "postgres"},
    }


def test_ports_open_on_this_machine_only(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_every_file_and_volume_named_is_there(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            known = (house.ROOT / source).exists() if source.startswith(".") else source in compose["volumes"]
            assert known, f"{name} mounts {source}"


def test_images_are_pinned_to_a_version(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert "build" in service or re.fullmatch(r"[\w/-]+:v?\d[\w.-]*", service["image"])


def test_every_dockerfile_copies_what_the_build_may_see(compose: dict[str, Any]) -> None:
    """The ignore file lists what may enter; a COPY of anything else fails only where Docker is."""
    admitted = {
        line[1:] for line in (house.ROOT / ".dockerignore").read_text().split() if line.startswith("!")
    }
    for service in compose["services"].values():
        if "build" not in service:
            continue
        end = service["build"]["args"]["END"]
        assert (house.ROOT / "requirements" / f"{end}.txt").is_file()
        for copied in copied_files(house.ROOT / service["build"]["dockerfile"]):
            assert copied.split("/")[0] in admitted, copied
            assert (house.ROOT / copied).exists(), copied


def copied_files(dockerfile: Path) -> list[str]:
    """The sources of a Dockerfile's COPY lines, those from earlier stages left out."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", dockerfile.read_text(), flags=re.MULTILINE)
    return [source for line in lines for source in line.split()[:-1]]
