"""The doors: the desk's, with user name and password, and My Volvo's, with a code by e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from aiohttp import hdrs, web

from backend.service import accounts, codes
from backend.service.accounts import SignIn, WrongLogin
from backend.service.codes import WrongCode
from backend.service.errors import Invalid
from backend.service.throttle import TooSoon
from backend.web import session
from backend.web.errors import Unreadable
from backend.web.keys import OFFICE, TECHNICAL
from backend.web.reader import Reader, stranger
from backend.web.rendering import render
from backend.web.session import DESK_HOME, DESK_LOGIN, MY_HOME, MY_LOGIN
from backend.web.wording import accepted_language
from protocol.language import Language

LANGUAGES: Final = {Language.ENGLISH: "English", Language.GERMAN: "Deutsch", Language.SWEDISH: "Svenska"}
_CODE: Final = f"{MY_LOGIN}/code"
_MOST_KEPT: Final = 254


async def desk_door(request: web.Request) -> web.StreamResponse:
    """Ask for user name and password; who is inside already goes on."""
    if await session.advisor_or_none(request) is not None:
        return _go(_desk_next(request.query.get("next", "")))
    return _door(request, "desk", entered=request.query)


async def desk_enter(request: web.Request) -> web.StreamResponse:
    """Let a user in."""
    form = await _form(request)
    attempt = SignIn(
        _text(form, "login"), _text(form, "password"), request.remote or "", session.desk_secret(request)
    )
    try:
        _, secret = await accounts.sign_in(request.app[OFFICE], request.app[TECHNICAL], attempt)
    except WrongLogin:
        return _door(request, "desk", entered=form, wrong="login.desk.wrong", status=422)
    except TooSoon as wait:
        return _wait(request, "desk", form, wait)
    response = _go(_desk_next(_text(form, "next")))
    session.user_entered(request, response, secret)
    return response


async def desk_leave(request: web.Request) -> web.StreamResponse:
    """End the user's session."""
    response = _go(f"{DESK_LOGIN}?left=1")
    await session.leave(request, response)
    return response


async def my_door(request: web.Request) -> web.StreamResponse:
    """Ask for the e-mail address that a code shall go to; who is inside already goes on."""
    if await session.owner_or_none(request) is not None:
        return _go(_my_next(request.query.get("next", "")))
    return _door(request, "my", entered=request.query)


async def my_ask(request: web.Request) -> web.StreamResponse:
    """Send a code, if somebody has that address; the answer does not tell."""
    form = await _form(request)
    asked = codes.Ask(_text(form, "email"), request.remote or "")
    try:
        ask = await codes.ask(request.app[OFFICE], request.app[TECHNICAL].now(), asked)
    except Invalid:
        return _door(request, "my", entered=form, wrong="login.my.no_address", status=422)
    except TooSoon as wait:
        return _wait(request, "my", form, wait)
    onward = {"ask": ask, "language": _language(request, form).value}
    if _text(form, "next"):
        onward["next"] = _my_next(_text(form, "next"))
    return _go(f"{_CODE}?{urlencode(onward)}")


async def code_door(request: web.Request) -> web.StreamResponse:
    """Ask for the code that was sent."""
    return _door(request, "code", entered=request.query)


async def code_enter(request: web.Request) -> web.StreamResponse:
    """Let an owner in."""
    form = await _form(request)
    attempt = codes.Attempt(_text(form, "ask"), _text(form, "code"), request.remote or "")
    try:
        owner = await codes.enter(request.app[OFFICE], request.app[TECHNICAL].now(), attempt)
    except WrongCode:
        return _door(request, "code", entered=form, wrong="login.code.wrong", status=422)
    except TooSoon as wait:
        return _wait(request, "code", form, wait)
    response = _go(_my_next(_text(form, "next")))
    await session.owner_entered(request, response, owner)
    return response


async def my_leave(request: web.Request) -> web.StreamResponse:
    """End the owner's session."""
    response = _go(f"{MY_LOGIN}?left=1")
    await session.leave(request, response)
    return response


async def _form(request: web.Request) -> Mapping[str, object]:
    """Return the fields of a form.

    Raises:
        Unreadable: it is no form, or not in an encoding that can be read.
    """
    try:
        return await request.post()
    except (UnicodeError, LookupError, ValueError) as wrong:
        raise Unreadable("the form cannot be read; send it as UTF-8") from wrong


def _door(
    request: web.Request,
    which: str,
    *,
    entered: Mapping[str, object],
    wrong: str = "",
    status: int = 200,
    **facts: object,
) -> web.Response:
    language = _language(request, entered)
    reader: Reader = stranger(language, request.app[OFFICE].clock.now())
    response = render(
        request,
        f"login/{which}.html",
        reader=reader,
        status=status,
        entered={name: _text(entered, name)[:_MOST_KEPT] for name in ("login", "email", "ask", "next")},
        left=bool(request.query.get("left")),
        wrong=reader.say(wrong, **facts) if wrong else "",
        area="desk" if which == "desk" else "my",
        languages=[
            (one, name, f"{request.path}?{_query(entered, one, 'ask')}") for one, name in LANGUAGES.items()
        ],
        again=f"{MY_LOGIN}?{_query(entered, language)}",
        minutes=codes.MINUTES,
    )
    response.headers[hdrs.VARY] = hdrs.ACCEPT_LANGUAGE
    return response


def _wait(request: web.Request, which: str, form: Mapping[str, object], wait: TooSoon) -> web.StreamResponse:
    response = _door(request, which, entered=form, wrong="login.wait", status=429, seconds=wait.seconds)
    response.headers[hdrs.RETRY_AFTER] = str(wait.seconds)
    return response


def _language(request: web.Request, entered: Mapping[str, object]) -> Language:
    chosen = _text(entered, "language")
    if chosen in {language.value for language in Language}:
        return Language(chosen)
    return accepted_language(request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))


def _query(entered: Mapping[str, object], language: Language, *more: str) -> str:
    carried = {name: _text(entered, name)[:_MOST_KEPT] for name in ("next", *more)}
    return urlencode({"language": language.value} | {name: text for name, text in carried.items() if text})


def _go(where: str) -> web.Response:
    return web.Response(status=303, headers={hdrs.LOCATION: where})


def _text(entered: Mapping[str, object], name: str) -> str:
    found = entered.get(name, "")
    return found if isinstance(found, str) else ""


def _desk_next(wanted: str) -> str:
    return session.way_back(wanted, area="/desk", home=DESK_HOME)


def _my_next(wanted: str) -> str:
    return session.way_back(wanted, area="/my", home=MY_HOME)
