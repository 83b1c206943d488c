"""R4: a week in the garage behind a broker that drops what it queues is one message, and nothing is lost."""

from __future__ import annotations

import sys
from datetime import timedelta

from protocol.topics import CarTopic, Channel
from tests.journeys import evidence
from tests.storm.town import town
from tests.storm.verdict import Storm, Verdict
from vehicle_sim.people import Tap

PROGRAM = [sys.executable, "-m", "tests.storm.stock"]


async def run(storm: Storm) -> Verdict:
    """Switch the car's network off, change and change, bring it back a week later, count what it is sent."""
    verdict = Verdict()
    async with town(storm.directory, cars=1, seed=storm.seed, broker_program=PROGRAM) as place:
        resident = place.residents[0]
        street = resident.street
        await street.driver.network("off")
        verdict.hit["weeks out of reach"] = 1
        for number in range(storm.size["changes"]):
            await place.change(resident)
            if number % 100 == 0:
                storm.say(f"{number} of {storm.size['changes']} changes")
        await street.clock.set(await street.now() + timedelta(days=7))
        await street.rests()
        known = len(evidence.snapshots(street.journal))
        topic = str(CarTopic(street.vin, Channel.DESIRED))
        async with Tap().listening(place.chain.listener(street.vin + "-beside"), topic) as tap:
            await street.driver.network("on")
            took, apart = await place.agrees()
            verdict.figures["messages to the car"] = len(tap.heard)
        applied = len(evidence.snapshots(street.journal)) - known
        verdict.figures["seconds to agree"] = round(took, 1)
        verdict.expect(not apart, f"not converged: {apart}")
        verdict.expect(
            len(tap.heard) == applied == 1,
            f"{len(tap.heard)} messages went out and {applied} were applied, one would have done",
        )
        await place.judge(verdict)
        verdict.done.update(place.changes)
    return verdict
