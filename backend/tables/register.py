"""Lays out who is who: workshops, people, vehicles and who drives or owns which."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    Uuid,
    false,
    true,
)

from backend.tables.columns import UTCDateTime, dealer_column, metadata, vin_column

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
    dealer_column(),
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

# Who stands in whose tab *Workshop Customers*: what the rule makes of relations, appointments and preferred
# dealers. `prefers`: the person's own preferred dealer is this one.
regulars: Final = Table(
    "regulars",
    metadata,
    dealer_column(primary_key=True),
    Column("customer_id", Uuid, ForeignKey("customers.id"), primary_key=True, index=True),
    Column("vin", String(17), ForeignKey("vehicles.vin"), primary_key=True, index=True),
    Column("name", String(200), nullable=False),
    Column("prefers", Boolean, nullable=False),
    Index("ix_regulars_by_name", "dealer_id", "name", "customer_id", "vin"),
    Index("ix_regulars_by_name_mine", "dealer_id", "prefers", "name", "customer_id", "vin"),
)

relations: Final = Table(
    "relations",
    metadata,
    vin_column(primary_key=True),
    Column("customer_id", Uuid, ForeignKey("customers.id"), primary_key=True, index=True),
    Column("relation", String(8), primary_key=True),
    Column("primary_driver", Boolean, nullable=False),
    Column("since", UTCDateTime, nullable=False),
)
