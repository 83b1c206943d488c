"""Lays out what a single user has marked for oneself, beside what the whole workshop shares."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Table, Uuid

from backend.tables.columns import metadata

# *My Customers*: those whom one user looks after.
favourites: Final = Table(
    "favourites",
    metadata,
    Column("user_id", Uuid, ForeignKey("users.id"), primary_key=True),
    Column("customer_id", Uuid, ForeignKey("customers.id"), primary_key=True, index=True),
)
