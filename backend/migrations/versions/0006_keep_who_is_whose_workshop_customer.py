"""Keep who is whose workshop customer, so that a page of them is read from one index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BY_THE_RULE = """
    INSERT INTO regulars (dealer_id, customer_id, vin, name, prefers)
    SELECT
        found.dealer_id, found.customer_id, found.vin, customers.name,
        CASE WHEN customers.preferred_dealer_id = found.dealer_id THEN true ELSE false END
    FROM (
        SELECT a.dealer_id, r.customer_id, r.vin
        FROM relations r
        JOIN appointments a ON a.customer_id = r.customer_id AND a.vin = r.vin
        WHERE a.ended_at IS NULL
        UNION
        SELECT driver.preferred_dealer_id, r.customer_id, r.vin
        FROM relations r
        JOIN relations prime ON prime.vin = r.vin AND prime.primary_driver
        JOIN customers driver ON driver.id = prime.customer_id
        WHERE driver.preferred_dealer_id IS NOT NULL
    ) AS found
    JOIN customers ON customers.id = found.customer_id
"""


def upgrade() -> None:
    """Go to this layout."""
    op.create_table(
        "regulars",
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("vin", sa.String(length=17), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("prefers", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_regulars_dealer_id_dealers")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_regulars_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(["vin"], ["vehicles.vin"], name=op.f("fk_regulars_vin_vehicles")),
        sa.PrimaryKeyConstraint("dealer_id", "customer_id", "vin", name=op.f("pk_regulars")),
    )
    op.execute(_BY_THE_RULE)
    op.create_index(op.f("ix_regulars_customer_id"), "regulars", ["customer_id"])
    op.create_index(op.f("ix_regulars_vin"), "regulars", ["vin"])
    op.create_index("ix_regulars_by_name", "regulars", ["dealer_id", "name", "customer_id", "vin"])
    op.create_index(
        "ix_regulars_by_name_mine", "regulars", ["dealer_id", "prefers", "name", "customer_id", "vin"]
    )


def downgrade() -> None:
    """Go back to the layout before."""
    op.drop_table("regulars")
