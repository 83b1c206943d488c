"""Brings everybody of a story into its world: owners and cars are entered anew, or met where they stand."""

from __future__ import annotations

import re
from typing import Final

from vehicle_sim.people import Dealer, Driver, Owner
from vehicle_sim.scenario.play import Customer, Motorist, Play, Unknown, Workshop
from vehicle_sim.scenario.script import CarPart, DealerPart, OwnerPart
from vehicle_sim.witness import Json

_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"


async def assemble(play: Play) -> None:
    """Enter everybody: dealers are known to the world, owners and cars are new.

    On a bench that stands, the cars there and their owners play as far as they go round.

    Raises:
        Unknown: there is no such dealer.
        Refusal: somebody could not be entered.
    """
    parts = play.script.cast
    for name, part in parts.items():
        if isinstance(part, DealerPart):
            play.cast[name] = _workshop(play, name, part)
    for name, part in parts.items():
        if isinstance(part, CarPart) and play.world.free:
            await _meet(play, name, part)
    for name, part in parts.items():
        if isinstance(part, OwnerPart) and name not in play.cast:
            play.cast[name] = await _enter_owner(play, name, part)
    for name, part in parts.items():
        if isinstance(part, CarPart) and name not in play.cast:
            play.cast[name] = await _enter_car(play, name, part)


def _workshop(play: Play, name: str, part: DealerPart) -> Workshop:
    known = play.world.desks
    desk = next(iter(known.values())) if play.world.standing else known.get(part.name)
    if desk is None:
        raise Unknown(f"there is no dealer {part.name!r}; there is {', '.join(known)}")
    return Workshop(name, desk, Dealer(play.world.session, play.world.backend, desk.token, play.show))


async def _meet(play: Play, name: str, part: CarPart) -> None:
    """Let a car that stands there play, and whoever drives it its owner."""
    vin, bench = play.world.free.pop(0)
    found = (await play.dealer().dealer.asks("GET", f"/v1/search?vin={vin}"))["found"]
    people: list[Json] = [one["customer"] for one in found if one["customer"] is not None]
    if people and part.of not in play.cast:
        known = people[0]
        owner = Owner(play.world.session, play.world.letters, known["email"], play.show)
        role = play.script.cast[part.of]
        if isinstance(role, OwnerPart):
            play.cast[part.of] = Customer(part.of, role, str(known["id"]), owner, since=len(owner.letters()))
    driver = Driver(play.world.session, bench, vin, play.show)
    play.cast[name] = Motorist(name, part, vin, bench, driver, part.of)


async def _enter_owner(play: Play, name: str, part: OwnerPart) -> Customer:
    # A name, not a number, so that letters in the report read well; unique in its world.
    address = ".".join(re.findall(r"[a-z]+", part.name.lower())) or "owner"
    email = f"{address}.{play.chance.randrange(10**6):06d}@example.com"
    facts = {"name": part.name, "email": email, "language": part.language.value}
    body = {**facts, "reminder_days": part.reminder_days}
    entered = await play.dealer().dealer.asks("POST", "/v1/customers", body)
    owner = Owner(play.world.session, play.world.letters, email, play.show)
    return Customer(name, part, str(entered["id"]), owner)


async def _enter_car(play: Play, name: str, part: CarPart) -> Motorist:
    vin = part.vin or f"YV1FW7050E{play.chance.randrange(10**7):07d}"
    plate = "".join(play.chance.choices(_LETTERS, k=3)) + f"-{play.chance.randrange(100, 1000)}"
    dealer, owner = play.dealer().dealer, play.owner(part.of)
    facts = {"vin": vin, "model": part.model, "year": 2014, "plate": plate}
    await dealer.asks("POST", "/v1/vehicles", {**facts, "odometer_km": int(part.odometer)})
    for relation in ("drives", "owns"):
        await dealer.asks("PUT", f"/v1/vehicles/{vin}/relations/{owner.id}", {"relation": relation})
    # Only a registered car is listened to: its first words are its presence and its hello.
    url = await play.world.add_car(vin, part)
    motorist = Motorist(name, part, vin, url, Driver(play.world.session, url, vin, play.show), part.of)
    if not part.notifications:
        await motorist.driver.sets(notifications_on=False)
    return motorist
