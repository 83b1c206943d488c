"""Remember each user's customers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this layout."""
    op.create_table(
        "favourites",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_favourites_user_id_users")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_favourites_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("user_id", "customer_id", name=op.f("pk_favourites")),
    )
    op.create_index(op.f("ix_favourites_customer_id"), "favourites", ["customer_id"])


def downgrade() -> None:
    """Go back to the layout before."""
    op.drop_table("favourites")
