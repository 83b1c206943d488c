"""Reads journals: which lines are good, and the car that they lead to.

A line is ``{"n":12,"sum":"0f3a9c21","event":{...}}``, or in first place perhaps ``{"n":...,"car":{...}}``:
its number, a checksum, and an event or a checkpoint of the whole car.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from vehicle_sim.codec import decode_car, decode_event
from vehicle_sim.reducer import advance
from vehicle_sim.state import Car

_LINE: Final = re.compile(rb'\{"n":(\d{1,15}),"sum":"([0-9a-f]{8})","(event|car)":(\{.*\})\}', re.DOTALL)
_START: Final = b'{"n":'


class JournalError(Exception):
    """The journal cannot do its work: the message says which file, why, and what helps."""


class NotAJournal(JournalError):
    """The file is something else, or from another version: it is left as it is."""


@dataclass(frozen=True, slots=True)
class Line:
    """One good line: its number, and the event or the car in it, as JSON text."""

    n: int
    kind: Literal["event", "car"]
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: its good lines, how many bytes they fill, and what follows them."""

    lines: tuple[Line, ...]
    good: int
    rest: bytes


def read(path: Path) -> Reading:
    """Read the good lines of a journal, from the top to the first that is none; a missing file has none.

    Raises:
        NotAJournal: the file begins like something else.
        OSError: it cannot be read.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Reading((), 0, b"")
    # A power cut may leave a file that is a beginning of a line, or zeros that were never written.
    if not data.startswith(_START) and not _START.startswith(data) and data.strip(b"\0"):
        raise NotAJournal(f"{path} is not the journal of a head unit; it is left as it is, name another file")
    lines: list[Line] = []
    good = 0
    while (end := data.find(b"\n", good)) >= 0:
        line = _parsed(data[good:end])
        if line is None or (line.n != lines[-1].n + 1 or line.kind != "event" if lines else False):
            break
        lines.append(line)
        good = end + 1
    return Reading(tuple(lines), good, data[good:])


def replay(path: Path) -> Car | None:
    """Return the car that a journal leads to, or None; nothing is locked, cut or sent.

    Raises:
        NotAJournal: the file is something else, or from another version.
        OSError: it cannot be read.
    """
    return replayed(path, read(path))


def replayed(path: Path, reading: Reading) -> Car | None:
    """Return the car that good lines lead to; effects are not repeated.

    Raises:
        NotAJournal: a good line is from another version.
    """
    car: Car | None = None
    for line in reading.lines:
        try:
            car = decode_car(line.text) if line.kind == "car" else advance(car, decode_event(line.text)).car
        except ValueError as unknown:
            # Its checksum is good, so these are no damaged bytes but words of another version.
            raise NotAJournal(
                f"{path}, line {line.n}: written by another version of the head unit ({str(unknown)[:200]}); "
                "name another file, or use the version that wrote it"
            ) from unknown
    return car


def line_of(n: int, kind: Literal["event", "car"], text: str) -> bytes:
    """Return the bytes of a line, with its end."""
    body = text.encode()
    return b'{"n":%d,"sum":"%s","%s":%s}\n' % (n, _sum(n, kind.encode(), body), kind.encode(), body)


def _parsed(line: bytes) -> Line | None:
    found = _LINE.fullmatch(line)
    if found is None or _sum(int(found[1]), found[3], found[4]) != found[2]:
        return None
    return Line(int(found[1]), "car" if found[3] == b"car" else "event", found[4].decode())


def _sum(n: int, kind: bytes, body: bytes) -> bytes:
    return b"%08x" % zlib.crc32(b"%d %s %s" % (n, kind, body))
