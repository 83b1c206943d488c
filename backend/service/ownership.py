"""Who drives and who owns a vehicle, and what happens when it changes hands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from uuid import UUID

from backend.appointment import Actor, By
from backend.events import DealerCancels
from backend.outcomes import LetterKind
from backend.service import post, snapshots
from backend.service.errors import Conflict, Invalid, NotFound, StaleRecord
from backend.service.happenings import happen
from backend.service.office import Work
from backend.store import appointments, customers, regulars, vehicles
from backend.store.customers import Relation, RelationKind
from backend.store.scope import Dealer, System
from backend.store.vehicles import Vehicle
from protocol.language import Language


async def relate(  # noqa: PLR0917 - who acts for whom, on what: read in this order at every call
    work: Work,
    scope: Dealer,
    vin: str,
    customer_id: UUID,
    relation: RelationKind,
    primary: bool | None,  # noqa: FBT001 - three values: yes, no, as it is
) -> tuple[Relation, ...]:
    """Say that a person drives or owns a vehicle; the first who drives it is its primary driver by itself.

    ``primary`` True makes this person the primary driver in place of another; None leaves that as it is.
    Returns all relations of the vehicle.

    Raises:
        NotFound: there is no such vehicle or person, or the dealer has nothing to do with either.
        Invalid: an owner who does not drive cannot be primary driver.
        Conflict: the primary driver cannot stop being it before another one is.
    """
    await _lock(work, scope, vin, customer_id)
    if primary and relation is not RelationKind.DRIVES:
        raise Invalid("primary", "only a person who drives the vehicle can be its primary driver")
    before = await customers.relations_of(work.tx, System(), vin)
    key = (customer_id, relation)
    known = {(one.customer_id, one.relation): one for one in before}
    if primary is False and key in known and known[key].primary:
        raise Conflict("the vehicle needs a primary driver; make another person the primary driver instead")
    known.setdefault(key, Relation(vin, customer_id, relation, primary=False, since=work.now))
    if primary:
        known = {other: replace(one, primary=other == key) for other, one in known.items()}
    return await _replace(work, scope, vin, before, tuple(known.values()))


async def unrelate(
    work: Work, scope: Dealer, vin: str, customer_id: UUID, relation: RelationKind | None = None
) -> tuple[Relation, ...]:
    """Say that a person does not drive or own (None: neither) a vehicle any more; return who is left.

    If the primary driver goes, the one who has driven it longest follows.

    Raises:
        NotFound: there is no such relation, or the dealer has nothing to do with it.
    """
    await _lock(work, scope, vin, customer_id)
    before = await customers.relations_of(work.tx, System(), vin)
    left = tuple(
        one
        for one in before
        if one.customer_id != customer_id or (relation is not None and one.relation is not relation)
    )
    if left == before:
        raise NotFound("relation", f"{vin}/{customer_id}")
    return await _replace(work, scope, vin, before, left)


async def change_owner(
    work: Work,
    scope: Dealer,
    who: str,
    vin: str,
    new_owner: UUID,
    *,
    keep_appointments: bool,
    version: int | None = None,
    reason: Callable[[Language], str] = lambda _: "The vehicle has a new owner.",
) -> Vehicle:
    """Hand a vehicle to a new owner, who sees nothing of what was before.

    The car drops the old owner's items, history and itinerary (a new epoch says so), unsent letters are not
    sent any more, and the old owner's links end. This dealer's open appointments are kept or cancelled,
    for a ``reason`` in the language of whose they were.

    Raises:
        NotFound: there is no such vehicle or person, or the dealer has nothing to do with either.
        StaleRecord: the vehicle is at another version than ``version``: perhaps it changed hands already.
    """
    await _lock(work, scope, vin, new_owner)
    current = await vehicles.vehicle_exists(work.tx, System(), vin)
    if current is None:  # pragma: no cover - its lock is held
        raise NotFound("vehicle", vin)
    if version is not None and version != current.version:
        raise StaleRecord(version, current.version)
    for one in await appointments.appointments_of_vehicle(work.tx, System(), vin, work.now):
        await post.withdraw(work, one.id, tuple(LetterKind))
        if one.subject.dealer_id == scope.id and one.ended_at is None and not keep_appointments:
            whose = await customers.customer_exists(work.tx, System(), one.subject.customer_id)
            language = Language.ENGLISH if whose is None else whose.language
            cancel = partial(DealerCancels, reason=reason(language))
            await happen(work, scope, one.number, cancel, By(Actor.DEALER, who))
    wanted = (
        Relation(vin, new_owner, RelationKind.OWNS, primary=False, since=work.now),
        Relation(vin, new_owner, RelationKind.DRIVES, primary=True, since=work.now),
    )
    await customers.replace_relations(work.tx, System(), vin, wanted)
    await regulars.renew(work.tx, System(), vin)
    changed = replace(current, owned_since=work.now, version=current.version + 1)
    await vehicles.save_vehicle(work.tx, System(), changed)
    await snapshots.refresh(work, vin, new_epoch=True)
    await work.note(scope, who, "change_owner", vin)
    return changed


async def _lock(work: Work, scope: Dealer, vin: str, customer_id: UUID) -> None:
    """Lock the vehicle; a dealer has to have to do with one of the two, and both have to exist."""
    vehicle = await vehicles.vehicle_exists(work.tx, System(), vin, lock=True)
    own_vehicle = await vehicles.find_vehicle(work.tx, scope, vin)
    own_customer = await customers.find_customer(work.tx, scope, customer_id)
    if vehicle is None or (own_vehicle is None and own_customer is None):
        raise NotFound("vehicle", vin)
    if await customers.customer_exists(work.tx, System(), customer_id) is None:
        raise NotFound("customer", customer_id)


async def _replace(
    work: Work, scope: Dealer, vin: str, before: tuple[Relation, ...], wanted: tuple[Relation, ...]
) -> tuple[Relation, ...]:
    drivers = [one for one in wanted if one.relation is RelationKind.DRIVES]
    if drivers and not any(one.primary for one in drivers):
        first = min(drivers, key=lambda one: (one.since, str(one.customer_id)))
        wanted = tuple(replace(one, primary=one is first) for one in wanted)
    if wanted != before:
        await customers.replace_relations(work.tx, System(), vin, wanted)
        await regulars.renew(work.tx, System(), vin)
        await snapshots.refresh(work, vin)
        await work.note(scope, "dealer", "relate", vin)
    return await customers.relations_of(work.tx, System(), vin)
