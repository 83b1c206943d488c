"""Lays out what the backend remembers: one table per noun.

The database is the only truth. Whoever changes a table writes a migration; a test compares the two.
"""

from __future__ import annotations

from backend.tables.accounts import login_asks, login_codes, sessions, tries, users
from backend.tables.columns import NAMES, UTCDateTime, metadata
from backend.tables.marks import favourites
from backend.tables.records import audit, feed, idempotency, inbox, items, journals, marker, quarantine
from backend.tables.register import api_tokens, customers, dealers, regulars, relations, vehicles
from backend.tables.visits import appointment_events, appointments, destinations, letters, timers

__all__ = [
    "NAMES",
    "UTCDateTime",
    "api_tokens",
    "appointment_events",
    "appointments",
    "audit",
    "customers",
    "dealers",
    "destinations",
    "favourites",
    "feed",
    "idempotency",
    "inbox",
    "items",
    "journals",
    "letters",
    "login_asks",
    "login_codes",
    "marker",
    "metadata",
    "quarantine",
    "regulars",
    "relations",
    "sessions",
    "timers",
    "tries",
    "users",
    "vehicles",
]
