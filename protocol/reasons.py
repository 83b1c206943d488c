"""Why a pop-up is held back, in codes that both ends share; each end has its own phrases for them."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """One rule that keeps a pop-up from opening. A pop-up opens if and only if none holds."""

    ENGINE_NOT_RUNNING = "engine_not_running"
    """The engine is off, or running since less than the time that tells a start from a flicker."""
    NO_ENGINE_START_SINCE = "no_engine_start_since"
    """The engine runs, but this waits for the next start."""
    NOT_YET = "not_yet"
    """Its window has not begun."""
    EXPIRED = "expired"
    """Its window has ended."""
    NOTIFICATIONS_OFF = "notifications_off"
    """The driver has switched *Display notifications* off."""
    ALREADY_SHOWN = "already_shown"
    """It has been shown, and is shown once (per version, or per run for the day reminder)."""
    ALREADY_ANSWERED = "already_answered"
    """The driver has answered this version, here or elsewhere."""
    ANOTHER_IS_OPEN = "another_is_open"
    """One pop-up at a time: another one is open or goes first."""
    NOT_ANNOUNCED = "not_announced"
    """It is only to be there: this change was made without notification."""
    WAITING_FOR_BACKEND = "waiting_for_backend"
    """The head unit is new: it first hears what has been answered before."""
    POSTPONED = "postponed"
    """The driver chose Postpone: it is asked again in the next driving cycle."""
    SERVICE_NOT_DUE = "service_not_due"
    """The car's own question waits for a service to be due."""
    NOT_JUST_PARKED = "not_just_parked"
    """The car's own question is asked when the car has just been parked."""
