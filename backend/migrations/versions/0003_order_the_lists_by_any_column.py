"""Order the lists by any column."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_INDEXES = {
    "number": (),
    "customer": ("by_customer",),
    "vin": ("vin",),
    "model": ("by_model",),
    "year": ("by_year",),
    "mileage": ("by_mileage",),
    "status": ("status",),
    "user": ("by_user",),
}


def upgrade() -> None:
    """Go to this layout."""
    for name, of_type, default in (
        ("by_customer", sa.String(length=60), sa.text("''")),
        ("by_model", sa.String(length=60), sa.text("''")),
        ("by_year", sa.Integer(), "0"),
        ("by_mileage", sa.Integer(), "-1"),
        ("by_user", sa.String(length=60), sa.text("''")),
    ):
        op.add_column("appointments", sa.Column(name, of_type, nullable=False, server_default=default))
    op.execute(
        "UPDATE appointments SET "
        "by_customer = (SELECT substr(lower(name), 1, 60) FROM customers WHERE id = customer_id), "
        "by_model = (SELECT substr(lower(model), 1, 60) FROM vehicles v WHERE v.vin = appointments.vin), "
        "by_year = (SELECT coalesce(model_year, 0) FROM vehicles v WHERE v.vin = appointments.vin)"
    )
    # Mileage and user stand in the body. Read row by row: the two databases read JSON in different words.
    rows = op.get_bind().execute(sa.text("SELECT id, body FROM appointments")).all()
    bodies = sa.table("appointments", sa.column("id"), sa.column("by_mileage"), sa.column("by_user"))
    for key, body in rows:
        known = json.loads(body)
        mileage = known["subject"]["odometer_km"]
        op.execute(
            bodies.update()
            .where(bodies.c.id == key)
            .values(
                by_mileage=-1 if mileage is None else mileage, by_user=known["last_edited_by"].lower()[:60]
            )
        )
    for name, columns in _INDEXES.items():
        op.create_index(
            op.f(f"ix_appointments_by_{name}"),
            "appointments",
            ["dealer_id", "listed", *columns, "number", "actions_from", "escalated_from"],
        )


def downgrade() -> None:
    """Go back to the layout before."""
    for name in _INDEXES:
        op.drop_index(op.f(f"ix_appointments_by_{name}"), "appointments")
    with op.batch_alter_table("appointments") as batch:
        for column in ("by_customer", "by_model", "by_year", "by_mileage", "by_user"):
            batch.drop_column(column)
