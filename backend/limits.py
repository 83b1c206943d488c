"""Says when somebody has waited too long for an appointment's next step, by the market's limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.appointment import Action, Appointment, Listing, Market, Status
from backend.reminders import add_working_days, day_window, days_before


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """An instant, in UTC, at which the timer has to report an event."""

    at: datetime
    action: Action


def due_at(appointment: Appointment, market: Market) -> datetime | None:
    """Return what *Time To Due* counts down to; None where nothing is due.

    The dealer's next step, the customer's answer (at the latest when the visit would begin), or, in
    Planned, the visit itself.
    """
    starts_at = appointment.terms.starts_at
    if appointment.listing is Listing.ACTIONS:
        return add_working_days(appointment.since, market.dealer_working_days, market)
    if appointment.listing is Listing.PENDING:
        limit = add_working_days(appointment.since, market.customer_working_days, market)
        return limit if starts_at is None else min(limit, starts_at)
    return starts_at if appointment.listing is Listing.PLANNED else None


def time_limits(appointment: Appointment, market: Market) -> tuple[TimeLimit, ...]:
    """Return the limits that have not fired since the appointment came into its status, earliest first."""
    due, starts_at = due_at(appointment, market), appointment.terms.starts_at
    limits = []
    if appointment.status is Status.PRE_BOOKED and starts_at is not None:
        limits.append(TimeLimit(_pre_booking_ends(starts_at, market), Action.PRE_BOOKING_DUE))
    if appointment.status is Status.REQUESTED:
        untouched = appointment.since + timedelta(hours=market.untouched_hours)
        limits.append(TimeLimit(untouched, Action.UNTOUCHED_TOO_LONG))
    if appointment.listing in {Listing.ACTIONS, Listing.PENDING} and due is not None:
        limits.append(TimeLimit(due, Action.PAST_DUE))
    return tuple(
        sorted(
            (limit for limit in limits if limit.action not in appointment.fired), key=lambda limit: limit.at
        )
    )


def is_near(appointment: Appointment, now: datetime, market: Market) -> bool:
    """Tell whether the date is so near that a pre-booking would end at once."""
    starts_at = appointment.terms.starts_at
    return starts_at is not None and _pre_booking_ends(starts_at, market) <= now


def day_has_begun(appointment: Appointment, now: datetime, market: Market) -> bool:
    """Tell whether it is the day of the visit, or later, where the dealer is."""
    starts_at = appointment.terms.starts_at
    return starts_at is not None and day_window(starts_at, market.zone).opens <= now


def _pre_booking_ends(starts_at: datetime, market: Market) -> datetime:
    return days_before(starts_at, market.pre_booking_days, market.zone)
