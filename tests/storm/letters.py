"""R7: whoever dies between backend and mail server, each letter arrives; a copy has the same Message-ID."""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter

from protocol.clock import pause, until
from tests.storm.town import Town, back, gathered, killed, town
from tests.storm.verdict import Storm, Verdict

AT_ONCE = 4
_PATIENCE = 120.0


async def run(storm: Storm) -> Verdict:
    """Book, so that each booking is one letter; kill backend and mail server at random meanwhile."""
    verdict = Verdict()
    size = storm.size
    async with town(storm.directory, cars=AT_ONCE, seed=storm.seed) as place:
        working = asyncio.Event()
        working.set()

        async def books(share: int) -> None:
            for number in range(share, size["letters"], AT_ONCE):
                await place.books_only(place.residents[share])
                if number % 50 == 0:
                    storm.say(f"{number} of {size['letters']} letters, {verdict.hit.total()} kills")

        async def dealers() -> None:
            await gathered(*(books(share) for share in range(AT_ONCE)))
            working.clear()

        await gathered(dealers(), _kill(place, storm, verdict, working))
        for process in (place.chain.mailbox, place.chain.backend):
            if not process.running:
                await back(process)
        booked = {number for one in place.residents for number in one.ledger.bookings}
        await until(
            lambda: set(_arrived(place)) >= booked,
            what=f"the last of {len(booked)} letters",
            timeout=_PATIENCE,
        )
        arrived = _arrived(place)
        copies = sum(len(identities) - 1 for identities in arrived.values())
        others = [number for number, identities in arrived.items() if len(set(identities)) != 1]
        verdict.figures["copies"] = copies
        verdict.expect(set(arrived) == booked, f"letters about {set(arrived) ^ booked} are lost, or nobody's")
        verdict.expect(not others, f"copies under another Message-ID: {others}")
        verdict.expect(
            copies <= verdict.hit.total(), f"{copies} copies of {verdict.hit.total()} kills: too many"
        )
        verdict.done.update(Counter(letters=len(booked)))
    return verdict


async def _kill(place: Town, storm: Storm, verdict: Verdict, working: asyncio.Event) -> None:
    dice = random.Random(f"killer {storm.seed}")
    while working.is_set() or verdict.hit.total() < storm.size["kills"]:
        name = dice.choice(("backend", "mailbox"))
        process = place.chain.backend if name == "backend" else place.chain.mailbox
        await pause(dice.uniform(0.2, 1.5))
        await killed(process, verdict, name)
        await pause(dice.uniform(0.0, 0.5))
        await back(process)


def _arrived(place: Town) -> dict[str, list[str]]:
    """Return the Message-IDs of the letters about each Appointment ID."""
    found: dict[str, list[str]] = {}
    for resident in place.residents:
        for letter in resident.street.owner.letters():
            body = letter.get_body(("plain",))
            words = "" if body is None else str(body.get_content())
            told = re.search(r"Appointment ID: (\d{6})", words)
            number = told[1] if told else str(letter["Subject"])
            found.setdefault(number, []).append(str(letter["Message-ID"]))
    return found
