"""A driver for tests: turns the key, presses what is on the screen, and gets messages from a backend."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from protocol.language import Language
from protocol.messages import (
    Booking,
    Cancellation,
    CarEvent,
    Content,
    DayReminder,
    DealerCard,
    Desired,
    Inquiry,
    Item,
    NavigationDestination,
    Proposal,
    Reminder,
    RequestReceipt,
    ServiceType,
    VehicleFacts,
    digest_of,
    item_id,
)
from protocol.values import GeoPoint, Money
from vehicle_sim import menu, popups
from vehicle_sim.reducer import advance
from vehicle_sim.state import (
    Button,
    Car,
    Connected,
    ConnectionLost,
    Effect,
    EngineReported,
    Event,
    EventsAcknowledged,
    Ignition,
    IgnitionTurned,
    Installed,
    Moved,
    Pressed,
    Settings,
    SettingsChanged,
    SnapshotArrived,
    Subject,
    TimePassed,
    Turned,
)

VIN: Final = "YV1FW7050E1234567"
STORE: Final = UUID(int=1)
FRESH: Final = UUID(int=2)
MONDAY: Final = datetime(2026, 11, 23, 7, tzinfo=UTC)
VISIT: Final = datetime(2026, 11, 30, 6, tzinfo=UTC)
DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)
SECOND: Final = timedelta(seconds=1)
EUROS: Final = Money(amount=Decimal("389.00"), currency="EUR")
WORKSHOP: Final = DealerCard(
    name="Nordvik Helsinki",
    phone="+358 9 555 0137",
    address="Bulevardi 21, 00180 Helsinki",
    position=GeoPoint(latitude=60.16420, longitude=24.93666),
    zone="Europe/Helsinki",
)
BOOKING: Final = item_id("123456", "booking")


def _facts(kind: str, changes: dict[str, Any], **own: Any) -> dict[str, Any]:
    common = {
        "id": item_id("123456", kind),
        "ver": 1,
        "announce": True,
        "show_from": MONDAY,
        "show_until": VISIT + DAY,
        "appointment": "123456",
        "starts_at": VISIT,
    }
    return {**common, **own, **changes}


def booking(**changes: Any) -> Booking:
    return Booking(**_facts("booking", changes, status="planned", price=EUROS))


def proposal(**changes: Any) -> Proposal:
    return Proposal(**_facts("proposal", changes, price=EUROS, text="Service with new brakes"))


def inquiry(**changes: Any) -> Inquiry:
    return Inquiry(**_facts("inquiry", changes, text="Which wheels are fitted?"))


def reminder(**changes: Any) -> Reminder:
    return Reminder(**_facts("reminder", changes, booking=BOOKING))


def day_reminder(**changes: Any) -> DayReminder:
    return DayReminder(**_facts("day_reminder", changes, booking=BOOKING))


def cancellation(**changes: Any) -> Cancellation:
    return Cancellation(**_facts("cancellation", changes))


def receipt(**changes: Any) -> RequestReceipt:
    facts = _facts("request_receipt", changes, type=ServiceType.SERVICE)
    del facts["starts_at"]
    return RequestReceipt(**facts)


def destination(name: str = "Kamppi", **changes: Any) -> NavigationDestination:
    kamppi = GeoPoint(latitude=60.16899, longitude=24.93615)
    facts = _facts("navigation_destination", changes, id=item_id(name, "place"), name=name, position=kamppi)
    del facts["starts_at"], facts["appointment"]
    return NavigationDestination(**facts)


def snapshot(
    items: Sequence[Item],
    *,
    rev: int,
    epoch: int = 1,
    dealer: DealerCard | None = WORKSHOP,
    for_store: UUID | None = STORE,
) -> Desired:
    vehicle = VehicleFacts(model="V60 D4", plate="ABC-123", reminder_days=3, full_details=False)
    content = Content(vin=VIN, vehicle=vehicle, dealer=dealer, items=tuple(items))
    return Desired(
        **dict(content),
        epoch=epoch,
        rev=rev,
        digest=digest_of(content),
        for_store=for_store,
        sent_at=MONDAY,
    )


class Motorist:
    """One driver in one car; time moves only when told."""

    def __init__(self, **settings: Any) -> None:
        self.now = MONDAY
        self.effects: tuple[Effect, ...] = ()
        self.heard: list[CarEvent] = []
        """Everything that the car ever recorded, acknowledged or not."""
        self.rev = 0
        chosen = Settings(**{"language": Language.ENGLISH, **settings})
        self.car: Car = advance(None, Installed(MONDAY, VIN, STORE, chosen, WORKSHOP.position, 48_000.0)).car

    def happens(self, event: Event) -> tuple[Effect, ...]:
        known = {(self.car.wire.store_id, old.seq) for old in self.car.wire.outbox}
        outcome = advance(self.car, event)
        self.car, self.effects = outcome.car, outcome.effects
        self.heard += [new for new in self.car.wire.outbox if (self.car.wire.store_id, new.seq) not in known]
        return self.effects

    # -- the world ----------------------------------------------------------------------------------

    def waits(self, duration: timedelta) -> tuple[Effect, ...]:
        self.now += duration
        return self.happens(TimePassed(self.now))

    def connects(self) -> tuple[Effect, ...]:
        return self.happens(Connected(self.now))

    def loses_connection(self) -> tuple[Effect, ...]:
        return self.happens(ConnectionLost(self.now))

    def receives(self, *items: Item, **facts: Any) -> tuple[Effect, ...]:
        """Get the next snapshot, or the one whose ``rev`` is given."""
        self.rev = facts.pop("rev", self.rev + 1)
        return self.happens(SnapshotArrived(self.now, snapshot(items, rev=self.rev, **facts)))

    def is_wiped(self) -> tuple[Effect, ...]:
        return self.happens(SnapshotArrived(self.now, None))

    def is_acknowledged(self, upto: int, store: UUID = STORE) -> tuple[Effect, ...]:
        return self.happens(EventsAcknowledged(self.now, store, upto, FRESH))

    # -- the driver ---------------------------------------------------------------------------------

    def turns_key(self, to: Ignition) -> None:
        self.happens(IgnitionTurned(self.now, to))

    def runs(self, *, running: bool) -> tuple[Effect, ...]:
        return self.happens(EngineReported(self.now, running))

    def starts(self) -> tuple[Effect, ...]:
        """Start the engine as one does, and return what opening brought."""
        self.turns_key(Ignition.START)
        effects = self.runs(running=True)
        self.turns_key(Ignition.ON)
        return effects

    def switches_off(self, to: Ignition = Ignition.OFF) -> None:
        """Stop the engine and turn the key; the screen stays lit in position I."""
        self.runs(running=False)
        self.turns_key(to)

    def parks(self) -> None:
        """Switch off, and be away long enough for the next start to be one."""
        self.switches_off()
        self.waits(MINUTE)

    def needs_service(self, *, due: bool = True) -> None:
        self.happens(Moved(self.now, service_due=due))

    def drives_at(self, speed: float) -> None:
        self.happens(Moved(self.now, speed=speed))

    def drives_again(self) -> None:
        self.parks()
        self.starts()

    def presses(self, button: Button, *, long: bool = False) -> None:
        self.happens(Pressed(self.now, button, long))

    def turns(self, steps: int) -> None:
        self.happens(Turned(self.now, steps))

    def sets(self, settings: Settings) -> tuple[Effect, ...]:
        return self.happens(SettingsChanged(self.now, settings))

    def chooses(self, *keys: str) -> None:
        """Turn to each choice in turn and press OK."""
        for key in keys:
            self.turns(self.offers.index(key) - menu.focus(self.car))
            self.presses(Button.OK)

    # -- what is to be seen -------------------------------------------------------------------------

    @property
    def offers(self) -> list[str]:
        return [choice.key for choice in menu.choices(self.car)]

    @property
    def focused(self) -> str:
        return self.offers[menu.focus(self.car)]

    @property
    def sees(self) -> str:
        return menu.title(self.car)

    def why(self, subject: Subject) -> list[str]:
        return [reason.value for reason in popups.reasons(self.car, subject, self.car.now)]

    def is_lit(self) -> bool:
        return self.car.screen_on

    def sees_lamp(self) -> bool:
        return self.car.service_lamp

    @property
    def why_not_asked(self) -> list[str]:
        """Return what keeps the car's own question closed."""
        return self.why(self.car.service)

    def said(self, *but: str) -> list[str]:
        """Return the kinds of everything recorded, without the ``held_back`` noise."""
        return [event.kind for event in self.heard if event.kind not in {"held_back", *but}]


def in_car(*items: Item, **settings: Any) -> Motorist:
    """Return a driver in a connected car whose backend has spoken and knows the head unit; it is parked."""
    motorist = Motorist(**settings)
    motorist.connects()
    motorist.receives(*items)
    return motorist
