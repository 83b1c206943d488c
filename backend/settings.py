"""The environment as one frozen object, so that a wrong setting is told at the door and nowhere later."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from broker.dialling import parse_url
from protocol.clock import Clock, SystemClock, VirtualClock
from protocol.values import Instant, Line

PREFIX: Final = "SENSUS_"
_UNSIGNED: Final = "only-for-this-machine: set SENSUS_SECRET before anybody else can reach the pages"


class BadSettings(ValueError):
    """Settings that cannot be used. The message has one line for each, naming the variable."""


def _url(*schemes: str) -> AfterValidator:
    def check(text: str) -> str:
        scheme = text.partition("://")[0]
        if scheme not in schemes or "://" not in text:
            raise ValueError(f"{scheme[:40]!r} is none of the schemes that work here: {', '.join(schemes)}")
        return text

    return AfterValidator(check)


def _with_host(text: str) -> str:
    parts = urlsplit(text)
    if not parts.hostname:
        raise ValueError("the address names no host")
    _ = parts.port  # urlsplit checks the port only when asked for it
    return text


def _broker(text: str) -> str:
    parse_url(text)
    return text


def _with_driver(text: object) -> object:
    # What people and hosting services write; the driver is ours to name.
    if isinstance(text, str):
        for plain, ours in (("postgresql://", "postgresql+psycopg://"), ("sqlite://", "sqlite+aiosqlite://")):
            if text.startswith(plain):
                return ours + text.removeprefix(plain)
    return text


def _words(text: object) -> object:
    return (
        tuple(word.strip().lower() for word in text.split(",") if word.strip())
        if isinstance(text, str)
        else text
    )


class Settings(BaseSettings):
    """Everything that a backend is told from outside: ``SENSUS_`` and the name, as environment variables."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    database_url: Annotated[
        str, BeforeValidator(_with_driver), _url("sqlite+aiosqlite", "postgresql+psycopg"), Field(repr=False)
    ] = "sqlite+aiosqlite:///sensus.db"
    """Where the truth is kept: `sqlite+aiosqlite:///file` or `postgresql+psycopg://user:password@host/name`."""
    broker_url: Annotated[str, AfterValidator(_broker)] = "mqtt://127.0.0.1:1883"
    """The MQTT broker; `mqtts` for TLS."""
    broker_username: Line = ""
    """Account at the broker, where it asks for one."""
    broker_password: SecretStr = SecretStr("")
    """Password of that account."""
    broker_ca: Path | None = None
    """File with the certificates that the broker's own is checked against."""
    broker_cert: Path | None = None
    """File with this backend's certificate for the broker."""
    broker_key: Path | None = None
    """File with the key of that certificate."""
    smtp_url: Annotated[str, _url("smtp", "smtps"), AfterValidator(_with_host), Field(repr=False)] = (
        "smtp://127.0.0.1:1025"
    )
    """The mail server: `smtp://host:port`, `smtps://user:password@host:port`."""
    mail_from: Line = "My Volvo <my-volvo@example.com>"
    """Sender of every letter."""
    mail_allow: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)] = ("example.com",)
    """Domains that letters may go to, separated by commas; `*` for every domain."""
    public_url: Annotated[str, _url("http", "https"), AfterValidator(_with_host)] = "http://127.0.0.1:8080"
    """Address under which others reach this backend; the links in letters begin with it."""
    http_host: Line = "127.0.0.1"
    """Address to listen on."""
    http_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """Port to listen on; 0 takes a free one."""
    node: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,23}$")] = "backend-1"
    """Client id at the broker. Each process of the same system has its own, the same after each restart."""
    secret: SecretStr = SecretStr("")
    """Key that signs the links in letters, 32 characters or more; needed once others can reach this."""
    requests_per_minute: Annotated[int, Field(ge=1)] = 6000
    """How many requests one API token (or, without one, one address) may make."""
    simulation: bool = False
    """Time stands still until it is set at `/sim/clock`, and letters say that they are simulated."""
    start_at: Instant | None = None
    """Where simulated time starts (RFC 3339); only with `SENSUS_SIMULATION`."""
    mailbox_dir: Path | None = None
    """Folder of `sensus mailbox`, to show its letters at `/mailbox`; only with `SENSUS_SIMULATION`."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """How much is logged."""

    @model_validator(mode="after")
    def _fit_together(self) -> Settings:
        if self.start_at is not None and not self.simulation:
            raise ValueError("SENSUS_START_AT moves a simulated clock, so it needs SENSUS_SIMULATION=1")
        if self.mailbox_dir is not None and not self.simulation:
            raise ValueError("SENSUS_MAILBOX_DIR shows everybody's letters, so it needs SENSUS_SIMULATION=1")
        if (self.broker_cert is None) != (self.broker_key is None):
            raise ValueError("SENSUS_BROKER_CERT and SENSUS_BROKER_KEY belong together; one is missing")
        if self.broker_cert is not None and self.broker_ca is None:
            raise ValueError(
                "SENSUS_BROKER_CERT shows who we are; SENSUS_BROKER_CA is missing: whom do we trust?"
            )
        if self.broker_ca is not None and not parse_url(self.broker_url).secure:
            raise ValueError(
                "SENSUS_BROKER_CA is of no use without TLS: SENSUS_BROKER_URL begins with mqtt://"
            )
        for name, path in (("CA", self.broker_ca), ("CERT", self.broker_cert), ("KEY", self.broker_key)):
            if path is not None and not path.is_file():
                raise ValueError(f"SENSUS_BROKER_{name}: there is no file {path}")
        secret = self.secret.get_secret_value()
        if secret and len(secret) < 32:
            raise ValueError("SENSUS_SECRET is too short to sign links: it takes at least 32 characters")
        if not secret and not (
            _is_here(self.http_host) and _is_here(urlsplit(self.public_url).hostname or "")
        ):
            raise ValueError(
                "SENSUS_SECRET is missing, and others than this machine can reach the backend: "
                "without it anybody could write links to other people's bookings"
            )
        return self

    @property
    def signing_key(self) -> str:
        """Return the key that signs links; on an unreachable machine a known one will do."""
        return self.secret.get_secret_value() or _UNSIGNED


def load_settings(**said: object) -> Settings:
    """Read the environment; what is ``said`` (a command-line option) goes before it.

    Raises:
        BadSettings: something is missing or wrong.
    """
    try:
        return Settings(**said)  # type: ignore[arg-type]  # pydantic checks what is said, that is the point
    except ValidationError as wrong:
        raise BadSettings(
            "\n".join(_in_words(error) for error in wrong.errors(include_input=False))
        ) from wrong


@dataclass(frozen=True, slots=True)
class Described:
    """One setting for whoever sets it: its variable, its default as one writes it, and what it is for."""

    variable: str
    default: str
    about: str


def describe() -> tuple[Described, ...]:
    """Return every setting there is."""
    return tuple(
        Described(PREFIX + name.upper(), _written(info.default), info.description or "")
        for name, info in Settings.model_fields.items()
    )


def clock_for(settings: Settings) -> Clock:
    """Return the clock that the settings ask for; a simulated one stands still at its beginning."""
    if not settings.simulation:
        return SystemClock()
    return VirtualClock(settings.start_at or SystemClock().now())


def _written(default: object) -> str:
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if isinstance(default, tuple):
        return ",".join(default)
    if isinstance(default, bool):
        return str(int(default))
    return "" if default is None else str(default)


def _in_words(error: ErrorDetails) -> str:
    message = error["msg"].removeprefix("Value error, ")
    return f"{PREFIX}{str(error['loc'][0]).upper()}: {message}" if error["loc"] else message


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
