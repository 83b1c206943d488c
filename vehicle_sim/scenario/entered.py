"""Reads a dealer's and an owner's deeds out of the histories of appointments, as steps of a scenario."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from vehicle_sim.scenario.driven import Deed
from vehicle_sim.witness import Json

_PLAIN: Final = {
    "schedule_appointment": "schedules",
    "confirm_appointment": "confirms",
    "acknowledge_cancellation": "acknowledges",
    "finalize_appointment": "finalizes",
}
_OWNER: Final = {"customer_accepts": "accepts", "customer_cancels": "cancels"}


def entered(history: Sequence[tuple[Json, Json]], zone: str) -> Iterator[Deed]:
    """Yield the deeds behind entries of histories; what a car or a timer did is not theirs."""
    before: dict[str, Json] = {}
    for appointment, entry in history:
        number, looked = str(appointment["number"]), entry["appointment"]
        step = _step(entry, before.get(number), f"visit {number}", zone)
        before[number] = looked
        if step is not None:
            yield Deed(datetime.fromisoformat(entry["at"]), [step])


def _step(entry: Json, before: Json | None, name: str, zone: str) -> dict[str, Any] | None:
    action, looked = entry["action"], entry["appointment"]
    if entry["actor"] == "customer" and action in _OWNER and not entry["late"]:
        declined = action == "customer_cancels" and before is not None and before["status"] == "proposed"
        return {"owner": f"{'declines' if declined else _OWNER[action]} {name}"}
    if entry["actor"] == "customer" and action == "customer_answers":
        return {"owner": {"answers": {"visit": name, "text": looked["answer"]}}}
    if entry["actor"] != "dealer":
        return None
    if action in _PLAIN:
        return {"dealer": f"{_PLAIN[action]} {name}"}
    match action:
        case "create_request" | "perform_pre_booking":
            verb = "creates request" if action == "create_request" else "pre-books"
            return {"dealer": {verb: {"as": name} | _terms(looked, None, zone) | _words(looked, None)}}
        case "provide_proposal":
            terms = _terms(looked, before, zone)
            return {"dealer": {"proposes": {"visit": name, **terms, "text": looked["proposal_text"]}}}
        case "request_information":
            return {"dealer": {"asks about": {"visit": name, "text": looked["question"]}}}
        case "update_appointment":
            changed = _terms(looked, before, zone) | _words(looked, before)
            return {"dealer": {"updates": {"visit": name, **changed}}}
        case "cancel_on_behalf":
            no_show = {"no show": True} if looked["no_show"] else {}
            return {"dealer": {"cancels": {"visit": name, "reason": looked["cancel_reason"], **no_show}}}
    return None


def _terms(looked: Json, before: Json | None, zone: str) -> dict[str, Any]:
    """Return time and price, as far as they have become others."""
    found: dict[str, Any] = {}
    if looked["starts_at"] and (before is None or before["starts_at"] != looked["starts_at"]):
        local = datetime.fromisoformat(looked["starts_at"]).astimezone(ZoneInfo(zone))
        found["on"] = f"{local:%Y-%m-%d %H:%M}{' again' if local.fold else ''}"
    if looked["price"] and (before is None or before["price"] != looked["price"]):
        found["price"] = f"{looked['price']['amount']} {looked['price']['currency']}"
    return found


def _words(looked: Json, before: Json | None) -> dict[str, Any]:
    changed = {
        name: looked[name] for name in ("work", "comments") if before is None or before[name] != looked[name]
    }
    return {name: words for name, words in changed.items() if words or before is not None}
