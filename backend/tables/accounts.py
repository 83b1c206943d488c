"""Lays out who may sit at a desk, who is signed in, and how often somebody has tried to be."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text, Uuid

from backend.tables.columns import UTCDateTime, dealer_column, metadata

users: Final = Table(
    "users",
    metadata,
    Column("id", Uuid, primary_key=True),
    dealer_column(),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("role", String(32), nullable=False),
    Column("language", String(8), nullable=False),
    Column("password", String(200), nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("disabled_at", UTCDateTime),
)

# Somebody's browser: of a user, or of a customer. Only the digest of what the browser holds is kept.
sessions: Final = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("user_id", Uuid, ForeignKey("users.id"), index=True),
    Column("customer_id", Uuid, ForeignKey("customers.id"), index=True),
    Column("began_at", UTCDateTime, nullable=False),
    Column("seen_at", UTCDateTime, nullable=False),
    Column("ends_at", UTCDateTime, nullable=False, index=True),
)

# One row per person or address that something was tried for, under a pseudonym: the instants, as JSON.
tries: Final = Table(
    "tries",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("times", Text, nullable=False),
    Column("last_at", UTCDateTime, nullable=False, index=True),
)

# An address was asked for: a code went to each customer who has it, to nobody if there is none.
login_asks: Final = Table(
    "login_asks",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("ends_at", UTCDateTime, nullable=False, index=True),
    Column("tries_left", Integer, nullable=False),
)

login_codes: Final = Table(
    "login_codes",
    metadata,
    Column("ask", String(64), ForeignKey("login_asks.digest"), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("customer_id", Uuid, ForeignKey("customers.id"), nullable=False, index=True),
)
