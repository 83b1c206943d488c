"""What an owner does with letters and on My Volvo, and what an owner has seen: the verbs of ``owner``."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from vehicle_sim.scenario.dealings import Standing
from vehicle_sim.scenario.desk import Named
from vehicle_sim.scenario.grammar import Arguments, Seen, deed, fact
from vehicle_sim.scenario.play import KIND, Customer, Play, Unknown, Visit
from vehicle_sim.scenario.words import Line, Words

Half = Literal["morning", "afternoon"]


class Reason(Named):
    """An appointment and, if one likes, why."""

    short: ClassVar[tuple[str, ...]] = ("{visit} because {reason}", "{visit}")
    reason: str = ""


class Reply(Named):
    """An appointment about which the workshop has asked, and the answer."""

    short: ClassVar[tuple[str, ...]] = ("{visit} with {text}",)
    text: Line


class Slots(Named):
    """An appointment, and in how many days another half day would suit."""

    short: ClassVar[tuple[str, ...]] = ("{visit} in {days} days in the {half}", "{visit}")
    days: int = Field(default=7, ge=1, le=20)
    """So many days from today; a Sunday moves to the Monday after it."""
    half: Half = "morning"
    text: str = ""


class Wish(Arguments):
    """A request of an owner's own."""

    short: ClassVar[tuple[str, ...]] = ("{as}",)
    as_: Line = Field(default="visit", alias="as")
    car: Line | None = None
    text: Line = "Annual service, please"
    days: int = Field(default=7, ge=1, le=20)
    half: Half = "morning"


class Post(Arguments):
    """A letter: of which kind, and what stands in it."""

    short: ClassVar[tuple[str, ...]] = ("{kind} {times} times", "{kind}")
    kind: Line | None = None
    """booking, reminder, proposal, inquiry, cancellation, request_received, pre_booking ..."""
    subject: Words = ()
    """Words of its subject."""
    text: Words = ()
    """Words of its text."""
    times: int | None = Field(default=None, ge=0)
    """Exactly so many such letters; at least one, if left out."""


class Setting(Arguments):
    """How many days before a visit the reminder comes."""

    short: ClassVar[tuple[str, ...]] = ("{days}",)
    days: int = Field(ge=1, le=4)


# -- what an owner does ------------------------------------------------------------------------------------


@deed("owner", "follows link in")
async def follows_link_in(who: Customer, what: Post) -> None:
    """Open the page of My Volvo that the latest such letter links to."""
    letters = _matching(who, what)
    if not letters:
        raise Unknown(f"there is no such letter; there is {_told(who.letters())}")
    who.page = await who.owner.follows_link(letters[-1])


@deed("owner", "accepts")
async def accepts(play: Play, who: Customer, what: Named) -> None:
    """Accept the proposal on My Volvo."""
    await _answer(play, who, what.visit, "accept")


@deed("owner", "declines")
async def declines(play: Play, who: Customer, what: Reason) -> None:
    """Decline the proposal on My Volvo."""
    await _answer(play, who, what.visit, "decline", reason=what.reason)


@deed("owner", "sends new proposal for")
async def sends_new_proposal_for(play: Play, who: Customer, what: Slots) -> None:
    """Ask for another half day on My Volvo."""
    slots = [await _slot(play, what.days, what.half)]
    await _answer(play, who, what.visit, "send_new_proposal", slots=slots, text=what.text)


@deed("owner", "answers")
async def answers(play: Play, who: Customer, what: Reply) -> None:
    """Answer the workshop's question on My Volvo."""
    await _answer(play, who, what.visit, "answer_inquiry", text=what.text)


@deed("owner", "cancels")
async def cancels(play: Play, who: Customer, what: Reason) -> None:
    """Cancel the appointment on My Volvo."""
    await _answer(play, who, what.visit, "cancel", reason=what.reason)


@deed("owner", "requests")
async def requests(play: Play, who: Customer, what: Wish) -> None:
    """Ask the first dealer for an appointment on My Volvo."""
    dealer, car = play.dealer(), play.car(what.car)
    body = {
        "id": play.derived(f"request-{what.as_}"),
        "vin": car.vin,
        "dealer_id": dealer.desk.id,
        "text": what.text,
        "slots": [await _slot(play, what.days, what.half)],
        "odometer_km": int(car.part.odometer),
    }
    made = await play.my(who, "POST", "/v1/my/appointments", body)
    play.visits[what.as_] = Visit(what.as_, dealer, who, made["number"], made["id"], None)


@deed("owner", "sets reminder days to")
async def sets_reminder_days_to(play: Play, who: Customer, what: Setting) -> None:
    """Change on My Volvo how many days before a visit the reminder comes."""
    me = await play.my(who, "GET", "/v1/my")
    await play.my(who, "PATCH", "/v1/my", {"reminder_days": what.days}, If_Match=f'"{me["version"]}"')


# -- what an owner sees --------------------------------------------------------------------------------------


@fact("owner", "has letter")
async def has_letter(who: Customer, what: Post) -> Seen:
    """Such a letter has come."""
    found = _matching(who, what)
    holds = bool(found) if what.times is None else len(found) == what.times
    return Seen(holds, _told(who.letters()))


@fact("owner", "has letters")
async def has_letters(who: Customer, what: int) -> Seen:
    """So many letters have come in all, codes to sign in left out."""
    return Seen(len(who.letters()) == what, _told(who.letters()))


@fact("owner", "reads")
async def reads(who: Customer, what: Words) -> Seen:
    """These words stand on the page that was opened last."""
    missing = [words for words in what if words not in who.page]
    return Seen(bool(who.page) and not missing, f"the page lacks {missing}" if missing else "all of it")


@fact("owner", "sees")
async def sees(play: Play, who: Customer, what: Standing) -> Seen:
    """My Volvo shows the appointment with that status."""
    found = await play.my(who, "GET", f"/v1/my/appointments/{play.visit(what.visit).id}")
    return Seen(found["status"] == what.status.replace(" ", "_"), f"{what.visit} is {found['status']}")


@fact("owner", "sees nothing of")
async def sees_nothing_of(play: Play, who: Customer, what: Named) -> Seen:
    """My Volvo does not show the appointment to this owner."""
    known = await play.my(who, "GET", "/v1/my/appointments")
    numbers = [one["number"] for one in known["appointments"]]
    return Seen(
        play.visit(what.visit).number not in numbers, f"My Volvo shows {', '.join(numbers) or 'nothing'}"
    )


async def _answer(play: Play, who: Customer, name: str, action: str, **facts: Any) -> None:
    path = f"/v1/my/appointments/{play.visit(name).id}"
    seen = await play.my(who, "GET", path)
    if action in {"accept", "decline", "send_new_proposal"}:
        facts["proposal_version"] = seen["proposal_version"]
    if action == "answer_inquiry":
        facts["inquiry_version"] = seen["inquiry_version"]
    await play.my(who, "POST", f"{path}/answers", {"action": action, **facts})


async def _slot(play: Play, days: int, half: Half) -> dict[str, str]:
    day = (await play.world.time.now()).astimezone(ZoneInfo(play.script.zone)).date() + timedelta(days=days)
    day += timedelta(days=int(day.isoweekday() == 7))
    return {"day": day.isoformat(), "half": half}


def _matching(who: Customer, what: Post) -> list[EmailMessage]:
    return [
        letter
        for letter in who.letters(what.kind)
        if all(words in str(letter["Subject"]) for words in what.subject)
        and all(words in _text_of(letter) for words in what.text)
    ]


def _text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    return "" if body is None else str(body.get_content())


def _told(letters: list[EmailMessage]) -> str:
    return "; ".join(f"{letter[KIND]}: {letter['Subject']}" for letter in letters) or "no letter"
