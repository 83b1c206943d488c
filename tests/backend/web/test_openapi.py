"""The document is valid OpenAPI 3.1, says all there is, and nothing that is not."""

from __future__ import annotations

import json
import re

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from pydantic import TypeAdapter

from backend.web.endpoint import Endpoint
from backend.web.errors import Problem, family
from backend.web.openapi import document
from backend.web.routes import TAGS, Route, routes
from tests.backend.web.conftest import Backend
from tests.backend.web.desk import Desk, openapi


def test_it_is_valid() -> None:
    validate(openapi(), cls=OpenAPIV31SpecValidator)
    assert openapi()["openapi"].startswith("3.1")


async def test_what_is_served_is_the_document(desk: Desk) -> None:
    heard = await desk.ask("GET", "/openapi.json", documented=False)
    assert heard.json == openapi()


def test_without_a_simulation_there_is_no_handle_on_time() -> None:
    assert not any(path.startswith("/sim") for path in document(routes(simulated=False))["paths"])


async def test_every_operation_exists_and_every_address_is_documented(backend: Backend) -> None:
    served = {
        (route.method, route.resource.canonical)
        for route in backend.app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    documented = {(method.upper(), path) for path, item in openapi()["paths"].items() for method in item}
    machines = ("/v1/", "/healthz/", "/metrics", "/sim/")  # everything else is a page for people
    assert {route for route in served if route[1].startswith(machines)} == documented


def test_every_operation_says_what_it_is_for_and_every_tag_is_used() -> None:
    used = set()
    for item in openapi()["paths"].values():
        for operation in item.values():
            assert operation["summary"]
            assert operation["description"]
            used |= set(operation["tags"])
    assert used == set(TAGS)


def test_every_example_is_good() -> None:
    shown = 0
    for route in routes(simulated=True):
        if route.endpoint.example is not None and route.endpoint.body is not None:
            route.endpoint.body.validate_json(json.dumps(route.endpoint.example), strict=True)
            media = openapi()["paths"][route.path][route.method.lower()]["requestBody"]["content"]
            schema = media["application/json"]["schema"] | {"components": openapi()["components"]}
            Draft202012Validator(schema).validate(route.endpoint.example)
            shown += 1
    bodies = [route for route in routes(simulated=True) if route.endpoint.body is not None]
    assert shown == len(bodies)


@pytest.mark.parametrize("route", routes(simulated=True), ids=lambda route: route.name)
def test_every_part_of_a_path_is_declared(route: Route) -> None:
    assert isinstance(route.endpoint, Endpoint)
    assert set(re.findall(r"{(\w+)}", route.path)) == set(route.endpoint.path)
    assert all(isinstance(adapter, TypeAdapter) for adapter in route.endpoint.path.values())


def test_every_problem_speaks_to_people() -> None:
    kinds = [Problem, *family()]
    assert all((kind.__doc__ or "").strip() for kind in kinds)
    assert len({kind.slug for kind in family()}) == len(family())
