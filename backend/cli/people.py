"""Commands that say who may sit at a workshop's desk."""

from __future__ import annotations

import json
import secrets
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.ground import Json, failures, find_dealer, in_office, settings_or_exit, table, workshops
from protocol.language import Language

if TYPE_CHECKING:
    from backend.service.accounts import User
    from backend.service.office import Office

app = typer.Typer(no_args_is_help=True, help="Let people sit at a dealer's desk, and let them no more.")
Login = Annotated[str, typer.Argument(help="The user name, as it is typed at the desk.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input; else one is made.")
]


@app.command("add")
def add(
    dealer: Annotated[str, typer.Argument(help="The dealer's name or id.")],
    login: Login,
    *,
    name: Annotated[str, typer.Option(help="First and last name, as the history keeps them.")],
    manager: Annotated[bool, typer.Option("--manager", help="A service manager; else an advisor.")] = False,
    language: Annotated[
        Language | None, typer.Option(help="Of the desk's pages; else the dealer's own.")
    ] = None,
    password_stdin: FromStdin = False,
    as_json: Json = False,
) -> None:
    """Add a user. A password that was made is shown this once; only its hash is kept."""
    from backend.service import accounts
    from backend.service.errors import Conflict, Invalid
    from backend.store.scope import Dealer
    from protocol.language import best_language

    password = _password(from_stdin=password_stdin)

    async def make(office: Office) -> User:
        found = await find_dealer(office, dealer)
        new = accounts.NewUser(
            login=login,
            name=name,
            role=accounts.Role.SERVICE_MANAGER if manager else accounts.Role.ADVISOR,
            language=language or best_language(found.languages[0]),
            password=password,
        )
        return await accounts.add_user(office, Dealer(found.id), new)

    with failures(LookupError, Conflict, Invalid):
        made = in_office(settings_or_exit(), make)
    _tell(made.login, password, as_json=as_json, made=not password_stdin)


@app.command("list")
def list_users(as_json: Json = False) -> None:
    """List the users of every dealer: never their passwords."""
    from backend.service import accounts

    async def look(office: Office) -> list[dict[str, str]]:
        names = {one.id: one.name for one in await workshops(office)}
        async with office.look() as work:
            return [
                {
                    "login": one.login,
                    "name": one.name,
                    "role": one.role.value,
                    "dealer": names[one.dealer_id],
                    "language": one.language.value,
                    "disabled_at": "" if one.disabled_at is None else one.disabled_at.isoformat(),
                }
                for one in await accounts.all_users(work)
            ]

    with failures():
        known = in_office(settings_or_exit(), look)
    if as_json:
        typer.echo(json.dumps({"users": known}, ensure_ascii=False))
        return
    table(("Login", "Name", "Role", "Dealer", "Language", "Disabled"), [tuple(one.values()) for one in known])


@app.command("password")
def set_password(login: Login, password_stdin: FromStdin = False, as_json: Json = False) -> None:
    """Give a user another password. Whoever is signed in as this user is signed out."""
    from backend.service import accounts
    from backend.service.errors import Invalid, NotFound

    password = _password(from_stdin=password_stdin)

    async def change(office: Office) -> None:
        await accounts.set_password(office, login, password)

    with failures(Invalid, NotFound):
        in_office(settings_or_exit(), change)
    _tell(login, password, as_json=as_json, made=not password_stdin)


@app.command("disable")
def disable(login: Login) -> None:
    """Let a user in no more, from this moment. What the user did keeps the name."""
    from backend.service import accounts
    from backend.service.errors import NotFound

    async def end(office: Office) -> None:
        await accounts.disable(office, login)

    with failures(NotFound):
        in_office(settings_or_exit(), end)
    typer.echo(f"{login} is let in no more")


def _password(*, from_stdin: bool) -> str:
    # Never an argument: those can be read by every user of the machine, and stay in the shell's history.
    return sys.stdin.readline().rstrip("\r\n") if from_stdin else secrets.token_urlsafe(12)


def _tell(login: str, password: str, *, as_json: bool, made: bool) -> None:
    shown = {"login": login} | ({"password": password} if made else {})
    if as_json:
        typer.echo(json.dumps(shown))
    elif made:
        typer.echo(f"{login} signs in with {password}")
    else:
        typer.echo(f"{login} signs in with that password")
