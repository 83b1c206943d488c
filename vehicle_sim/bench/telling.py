"""Puts what happened into JSON, for streams, timelines and reports."""

from __future__ import annotations

import json

from vehicle_sim.chronicle import Carried, Entry, Happened, Missed, Stood, Wished
from vehicle_sim.codec import encode_event
from vehicle_sim.state import Chime, Effect, SayHello


def told(entry: Entry) -> dict[str, object]:
    """Return an entry as plain JSON data: what kind it is, number, time, car, and the facts of the kind."""
    return {**_facts(entry), "n": entry.n, "at": entry.at.isoformat(), "vin": entry.vin}


def _facts(entry: Entry) -> dict[str, object]:
    match entry.fact:
        case Happened(event):
            return {"kind": "event", "event": json.loads(encode_event(event))}
        case Wished(effect):
            return _effect(effect)
        case Carried() as message:
            return {
                "kind": "message",
                "way": message.way,
                "topic": message.topic,
                "bytes": len(message.payload),
                "retained": message.retained,
                "payload": _read(message.payload),
            }
        case Stood(what):
            return {"kind": "stand", "what": what}
        case Missed(count):
            return {"kind": "missed", "count": count}


def _effect(effect: Effect) -> dict[str, object]:
    if isinstance(effect, Chime):
        return {
            "kind": "chime",
            "pop_up": effect.pop_up,
            "priority": effect.priority.value,
            "muted": effect.muted,
        }
    return {"kind": "effect", "effect": "hello" if isinstance(effect, SayHello) else "events"}


def _read(payload: bytes) -> object:
    """A message as JSON data; as text where it is none."""
    try:
        return json.loads(payload) if payload else None
    except ValueError:
        return payload.decode(errors="replace")
