"""What a use case refuses, in words for the one who asked; the lifecycle has refusals of its own."""

from __future__ import annotations

from backend.appointment import Appointment


class ServiceError(Exception):
    """Base of the family. Nothing has been changed when one is raised and the block is left by it."""


class NotFound(ServiceError):
    """There is no such thing, or not for the one who asks: the two look the same from outside."""

    def __init__(self, noun: str, key: object) -> None:
        super().__init__(f"there is no {noun} {key} here")
        self.noun = noun


class StaleVersion(ServiceError):
    """Somebody was faster: the appointment is not any more what the request was made for."""

    def __init__(self, asked: int, current: Appointment) -> None:
        super().__init__(
            f"the request was made for version {asked}, the appointment is at version {current.version}; "
            "look at it and ask again"
        )
        self.current = current


class StaleRecord(ServiceError):
    """Somebody was faster: the customer or vehicle is not any more what the request was made for."""

    def __init__(self, asked: int, current: int) -> None:
        super().__init__(
            f"the request was made for version {asked}, the record is at version {current}; "
            "look at it and ask again"
        )
        self.current = current


class KeyReused(ServiceError):
    """An Idempotency-Key came again with another request."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the Idempotency-Key {key!r} was used for another request; take a new key")


class Conflict(ServiceError):
    """What is asked does not fit what is there; the message says what."""


class Invalid(ServiceError):
    """A value cannot be used; ``field`` names it as the API does."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(f"{field}: {words}")
        self.field = field
        self.words = words
