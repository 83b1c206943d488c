"""Reads what somebody has written into a form of the desk, and says of each field what is wrong with it.

What was written is kept as it was written, so that a refused form shows it again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final

from aiohttp import web
from babel.numbers import format_decimal, get_group_symbol
from pydantic import TypeAdapter, ValidationError

from backend import outcomes, wording
from backend.appointment import Action, Appointment, Checklist
from backend.web.desk.words import CHECKS
from backend.web.errors import Unreadable
from backend.web.reader import Reader
from protocol.values import MINOR_UNITS, Money, Text, WallTimeGap, to_instant

TERMS: Final = ("date", "time", "price", "currency", "work", "comments")
"""What the form has of the appointment's terms."""
FIELDS: Final = (
    *("action", "intended_next", *TERMS, "text", "question", "reason", "no_show", *CHECKS),
    *("version", "base", "form", "vin", "customer", "take"),
)
Entered = Mapping[str, str]
_MOST_CHARACTERS: Final = 4000
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:00)?", re.ASCII)
_TEXT: Final[TypeAdapter[str]] = TypeAdapter(Text)
_CURRENCIES: Final = ("EUR", "SEK", "NOK", "DKK", "GBP", "CHF", "PLN", "USD")


async def read(request: web.Request) -> dict[str, str]:
    """Return the fields of a form as they were written; a field that is not there is empty.

    Raises:
        Unreadable: it is no form, or not in UTF-8.
    """
    try:
        form = await request.post()
        fields = {name: form.get(name, "") for name in FIELDS}
        entered = {name: text if isinstance(text, str) else "" for name, text in fields.items()}
        for text in entered.values():
            text.encode()
    except (UnicodeError, LookupError, ValueError) as wrong:
        raise Unreadable("the form cannot be read; send it as UTF-8") from wrong
    # Browsers send the end of a line as CR LF, whatever was typed.
    return {name: text.replace("\r\n", "\n").replace("\r", "\n") for name, text in entered.items()}


def digest(entered: Entered) -> str:
    """Return what tells one form's content from another's."""
    return hashlib.sha256(repr(sorted(entered.items())).encode()).hexdigest()


def of_appointment(known: Appointment, reader: Reader) -> dict[str, str]:
    """Return the form as it stands before anybody writes into it."""
    entered = dict.fromkeys(FIELDS, "")
    terms = known.terms
    if terms.starts_at is not None:
        wall = terms.starts_at.astimezone(reader.zone)
        entered |= {"date": wall.date().isoformat(), "time": f"{wall:%H:%M}"}
    entered["currency"] = reader.market.currency
    if terms.price is not None:
        entered |= {"price": amount(terms.price, reader), "currency": terms.price.currency}
    return entered | {
        "work": terms.work,
        "comments": terms.comments,
        "text": known.proposal_text,
        "version": str(known.version),
        "base": str(known.version),
    }


def amount(price: Money, reader: Reader) -> str:
    """Return an amount without its currency, as the reader's language writes it."""
    places = "0." + "0" * MINOR_UNITS[price.currency] if MINOR_UNITS[price.currency] else "0"
    return format_decimal(price.amount, format=places, locale=wording.locale_of(reader.language))


def currencies(entered: Entered, reader: Reader) -> list[tuple[str, str]]:
    """Return what the drop-down of currencies offers: the market's first."""
    known = dict.fromkeys((reader.market.currency, *_CURRENCIES))
    if entered["currency"] in MINOR_UNITS:
        known[entered["currency"]] = None
    return [(code, code) for code in known]


@dataclass(slots=True)
class Reading:
    """Turns fields into values; ``wrong`` says, by field, what is wrong, in the reader's words."""

    entered: Entered
    reader: Reader
    wrong: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, *, must: bool = False) -> str:
        """Return a text of several lines."""
        written = self.entered[name].strip()
        if must and not written:
            self._refuse(name, "missing")
        elif len(written) > _MOST_CHARACTERS:
            self._refuse(name, "too_long", most=_MOST_CHARACTERS, has=len(written))
        else:
            try:
                _TEXT.validate_python(written)
            except ValidationError:
                self._refuse(name, "control")
        return written

    def instant(self) -> dt.datetime | None:
        """Return date and time as an instant in the dealer's zone."""
        day = self._date()
        hour = self._time()
        if day is None or hour is None:
            return None
        try:
            return to_instant(dt.datetime.combine(day, hour), self.reader.market.zone)
        except WallTimeGap:
            self._refuse("time", "gap")
        except OverflowError:
            self._refuse("date", "date")
        return None

    def money(self, *, must: bool = True) -> Money | None:
        """Return the price; comma or point before the decimals, and spaces between the thousands, will do."""
        written, currency = self.entered["price"].strip(), self.entered["currency"]
        if not written:
            if must:
                self._refuse("price", "missing")
            return None
        if currency not in MINOR_UNITS:
            self._refuse("currency", "currency")
            return None
        try:
            return Money(amount=_decimal(written, self.reader), currency=currency)
        except (InvalidOperation, ValueError):
            self._refuse("price", "price")
            return None

    def checklist(self) -> Checklist:
        """Return what is vouched for; each point has to be ticked."""
        ticked = {point: self.entered[point] == "1" for point in CHECKS}
        for point, done in ticked.items():
            if not done:
                self._refuse(point, "unticked")
        return Checklist(**ticked)

    def unchanged(self, before: Entered, names: Collection[str], doing: str) -> None:
        """Refuse entries that the chosen action would not save: they must not be lost without a word."""
        for name in names:
            if self.entered[name].strip() != before[name].strip():
                self._refuse(name, "not_by_this", action=doing)

    def refused(self, refusal: outcomes.Refused) -> None:
        """Name the field that a refusal of the lifecycle is about."""
        match refusal:
            case outcomes.MissingFields(fields=names):
                for name in names:
                    self._refuse(_FORM_NAMES.get(name, name), "missing")
            case outcomes.InThePast():
                self._refuse("date", "past")
            case outcomes.TooFarAhead():
                self._refuse("date", "far")
            case outcomes.ConditionUnmet(action=Action.CANCEL_ON_BEHALF):
                self._refuse("no_show", "no_show")
            case _:
                self._refuse("action", "action")

    def complain(self, name: str, words: str) -> None:
        """Say what is wrong with a field; the first word about it stands."""
        self.wrong.setdefault(name, words)

    def _refuse(self, name: str, what: str, **facts: object) -> None:
        self.complain(name, self.reader.say(f"wrong.{what}", **facts))

    def _date(self) -> dt.date | None:
        written = self.entered["date"].strip()
        if not written:
            self._refuse("date", "missing")
            return None
        try:
            if not _DATE.fullmatch(written):
                raise ValueError(written)
            return dt.date.fromisoformat(written)
        except ValueError:
            self._refuse("date", "date")
            return None

    def _time(self) -> dt.time | None:
        written = self.entered["time"].strip()
        if not written:
            self._refuse("time", "missing")
            return None
        if not _TIME.fullmatch(written):
            self._refuse("time", "time")
            return None
        return dt.time.fromisoformat(written)


_FORM_NAMES: Final = {
    "starts_at": "date",
    **{f"checklist.{point}": point for point in CHECKS},
}


def _decimal(written: str, reader: Reader) -> Decimal:
    plain = re.sub(r"[\s'\u2019]", "", written)
    if not re.fullmatch(r"[0-9.,]+", plain, re.ASCII):
        raise InvalidOperation
    mark = max(".", ",", key=plain.rfind)
    whole, _, rest = plain.rpartition(mark)
    # 1.200 is a thousand and two hundred in Germany, and no price at all in Britain.
    if mark not in plain or (mark == get_group_symbol(wording.locale_of(reader.language)) and len(rest) == 3):
        return Decimal(re.sub(r"[.,]", "", plain))
    return Decimal(f"{re.sub(r'[.,]', '', whole) or '0'}.{rest or '0'}")
