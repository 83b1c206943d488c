"""The tab *Workshop Customers*: everybody the workshop serves, or those whom the user looks after."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from backend.service import favourites
from backend.store.paging import BadCursor
from backend.web.people import words
from backend.web.people.seat import Seat, go, seated

TAB: Final = "customers"
PATH: Final = "/desk/customers"
_ROWS: Final = 50
_MINE: Final = "mine"


@seated()
async def listed(seat: Seat) -> web.StreamResponse:
    """List the workshop customers, by name."""
    mine = seat.asked("list") == _MINE
    after = seat.asked("after")
    try:
        found = await favourites.regulars(
            seat.work, seat.dealer, seat.me.user_id, after or None, _ROWS, mine=mine
        )
    except BadCursor:
        return go(_address(mine=mine))
    return seat.page(
        "customers",
        tab=TAB,
        mine=mine,
        rows=found.items,
        after=after,
        first=_address(mine=mine) if after else "",
        onward=_address(mine=mine, after=found.after) if found.after else "",
        words=words,
    )


@seated()
async def favour(seat: Seat) -> web.StreamResponse:
    """Put a customer among the user's own, or take the customer out; then go back to where the star was."""
    await favourites.set_mine(
        seat.work, seat.dealer, seat.me.user_id, seat.customer_id, mine=seat.form.get("mine") == "1"
    )
    if seat.form.get("back") == TAB:
        mine, after = seat.form.get("list") == _MINE, seat.form.get("after", "")
        return go(f"{_address(mine=mine, after=after)}#c-{seat.customer_id}")
    return go(f"/desk/manage/{seat.customer_id}")


def _address(*, mine: bool, after: str | None = "") -> str:
    return words.address(PATH, list=_MINE if mine else "", after=after)
