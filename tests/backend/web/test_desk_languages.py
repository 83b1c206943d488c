"""The pages about people and vehicles in every language: no key is missing, no word is left in English."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from backend.tables import users
from backend.web import keys
from backend.web.reader import phrases
from protocol.language import Language
from tests import house
from tests.backend.web.clerk import sits_down
from tests.backend.web.conftest import Backend
from tests.backend.web.desk import MARIA

ALIKE = {"VIN", "Online", "Sensus Navigation"}
"""What is the same word in another language: VIN: {q} and the like aside."""


@pytest.mark.parametrize("language", [Language.GERMAN, Language.SWEDISH])
def test_no_phrase_of_the_register_is_missing(language: Language) -> None:
    assert not {key for key in phrases("desk", language).missing() if key.startswith("register.")}


def test_every_phrase_that_a_page_names_is_there_and_none_is_left_over() -> None:
    known = {key for key in phrases("desk", Language.ENGLISH).texts if key.startswith("register.")}
    folder = house.ROOT / "backend"
    sources = [*(folder / "templates" / "register").glob("*.html"), *(folder / "web" / "people").glob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    text = text.replace("register.css", "")
    begun = set(re.findall(r"register\.[\w.]*?[._](?=\"|\{)", text))
    named = set(re.findall(r"register(?:\.\w+)+(?=\")", text)) - begun
    begun.add("register.wrong.")  # a form names the field, or what is wrong with it
    assert named <= known
    assert {key for key in known - named if not key.startswith(tuple(begun))} == set()


@pytest.mark.parametrize("language", list(Language))
async def test_every_page_speaks_the_users_language(backend: Backend, language: Language) -> None:
    desk = backend.desks[0]
    await desk.schedules()
    async with backend.app[keys.OFFICE].work() as work:
        await work.tx.run(
            sa.update(users).where(users.c.login == "avirtanen").values(language=language.value)
        )
    aino = await sits_down(backend.client, "avirtanen")
    maria = desk.customers[MARIA]
    other = next(key for vin, key in desk.customers.items() if vin != MARIA)
    say = phrases("desk", language)
    english = phrases("desk", Language.ENGLISH)
    seen = ""
    for path, status, key in (
        ("/desk/customers", 200, "register.manage"),
        ("/desk/customers?list=mine", 200, "register.mine.none"),
        ("/desk/manage?first=search", 200, "register.search_first"),
        ("/desk/manage?q=an", 200, "register.add.offer"),
        ("/desk/manage?q=nobody@example.com", 200, "register.found.none.exact"),
        ("/desk/manage?q=a@b", 422, "register.wrong.q.email"),
        ("/desk/manage/new?q=an", 200, "register.add.do"),
        (f"/desk/manage/{maria}?done=saved", 200, "register.done.saved"),
        (f"/desk/manage/{maria}/vehicle", 200, "register.hint.vin"),
        (f"/desk/manage/{maria}/vehicle?vin=YV1FS8180F1234567", 200, "register.add.unknown"),
        (f"/desk/manage/{maria}/vehicle?vin={MARIA}", 200, "register.add.known"),
        ("/desk/vehicles", 200, "register.find.vehicle.hint"),
        ("/desk/vehicles?q=NO-1", 200, "register.found.none_vehicle"),
        (f"/desk/vehicles/{MARIA}", 200, "register.car.silent"),
        (f"/desk/vehicles/{MARIA}/owner?q=an", 200, "register.owner.choose"),
        (f"/desk/vehicles/{MARIA}/owner?new={other}", 200, "register.owner.happens"),
        (f"/desk/vehicles/{MARIA}/owner?new={maria}", 409, "register.owner.find"),
    ):
        page = await aino.opens(path)
        assert page.status == status, path
        assert say(key) in page.text, path
        assert f'<html lang="{language.value}">' in page.html
        seen += page.text
    if language is not Language.ENGLISH:
        foreign = {
            text
            for key, text in english.texts.items()
            if key.startswith("register.") and text not in ALIKE and "{" not in text and len(text) > 12
        }
        own = set(say.texts.values())
        assert {text for text in foreign - own if text in seen} == set()
