"""The journal under torture: torn, damaged, full, locked, killed. What was synced comes back, no more."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from protocol.clock import until_blocking
from tests.vehicle_sim.motorist import MONDAY, SECOND, STORE, VIN, WORKSHOP, booking, snapshot
from vehicle_sim import journal as module
from vehicle_sim.journal import Journal, JournalLocked, JournalUnwritable, NotAJournal, read, replay
from vehicle_sim.reducer import advance
from vehicle_sim.replay import line_of
from vehicle_sim.state import (
    Button,
    Car,
    Connected,
    EngineReported,
    Event,
    Ignition,
    IgnitionTurned,
    Installed,
    Moved,
    Pressed,
    Settings,
    SnapshotArrived,
)

INSTALLED = Installed(MONDAY, VIN, STORE, Settings(), WORKSHOP.position, 48_000.0)
STORY: tuple[Event, ...] = (
    INSTALLED,
    Connected(MONDAY + SECOND),
    SnapshotArrived(MONDAY + 2 * SECOND, snapshot([booking()], rev=1)),
    IgnitionTurned(MONDAY + 3 * SECOND, Ignition.START),
    EngineReported(MONDAY + 4 * SECOND, running=True),
    Pressed(MONDAY + 5 * SECOND, Button.OK),
)


def cars(events: Sequence[Event]) -> list[Car]:
    found: list[Car] = []
    for event in events:
        found.append(advance(found[-1] if found else None, event).car)
    return found


async def write(path: Path, events: Sequence[Event], *, after: Car | None = None) -> None:
    journal = Journal.open(path)
    car = after
    for event in events:
        car = advance(car, event).car
        await journal.append((event,), car)
    await journal.close()


def content(path: Path) -> bytes:
    return path.read_bytes()


def overwrite(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "car.journal"


async def test_the_replayed_car_is_the_same_car(path: Path) -> None:
    assert replay(path) is None
    await write(path, STORY)
    assert replay(path) == cars(STORY)[-1]
    journal = Journal.open(path)
    assert journal.car == cars(STORY)[-1]
    assert journal.cut is None
    await journal.close()


async def test_a_tail_torn_at_any_byte_is_cut_to_the_last_whole_line(path: Path) -> None:
    await write(path, STORY)
    whole = content(path)
    ends = [place + 1 for place, byte in enumerate(whole) if byte == ord("\n")]
    states: list[Car | None] = [None, *cars(STORY)]
    for length in range(len(whole)):
        overwrite(path, whole[:length])
        lines = sum(end <= length for end in ends)
        good = ends[lines - 1] if lines else 0
        assert replay(path) == states[lines]
        if length % 41 and length - good > 2:
            continue  # opening syncs twice: every 41st byte and those around a line's end will do
        journal = Journal.open(path)
        assert journal.car == states[lines]
        assert (journal.cut is not None) == (length != good)
        assert content(path) == whole[:good]
        await journal.close()
    assert path.with_name("car.journal.cut").exists()


async def test_after_a_cut_the_story_goes_on(path: Path) -> None:
    await write(path, STORY)
    overwrite(path, content(path)[:-7])
    journal = Journal.open(path)
    assert journal.car == cars(STORY[:-1])[-1]
    await journal.append(STORY[-1:], cars(STORY)[-1])
    await journal.close()
    assert replay(path) == cars(STORY)[-1]
    assert [line.n for line in read(path).lines] == [1, 2, 3, 4, 5, 6]


async def test_a_damaged_byte_anywhere_in_a_line_is_noticed(path: Path) -> None:
    await write(path, STORY[:2])
    whole = content(path)
    first = whole.index(b"\n") + 1
    for place in range(first, len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 0x11
        overwrite(path, bytes(damaged))
        assert replay(path) == cars(STORY[:1])[-1], place


async def test_zeros_that_were_never_written_are_no_journal_yet(path: Path) -> None:
    overwrite(path, b"\0" * 4096)
    journal = Journal.open(path)
    assert journal.car is None
    await journal.close()


@pytest.mark.parametrize("other", [b"export PATH=/bin\n", b'{"vin":1}\n', b"\x89PNG"])
async def test_a_file_that_is_something_else_is_left_as_it_is(path: Path, other: bytes) -> None:
    overwrite(path, other)
    with pytest.raises(NotAJournal, match="left as it is"):
        Journal.open(path)
    assert content(path) == other
    overwrite(path, b"")
    await write(path, STORY)  # and the refused attempt has let go of the lock


async def test_a_line_of_another_version_is_not_taken_for_damage(path: Path) -> None:
    await write(path, STORY[:2])
    with path.open("ab") as file:
        file.write(line_of(3, "event", '{"kind":"flew","at":"2026-11-23T07:00:00Z"}'))
    with pytest.raises(NotAJournal, match="line 3: written by another version"):
        Journal.open(path)
    assert len(read(path).lines) == 3


async def test_a_line_out_of_turn_ends_the_good_part(path: Path) -> None:
    await write(path, STORY[:2])
    with path.open("ab") as file:
        file.write(line_of(4, "event", "{}"))
    assert len(read(path).lines) == 2


async def test_two_processes_cannot_write_one_journal(path: Path) -> None:
    journal = Journal.open(path)
    with pytest.raises(JournalLocked, match=f"in use by process {os.getpid()}"):
        Journal.open(path)
    await journal.close()
    await write(path, STORY)


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalUnwritable, match="file"):
        Journal.open(tmp_path / "file" / "car.journal")
    with pytest.raises(JournalUnwritable, match="directory"):
        Journal.open(tmp_path)


async def test_appends_that_wait_share_one_sync(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs: list[int] = []
    real = os.fdatasync

    def counted(file: int) -> None:
        syncs.append(file)
        real(file)

    monkeypatch.setattr(os, "fdatasync", counted)
    journal = Journal.open(path)
    states = cars(STORY)
    await asyncio.gather(*(journal.append((event,), car) for event, car in zip(STORY, states, strict=True)))
    assert len(syncs) == 1
    assert journal.behind == 0
    await journal.sync()
    assert len(syncs) == 1
    await journal.close()
    assert replay(path) == states[-1]


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """Files of this process cannot grow beyond ``size`` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_is_told_and_what_waited_is_written_later_without_a_gap(path: Path) -> None:
    states = cars(STORY)
    journal = Journal.open(path)
    await journal.append(STORY[:2], states[1])
    before = content(path)
    with full_disk(len(before) + 10):
        with pytest.raises(JournalUnwritable, match="1 events wait"):
            await journal.append(STORY[2:3], states[2])
        with pytest.raises(JournalUnwritable, match="2 events wait"):
            await journal.append(STORY[3:4], states[3])
        assert journal.behind == 2
        assert journal.car == states[1]
        assert content(path) == before
    await journal.append(STORY[4:], states[-1])
    assert journal.behind == 0
    assert journal.car == states[-1]
    await journal.close()
    assert replay(path) == states[-1]


async def test_closing_on_a_full_disk_does_not_raise(path: Path) -> None:
    journal = Journal.open(path)
    with full_disk(10):
        journal.put(INSTALLED, cars(STORY)[0])
        await journal.close()
    assert replay(path) is None


async def test_many_lines_become_one_checkpoint_and_give_the_same_car(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "COMPACT_AFTER", 20)
    events: list[Event] = list(STORY)
    events += [Moved(MONDAY + (10 + n) * SECOND, speed=float(n)) for n in range(60)]
    await write(path, events)
    reading = read(path)
    assert reading.lines[0].kind == "car"
    assert len(reading.lines) <= 21
    assert reading.lines[-1].n == len(events)
    assert replay(path) == cars(events)[-1]
    more = Moved(MONDAY + 100 * SECOND, speed=99.0)
    await write(path, [more], after=replay(path))
    assert replay(path) == cars([*events, more])[-1]


async def test_a_checkpoint_that_cannot_be_written_costs_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "COMPACT_AFTER", 3)
    path.parent.mkdir()
    path.with_name("car.journal.new").mkdir()
    await write(path, STORY)
    assert "was not compacted" in caplog.text
    assert replay(path) == cars(STORY)[-1]


async def test_a_checkpoint_whose_rename_fails_costs_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(self: Path, target: Path) -> Path:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(module, "COMPACT_AFTER", 3)
    monkeypatch.setattr(Path, "rename", refuse)
    await write(path, STORY)
    assert "was not compacted" in caplog.text
    assert replay(path) == cars(STORY)[-1]


WRITER = """
    import asyncio, sys
    from datetime import timedelta
    from pathlib import Path
    from tests.vehicle_sim.motorist import MONDAY
    from tests.vehicle_sim.test_journal import INSTALLED
    from vehicle_sim.journal import Journal
    from vehicle_sim.reducer import advance
    from vehicle_sim.state import Moved

    async def main():
        journal = Journal.open(Path(sys.argv[1]))
        if journal.car is None:
            await journal.append((INSTALLED,), advance(None, INSTALLED).car)
        car = journal.car
        n = int(car.drive.odometer_km)
        while True:
            n += 1
            event = Moved(MONDAY + timedelta(seconds=n), odometer_km=float(n))
            car = advance(car, event).car
            await journal.append((event,), car)
            print(n, flush=True)

    asyncio.run(main())
"""


def test_a_killed_writer_has_lost_nothing_that_it_had_promised(path: Path) -> None:
    promised = 48_000
    root = Path(__file__).parents[2]
    said = path.parent.parent / "said"
    for promises in (1, 40, 250):
        with said.open("wb") as output:
            child = subprocess.Popen(
                [sys.executable, "-c", textwrap.dedent(WRITER), str(path)],
                stdout=output,
                cwd=root,
                env={**os.environ, "PYTHONPATH": str(root)},
            )
        try:
            until_blocking(
                lambda promises=promises: said.read_bytes().count(b"\n") >= promises,  # type: ignore[misc]  # binds the loop's value
                what="promises",
                timeout=30,
            )
        finally:
            child.send_signal(signal.SIGKILL)
            child.wait()
        promised = max(promised, int(said.read_text().split("\n")[-2]))
        car = replay(path)
        assert car is not None
        # One more may have reached the disk after its last word; never one less.
        assert promised <= car.drive.odometer_km <= promised + 1
