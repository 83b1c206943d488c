"""Makes answers of what the service knows: plain translation, one function per answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from backend import appointment as nouns
from backend.lifecycle import allowed, listings
from backend.service import dealers, delivery, desk, feed
from backend.store import customers, vehicles
from backend.store.regulars import WorkshopCustomer
from backend.store.scope import Dealer
from backend.web import answers
from protocol.values import has_good_check_digit


def appointment(known: nouns.Appointment, market: nouns.Market, now: datetime | None) -> answers.Appointment:
    """Return an appointment as it stands at ``now``, or (None) as it stood in the history."""
    terms = known.terms
    wall = None if terms.starts_at is None else terms.starts_at.astimezone(ZoneInfo(market.zone))
    return answers.Appointment(
        number=known.number,
        id=known.id,
        status=known.status,
        lists=None if now is None else sorted(listings(known, now, market)),
        version=known.version,
        vin=known.subject.vin,
        customer_id=known.subject.customer_id,
        starts_at=wall,
        date=None if wall is None else wall.date().isoformat(),
        time=None if wall is None else f"{wall:%H:%M}",
        zone=market.zone,
        price=terms.price,
        work=terms.work,
        comments=terms.comments,
        intended_next=known.intended_next,
        proposal_text=known.proposal_text,
        question=known.question,
        answer=known.answer,
        wanted=answers.Wanted(
            text=known.wanted.text, slots=known.wanted.slots, service_type=known.wanted.service_type
        ),
        health=known.health,
        odometer_km=known.subject.odometer_km,
        origin=known.origin,
        cancelled_by=known.cancelled_by,
        cancel_reason=known.cancel_reason,
        no_show=known.no_show,
        acknowledged=known.acknowledged,
        created_at=known.created_at,
        last_edited_at=known.last_edited_at,
        last_edited_by=known.last_edited_by,
        actions=None if now is None else [*allowed(known, nouns.Actor.DEALER)],
    )


def row(line: desk.Row, market: nouns.Market, now: datetime) -> answers.AppointmentRow:
    """Return one row of a list."""
    return answers.AppointmentRow(
        appointment=appointment(line.appointment, market, now),
        customer=answers.CustomerCard(id=line.customer.id, name=line.customer.name),
        vehicle=vehicle_card(line.vehicle),
        due_at=line.due_at,
        overdue=line.overdue,
    )


def entry(event: desk.Entry, market: nouns.Market) -> answers.HistoryEntry:
    """Return one event of the history."""
    return answers.HistoryEntry(
        seq=event.seq,
        at=event.at,
        action=event.action,
        actor=event.actor,
        who=event.who,
        late=event.late,
        appointment=appointment(event.appointment, market, None),
    )


def workshop(known: dealers.Workshop) -> answers.Workshop:
    """Return a dealer."""
    return answers.Workshop(
        id=known.id,
        name=known.name,
        address=known.address,
        position=known.position,
        phone=known.phone,
        zone=known.zone,
        market=known.market,
        languages=[*known.languages],
        opening_hours=known.opening_hours,
    )


def customer(known: customers.Customer, dealer: Dealer) -> answers.Customer:
    """Return a person as this dealer sees it."""
    return answers.Customer(
        id=known.id,
        name=known.name,
        email=known.email,
        phone=known.phone,
        language=known.language,
        reminder_days=known.reminder_days,
        preferred=known.preferred_dealer_id == dealer.id,
        created_at=known.created_at,
        version=known.version,
    )


def workshop_customer(known: WorkshopCustomer, dealer: Dealer) -> answers.WorkshopCustomer:
    """Return one line of *Workshop Customers*."""
    return answers.WorkshopCustomer(
        customer=customer(known.customer, dealer),
        vehicle=vehicle_card(known.vehicle),
        relation=known.relation,
        primary=known.primary,
    )


def vehicle_card(known: vehicles.Vehicle) -> answers.VehicleCard:
    """Return a vehicle in short."""
    return answers.VehicleCard(vin=known.vin, model=known.model, year=known.model_year, plate=known.plate)


def vehicle(known: vehicles.Vehicle, related: Iterable[customers.Relation]) -> answers.Vehicle:
    """Return a vehicle with everybody's relations to it."""
    car = known.car
    odd = [] if has_good_check_digit(known.vin) else ["the VIN's check digit is not the North American one"]
    return answers.Vehicle(
        vin=known.vin,
        model=known.model,
        year=known.model_year,
        plate=known.plate,
        odometer_km=known.odometer_km,
        connected=known.connected,
        full_details=known.full_details,
        relations=relations(related),
        car=answers.Car(
            online=car.online,
            seen_at=car.hello_at,
            language=car.language,
            profile=car.profile,
            navigation=car.navigation,
            notifications_on=car.notifications_on,
        ),
        version=known.version,
        warnings=odd,
    )


def relations(known: Iterable[customers.Relation]) -> list[answers.Relation]:
    """Return relations to a vehicle."""
    return [
        answers.Relation(
            customer_id=one.customer_id, relation=one.relation, primary=one.primary, since=one.since
        )
        for one in known
    ]


def event(known: feed.FeedEvent) -> answers.Event:
    """Return one event of the feed."""
    return answers.Event(
        cursor=str(known.seq),
        at=known.at,
        type=known.type,
        vin=known.vin,
        number=known.number,
        facts=dict(known.facts),
    )


def appointment_delivery(known: delivery.AppointmentDelivery) -> answers.AppointmentDelivery:
    """Return what of an appointment reached the customer."""
    return answers.AppointmentDelivery(
        vin=known.vin,
        online=known.online,
        items=[item(one) for one in known.items],
        letters=[
            answers.LetterDelivery(
                kind=one.kind.value,
                message_id=one.message_id,
                created_at=one.created_at,
                sent_at=one.sent_at,
                superseded_at=one.superseded_at,
                held=one.held,
                attempts=one.attempts,
                last_error=one.last_error,
            )
            for one in known.letters
        ],
    )


def vehicle_delivery(known: delivery.VehicleDelivery) -> answers.VehicleDelivery:
    """Return what a car shall stand on, and what it says."""
    return answers.VehicleDelivery(
        vin=known.vin,
        connected=known.connected,
        online=known.online,
        wanted=answers.Revision(epoch=known.wanted.epoch, rev=known.wanted.rev),
        changed_at=known.changed_at,
        published=known.published,
        published_at=known.published_at,
        received=answers.Revision(epoch=known.received.epoch, rev=known.received.rev),
        received_at=known.received_at,
        in_step=known.in_step,
        hello_at=known.hello_at,
        rejected=known.rejected,
        items=[item(one) for one in known.items],
    )


def item(known: delivery.ItemDelivery) -> answers.ItemDelivery:
    """Return how far one thing has come that a car is to show."""
    progress = known.progress
    return answers.ItemDelivery(
        kind=known.kind,
        item=progress.item,
        version=progress.ver,
        appointment_id=known.appointment_id,
        current=known.current,
        announce=progress.announce,
        show_from=known.show_from,
        show_until=known.show_until,
        stage=answers.STAGES[progress.stage],
        published_at=progress.published_at,
        received_at=progress.received_at,
        shown_at=progress.shown_at,
        opened_at=progress.opened_at,
        answered_at=progress.answered_at,
        answer=progress.answer,
        refused=progress.refused,
        why=None if known.why is None else known.why.stuck,
        held_by=[] if known.why is None else list(known.why.reasons),
        late=list(known.late),
    )
