"""Who plays in a test's world, as objects with verbs: each is told what to do in the words of scenarios."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

from vehicle_sim.scenario.play import Motorist
from vehicle_sim.scenario.rehearsing import Rehearsal, Said


class Actor:
    """Somebody or something of a test's world, told what to do in the words of scenario files."""

    def __init__(self, rehearsal: Rehearsal, name: str) -> None:
        self.name = name
        self._rehearsal = rehearsal

    def does(self, what: Said) -> None:
        """Do something: ``turns key to running``.

        Raises:
            NotAsExpected: it went otherwise.
        """
        self._rehearsal.does(self.name, what)

    def expects(self, *facts: Said, within: str | None = None) -> str:
        """Fail unless all of it is so: ``shows pop-up booking``; ``within="5 s"`` waits for it.

        Raises:
            NotAsExpected: something is not so; the message says what was seen.
        """
        return self._rehearsal.expects(self.name, *facts, within=within)


class CarActor(Actor):
    """A car of a test's world, whose screen can be read too."""

    @property
    def vin(self) -> str:
        """Its vehicle identification number."""
        return self._motorist.vin

    def tree(self) -> dict[str, Any]:
        """Return the semantic tree of what is on screen."""
        return dict(self._rehearsal.waits_for(self._motorist.driver.tree()))

    def words(self) -> str:
        """Return the words on screen in reading order, one a line."""
        return self._rehearsal.waits_for(self._motorist.driver.reads())

    def picture(self) -> bytes:
        """Return the screen as PNG."""
        return self._rehearsal.waits_for(self._motorist.driver.photographs(self.name))

    @property
    def _motorist(self) -> Motorist:
        return self._rehearsal.play.car(self.name)


class Mailbox:
    """The letters that the first owner of a test's world has got."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self._rehearsal = rehearsal

    def letters(self, kind: str | None = None) -> list[EmailMessage]:
        """Return them, oldest first: all, or those of one kind such as ``booking``."""
        return self._rehearsal.play.owner().letters(kind)
