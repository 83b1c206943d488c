"""Lays out what the backend remembers: one table per noun, and the types that SQLite and PostgreSQL share.

The database is the only truth. Whoever changes this file writes a migration; a test compares the two.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    false,
    true,
)

# Without names a constraint cannot be dropped again, and SQLite gives none by itself.
NAMES: Final = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: Final = MetaData(naming_convention=NAMES)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant, kept in UTC. SQLite forgets the zone and hands back naive times; it is put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant to UTC.

        Raises:
            ValueError: the instant has no zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no zone; only aware instants are stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# SQLite counts up by itself only in a column that is exactly INTEGER.
_Serial: Final = BigInteger().with_variant(Integer, "sqlite")


def _dealer(*, nullable: bool = False, primary_key: bool = False) -> Column[Any]:
    return Column("dealer_id", Uuid, ForeignKey("dealers.id"), nullable=nullable, primary_key=primary_key)


def _vin(*, nullable: bool = False, primary_key: bool = False) -> Column[Any]:
    return Column("vin", String(17), ForeignKey("vehicles.vin"), nullable=nullable, primary_key=primary_key)


# --- the register ---------------------------------------------------------------------------------

dealers: Final = Table(
    "dealers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("address", String(200), nullable=False),
    Column("latitude", Float, nullable=False),
    Column("longitude", Float, nullable=False),
    Column("phone", String(200), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("market", String(8), nullable=False),
    Column("languages", String(64), nullable=False),
    Column("opening_hours", Text, nullable=False),
    Column("manager_email", String(254), nullable=False),
    # Counted under this row's lock, so that numbers and feed positions appear in the order of the commits:
    # a sequence would let a reader of the feed pass over a position whose transaction commits late.
    Column("next_number", Integer, nullable=False, server_default="100001"),
    Column("feed_seq", BigInteger, nullable=False, server_default="0"),
)

api_tokens: Final = Table(
    "api_tokens",
    metadata,
    Column("id", Uuid, primary_key=True),
    _dealer(),
    Column("name", String(200), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("created_at", UTCDateTime, nullable=False),
    Column("revoked_at", UTCDateTime),
)

customers: Final = Table(
    "customers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("email", String(254), nullable=False),
    Column("email_key", String(254), nullable=False, index=True),
    Column("phone", String(200), nullable=False),
    Column("language", String(8), nullable=False),
    Column("reminder_days", Integer, nullable=False),
    Column("preferred_dealer_id", Uuid, ForeignKey("dealers.id"), index=True),
    Column("created_by", Uuid, ForeignKey("dealers.id"), index=True),
    Column("created_at", UTCDateTime, nullable=False),
    Column("version", Integer, nullable=False),
)

vehicles: Final = Table(
    "vehicles",
    metadata,
    Column("vin", String(17), primary_key=True),
    Column("model", String(200), nullable=False),
    Column("model_year", Integer),
    Column("plate", String(32), nullable=False),
    Column("plate_key", String(32), nullable=False, index=True),
    Column("odometer_km", Integer),
    Column("connected", Boolean, nullable=False, server_default=true()),
    Column("full_details", Boolean, nullable=False, server_default=false()),
    Column("created_by", Uuid, ForeignKey("dealers.id"), index=True),
    Column("created_at", UTCDateTime, nullable=False),
    Column("owned_since", UTCDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    # What this car shall stand on, and whether a broker has it: published_rev below rev is the outbox.
    Column("epoch", BigInteger, nullable=False, server_default="1"),
    Column("rev", BigInteger, nullable=False, server_default="0"),
    Column("content", Text),
    Column("digest", String(16)),
    Column("changed_at", UTCDateTime),
    Column("published_rev", BigInteger, server_default="0"),
    Column("published_at", UTCDateTime),
    Column("published_marker", BigInteger),
    Column("dirty", Boolean, nullable=False, server_default=false()),
    Column("lease_until", UTCDateTime),
    Column("lease_by", String(23)),
    # What the car told of itself.
    Column("store_id", Uuid),
    Column("hello_n", BigInteger),
    Column("hello_at", UTCDateTime),
    Column("language", String(8)),
    Column("profile", String(200)),
    Column("navigation", Boolean),
    Column("notifications_on", Boolean),
    Column("received_epoch", BigInteger, nullable=False, server_default="0"),
    Column("received_rev", BigInteger, nullable=False, server_default="0"),
    Column("received_digest", String(16)),
    Column("received_at", UTCDateTime),
    Column("online", Boolean, nullable=False, server_default=false()),
    Column("boot_id", Uuid),
    Column("presence_at", UTCDateTime),
    Column("rejected", String(200)),
    Index("ix_vehicles_dirty_vin", "dirty", "vin"),
)

relations: Final = Table(
    "relations",
    metadata,
    _vin(primary_key=True),
    Column("customer_id", Uuid, ForeignKey("customers.id"), primary_key=True, index=True),
    Column("relation", String(8), primary_key=True),
    Column("primary_driver", Boolean, nullable=False),
    Column("since", UTCDateTime, nullable=False),
)

# --- appointments -----------------------------------------------------------------------------------

appointments: Final = Table(
    "appointments",
    metadata,
    Column("id", Uuid, primary_key=True),
    _dealer(),
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
    UniqueConstraint("dealer_id", "number"),
    Index("ix_appointments_lists", "dealer_id", "listed", "sort_at", "number"),
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
    Column("id", _Serial, primary_key=True),
    Column("message_id", String(254), nullable=False, unique=True),
    Column("kind", String(48), nullable=False),
    _dealer(),
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
    _dealer(),
    Column("vin", String(17), ForeignKey("vehicles.vin"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("address", String(200), nullable=False),
    Column("latitude", Float, nullable=False),
    Column("longitude", Float, nullable=False),
    Column("show_from", UTCDateTime, nullable=False),
    Column("show_until", UTCDateTime, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
)

# --- what cars are told, what they say, and what dealers hear -------------------------------------------

# One row per version of an item that a snapshot ever carried: whose it is, and how far it got.
items: Final = Table(
    "items",
    metadata,
    _vin(primary_key=True),
    Column("item", Uuid, primary_key=True),
    Column("ver", Integer, primary_key=True),
    Column("kind", String(32), nullable=False),
    _dealer(),
    Column("appointment_id", Uuid, ForeignKey("appointments.id"), index=True),
    Column("announce", Boolean, nullable=False),
    Column("show_from", UTCDateTime, nullable=False),
    Column("show_until", UTCDateTime, nullable=False),
    Column("first_epoch", BigInteger, nullable=False),
    Column("first_rev", BigInteger, nullable=False),
    Column("published_at", UTCDateTime),
    Column("received_at", UTCDateTime),
)

inbox: Final = Table(
    "inbox",
    metadata,
    _vin(primary_key=True),
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
    _dealer(primary_key=True),
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
    Column("id", _Serial, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("topic", String(300), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("detail", String(400), nullable=False),
    Column("payload", LargeBinary, nullable=False),
)

audit: Final = Table(
    "audit",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    _dealer(nullable=True),
    Column("actor", String(200), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("detail", String(200), nullable=False),
)

idempotency: Final = Table(
    "idempotency",
    metadata,
    _dealer(primary_key=True),
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
