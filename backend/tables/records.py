"""Lays out what cars are told, what they say, what dealers hear, and what is only ever added to."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    Uuid,
)

from backend.tables.columns import SERIAL, UTCDateTime, dealer_column, metadata, vin_column

# One row per version of an item that a snapshot ever carried: whose it is, and how far it got.
items: Final = Table(
    "items",
    metadata,
    vin_column(primary_key=True),
    Column("item", Uuid, primary_key=True),
    Column("ver", Integer, primary_key=True),
    Column("kind", String(32), nullable=False),
    dealer_column(),
    Column("appointment_id", Uuid, ForeignKey("appointments.id"), index=True),
    Column("announce", Boolean, nullable=False),
    Column("show_from", UTCDateTime, nullable=False),
    Column("show_until", UTCDateTime, nullable=False),
    Column("first_epoch", BigInteger, nullable=False),
    Column("first_rev", BigInteger, nullable=False),
    Column("published_at", UTCDateTime),
    Column("received_at", UTCDateTime),
)

# How far each journal of a car is acknowledged: all up to there is stored, or was before this database began.
journals: Final = Table(
    "journals",
    metadata,
    vin_column(primary_key=True),
    Column("store_id", Uuid, primary_key=True),
    Column("upto", BigInteger, nullable=False),
)

inbox: Final = Table(
    "inbox",
    metadata,
    vin_column(primary_key=True),
    Column("store_id", Uuid, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("item", Uuid),
    Column("ver", Integer),
    Column("at", UTCDateTime, nullable=False),
    Column("stored_at", UTCDateTime, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_inbox_vin_item", "vin", "item"),
)

feed: Final = Table(
    "feed",
    metadata,
    dealer_column(primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("type", String(48), nullable=False),
    Column("vin", String(17), nullable=False),
    Column("number", String(6)),
    Column("body", Text, nullable=False),
)

quarantine: Final = Table(
    "quarantine",
    metadata,
    Column("id", SERIAL, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("topic", String(300), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("detail", String(400), nullable=False),
    Column("payload", LargeBinary, nullable=False),
)

audit: Final = Table(
    "audit",
    metadata,
    Column("id", SERIAL, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    dealer_column(nullable=True),
    Column("actor", String(200), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("detail", String(200), nullable=False),
)

idempotency: Final = Table(
    "idempotency",
    metadata,
    dealer_column(primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("request", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
)

marker: Final = Table(
    "marker",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("count", BigInteger, nullable=False),
)
