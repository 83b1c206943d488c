"""Keeps what time will do: a row per appointment and action, so that no crash loses one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from backend.appointment import Action
from backend.store.database import Transaction
from backend.store.scope import System
from backend.tables import timers


@dataclass(frozen=True, slots=True)
class Timer:
    """What is due to happen to which appointment."""

    appointment_id: UUID
    action: Action
    due_at: datetime


async def set_timers(
    tx: Transaction, scope: System, appointment_id: UUID, due: Mapping[Action, datetime]
) -> None:
    """Make these the appointment's timers; those that are not named any more never fire."""
    await tx.run(delete(timers).where(timers.c.appointment_id == appointment_id))
    if due:
        await tx.run(
            insert(timers),
            [
                {"appointment_id": appointment_id, "action": action.value, "due_at": at}
                for action, at in due.items()
            ],
        )


async def drop_timer(tx: Transaction, scope: System, timer: Timer) -> None:
    """Forget one timer that has nothing to do any more."""
    await tx.run(
        delete(timers).where(
            timers.c.appointment_id == timer.appointment_id, timers.c.action == timer.action.value
        )
    )


async def first_due(tx: Transaction, scope: System, now: datetime) -> Timer | None:
    """Return the timer that has been due longest, if any is due."""
    row = await tx.row(
        select(timers)
        .where(timers.c.due_at <= now)
        .order_by(timers.c.due_at, timers.c.appointment_id, timers.c.action)
        .limit(1)
    )
    return None if row is None else Timer(row["appointment_id"], Action(row["action"]), row["due_at"])


async def timer_is_set(tx: Transaction, scope: System, timer: Timer) -> bool:
    """Tell whether a timer still stands as it was read: somebody else may have fired or moved it."""
    found = await tx.value(
        select(timers.c.due_at).where(
            timers.c.appointment_id == timer.appointment_id, timers.c.action == timer.action.value
        )
    )
    return bool(found == timer.due_at)


async def next_timer(tx: Transaction, scope: System) -> datetime | None:
    """Return when the next timer is due, be it behind or ahead."""
    found = await tx.value(select(func.min(timers.c.due_at)))
    return found if isinstance(found, datetime) else None
