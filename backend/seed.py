"""Invented dealers, users, customers and cars, so that a fresh database has something to try things on.

Everything is made up; addresses of people are at example.com. Sowing twice changes nothing: what is there
is recognised by its name, its e-mail address or its VIN.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

from backend.service import accounts, dealers, ownership, register
from backend.service.accounts import Role
from backend.service.dealers import Workshop
from backend.service.office import Office, Work
from backend.store.customers import RelationKind
from backend.store.scope import Dealer
from protocol.language import Language
from protocol.values import GeoPoint

_NAMES: Final = UUID("0f6a3a3e-9d0b-5c55-9f3e-3b1f0a4c7d21")


@dataclass(frozen=True, slots=True)
class Person:
    """A customer and the car that comes with the customer."""

    name: str
    email: str
    phone: str
    language: Language
    reminder_days: int
    vin: str
    model: str
    year: int
    plate: str
    odometer_km: int


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who sits at a workshop's desk."""

    login: str
    name: str
    role: Role
    language: Language


@dataclass(frozen=True, slots=True)
class Sown:
    """One dealer with its customers, and a token that was made for its system."""

    workshop: Workshop
    token: str
    people: tuple[tuple[Person, UUID], ...]
    staff: tuple[tuple[Staff, str | None], ...] = ()
    """Who may sit at the desk, with the password; None for one who was there before."""


NORDVIK: Final = Workshop(
    id=uuid5(_NAMES, "Nordvik Helsinki"),
    name="Nordvik Helsinki",
    address="Bulevardi 21, 00180 Helsinki",
    position=GeoPoint(latitude=60.1642, longitude=24.93666),
    phone="+358 9 555 0137",
    zone="Europe/Helsinki",
    market="FI",
    languages=("fi", "sv", "en"),
    opening_hours="Mon–Fri 07:30–17:00\nSat 09:00–13:00",
    manager_email="service.helsinki@example.com",
)
STEGMANN: Final = Workshop(
    id=uuid5(_NAMES, "Autohaus Stegmann"),
    name="Autohaus Stegmann",
    address="Lindenring 48, 50823 Köln",
    position=GeoPoint(latitude=50.9501, longitude=6.9206),
    phone="+49 221 5550148",
    zone="Europe/Berlin",
    market="DE",
    languages=("de", "en"),
    opening_hours="Mo–Fr 07:00–18:00\nSa 09:00–12:30",
    manager_email="serviceleitung.koeln@example.com",
)

_EN, _DE, _SV = Language.ENGLISH, Language.GERMAN, Language.SWEDISH
PEOPLE: Final[dict[Workshop, tuple[Person, ...]]] = {
    NORDVIK: (
        Person(
            "Maria Lindholm",
            "maria.lindholm@example.com",
            "+358 40 555 0121",
            _EN,
            3,
            "YV1FW7050E1234567",
            "V60 D4",
            2014,
            "ABC-123",
            87412,
        ),
        Person(
            "Jukka Saarinen",
            "jukka.saarinen@example.com",
            "+358 40 555 0122",
            _EN,
            1,
            "YV1DZ8256E2430187",
            "XC60 D4",
            2014,
            "IKO-482",
            112030,
        ),
        Person(
            "Elin Sandqvist",
            "elin.sandqvist@example.com",
            "+358 40 555 0123",
            _SV,
            2,
            "YV1MV3853F2207745",
            "V40 T3",
            2015,
            "SJÖ-719",
            64210,
        ),
        Person(
            "Petri Koskela",
            "petri.koskela@example.com",
            "+358 40 555 0124",
            _EN,
            4,
            "YV1BW8784E1187302",
            "V70 D5",
            2014,
            "LTR-905",
            198340,
        ),
        Person(
            "Anna Björkman",
            "anna.bjorkman@example.com",
            "+358 40 555 0125",
            _SV,
            3,
            "YV1FS7341D1205518",
            "S60 D3",
            2013,
            "KRM-336",
            143905,
        ),
        Person(
            "Timo Hakala",
            "timo.hakala@example.com",
            "+358 40 555 0126",
            _EN,
            3,
            "YV1CZ8856D1660931",
            "XC90 D5",
            2013,
            "VUO-648",
            221760,
        ),
        Person(
            "Sofia Granberg",
            "sofia.granberg@example.com",
            "+358 40 555 0127",
            _SV,
            1,
            "YV1FW4850G1310264",
            "V60 T4",
            2016,
            "NYP-214",
            51380,
        ),
    ),
    STEGMANN: (
        Person(
            "Jonas Brinkmann",
            "jonas.brinkmann@example.com",
            "+49 221 5550161",
            _DE,
            2,
            "YV1DZ7350F2701946",
            "XC60 D5",
            2015,
            "K-JB 2015",
            96120,
        ),
        Person(
            "Katrin Vossberg",
            "katrin.vossberg@example.com",
            "+49 221 5550162",
            _DE,
            3,
            "YV1MV7450E2143389",
            "V40 D3",
            2014,
            "K-KV 414",
            78455,
        ),
        Person(
            "Henrik Ostermann",
            "henrik.ostermann@example.com",
            "+49 221 5550163",
            _DE,
            4,
            "YV1AS7360H1132078",
            "S80 D4",
            2016,
            "K-HO 808",
            133870,
        ),
        Person(
            "Deniz Aydemir",
            "deniz.aydemir@example.com",
            "+49 221 5550164",
            _DE,
            1,
            "YV1BZ8256D1149020",
            "XC70 D4",
            2013,
            "K-DA 7013",
            176540,
        ),
        Person(
            "Claire Whitford",
            "claire.whitford@example.com",
            "+49 221 5550165",
            _EN,
            3,
            "YV1FW2950J1422601",
            "V60 D2",
            2018,
            "K-CW 218",
            38210,
        ),
    ),
}


STAFF: Final[dict[Workshop, tuple[Staff, ...]]] = {
    NORDVIK: (
        Staff("avirtanen", "Aino Virtanen", Role.ADVISOR, _EN),
        Staff("mlaine", "Mikko Laine", Role.SERVICE_MANAGER, _EN),
        Staff("slindqvist", "Sanna Lindqvist", Role.ADVISOR, _SV),
    ),
    STEGMANN: (
        Staff("ahoffmann", "Anke Hoffmann", Role.ADVISOR, _DE),
        Staff("rseidel", "Ralf Seidel", Role.SERVICE_MANAGER, _DE),
    ),
}
DEMO_PASSWORD: Final = "workshop-2026"  # noqa: S105 - printed by the command, and only for simulations
"""Of every seeded user in a simulation, where nothing is real; elsewhere each gets a random one."""


async def sow(
    office: Office, people_of: Mapping[Workshop, tuple[Person, ...]] | None = None
) -> tuple[Sown, ...]:
    """Put in the dealers, users, customers and cars that are not there yet, and make each dealer a token.

    ``people_of`` says which customers each dealer has; :data:`PEOPLE`, if left out.
    """
    sown = []
    for workshop, people in (PEOPLE if people_of is None else people_of).items():
        async with office.work() as work:
            here = await _workshop(work, workshop)
            dealer = Dealer(here.id)
            found = [(person, await _person(work, dealer, person)) for person in people]
            token = await dealers.new_token(work, dealer, "seed")
        staff = await asyncio.gather(*(_user(office, dealer, one) for one in STAFF[workshop]))
        sown.append(Sown(here, token, tuple(found), tuple(staff)))
    return tuple(sown)


async def _workshop(work: Work, wanted: Workshop) -> Workshop:
    for known in await dealers.workshops(work):
        if known.name == wanted.name:
            return known
    await dealers.add_workshop(work, wanted)
    return wanted


async def _user(office: Office, dealer: Dealer, one: Staff) -> tuple[Staff, str | None]:
    async with office.look() as work:
        if any(known.login == one.login for known in await accounts.all_users(work)):
            return one, None
    password = DEMO_PASSWORD if office.settings.simulation else secrets.token_urlsafe(12)
    new = accounts.NewUser(one.login, one.name, one.role, one.language, password)
    await accounts.add_user(office, dealer, new)
    return one, password


async def _person(work: Work, dealer: Dealer, person: Person) -> UUID:
    known = await register.search(work, dealer, "seed", email=person.email)
    customer = next((line.customer.id for line in known if line.customer is not None), None)
    if customer is None:
        added = await register.add_customer(
            work,
            dealer,
            register.NewCustomer(
                name=person.name,
                email=person.email,
                phone=person.phone,
                language=person.language,
                reminder_days=person.reminder_days,
                preferred_dealer_id=dealer.id,
            ),
        )
        customer = added.id
    if not await register.search(work, dealer, "seed", vin=person.vin):
        await register.add_vehicle(
            work,
            dealer,
            register.NewVehicle(
                vin=person.vin,
                model=person.model,
                plate=person.plate,
                model_year=person.year,
                odometer_km=person.odometer_km,
            ),
        )
        await ownership.relate(work, dealer, person.vin, customer, RelationKind.DRIVES, None)
        await ownership.relate(work, dealer, person.vin, customer, RelationKind.OWNS, None)
    return customer
