"""Invented requests by the hundred: none finds a fault, and the document foresees every answer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, Phase, given
from hypothesis import seed as from_seed
from hypothesis import settings as settings_
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend.app import new_app
from backend.seed import Sown
from backend.settings import Settings
from broker.memory_transport import MemoryBroker, MemoryTransport
from protocol.clock import VirtualClock
from tests.backend.web.conftest import NOW
from tests.backend.web.desk import openapi

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def url(settings: Settings, sown: tuple[Path, tuple[Sown, ...]]) -> Iterator[str]:
    """A backend on a thread of its own: schemathesis asks as other people's clients do, and blocks."""
    settings = settings.model_copy(update={"requests_per_minute": 10**6})
    ready: list[str] = []
    loop, serving, ended = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        app = new_app(settings, MemoryTransport(MemoryBroker(), "fuzz"), VirtualClock(NOW))
        async with TestServer(app) as server:
            ready.append(str(server.make_url("/")).rstrip("/"))
            serving.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert serving.wait(30)
    yield ready[0]
    loop.call_soon_threadsafe(ended.set)
    thread.join(30)
    loop.close()


def test_no_request_finds_a_fault(url: str, sown: tuple[Path, tuple[Sown, ...]]) -> None:
    schema = schemathesis.openapi.from_dict(openapi())
    token = sown[1][0].token
    asked = 0
    for result in schema.exclude(path="/v1/events").get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()

        @from_seed(1886)
        @settings_(
            max_examples=8,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def asks(case: schemathesis.Case[Any]) -> None:
            nonlocal asked
            asked += 1
            case.call_and_validate(base_url=url, headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)

        asks()
    assert asked > 100
