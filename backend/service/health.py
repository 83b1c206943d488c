"""Answers whether the backend can work, whether it has, and when it next will have to."""

from __future__ import annotations

from datetime import datetime

from backend.migrations import head
from backend.service.office import Office, Work, log_crossing
from backend.store import inbox, letters, publishing, timers, vehicles
from backend.store.database import DatabaseFailure, layout
from backend.store.inbox import Quarantined
from backend.store.paging import Page
from backend.store.scope import System
from protocol.messages import Revision


async def ready(office: Office) -> str | None:
    """Return None if the database answers and has this version's layout, else what is wrong with it."""
    try:
        async with office.look() as work:
            found = await layout(work.tx)
    except DatabaseFailure as failure:
        return f"the database does not answer as it should: {type(failure).__name__}"
    wanted = head()
    return None if found == wanted else f"the database has layout {found}, this version needs {wanted}"


async def busy(office: Office) -> str | None:
    """Return what is still to be done at this moment of business time, None if nothing is.

    Counts what the database knows: vehicles to be published, timers and letters that are due, and cars that
    are online and have not confirmed their latest state.
    """
    async with office.look() as work:
        return await _busy(work)


async def next_due(office: Office) -> datetime | None:
    """Return the business time at which there is something to do next, None if nothing is planned."""
    async with office.look() as work:
        return await _next_due(work)


async def stand(office: Office) -> tuple[datetime | None, str | None]:
    """Return both, :func:`next_due` and :func:`busy`, as of one moment."""
    async with office.look() as work:
        return await _next_due(work), await _busy(work)


async def _busy(work: Work) -> str | None:
    waiting = await publishing.dirty_count(work.tx, System())
    if waiting:
        return f"{waiting} vehicles have to be published"
    timer = await timers.first_due(work.tx, System(), work.now)
    if timer is not None:
        return f"{timer.action.value} is due since {timer.due_at.isoformat()}"
    unsent = await letters.unsent(work.tx, System(), work.now)
    if unsent:
        return f"{unsent} letters have to be sent"
    vin = await publishing.behind(work.tx, System())
    return None if vin is None else f"{vin} is online and has not confirmed its latest state"


async def _next_due(work: Work) -> datetime | None:
    planned = [await timers.next_timer(work.tx, System()), await letters.next_letter(work.tx, System())]
    return min((at for at in planned if at is not None), default=None)


async def restored(work: Work) -> int:
    """Raise every vehicle's epoch after the database was restored from a copy; return how many there are.

    Cars may stand on revisions that this copy has never made: a new epoch goes before all of them.
    """
    count = 0
    after = ""
    while batch := await publishing.published_since(work.tx, System(), None, after=after, most=500):
        for vin in batch:
            found = await vehicles.vehicle_exists(work.tx, System(), vin, lock=True)
            content = None if found is None else vehicles.content_of(found)
            if found is not None and content is not None:
                revision = Revision(found.wanted.revision.epoch + 1, 1)
                await vehicles.want(work.tx, System(), vin, revision, content, work.now)
                work.dirty.add(vin)
                count += 1
        after = batch[-1]
    log_crossing("restored", vehicles=count)
    return count


async def quarantined(work: Work, scope: System, after: str | None, limit: int) -> Page[Quarantined]:
    """Return a page of what could not be used, newest first.

    Raises:
        BadCursor: ``after`` is none of this list.
    """
    return await inbox.quarantined(work.tx, scope, after, limit)
