"""Holds the letters to what a customer and his mail client need of them, in every language."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from backend import letters
from backend.appointment import Appointment, Place, Wanted
from backend.events import (
    CustomerCancels,
    ProvideProposal,
    RequestFromOwner,
    RequestInformation,
    UpdateAppointment,
)
from backend.letters import Letter, LetterFacts, Unwritable
from backend.outcomes import LetterKind
from protocol.language import Language
from protocol.messages import DealerCard, HalfDay, ServiceType, Slot
from protocol.values import GeoPoint
from tests import house
from tests.backend.lives import (
    CAR,
    DEALER,
    MARKET,
    NOW,
    OWNER,
    SLOTS,
    START,
    SUBJECT,
    asked,
    cancelled,
    confirmed,
    pre_booked,
    proposed,
    requested,
    requested_from_car,
    step,
)

CARD = DealerCard(
    name="Nordvik Helsinki",
    phone="+358 9 555 0137",
    address="Bulevardi 21, 00180 Helsinki",
    position=GeoPoint(latitude=60.164, longitude=24.937),
    zone="Europe/Helsinki",
)
LINK = "http://127.0.0.1:8080/my/eyJhbGciOiJIUzI1NiJ9"
APPOINTMENTS: dict[LetterKind, Appointment] = {
    LetterKind.REQUEST_RECEIVED: requested_from_car(),
    LetterKind.PRE_BOOKING: pre_booked(),
    LetterKind.PROPOSAL: proposed(),
    LetterKind.INQUIRY: asked(),
    LetterKind.BOOKING: confirmed(),
    LetterKind.REMINDER: confirmed(),
    LetterKind.CANCELLATION: cancelled(),
    LetterKind.UNTOUCHED: requested(),
    LetterKind.UNANSWERED: proposed(),
    LetterKind.ESCALATED: requested(),
    LetterKind.ANSWERED: asked(),
}
EVERY = [(kind, language) for kind in APPOINTMENTS for language in Language]


def facts(kind: LetterKind, language: Language = Language.ENGLISH, **more: Any) -> LetterFacts:
    known = LetterFacts(
        kind=kind,
        language=language,
        appointment=APPOINTMENTS[kind],
        to="maria@example.com",
        name="Maria Lindholm",
        customer="Maria Lindholm",
        sender="My Volvo <my-volvo@example.com>",
        dealer=CARD,
        market=MARKET,
        model="V60 D4",
        plate="ABC-123",
        link=LINK,
        at=NOW,
    )
    return replace(known, **more)


def written(kind: LetterKind, language: Language = Language.ENGLISH, **more: Any) -> Letter:
    return letters.write(facts(kind, language, **more))


def parsed(letter: Letter) -> EmailMessage:
    message = message_from_bytes(letters.to_message(letter, NOW).as_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def entry(letter: Letter) -> Any:
    assert letter.ics is not None
    return Calendar.from_ical(letter.ics).walk("VEVENT")[0]


# --- what is said --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "language"), EVERY, ids=lambda part: part.value)
def test_every_letter_is_whole_in_every_language(kind: LetterKind, language: Language) -> None:
    letter = written(kind, language)
    assert letter.subject
    assert "\n" not in letter.subject
    for part in (letter.text, letter.html):
        assert LINK in part
        assert "Nordvik Helsinki" in part
        assert "100001" in part
        assert not re.search(r"[{}]{1}\w|None|Undefined", part)
    assert "Maria Lindholm" in letter.text
    assert f'<html lang="{language.value}">' in letter.html
    assert "imul" not in letter.subject


@pytest.mark.parametrize(
    ("language", "price", "day", "hour"),
    [
        (Language.ENGLISH, "€389.00", "Monday, 30 November 2026", "08:00"),
        (Language.GERMAN, "389,00\xa0€", "Montag, 30. November 2026", "08:00 Uhr"),
        (Language.SWEDISH, "389,00\xa0€", "måndag 30 november 2026", "kl. 08:00"),
    ],
)
def test_a_booking_says_when_where_which_car_how_much_and_what_for(
    language: Language, price: str, day: str, hour: str
) -> None:
    letter = written(LetterKind.BOOKING, language)
    for fact in (price, day, hour, "Bulevardi 21", "V60 D4 (ABC-123)", "Annual service", "+358 9 5550137"):
        assert fact in letter.text
    assert price in letter.html
    assert 'href="tel:+358-9-5550137"' in letter.html


def test_a_booking_says_how_long_before_it_reminds_only_if_it_will() -> None:
    assert "remind you 3 days before" in written(LetterKind.BOOKING).text
    assert "remind you 1 day before" in written(LetterKind.BOOKING, reminder_days=1).html
    late = confirmed(START - timedelta(days=1))
    assert "remind" not in written(LetterKind.BOOKING, appointment=late).text


def test_a_reminder_says_in_how_many_days() -> None:
    at = datetime(2026, 11, 27, 6, tzinfo=UTC)
    assert "in 3 days" in written(LetterKind.REMINDER, at=at).text
    assert "in 3 Tagen" in written(LetterKind.REMINDER, Language.GERMAN, at=at).html
    assert "om 3 dagar" in written(LetterKind.REMINDER, Language.SWEDISH, at=at).text


def test_the_request_is_repeated_in_the_customers_words() -> None:
    event = RequestFromOwner(at=NOW, by=OWNER, subject=SUBJECT, text="It squeaks.\nAlways.", slots=SLOTS)
    letter = written(LetterKind.REQUEST_RECEIVED, appointment=step(None, event))
    assert "It squeaks.\n    Always." in letter.text
    assert "It squeaks.<br>Always." in letter.html
    assert "Tuesday, 1 December 2026, morning" in letter.text
    assert "answers within 2 working days" in letter.text
    wanted = Wanted(slots=(Slot(day="2026-02-31", half=HalfDay.AFTERNOON),), service_type=ServiceType.REPAIR)
    odd = written(LetterKind.REQUEST_RECEIVED, appointment=replace(requested(), wanted=wanted))
    assert "Repair" in odd.text
    assert "2026-02-31, afternoon" in odd.text


def test_a_letter_about_a_request_without_a_date_does_without_one() -> None:
    undated = requested_from_car()
    inquiry = step(undated, RequestInformation(at=NOW, by=DEALER, text="What is it?"))
    gone = step(undated, CustomerCancels(at=NOW, by=CAR))
    for kind, appointment in (
        (LetterKind.INQUIRY, inquiry),
        (LetterKind.CANCELLATION, gone),
        (LetterKind.BOOKING, undated),
        (LetterKind.REMINDER, undated),
    ):
        letter = written(kind, appointment=appointment, plate="")
        assert "When" not in letter.text
        assert "(" not in letter.text.split("Car: ")[1].splitlines()[0]
        assert letter.ics is None


def test_another_place_is_where_the_customer_is_sent() -> None:
    place = Place("Satamakatu 3, Helsinki", GeoPoint(latitude=60.2, longitude=24.9))
    moved = step(confirmed(), UpdateAppointment(at=NOW, by=DEALER, place=place))
    letter = written(LetterKind.REMINDER, appointment=moved)
    assert "Satamakatu 3, Helsinki" in letter.text
    assert str(entry(letter)["location"]) == "Nordvik Helsinki, Satamakatu 3, Helsinki"


def test_a_phone_number_that_is_none_is_shown_as_it_is_and_cannot_be_pressed() -> None:
    letter = written(LetterKind.BOOKING, dealer=CARD.model_copy(update={"phone": "ask inside"}))
    assert "on ask inside." in letter.text
    assert "tel:" not in letter.html


def test_a_simulated_letter_says_so_in_subject_header_and_body() -> None:
    letter = written(LetterKind.BOOKING, simulated=True)
    assert letter.subject.startswith("[Simulated] ")
    for part in (letter.text, letter.html):
        assert "This is a simulated message." in part
    assert parsed(letter)["X-Sensus-Simulated"] == "yes"
    assert parsed(written(LetterKind.BOOKING))["X-Sensus-Simulated"] is None


def test_what_people_write_is_text_in_the_html_and_no_markup() -> None:
    evil = step(requested(), ProvideProposal(at=NOW, by=DEALER, text="<script>alert(1)</script> & {{ 1 }}"))
    letter = written(LetterKind.PROPOSAL, appointment=evil, name="<b>Max</b>")
    assert "<script" not in letter.html
    assert "<b>" not in letter.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ 1 }}" in letter.html
    assert "<script>alert(1)</script> & {{ 1 }}" in letter.text


# --- how it travels ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(APPOINTMENTS))
def test_the_message_has_text_html_and_where_it_helps_a_calendar_entry(kind: LetterKind) -> None:
    letter = written(kind, Language.SWEDISH)
    message = parsed(letter)
    types = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    dated = {LetterKind.BOOKING, LetterKind.REMINDER, LetterKind.PRE_BOOKING, LetterKind.CANCELLATION}
    invited = ["text/calendar", "application/ics"] if kind in dated else []
    assert types == ["text/plain", "text/html", *invited]
    assert message["To"] == "Maria Lindholm <maria@example.com>"
    assert message["From"] == letter.sender
    assert message["Subject"] == letter.subject
    assert message["Message-ID"] == letter.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "sv"
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == letter.text
    assert html.get_content().replace("\r\n", "\n") == letter.html
    assert letters.from_json(letters.to_json(letter)) == letter


def test_the_calendar_entry_keeps_its_uid_and_raises_its_sequence_until_it_is_cancelled() -> None:
    tentative = written(LetterKind.PRE_BOOKING)
    booking, gone = written(LetterKind.BOOKING), written(LetterKind.CANCELLATION)
    first, last = entry(booking), entry(gone)
    assert first["uid"] == last["uid"] == f"{SUBJECT.id}@example.com"
    assert int(first["sequence"]) < int(last["sequence"])
    assert (booking.ics_method, first["status"]) == ("PUBLISH", "CONFIRMED")
    assert (gone.ics_method, last["status"]) == ("CANCEL", "CANCELLED")
    assert entry(tentative)["status"] == "TENTATIVE"
    assert first["dtstart"].dt == START
    assert str(first["summary"]) == "Workshop: V60 D4 at Nordvik Helsinki"
    assert LINK in str(first["description"])
    assert first["organizer"].params["cn"] == "Nordvik Helsinki"


def test_a_cancelled_request_that_was_never_booked_removes_nothing_from_a_calendar() -> None:
    gone = step(proposed(), CustomerCancels(at=NOW, by=OWNER))
    assert written(LetterKind.CANCELLATION, appointment=gone).ics is None


def test_the_message_id_is_the_same_for_the_same_version_and_another_for_the_next() -> None:
    once, twice = (written(LetterKind.PROPOSAL, at=at).message_id for at in (NOW, START))
    assert once == twice
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.com>", once)
    again = step(proposed(), ProvideProposal(at=NOW, by=DEALER, text="Or then?"))
    assert written(LetterKind.PROPOSAL, appointment=again).message_id != once
    ids = {written(kind, appointment=confirmed()).message_id for kind in APPOINTMENTS}
    assert len(ids) == len(APPOINTMENTS)


class Outline(HTMLParser):
    """Notes what real mail clients would strip or refuse, and tags that are not closed."""

    VOID = frozenset({"meta", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.odd: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "link", "style", "img", "form", "iframe", "svg"}:
            self.odd.append(tag)
        self.odd += [name for name, _ in attrs if name in {"class", "id"} or name.startswith("on")]
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.stack.pop() != tag:
            self.odd.append(f"/{tag}")


@pytest.mark.parametrize(("kind", "language"), EVERY, ids=lambda part: part.value)
def test_the_html_is_tables_and_inline_style_and_loads_nothing(kind: LetterKind, language: Language) -> None:
    html = written(kind, language, simulated=True).html
    outline = Outline()
    outline.feed(html)
    assert (outline.odd, outline.stack) == ([], [])
    assert len(html.encode()) < 100_000, "above this, one large provider cuts the message off"


# --- what is refused -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("name", "Maria\r\nBcc: all@example.com"),
        ("customer", "Maria\nLindholm"),
        ("sender", "My Volvo\n <my-volvo@example.com>"),
        ("model", "V60\x00"),
        ("plate", "ABC\u2028123"),
        ("link", "http://127.0.0.1/\r\nX: y"),
        ("link", "javascript:alert(1)"),
        ("link", 'http://example.com/"onclick'),
        ("to", "maria@example.com, all@example.com"),
        ("to", "maria"),
        ("to", "maria@example.com\nBcc: all@example.com"),
        ("sender", "My Volvo"),
    ],
)
def test_a_fact_that_could_forge_a_header_is_refused_by_name(fact: str, value: str) -> None:
    forged: dict[str, Any] = {fact: value}
    with pytest.raises(Unwritable) as refusal:
        written(LetterKind.BOOKING, **forged)
    assert refusal.value.fact == fact


def test_control_characters_in_texts_are_refused_and_line_breaks_are_not() -> None:
    appointment = confirmed()
    terms = replace(appointment.terms, work="Brakes\n\tFront")
    written(LetterKind.BOOKING, appointment=replace(appointment, terms=terms))
    terms = replace(terms, work="Brakes\x1b[2J")
    with pytest.raises(Unwritable, match=r"work: the character U\+001B"):
        written(LetterKind.BOOKING, appointment=replace(appointment, terms=terms))


@given(st.text(max_size=60), st.text(max_size=120))
def test_whatever_is_written_comes_out_as_one_message_with_the_headers_we_meant(name: str, work: str) -> None:
    terms = replace(confirmed().terms, work=work)
    known = facts(LetterKind.BOOKING, name=name, appointment=replace(confirmed(), terms=terms))
    try:
        letter = letters.write(known)
    except Unwritable as refusal:
        refused = refusal.fact
        text = {"name": name, "work": work}[refused]
        allowed = "" if refused == "name" else "\n\t"
        strange = [char for char in text if not char.isprintable() and char not in allowed]
        assert strange
        return
    message = parsed(letter)
    assert sorted(message.keys()) == sorted(
        [
            "Auto-Submitted",
            "Content-Language",
            "Content-Type",
            "Date",
            "From",
            "MIME-Version",
            "Message-ID",
            "Subject",
            "To",
            "X-Sensus-Letter",
        ]
    )
    assert [address.addr_spec for address in message["To"].addresses] == ["maria@example.com"]


# --- the catalogue -------------------------------------------------------------------------------------


def test_the_catalogues_have_the_same_keys_and_the_same_places() -> None:
    folder = house.ROOT / "backend" / "locales" / "mail"
    english, *others = (
        json.loads((folder / f"{language.value}.json").read_text(encoding="utf-8")) for language in Language
    )
    for texts in others:
        assert texts.keys() == english.keys()
        for key, text in texts.items():
            places = set(re.findall(r"{(\w+)}", text))
            assert places <= set(re.findall(r"{(\w+)}", english[key])) | {"day", "hour"}, key


def test_every_kind_is_a_folder_of_three_templates() -> None:
    folder = house.ROOT / "backend" / "templates" / "mail"
    kinds = {path.name for path in folder.iterdir() if path.is_dir()}
    assert kinds == {kind.value for kind in LetterKind}
    for kind in kinds:
        assert {path.name for path in (folder / kind).iterdir()} == {"subject.txt", "body.txt", "body.html"}
