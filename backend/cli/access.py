"""Commands that look after workshops and the tokens of their systems."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from backend.cli.ground import (
    Json,
    dealer_facts,
    fail,
    failures,
    find_dealer,
    in_office,
    settings_or_exit,
    table,
    workshops,
)

if TYPE_CHECKING:
    from backend.service.office import Office

dealer_app = typer.Typer(no_args_is_help=True, help="Add workshops and list them.")
token_app = typer.Typer(no_args_is_help=True, help="Give dealer systems access, and take it away.")


@dealer_app.command("add")
def add_dealer(
    name: Annotated[str, typer.Argument(help="Its name, unique.")],
    *,
    address: Annotated[str, typer.Option(help="Street, number, post code, town.")],
    phone: Annotated[str, typer.Option(help="International notation: +358 9 555 0137.")],
    latitude: Annotated[float, typer.Option(min=-90, max=90, help="Degrees, WGS 84.")],
    longitude: Annotated[float, typer.Option(min=-180, max=180, help="Degrees, WGS 84.")],
    zone: Annotated[str, typer.Option(help="IANA zone: Europe/Helsinki.")],
    manager_email: Annotated[str, typer.Option(help="Who hears of requests that nobody has touched.")],
    market: Annotated[str, typer.Option(help="Country, ISO 3166-1 alpha-2: FI.")] = "FI",
    language: Annotated[list[str] | None, typer.Option(help="BCP 47 tag; may be repeated.")] = None,
    opening_hours: Annotated[str, typer.Option(help="In words.")] = "",
    as_json: Json = False,
) -> None:
    """Add a workshop."""
    from uuid import uuid4

    from pydantic import ValidationError

    from backend.contacts import WorkshopForm
    from backend.service import dealers
    from protocol.values import GeoPoint

    settings = settings_or_exit()
    try:
        form = WorkshopForm(
            name=name,
            address=address,
            phone=phone,
            position=GeoPoint(latitude=latitude, longitude=longitude),
            zone=zone,
            manager_email=manager_email,
            market=market,
            languages=tuple(language or ["en"]),
            opening_hours=opening_hours,
        )
    except ValidationError as wrong:
        lines = [f"--{str(one['loc'][0]).replace('_', '-')}: {one['msg']}" for one in wrong.errors()]
        fail("\n".join(line.replace("Value error, ", "") for line in lines), 2)
    made = dealers.Workshop(
        id=uuid4(), **{field: getattr(form, field) for field in WorkshopForm.model_fields}
    )
    with failures(ValueError):

        async def add(office: Office) -> None:
            async with office.work() as work:
                if any(known.name == name for known in await dealers.workshops(work)):
                    raise ValueError(f"there is a dealer named {name} already")
                await dealers.add_workshop(work, made)

        in_office(settings, add)
    typer.echo(json.dumps(dealer_facts(made), ensure_ascii=False) if as_json else f"Added {name}: {made.id}")


@dealer_app.command("list")
def list_dealers(as_json: Json = False) -> None:
    """List the workshops."""
    with failures():
        known = in_office(settings_or_exit(), workshops)
    if as_json:
        typer.echo(json.dumps({"dealers": [dealer_facts(one) for one in known]}, ensure_ascii=False))
        return
    rows = [(one.name, one.address, one.zone, str(one.id)) for one in known]
    table(("Dealer", "Address", "Zone", "Id"), rows)


@token_app.command("add")
def add_token(
    dealer: Annotated[str, typer.Argument(help="The dealer's name or id.")],
    name: Annotated[str, typer.Option(help="What the token is for.")] = "API",
    as_json: Json = False,
) -> None:
    """Make a bearer token for a dealer's system. It is shown this once; only its digest is kept."""
    from backend.service import dealers

    async def add(office: Office) -> str:
        from backend.store.scope import Dealer

        found = await find_dealer(office, dealer)
        async with office.work() as work:
            return await dealers.new_token(work, Dealer(found.id), name)

    with failures(LookupError):
        token = in_office(settings_or_exit(), add)
    typer.echo(json.dumps({"token": token}) if as_json else token)


@token_app.command("list")
def list_tokens(
    dealer: Annotated[str, typer.Argument(help="The dealer's name or id.")], as_json: Json = False
) -> None:
    """List a dealer's tokens: their names and ids, never the tokens."""
    from backend.service import dealers
    from backend.store.scope import Dealer

    async def look(office: Office) -> list[dict[str, str | None]]:
        found = await find_dealer(office, dealer)
        async with office.look() as work:
            return [
                {
                    "id": str(one.id),
                    "name": one.name,
                    "created_at": one.created_at.isoformat(),
                    "revoked_at": None if one.revoked_at is None else one.revoked_at.isoformat(),
                }
                for one in await dealers.tokens(work, Dealer(found.id))
            ]

    with failures(LookupError):
        known = in_office(settings_or_exit(), look)
    if as_json:
        typer.echo(json.dumps({"tokens": known}))
        return
    table(
        ("Name", "Made", "Revoked", "Id"),
        [
            (str(one["name"]), str(one["created_at"]), one["revoked_at"] or "", str(one["id"]))
            for one in known
        ],
    )


@token_app.command("revoke")
def revoke_token(
    dealer: Annotated[str, typer.Argument(help="The dealer's name or id.")],
    token_id: Annotated[UUID, typer.Argument(help="The token's id, from `sensus token list`.")],
) -> None:
    """End a token: from now on it is answered 401."""
    from backend.service import dealers
    from backend.service.errors import NotFound
    from backend.store.scope import Dealer

    async def end(office: Office) -> None:
        found = await find_dealer(office, dealer)
        async with office.work() as work:
            await dealers.revoke_token(work, Dealer(found.id), token_id)

    with failures(LookupError, NotFound):
        in_office(settings_or_exit(), end)
    typer.echo("Revoked")
