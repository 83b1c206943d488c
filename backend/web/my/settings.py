"""The owner's settings: how many days before a visit to be reminded, the preferred workshop, the language."""

from __future__ import annotations

from uuid import UUID

from aiohttp import web

from backend import wording
from backend.service import owner, register
from backend.service.errors import StaleRecord
from backend.service.register import CustomerEdit
from backend.web.my.forms import Reading
from backend.web.my.guest import Guest, go, owners
from backend.web.reader import phrases
from protocol.language import Language

PATH = "/my/settings"
LANGUAGES = {Language.ENGLISH: "English", Language.GERMAN: "Deutsch", Language.SWEDISH: "Svenska"}
DAYS = ("1", "2", "3", "4")
NOBODY = "none"


@owners
async def change(guest: Guest) -> web.StreamResponse:
    """Show the settings, and keep new ones; a reminder that has not gone out yet follows at once."""
    me = guest.customer
    places = await owner.workshops(guest.work)
    now = {
        "language": me.language.value,
        "reminder_days": str(me.reminder_days),
        "dealer": str(me.preferred_dealer_id or NOBODY),
    }
    reader = guest.reader(next((one for one in places if one.id == me.preferred_dealer_id), None))
    reading = Reading(guest.form or now)
    stale = False
    if guest.sends_form:
        known = [NOBODY, *(str(one.id) for one in places)]
        language = reading.among("language", [one.value for one in Language])
        days = reading.among("reminder_days", DAYS)
        dealer = reading.among("dealer", known)
        if not reading.wrong:
            edit = CustomerEdit(
                language=Language(language),
                reminder_days=int(days),
                preferred_dealer_id=None if dealer == NOBODY else UUID(dealer),
            )
            try:
                await register.edit_customer(
                    guest.work, guest.me, me.id, reading.number("version") or 0, edit
                )
            except StaleRecord:
                stale = True
            else:
                return go(PATH, "saved")
    say = phrases("owner", me.language)
    names = {NOBODY: say("no_dealer"), **{str(one.id): one.name for one in places}}
    return guest.page(
        "settings",
        reader=reader,
        tab="settings",
        status=422 if reading.wrong else 409 if stale else 200,
        entered=reading.entered,
        wrong={name: say(key) for name, key in reading.wrong.items()},
        stale=stale,
        now=now,
        names=names,
        languages=[(one.value, name) for one, name in LANGUAGES.items()],
        days={one: say("remind.days", days=wording.days(int(one), me.language)) for one in DAYS},
        version=me.version,
    )
