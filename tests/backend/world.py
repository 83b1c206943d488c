"""A dealer, a customer with a car and a clock, with verbs: tests tell what people do, not what rows hold."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from backend.appointment import Action, Appointment, Checklist
from backend.events import CreateRequest, ProvideProposal, ScheduleAppointment
from backend.service import cars, dealers, desk, feed, register
from backend.service.happenings import MakeEvent
from backend.service.office import Office
from backend.service.register import NewCustomer, NewVehicle
from backend.settings import Settings
from backend.store import publishing, vehicles
from backend.store.customers import Customer, RelationKind
from backend.store.database import Database
from backend.store.dealers import Workshop
from backend.store.records import FeedEvent
from backend.store.scope import Dealer, System
from backend.store.vehicles import Vehicle
from protocol.clock import VirtualClock
from protocol.language import Language
from protocol.messages import At, CarEvent, Content, Events, EventsAck, Hello, Item, Presence, Revision
from protocol.values import GeoPoint, Money

NOW = datetime(2026, 11, 2, 7, 0, tzinfo=UTC)  # a Monday, 09:00 in Helsinki
START = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)  # a Monday, 08:00 in Helsinki
VIN = "YV1FW7050E1234567"
OTHER_VIN = "YV1BW7050E7654321"
PRICE = Money(amount=Decimal("389.00"), currency="EUR")
READY = Checklist(slot_confirmed=True, plan_secured=True, work_order_finished=True, parts_ready=True)
ANNA = "Anna Korhonen"


@dataclass(slots=True)
class World:
    """What the tests play with. ``dealer`` is Maria's preferred one, ``other`` a second workshop."""

    office: Office
    clock: VirtualClock
    dealer: Dealer
    other: Dealer
    maria: Customer
    store_id: UUID = field(default_factory=uuid4)
    said: int = 0
    hellos: int = 0

    # --- the dealer

    async def creates(self, dealer: Dealer | None = None, **terms: Any) -> Appointment:
        """Create a request for Maria's car."""
        facts: dict[str, Any] = {
            "starts_at": START,
            "price": PRICE,
            "work": "Annual service",
            "intended_next": Action.SCHEDULE_APPOINTMENT,
        } | terms
        vin, customer = facts.pop("vin", VIN), facts.pop("customer", self.maria.id)
        async with self.office.work() as work:
            return await desk.create(
                work, dealer or self.dealer, ANNA, vin, customer, partial(CreateRequest, **facts)
            )

    async def acts(
        self,
        number: str,
        event: MakeEvent,
        *,
        version: int | None = None,
        dealer: Dealer | None = None,
    ) -> Appointment:
        """Do something with an appointment."""
        async with self.office.work() as work:
            return await desk.act(work, dealer or self.dealer, ANNA, number, version, event)

    async def schedules(self, **terms: Any) -> Appointment:
        """Create a request and schedule it at once."""
        made = await self.creates(**terms)
        return await self.acts(made.number, partial(ScheduleAppointment, checklist=READY))

    async def proposes(self, **terms: Any) -> Appointment:
        """Create a request and offer a proposal for it."""
        made = await self.creates(**terms)
        return await self.acts(made.number, partial(ProvideProposal, text="We have time on Monday."))

    async def appointment(self, number: str) -> Appointment:
        """Read one."""
        async with self.office.look() as work:
            return await desk.appointment(work, self.dealer, number)

    async def feed(self, dealer: Dealer | None = None) -> tuple[FeedEvent, ...]:
        """Read all that the dealer's system was told."""
        async with self.office.look() as work:
            return await feed.after(work, dealer or self.dealer, 0, 100)

    async def told(self, dealer: Dealer | None = None) -> list[str]:
        """Return the types of all that the dealer's system was told."""
        return [event.type for event in await self.feed(dealer)]

    # --- the car

    async def vehicle(self, vin: str = VIN) -> Vehicle:
        """Read all that is known of a car."""
        async with self.office.look() as work:
            found = await vehicles.vehicle_exists(work.tx, System(), vin)
        assert found is not None
        return found

    async def content(self, vin: str = VIN) -> Content:
        """Read what a car shall stand on."""
        content = vehicles.content_of(await self.vehicle(vin))
        assert content is not None
        return content

    async def items(self, kind: str, vin: str = VIN) -> list[Item]:
        """Read the items of one kind that a car shall have."""
        return [item for item in (await self.content(vin)).items if item.kind == kind]

    async def says_hello(
        self, *, applied: Revision | None = None, n: int | None = None, **facts: Any
    ) -> None:
        """Let the car say on what it stands; by default on what it shall."""
        known = await self.vehicle()
        self.hellos = self.hellos + 1 if n is None else n
        applied = known.wanted.revision if applied is None else applied
        at = At(epoch=applied.epoch, rev=applied.rev)
        hello: dict[str, Any] = {
            "vin": VIN,
            "store_id": self.store_id,
            "n": self.hellos,
            "applied": at,
            "saw": at,
            "digest": known.wanted.digest,
            "language": Language.ENGLISH,
            "profile": "7-inch",
            "navigation": True,
            "notifications_on": True,
        } | facts
        async with self.office.work() as work:
            assert await cars.hear(work, Hello(**hello)) is None

    async def receipt(self, *events: CarEvent, **facts: Any) -> Events:
        """Make the message in which a car tells what it did, standing on what it shall."""
        known = await self.vehicle()
        revision = known.wanted.revision
        said: dict[str, Any] = {
            "vin": VIN,
            "store_id": self.store_id,
            "from_seq": events[0].seq if events else self.said + 1,
            "applied": At(epoch=revision.epoch, rev=revision.rev),
            "digest": known.wanted.digest,
            "events": events,
        } | facts
        return Events(**said)

    async def says(self, *events: CarEvent, **facts: Any) -> EventsAck:
        """Let the car tell what it did."""
        message = await self.receipt(*events, **facts)
        async with self.office.work() as work:
            ack = await cars.hear(work, message)
        assert ack is not None
        return ack

    async def goes(self, *, online: bool, boot_id: UUID) -> None:
        """Let the car's presence change."""
        async with self.office.work() as work:
            await cars.hear(work, Presence(vin=VIN, online=online, boot_id=boot_id))

    def seq(self) -> int:
        """Count one event of the car on."""
        self.said += 1
        return self.said

    # --- time, and the loops

    def passes(self, **time: float) -> None:
        """Let business time pass; nothing fires by itself."""
        self.clock.set(self.clock.now() + timedelta(**time))

    async def everything_is_published(self) -> None:
        """Note for every dirty vehicle that a broker has it."""
        at = self.clock.now()
        async with self.office.database.write() as tx:
            parcels = await publishing.claim_dirty(
                tx, System(), technical=at, lease_until=at, most=100, node="test"
            )
            for parcel in parcels:
                assert await publishing.mark_published(tx, System(), parcel, at=at, count=0)


@asynccontextmanager
async def open_world(url: str, **settings: Any) -> AsyncIterator[World]:
    """Open a database and people it."""
    clock = VirtualClock(NOW)
    office = Office(Database(url), clock, Settings(database_url=url, **settings))
    try:
        dealer, other = Dealer(uuid4()), Dealer(uuid4())
        async with office.work() as work:
            await dealers.add_workshop(work, workshop(dealer.id, "Nordvik Helsinki", "Europe/Helsinki", "FI"))
            await dealers.add_workshop(work, workshop(other.id, "Autohaus Rheintal", "Europe/Berlin", "DE"))
            maria = await register.add_customer(
                work,
                dealer,
                NewCustomer(
                    name="Maria Lindholm",
                    email="maria.lindholm@example.com",
                    phone="+358 9 555 0199",
                    preferred_dealer_id=dealer.id,
                ),
            )
            await register.add_vehicle(
                work, dealer, NewVehicle(vin=VIN, model="V60 D4", plate="ABC-123", odometer_km=81_234)
            )
            await register.relate(work, dealer, VIN, maria.id, RelationKind.DRIVES, None)
        yield World(office, clock, dealer, other, maria)
    finally:
        await office.database.close()


def workshop(dealer_id: UUID, name: str, zone: str, market: str) -> Workshop:
    """Make up a workshop."""
    return Workshop(
        id=dealer_id,
        name=name,
        address="Bulevardi 21, 00180 Helsinki",
        position=GeoPoint(latitude=60.1641, longitude=24.9365),
        phone="+358 9 555 0137",
        zone=zone,
        market=market,
        languages=("en",),
        opening_hours="Mo-Fr 07:00-17:00",
        manager_email="service.manager@example.com",
    )
