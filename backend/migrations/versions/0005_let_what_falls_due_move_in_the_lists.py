"""Let what falls due move in the lists, so that no list is found by looking through another."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ORDERS = {
    "number": (),
    "customer": ("by_customer",),
    "vin": ("vin",),
    "model": ("by_model",),
    "year": ("by_year",),
    "mileage": ("by_mileage",),
    "status": ("status",),
    "user": ("by_user",),
}
_APPOINTMENTS = sa.table(
    "appointments",
    *(
        sa.column(name)
        for name in ("id", "body", "listed", "past_due", "sort_at", "actions_from", "escalated_from")
    ),
)


def upgrade() -> None:
    """Go to this layout."""
    op.add_column(
        "appointments", sa.Column("past_due", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    # Read row by row: the two databases read JSON in different words.
    candidates = sa.select(_APPOINTMENTS.c.id, _APPOINTMENTS.c.body).where(
        _APPOINTMENTS.c.body.like('%"past_due"%')
    )
    rows = op.get_bind().execute(candidates).all()
    fallen_due = [{"key": key} for key, body in rows if "past_due" in json.loads(body)["fired"]]
    if fallen_due:
        op.get_bind().execute(
            sa.update(_APPOINTMENTS).where(_APPOINTMENTS.c.id == sa.bindparam("key")).values(past_due=True),
            fallen_due,
        )
    op.drop_index("ix_appointments_lists", "appointments")
    for name in _ORDERS:
        op.drop_index(f"ix_appointments_by_{name}", "appointments")
    with op.batch_alter_table("appointments") as batch:
        batch.drop_column("actions_from")
        batch.drop_column("escalated_from")
    for name, columns in {"due": ("sort_at",), **_ORDERS}.items():
        op.create_index(
            f"ix_appointments_by_{name}",
            "appointments",
            ["dealer_id", "listed", "past_due", *columns, "number"],
        )


def downgrade() -> None:
    """Go back to the layout before."""
    for name in ("due", *_ORDERS):
        op.drop_index(f"ix_appointments_by_{name}", "appointments")
    for name in ("actions_from", "escalated_from"):
        op.add_column("appointments", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for listed, name in (("pending", "actions_from"), ("actions", "escalated_from")):
        op.execute(
            sa.update(_APPOINTMENTS)
            .where(_APPOINTMENTS.c.listed == listed)
            .values({name: _APPOINTMENTS.c.sort_at})
        )
    with op.batch_alter_table("appointments") as batch:
        batch.drop_column("past_due")
    op.create_index("ix_appointments_lists", "appointments", ["dealer_id", "listed", "sort_at", "number"])
    for name, columns in _ORDERS.items():
        op.create_index(
            f"ix_appointments_by_{name}",
            "appointments",
            ["dealer_id", "listed", *columns, "number", "actions_from", "escalated_from"],
        )
