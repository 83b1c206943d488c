"""The types that SQLite and PostgreSQL share, and the columns that many tables have."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    MetaData,
    String,
    TypeDecorator,
    Uuid,
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
SERIAL: Final = BigInteger().with_variant(Integer, "sqlite")


def dealer_column(*, nullable: bool = False, primary_key: bool = False) -> Column[Any]:
    """Say whose the row is."""
    return Column("dealer_id", Uuid, ForeignKey("dealers.id"), nullable=nullable, primary_key=primary_key)


def vin_column(*, nullable: bool = False, primary_key: bool = False) -> Column[Any]:
    """Say which vehicle the row is about."""
    return Column("vin", String(17), ForeignKey("vehicles.vin"), nullable=nullable, primary_key=primary_key)
