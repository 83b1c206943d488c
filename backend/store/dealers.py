"""Keeps the workshops and the tokens by which their systems are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from backend.store.database import Transaction
from backend.store.scope import Dealer, OutOfScope, Owner, Scope, System
from backend.tables import api_tokens, dealers
from protocol.messages import DealerCard
from protocol.values import GeoPoint


@dataclass(frozen=True, slots=True)
class Workshop:
    """One dealer. ``languages`` are BCP 47 tags, the first is its own; ``zone`` an IANA zone."""

    id: UUID
    name: str
    address: str
    position: GeoPoint
    phone: str
    zone: str
    market: str
    languages: tuple[str, ...]
    opening_hours: str
    manager_email: str

    @property
    def card(self) -> DealerCard:
        """Return what a car is told."""
        return DealerCard(
            name=self.name, phone=self.phone, address=self.address, position=self.position, zone=self.zone
        )


@dataclass(frozen=True, slots=True)
class Token:
    """A dealer system's credential; only its digest is kept."""

    id: UUID
    dealer_id: UUID
    name: str
    created_at: datetime
    revoked_at: datetime | None


def token_digest(token: str) -> str:
    """Return what is kept of a bearer token. It is long and random, so that one round is enough."""
    return sha256(token.encode()).hexdigest()


async def add_dealer(tx: Transaction, scope: System, workshop: Workshop) -> None:
    """Insert a workshop."""
    await tx.run(insert(dealers).values(_columns(workshop)))


async def save_dealer(tx: Transaction, scope: System, workshop: Workshop) -> None:
    """Replace what is known of a workshop."""
    await tx.run(update(dealers).where(dealers.c.id == workshop.id).values(_columns(workshop)))


async def dealer(tx: Transaction, scope: Scope, dealer_id: UUID) -> Workshop | None:
    """Return one workshop; a dealer sees itself, owners (whose workshop it may be) and the system any."""
    if isinstance(scope, Dealer) and scope.id != dealer_id:
        return None
    row = await tx.row(select(dealers).where(dealers.c.id == dealer_id))
    return None if row is None else _workshop(row)


async def dealers_all(tx: Transaction, scope: System) -> list[Workshop]:
    """Return every workshop, by name."""
    return [_workshop(row) for row in await tx.rows(select(dealers).order_by(dealers.c.name))]


async def take_number(tx: Transaction, scope: Dealer) -> str:
    """Take the next six-digit Appointment ID of this dealer."""
    counted = await tx.value(
        update(dealers)
        .where(dealers.c.id == scope.id)
        .values(next_number=dealers.c.next_number + 1)
        .returning(dealers.c.next_number)
    )
    return str(int(counted) - 1)


async def add_token(tx: Transaction, scope: Dealer | System, token: Token, digest: str) -> None:
    """Insert a token by its digest."""
    _own(scope, token.dealer_id)
    await tx.run(
        insert(api_tokens).values(
            id=token.id,
            dealer_id=token.dealer_id,
            name=token.name,
            created_at=token.created_at,
            digest=digest,
        )
    )


async def token_holder(tx: Transaction, scope: System, digest: str) -> UUID | None:
    """Return the dealer whose live token this is."""
    found = await tx.value(
        select(api_tokens.c.dealer_id).where(api_tokens.c.digest == digest, api_tokens.c.revoked_at.is_(None))
    )
    return found if isinstance(found, UUID) else None


async def tokens(tx: Transaction, scope: Dealer) -> list[Token]:
    """Return the dealer's tokens, newest first."""
    rows = await tx.rows(
        select(api_tokens).where(api_tokens.c.dealer_id == scope.id).order_by(api_tokens.c.created_at.desc())
    )
    return [
        Token(row["id"], row["dealer_id"], row["name"], row["created_at"], row["revoked_at"]) for row in rows
    ]


async def revoke_token(tx: Transaction, scope: Dealer, token_id: UUID, at: datetime) -> bool:
    """End a token; tell whether it was a live one of this dealer."""
    return bool(
        await tx.run(
            update(api_tokens)
            .where(
                api_tokens.c.id == token_id,
                api_tokens.c.dealer_id == scope.id,
                api_tokens.c.revoked_at.is_(None),
            )
            .values(revoked_at=at)
        )
    )


def _own(scope: Dealer | System | Owner, dealer_id: UUID) -> None:
    if isinstance(scope, Owner) or (isinstance(scope, Dealer) and scope.id != dealer_id):
        raise OutOfScope("a dealer writes only rows of its own")


def _columns(workshop: Workshop) -> dict[str, Any]:
    return {
        "id": workshop.id,
        "name": workshop.name,
        "address": workshop.address,
        "latitude": workshop.position.latitude,
        "longitude": workshop.position.longitude,
        "phone": workshop.phone,
        "zone": workshop.zone,
        "market": workshop.market,
        "languages": " ".join(workshop.languages),
        "opening_hours": workshop.opening_hours,
        "manager_email": workshop.manager_email,
    }


def _workshop(row: dict[str, Any]) -> Workshop:
    return Workshop(
        id=row["id"],
        name=row["name"],
        address=row["address"],
        position=GeoPoint(latitude=row["latitude"], longitude=row["longitude"]),
        phone=row["phone"],
        zone=row["zone"],
        market=row["market"],
        languages=tuple(row["languages"].split()),
        opening_hours=row["opening_hours"],
        manager_email=row["manager_email"],
    )
