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
    # Where the lists look: the standing list, its order, and from when two more lists have it too.
    Column("listed", String(16)),
    Column("sort_at", UTCDateTime, nullable=False),
    Column("actions_from", UTCDateTime),
    Column("escalated_from", UTCDateTime),
    # What the lists show of others, kept here as well: no index reaches across tables, and without one the
    # cost of a page in another order would grow with the list.
    Column("by_customer", String(60), nullable=False, server_default=text("''")),
    Column("by_model", String(60), nullable=False, server_default=text("''")),
    Column("by_year", Integer, nullable=False, server_default="0"),
    Column("by_mileage", Integer, nullable=False, server_default="-1"),
    Column("by_user", String(60), nullable=False, server_default=text("''")),
    UniqueConstraint("dealer_id", "number"),
    Index("ix_appointments_lists", "dealer_id", "listed", "sort_at", "number"),
    # The two instants at the end let what is not late yet be passed over without a look at its row.
    *(
        Index(f"ix_appointments_by_{name}", "dealer_id", "listed", *columns, "actions_from", "escalated_from")
        for name, columns in (
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
