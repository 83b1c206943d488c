"""Writes a letter in the transaction that makes it true, and leaves the sending to the mailer."""

from __future__ import annotations

from backend.appointment import Appointment
from backend.letters import LetterFacts, Unwritable, to_json
from backend.letters import write as compose
from backend.links import LIFE, OwnerLink, owner_url
from backend.outcomes import LetterKind
from backend.service.dealers import market
from backend.service.office import Work, log_crossing
from backend.settings import Settings
from backend.store import letters, vehicles
from backend.store.customers import Customer
from backend.store.dealers import Workshop
from backend.store.letters import Posted
from backend.store.scope import System
from protocol.language import best_language

ALWAYS_ALLOWED = "example.com"


async def write(
    work: Work, workshop: Workshop, customer: Customer, appointment: Appointment, kind: LetterKind
) -> None:
    """Write a letter about an appointment: to its customer, or (a request left untouched) to the workshop.

    A letter that cannot be written (an address that is none) is no reason to undo what happened: the
    dealer's system is told instead.
    """
    facts = await _facts(work, workshop, customer, appointment, kind)
    try:
        letter = compose(facts)
    except Unwritable as unwritable:
        log_crossing(
            "letter_unwritable", appointment=appointment.number, kind=kind.value, fact=unwritable.fact
        )
        work.tell(
            workshop.id,
            "letter_not_written",
            appointment.subject.vin,
            appointment.number,
            letter=kind.value,
            fact=unwritable.fact,
        )
        return
    posted = Posted(
        message_id=letter.message_id,
        kind=kind,
        dealer_id=workshop.id,
        appointment_id=appointment.id,
        customer_id=None if kind is LetterKind.UNTOUCHED else customer.id,
        recipient=letter.to,
        letter=to_json(letter),
        due_at=work.now,
        created_at=work.now,
        held=why_held(letter.to, work.office.settings),
    )
    if await letters.post(work.tx, System(), posted):
        work.mail = True
        log_crossing(
            "letter_written", appointment=appointment.number, kind=kind.value, held=posted.held is not None
        )


def why_held(address: str, settings: Settings) -> str | None:
    """Return why mail to this address must not leave, None if it may."""
    domain = address.rpartition("@")[2].lower()
    allowed = settings.mail_allow
    if domain == ALWAYS_ALLOWED or domain in allowed or "*" in allowed:
        return None
    return "its domain is not on the list of domains that mail may go to (SENSUS_MAIL_ALLOW)"


async def _facts(
    work: Work, workshop: Workshop, customer: Customer, appointment: Appointment, kind: LetterKind
) -> LetterFacts:
    vehicle = await vehicles.vehicle_exists(work.tx, System(), appointment.subject.vin)
    settings = work.office.settings
    for_dealer = kind is LetterKind.UNTOUCHED
    until = max(work.now, appointment.terms.starts_at or work.now) + LIFE
    link = OwnerLink(appointment.id, customer.id, until)
    return LetterFacts(
        kind=kind,
        language=best_language(workshop.languages[0])
        if for_dealer and workshop.languages
        else customer.language,
        appointment=appointment,
        to=workshop.manager_email if for_dealer else customer.email,
        name=workshop.name if for_dealer else customer.name,
        customer=customer.name,
        sender=settings.mail_from,
        dealer=workshop.card,
        market=market(workshop),
        model=vehicle.model if vehicle else "",
        plate=vehicle.plate if vehicle else "",
        link=f"{settings.public_url.rstrip('/')}/v1/appointments/{appointment.number}"
        if for_dealer
        else owner_url(settings.public_url, settings.signing_key, link),
        at=work.now,
        reminder_days=customer.reminder_days,
        simulated=settings.simulation,
    )
