"""The noun of the car's own wish: its service need, and what the driver has said to it in this cycle."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Final, Literal
from uuid import UUID

NEED: Final = UUID("5e2f1c8a-7d43-5b0e-9a61-0c4d8e7f2b19")
"""What a pop-up is about that no snapshot carries: the car itself wants to be serviced."""


@dataclass(frozen=True, slots=True)
class ServiceNeed:
    """Where this service cycle stands; whether service is due at all, ``Drive.service_due`` says.

    A cycle ends when the service has been done, and with it whatever was said in it.
    """

    id: ClassVar[UUID] = NEED
    kind: ClassVar[Literal["service_need"]] = "service_need"
    appointment: ClassVar[None] = None

    cycle: int = 1
    consented: bool = False
    """State-of-health data may be sent with a request; asked for once a cycle."""
    answer: Literal["requested", "declined"] | None = None
    """Yes, and the request was made; or No. Either holds until the next cycle."""
    postponed_in: int | None = None
    """The run after which the driver chose Postpone."""
    shown_at: datetime | None = None
    """The parking (``Drive.parked_at``) in which it was shown last."""

    @property
    def ver(self) -> int:
        """Return the cycle: a pop-up of an earlier one is no longer current."""
        return self.cycle

    def renewed(self) -> ServiceNeed:
        """Return the need of the next cycle, in which nothing has been said yet."""
        unsaid = ServiceNeed(self.cycle, shown_at=self.shown_at)
        return self if self == unsaid else replace(unsaid, cycle=self.cycle + 1)
