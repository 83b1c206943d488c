"""Lay the first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this layout."""
    op.create_table(
        "dealers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("phone", sa.String(length=200), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("market", sa.String(length=8), nullable=False),
        sa.Column("languages", sa.String(length=64), nullable=False),
        sa.Column("opening_hours", sa.Text(), nullable=False),
        sa.Column("manager_email", sa.String(length=254), nullable=False),
        sa.Column("next_number", sa.Integer(), server_default="100001", nullable=False),
        sa.Column("feed_seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dealers")),
        sa.UniqueConstraint("name", name=op.f("uq_dealers_name")),
    )
    op.create_table(
        "marker",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marker")),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("topic", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.String(length=400), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_api_tokens_dealer_id_dealers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_tokens_digest")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_audit_dealer_id_dealers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("reminder_days", sa.Integer(), nullable=False),
        sa.Column("preferred_dealer_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["dealers.id"], name=op.f("fk_customers_created_by_dealers")),
        sa.ForeignKeyConstraint(
            ["preferred_dealer_id"], ["dealers.id"], name=op.f("fk_customers_preferred_dealer_id_dealers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
    )
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customers_created_by"), ["created_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_customers_email_key"), ["email_key"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_customers_preferred_dealer_id"), ["preferred_dealer_id"], unique=False
        )

    op.create_table(
        "feed",
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("type", sa.String(length=48), nullable=False),
        sa.Column("vin", sa.String(length=17), nullable=False),
        sa.Column("number", sa.String(length=6), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_feed_dealer_id_dealers")),
        sa.PrimaryKeyConstraint("dealer_id", "seq", name=op.f("pk_feed")),
    )
    op.create_table(
        "idempotency",
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_idempotency_dealer_id_dealers")),
        sa.PrimaryKeyConstraint("dealer_id", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "vehicles",
        sa.Column("vin", sa.String(length=17), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("model_year", sa.Integer(), nullable=True),
        sa.Column("plate", sa.String(length=32), nullable=False),
        sa.Column("plate_key", sa.String(length=32), nullable=False),
        sa.Column("odometer_km", sa.Integer(), nullable=True),
        sa.Column("connected", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("full_details", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owned_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("rev", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=16), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_rev", sa.BigInteger(), server_default="0", nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_marker", sa.BigInteger(), nullable=True),
        sa.Column("dirty", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_by", sa.String(length=23), nullable=True),
        sa.Column("store_id", sa.Uuid(), nullable=True),
        sa.Column("hello_n", sa.BigInteger(), nullable=True),
        sa.Column("hello_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("profile", sa.String(length=200), nullable=True),
        sa.Column("navigation", sa.Boolean(), nullable=True),
        sa.Column("notifications_on", sa.Boolean(), nullable=True),
        sa.Column("received_epoch", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("received_rev", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("received_digest", sa.String(length=16), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("online", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("boot_id", sa.Uuid(), nullable=True),
        sa.Column("presence_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rejected", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["dealers.id"], name=op.f("fk_vehicles_created_by_dealers")),
        sa.PrimaryKeyConstraint("vin", name=op.f("pk_vehicles")),
    )
    with op.batch_alter_table("vehicles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vehicles_created_by"), ["created_by"], unique=False)
        batch_op.create_index("ix_vehicles_dirty_vin", ["dirty", "vin"], unique=False)
        batch_op.create_index(batch_op.f("ix_vehicles_plate_key"), ["plate_key"], unique=False)

    op.create_table(
        "appointments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=6), nullable=False),
        sa.Column("vin", sa.String(length=17), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("listed", sa.String(length=16), nullable=True),
        sa.Column("sort_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actions_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_from", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_appointments_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(
            ["dealer_id"], ["dealers.id"], name=op.f("fk_appointments_dealer_id_dealers")
        ),
        sa.ForeignKeyConstraint(["vin"], ["vehicles.vin"], name=op.f("fk_appointments_vin_vehicles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sa.UniqueConstraint("dealer_id", "number", name=op.f("uq_appointments_dealer_id_number")),
    )
    with op.batch_alter_table("appointments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appointments_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(
            "ix_appointments_lists", ["dealer_id", "listed", "sort_at", "number"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_appointments_vin"), ["vin"], unique=False)

    op.create_table(
        "destinations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("vin", sa.String(length=17), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("show_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("show_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["dealer_id"], ["dealers.id"], name=op.f("fk_destinations_dealer_id_dealers")
        ),
        sa.ForeignKeyConstraint(["vin"], ["vehicles.vin"], name=op.f("fk_destinations_vin_vehicles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destinations")),
    )
    with op.batch_alter_table("destinations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_destinations_vin"), ["vin"], unique=False)

    op.create_table(
        "inbox",
        sa.Column("vin", sa.String(length=17), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("item", sa.Uuid(), nullable=True),
        sa.Column("ver", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["vin"], ["vehicles.vin"], name=op.f("fk_inbox_vin_vehicles")),
        sa.PrimaryKeyConstraint("vin", "store_id", "seq", name=op.f("pk_inbox")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index("ix_inbox_vin_item", ["vin", "item"], unique=False)

    op.create_table(
        "journals",
        sa.Column("vin", sa.String(length=17), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["vin"], ["vehicles.vin"], name=op.f("fk_journals_vin_vehicles")),
        sa.PrimaryKeyConstraint("vin", "store_id", name=op.f("pk_journals")),
    )
    op.create_table(
        "relations",
        sa.Column("vin", sa.String(length=17), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.String(length=8), nullable=False),
        sa.Column("primary_driver", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_relations_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(["vin"], ["vehicles.vin"], name=op.f("fk_relations_vin_vehicles")),
        sa.PrimaryKeyConstraint("vin", "customer_id", "relation", name=op.f("pk_relations")),
    )
    with op.batch_alter_table("relations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_relations_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "appointment_events",
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("actor", sa.String(length=16), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_appointment_events_appointment_id_appointments"),
        ),
        sa.PrimaryKeyConstraint("appointment_id", "seq", name=op.f("pk_appointment_events")),
    )
    op.create_table(
        "items",
        sa.Column("vin", sa.String(length=17), nullable=False),
        sa.Column("item", sa.Uuid(), nullable=False),
        sa.Column("ver", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("announce", sa.Boolean(), nullable=False),
        sa.Column("show_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("show_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_epoch", sa.BigInteger(), nullable=False),
        sa.Column("first_rev", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_items_appointment_id_appointments")
        ),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_items_dealer_id_dealers")),
        sa.ForeignKeyConstraint(["vin"], ["vehicles.vin"], name=op.f("fk_items_vin_vehicles")),
        sa.PrimaryKeyConstraint("vin", "item", "ver", name=op.f("pk_items")),
    )
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_items_appointment_id"), ["appointment_id"], unique=False)

    op.create_table(
        "letters",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.String(length=254), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held", sa.String(length=200), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_by", sa.String(length=23), nullable=True),
        sa.Column("last_error", sa.String(length=300), nullable=True),
        sa.Column("waiting", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_letters_appointment_id_appointments")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_letters_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_letters_dealer_id_dealers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("message_id", name=op.f("uq_letters_message_id")),
    )
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letters_appointment_id"), ["appointment_id"], unique=False)
        batch_op.create_index("ix_letters_waiting_due_at", ["waiting", "due_at"], unique=False)

    op.create_table(
        "timers",
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_timers_appointment_id_appointments")
        ),
        sa.PrimaryKeyConstraint("appointment_id", "action", name=op.f("pk_timers")),
    )
    with op.batch_alter_table("timers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_timers_due_at"), ["due_at"], unique=False)


def downgrade() -> None:
    """Go back to the layout before."""
    with op.batch_alter_table("timers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_timers_due_at"))

    op.drop_table("timers")
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.drop_index("ix_letters_waiting_due_at")
        batch_op.drop_index(batch_op.f("ix_letters_appointment_id"))

    op.drop_table("letters")
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_items_appointment_id"))

    op.drop_table("items")
    op.drop_table("appointment_events")
    with op.batch_alter_table("relations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_relations_customer_id"))

    op.drop_table("relations")
    op.drop_table("journals")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index("ix_inbox_vin_item")

    op.drop_table("inbox")
    with op.batch_alter_table("destinations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_destinations_vin"))

    op.drop_table("destinations")
    with op.batch_alter_table("appointments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appointments_vin"))
        batch_op.drop_index("ix_appointments_lists")
        batch_op.drop_index(batch_op.f("ix_appointments_customer_id"))

    op.drop_table("appointments")
    with op.batch_alter_table("vehicles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vehicles_plate_key"))
        batch_op.drop_index("ix_vehicles_dirty_vin")
        batch_op.drop_index(batch_op.f("ix_vehicles_created_by"))

    op.drop_table("vehicles")
    op.drop_table("idempotency")
    op.drop_table("feed")
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customers_preferred_dealer_id"))
        batch_op.drop_index(batch_op.f("ix_customers_email_key"))
        batch_op.drop_index(batch_op.f("ix_customers_created_by"))

    op.drop_table("customers")
    op.drop_table("audit")
    op.drop_table("api_tokens")
    op.drop_table("quarantine")
    op.drop_table("marker")
    op.drop_table("dealers")
