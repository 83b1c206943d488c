"""Let people sign in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this layout."""
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_users_dealer_id_dealers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id_users")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_sessions_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sessions")),
    )
    op.create_table(
        "tries",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("times", sa.Text(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tries")),
    )
    op.create_table(
        "login_asks",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_login_asks")),
    )
    op.create_table(
        "login_codes",
        sa.Column("ask", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["ask"], ["login_asks.digest"], name=op.f("fk_login_codes_ask_login_asks")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_login_codes_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("ask", "digest", name=op.f("pk_login_codes")),
    )
    for column in ("user_id", "customer_id", "ends_at"):
        op.create_index(op.f(f"ix_sessions_{column}"), "sessions", [column])
    for table, column in (("tries", "last_at"), ("login_asks", "ends_at"), ("login_codes", "customer_id")):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    # A code is sent to a person, whichever workshop the person goes to.
    with op.batch_alter_table("letters") as batch:
        batch.alter_column("dealer_id", existing_type=sa.Uuid(), nullable=True)


def downgrade() -> None:
    """Go back to the layout before."""
    op.execute("DELETE FROM letters WHERE dealer_id IS NULL")
    with op.batch_alter_table("letters") as batch:
        batch.alter_column("dealer_id", existing_type=sa.Uuid(), nullable=False)
    for table in ("login_codes", "login_asks", "tries", "sessions", "users"):
        op.drop_table(table)
