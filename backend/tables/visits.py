"""Lays out the appointments, and all that an appointment brings about."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
    true,
)

from backend.tables.columns import SERIAL, UTCDateTime, dealer_column, metadata

appointments: Final = Table(
    "appointments",
    metadata,
    Column("id", Uuid, primary_key=True),
    dealer_column(),
    Column("number", String(6), nullable=False),
    Column("vin", String(17), ForeignKey("vehicles.vin"), nullable=False, index=True),
    Column("customer_id", Uuid, ForeignKey("customers.id"), nullable=False, index=True),
    Column("status", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("starts_at", UTCDateTime),
    Column("ended_at", UTCDateTime),
    # Where the lists look: the list it stands in, whether it has fallen due and so stands in a second one
    # too, and its time to due.
    Column("listed", String(16)),
    Column("past_due", Boolean, nullable=False, server_default=false()),
    Column("sort_at", UTCDateTime, nullable=False),
    # What the lists show of others, kept here as well: no index reaches across tables, and without one the
    # cost of a page in another order would grow with the list.
    Column("by_customer", String(60), nullable=False, server_default=text("''")),
    Column("by_model", String(60), nullable=False, server_default=text("''")),
    Column("by_year", Integer, nullable=False, server_default="0"),
    Column("by_mileage", Integer, nullable=False, server_default="-1"),
    Column("by_user", String(60), nullable=False, server_default=text("''")),
    UniqueConstraint("dealer_id", "number"),
    # One for each order of the lists: whatever a list holds is a few ranges of it, from end to end.
    *(
        Index(f"ix_appointments_by_{name}", "dealer_id", "listed", "past_due", *columns)
        for name, columns in (
            ("due", ("sort_at", "number")),
            ("number", ("number",)),
            ("customer", ("by_customer", "number")),
            ("vin", ("vin", "number")),
            ("model", ("by_model", "number")),
            ("year", ("by_year", "number")),
            ("mileage", ("by_mileage", "number")),
            ("status", ("status", "number")),
            ("user", ("by_user", "number")),
        )
    ),
)

appointment_events: Final = Table(
    "appointment_events",
    metadata,
    Column("appointment_id", Uuid, ForeignKey("appointments.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("kind", String(48), nullable=False),
    Column("actor", String(16), nullable=False),
    Column("who", String(200), nullable=False),
    Column("late", Boolean, nullable=False),
    Column("snapshot", Text, nullable=False),
)

# What time will do to an appointment. A row lives until it fires: what has fired is known by the appointment.
timers: Final = Table(
    "timers",
    metadata,
    Column("appointment_id", Uuid, ForeignKey("appointments.id"), primary_key=True),
    Column("action", String(48), primary_key=True),
    Column("due_at", UTCDateTime, nullable=False, index=True),
)

letters: Final = Table(
    "letters",
    metadata,
    Column("id", SERIAL, primary_key=True),
    Column("message_id", String(254), nullable=False, unique=True),
    Column("kind", String(48), nullable=False),
    dealer_column(nullable=True),
    Column("appointment_id", Uuid, ForeignKey("appointments.id"), index=True),
    Column("customer_id", Uuid, ForeignKey("customers.id")),
    Column("recipient", String(254), nullable=False),
    Column("letter", Text, nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("held", String(200)),
    Column("superseded_at", UTCDateTime),
    Column("sent_at", UTCDateTime),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("retry_at", UTCDateTime),
    Column("lease_until", UTCDateTime),
    Column("lease_by", String(23)),
    Column("last_error", String(300)),
    # The outbox proper: a letter leaves it when it is sent, held or superseded.
    Column("waiting", Boolean, nullable=False, server_default=true()),
    Index("ix_letters_waiting_due_at", "waiting", "due_at"),
)

destinations: Final = Table(
    "destinations",
    metadata,
    Column("id", Uuid, primary_key=True),
    dealer_column(),
    Column("vin", String(17), ForeignKey("vehicles.vin"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("address", String(200), nullable=False),
    Column("latitude", Float, nullable=False),
    Column("longitude", Float, nullable=False),
    Column("show_from", UTCDateTime, nullable=False),
    Column("show_until", UTCDateTime, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
)
