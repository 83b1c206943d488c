"""A link opens one booking for one person for a while, and nothing else."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt

from backend.links import BadLink, EndedLink, OwnerLink, _key, owner_url, read_link, write_link

KEY = "a key for tests, long enough to be one"
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
LINK = OwnerLink(UUID(int=1), UUID(int=2), NOW + timedelta(days=90))


def test_a_link_comes_back_as_it_was_written() -> None:
    assert read_link(KEY, write_link(KEY, LINK), NOW) == LINK


def test_an_address_leads_to_the_owners_page() -> None:
    url = owner_url("https://sensus.example.com/", KEY, LINK)
    head, _, token = url.rpartition("/")
    assert head == "https://sensus.example.com/my"
    assert read_link(KEY, token, NOW) == LINK


def test_a_link_ends() -> None:
    token = write_link(KEY, LINK)
    with pytest.raises(EndedLink, match="2027-02-24"):
        read_link(KEY, token, LINK.until)
    assert read_link(KEY, token, LINK.until - timedelta(seconds=1)) == LINK


def test_another_key_opens_nothing() -> None:
    with pytest.raises(BadLink):
        read_link("another key", write_link(KEY, LINK), NOW)


@given(st.text(max_size=200))
def test_no_text_is_a_link_by_chance(text: str) -> None:
    with pytest.raises(BadLink):
        read_link(KEY, text, NOW)


@given(st.data())
def test_a_changed_link_is_refused(data: st.DataObject) -> None:
    token = write_link(KEY, LINK)
    place = data.draw(st.integers(0, len(token) - 2))  # the last character carries bits that say nothing
    other = data.draw(st.sampled_from("ABCDEFGHabcdefgh0123456789-_."))
    changed = token[:place] + other + token[place + 1 :]
    if changed != token:
        with pytest.raises(BadLink):
            read_link(KEY, changed, NOW)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "something-else", "apt": str(UUID(int=1)), "sub": str(UUID(int=2)), "exp": 4102444800},
        {"aud": "owner-page", "apt": "no id", "sub": str(UUID(int=2)), "exp": 4102444800},
        {"aud": "owner-page", "sub": str(UUID(int=2)), "exp": 4102444800},
        {"aud": "owner-page", "apt": 1, "sub": str(UUID(int=2)), "exp": 4102444800},
        {"aud": "owner-page", "apt": str(UUID(int=1)), "sub": str(UUID(int=2)), "exp": 10**30},
    ],
)
def test_what_we_signed_for_another_purpose_opens_nothing(claims: dict[str, object]) -> None:
    token = jwt.encode({"alg": "HS256"}, dict(claims), _key(KEY), algorithms=["HS256"])
    with pytest.raises(BadLink):
        read_link(KEY, token, NOW)


def test_an_unsigned_link_opens_nothing() -> None:
    payload = write_link(KEY, LINK).split(".")[1]
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    with pytest.raises(BadLink):
        read_link(KEY, f"{header}.{payload}.", NOW)
