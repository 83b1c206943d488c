"""Writes a letter in the transaction that makes it true, and leaves the sending to the mailer."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import Final
from uuid import UUID

from backend.appointment import Action, Appointment, Status
from backend.letters import LetterFacts, Unwritable, to_json
from backend.letters import write as compose
from backend.links import LIFE, OwnerLink, owner_url
from backend.outcomes import TO_DEALER, LetterKind
from backend.service.dealers import market
from backend.service.office import Work, log_crossing
from backend.settings import Settings
from backend.store import letters, vehicles
from backend.store.customers import Customer
from backend.store.dealers import Workshop
from backend.store.letters import Posted
from backend.store.scope import System
from protocol.language import best_language

ALWAYS_ALLOWED: Final = "example.com"
_CALENDARS: Final = {
    Status.CONFIRMED: LetterKind.BOOKING,
    Status.PRE_BOOKED: LetterKind.PRE_BOOKING,
    Status.CANCELLED: LetterKind.CANCELLATION,
}


async def write(  # noqa: PLR0917 - who is written to, about what: read in this order at every call
    work: Work,
    workshop: Workshop,
    customer: Customer,
    appointment: Appointment,
    kind: LetterKind,
    action: Action | None = None,
) -> None:
    """Write a letter about an appointment, to its customer or to the workshop; ``action`` calls for it.

    A letter that cannot be written (an address that is none) is no reason to undo what happened: the
    dealer's system is told instead.
    """
    facts = await _facts(work, workshop, customer, appointment, kind, action)
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
        customer_id=None if kind in TO_DEALER else customer.id,
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


async def withdraw(work: Work, appointment_id: UUID, kinds: Collection[LetterKind]) -> None:
    """Send no letter of these kinds about an appointment any more.

    Once this is committed no process hands one to a mail server: one on its way arrives first.
    """
    await letters.supersede(work.tx, System(), appointment_id, kinds, work.now)
    await work.office.hand.rid_of(work.tx, appointment_id)


async def write_anew(work: Work, workshop: Workshop, customer: Customer, appointment: Appointment) -> None:
    """Put the present facts into what is still unsent to the customer: nothing else tells of a correction.

    The letter stays the same one, with its Message-ID; what has been sent stays as it was.
    """
    for posted in await letters.letters_about(work.tx, System(), appointment.id):
        if posted.sent_at is None and posted.superseded_at is None and posted.kind not in TO_DEALER:
            facts = await _facts(work, workshop, customer, appointment, posted.kind)
            with suppress(Unwritable):  # then the older wording goes out; the desk was told of the first one
                await letters.rewrite(work.tx, System(), posted.id, to_json(compose(facts)))


async def calendar_file(
    work: Work, workshop: Workshop, customer: Customer, appointment: Appointment
) -> str | None:
    """Return the calendar entry of a visit as it now is, None where there is nothing to put down."""
    kind = _CALENDARS.get(appointment.status)
    if kind is None:
        return None
    return compose(await _facts(work, workshop, customer, appointment, kind)).ics


def why_held(address: str, settings: Settings) -> str | None:
    """Return why mail to this address must not leave, None if it may."""
    domain = address.rpartition("@")[2].lower()
    allowed = settings.mail_allow
    if domain == ALWAYS_ALLOWED or domain in allowed or "*" in allowed:
        return None
    return "its domain is not on the list of domains that mail may go to (SENSUS_MAIL_ALLOW)"


async def _facts(  # noqa: PLR0917 - as `write`
    work: Work,
    workshop: Workshop,
    customer: Customer,
    appointment: Appointment,
    kind: LetterKind,
    action: Action | None = None,
) -> LetterFacts:
    vehicle = await vehicles.vehicle_exists(work.tx, System(), appointment.subject.vin)
    settings = work.office.settings
    for_dealer = kind in TO_DEALER
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
        action=action,
        sender=settings.mail_from,
        dealer=workshop.card,
        market=market(workshop),
        model=vehicle.model if vehicle else "",
        plate=vehicle.plate if vehicle else "",
        link=f"{settings.public_url.rstrip('/')}/desk/appointments/{appointment.number}"
        if for_dealer
        else owner_url(settings.public_url, settings.signing_key, link),
        at=work.now,
        reminder_days=customer.reminder_days,
        simulated=settings.simulation,
    )
