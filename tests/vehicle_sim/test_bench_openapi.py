"""The bench's interface is described as it is: valid OpenAPI, every address, every answer."""

from __future__ import annotations

import re
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from protocol.clock import SystemClock, VirtualClock
from tests.vehicle_sim.motorist import MONDAY, VIN
from tests.vehicle_sim.test_bench import Inspector, Mask, inspector
from vehicle_sim.bench import Bench, operations
from vehicle_sim.bench.openapi import document
from vehicle_sim.bench.reference import page

__all__ = ["inspector"]
SIMULATED = operations(Bench(VirtualClock(MONDAY), Mask()))
DOCUMENT: dict[str, Any] = document(SIMULATED)


def test_the_document_is_valid() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_every_operation_is_told_by_a_name_of_its_own_and_a_sentence() -> None:
    told = [operation for methods in DOCUMENT["paths"].values() for operation in methods.values()]
    assert len({operation["operationId"] for operation in told}) == len(told)
    assert all(operation["summary"][0].isupper() for operation in told)
    listed = [operation for operation in SIMULATED if operation.listed]
    assert len(told) == len(listed)


def test_a_real_clock_is_not_described() -> None:
    plain = document(operations(Bench(SystemClock(), Mask())))
    assert set(DOCUMENT["paths"]) - set(plain["paths"]) == {"/sim/clock"}


@pytest.mark.parametrize("tail", ["", "/signals", "/tree", "/why", "/journal", "/bezel"])
async def test_answers_are_what_the_document_says(inspector: Inspector, tail: str) -> None:
    served = await inspector.asks("GET", "/openapi.json")
    assert served == DOCUMENT
    answer = await inspector.asks("GET", f"/v1/cars/{VIN}{tail}")
    told = served["paths"][f"/v1/cars/{{vin}}{tail}"]["get"]["responses"]["200"]
    schema = {**told["content"]["application/json"]["schema"], "components": served["components"]}
    jsonschema.Draft202012Validator(schema).validate(answer)


async def test_a_refusal_is_what_the_document_says(inspector: Inspector) -> None:
    problem = await inspector.is_refused("PUT", f"/v1/cars/{VIN}/signals", {"Vehicle.Speed": []})
    jsonschema.Draft202012Validator(DOCUMENT["components"]["schemas"]["Problem"]).validate(problem)


async def test_people_read_the_same(inspector: Inspector) -> None:
    async with inspector.session.get(f"{inspector.url}/docs") as answer:
        text = await answer.text()
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
    told = [operation for methods in DOCUMENT["paths"].values() for operation in methods.values()]
    sections = set(re.findall(r'<section class="card" id="(\w+)">', text))
    links = set(re.findall(r'href="#(\w+)"', text))
    assert {one["operationId"] for one in told} <= links <= sections
    assert "CarState" in links
    assert "seconds each way" not in text.split("<h3>")[0]
    assert "off | acc | on | start | running" in text
    assert " style=" not in text


def test_what_a_page_quotes_is_escaped() -> None:
    tampered = {**DOCUMENT, "info": {"title": "<b>", "version": "1", "description": "a <i> & `code`"}}
    text = page(tampered)
    assert "&lt;b&gt;" in text
    assert "a &lt;i&gt; &amp; <code>code</code>" in text
