"""The comparison of schemas is sound: what it lets pass, a validator lets pass too, whatever the schemas."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.api.schemas import BREAKS, Comparison, Kind, Use

NAMES = st.sampled_from("ab")
BOUNDS = st.integers(0, 3)


def limited(kind: str, *keys: str) -> st.SearchStrategy[dict[str, Any]]:
    """Schemas of one type with some of these limits."""
    return st.fixed_dictionaries({"type": st.just(kind)}, optional=dict.fromkeys(keys, BOUNDS))


def composed(parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Schemas made of these: objects, lists, unions."""
    objects = st.fixed_dictionaries(
        {"type": st.just("object"), "additionalProperties": st.booleans()},
        optional={
            "properties": st.dictionaries(NAMES, parts, max_size=2),
            "required": st.lists(NAMES, unique=True, max_size=2),
        },
    )
    lists = st.fixed_dictionaries(
        {"type": st.just("array")}, optional={"items": parts, "minItems": BOUNDS, "maxItems": BOUNDS}
    )
    unions = st.lists(parts, min_size=1, max_size=2).map(lambda found: {"anyOf": found})
    return objects | lists | unions


PLAIN = st.one_of(
    st.just(dict[str, Any]()),
    st.just({"type": "null"}),
    st.just({"type": "boolean"}),
    limited("integer", "minimum", "maximum", "exclusiveMinimum"),
    limited("number", "minimum", "maximum"),
    limited("string", "minLength", "maxLength"),
    st.lists(st.sampled_from("xyz"), min_size=1, unique=True).map(
        lambda found: {"type": "string", "enum": found}
    ),
    st.sampled_from("xyz").map(lambda found: {"type": "string", "const": found}),
)
SCHEMAS = st.recursive(PLAIN, composed, max_leaves=4)
VALUES = st.recursive(
    st.sampled_from([None, True, -1, 0, 1, 2, 3, 4, 0.5, "", "x", "y", "zz", "wwww"]),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.sampled_from("abc"), parts, max_size=3),
    max_leaves=4,
)


@settings(max_examples=400)
@given(old=SCHEMAS, new=SCHEMAS, values=st.lists(VALUES, min_size=10, max_size=30))
def test_what_is_let_pass_is_compatible(old: dict[str, Any], new: dict[str, Any], values: list[Any]) -> None:
    found = list(Comparison({}, {}).differences(old, new, "it"))
    before, after = Draft202012Validator(old), Draft202012Validator(new)
    for value in values:
        if not any(one.breaks(Use.TAKEN) for one in found):
            assert not before.is_valid(value) or after.is_valid(value)
        if not any(one.breaks(Use.EXCHANGED) for one in found):
            assert before.is_valid(value) == after.is_valid(value)


@given(schema=SCHEMAS)
def test_nothing_differs_from_itself(schema: dict[str, Any]) -> None:
    assert list(Comparison({}, {}).differences(schema, schema, "it")) == []


def test_a_definition_that_holds_itself_is_compared_once() -> None:
    def tree(most: int) -> dict[str, Any]:
        children = {"type": "array", "maxItems": most, "items": {"$ref": "#/tree"}}
        return {"tree": {"type": "object", "properties": {"children": children}}}

    whole = {"$ref": "#/tree"}
    found = Comparison(tree(3), tree(2)).differences(whole, whole, "it")
    assert [str(one) for one in found] == ["it.children: maxItems was 3, is 2"]


def test_a_rule_that_nobody_here_knows_counts_as_broken() -> None:
    found = list(Comparison({}, {}).differences({"type": "string"}, {"type": "string", "if": {}}, "it"))
    assert [one.kind for one in found] == [Kind.REPLACED]
    assert all(found[0].breaks(use) for use in Use)


@pytest.mark.parametrize("kind", Kind)
def test_every_difference_breaks_somebody(kind: Kind) -> None:
    assert BREAKS[kind]
