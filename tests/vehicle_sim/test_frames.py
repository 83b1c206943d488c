"""Frames become VSS signals by a DBC file; no file that would lie is taken, and no frame does harm."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import house
from tests.vehicle_sim.rig_bus import DATABASE, TEXT, frame, motion, power
from vehicle_sim import signals
from vehicle_sim.bridges.frames import _FACTORS, ATTRIBUTE, Fault, Frame, Frames, Reading, WrongFile, load

OURS = load()
KEYS = TEXT[TEXT.index("VAL_ 256") : TEXT.index("VAL_ 304")]
MEANINGS = TEXT[TEXT.index('BA_ "VssPath"') : TEXT.index("VAL_ 256")]


@pytest.mark.parametrize(
    ("sent", "heard"),
    [
        (power("START", running=True), {signals.KEY: "START", signals.RUNNING: True}),
        (power("LOCK"), {signals.KEY: "LOCK", signals.RUNNING: False}),
        (motion(-12.5, 48_123.4), {signals.SPEED: -12.5, signals.DISTANCE: 48_123_400.0}),
        (
            frame("Position", Latitude=60.17832, Longitude=-24.95057),
            {signals.LATITUDE: 60.17832, signals.LONGITUDE: -24.95057},
        ),
        (
            frame("Body", OutsideTemperature=-3.5, Illumination="NIGHT", ServiceDue=1),
            {signals.OUTSIDE: -3.5, signals.DAY_OR_NIGHT: "NIGHT", signals.SERVICE: True},
        ),
    ],
)
def test_a_frame_says_what_the_rig_meant(sent: Frame, heard: dict[str, object]) -> None:
    reading = OURS.read(sent)
    assert reading.values == heard
    assert reading.faults == ()


def test_a_car_takes_all_that_our_file_can_say() -> None:
    settable = {name for name, signal in signals.SIGNALS.items() if signal.kind != "read only"}
    # What the driver chooses on the head unit itself, a bus that repeats it every second would take back.
    assert set(OURS.paths) == settable - {signals.LANGUAGE, signals.UNIT, signals.CLOCK}
    assert all(
        signal.comment or message.comment for message in DATABASE.messages for signal in message.signals
    )


def test_the_documentation_shows_what_our_file_says() -> None:
    page = (house.ROOT / "docs" / "can.md").read_text(encoding="utf-8")
    for message in DATABASE.messages:
        assert f"| `{message.name}` {message.frame_id:#x} |" in page
        for signal in message.signals:
            assert signal.dbc is not None
            assert f"| `{signal.name}` | `{signal.dbc.attributes[ATTRIBUTE].value}` |" in page


def test_every_number_has_units() -> None:
    assert set(_FACTORS) == {name for name, signal in signals.SIGNALS.items() if signal.kind == "number"}


@pytest.mark.parametrize(
    ("sent", "fault", "left"),
    [
        (Frame(0x7FF, b"\x01"), Fault.UNKNOWN, {}),
        (Frame(256, b"\x01", is_extended=True), Fault.UNKNOWN, {}),
        (Frame(256, b""), Fault.UNREADABLE, {}),
        (Frame(256, b"\x0f"), Fault.OUT_OF_RANGE, {signals.RUNNING: True}),
        (Frame(272, b"\xff\x7f\x00\x00\x00\x00"), Fault.OUT_OF_RANGE, {signals.DISTANCE: 0.0}),
        (Frame(304, b"\xff\x00"), Fault.OUT_OF_RANGE, {signals.DAY_OR_NIGHT: "DAY", signals.SERVICE: False}),
    ],
)
def test_what_cannot_be_understood_is_said_and_the_rest_is_heard(
    sent: Frame, fault: Fault, left: dict[str, object]
) -> None:
    reading = OURS.read(sent)
    assert [kind for kind, _ in reading.faults] == [fault]
    assert reading.values == left


@given(
    identifier=st.sampled_from([message.frame_id for message in DATABASE.messages])
    | st.integers(0, 2**29 - 1),
    data=st.binary(max_size=64),
    is_extended=st.booleans(),
)
def test_no_frame_does_harm(identifier: int, data: bytes, is_extended: bool) -> None:  # noqa: FBT001
    reading = OURS.read(Frame(identifier, data, is_extended))
    for name, value in reading.values.items():
        assert signals.checked(name, value) == value
    assert bool(reading.faults) or reading.values


def test_a_float_that_is_no_number_is_out_of_range() -> None:
    floats = TEXT.replace('0|32@1- (1E-007,0) [-90|90] "deg"', '0|32@1- (1,0) [0|0] "deg"').replace(
        "VAL_ 256", "SIG_VALTYPE_ 288 Latitude : 1;\nVAL_ 256"
    )
    reading = Frames(floats).read(Frame(288, b"\x00\x00\xc0\x7f" + bytes(4)))
    assert reading.values == {signals.LONGITUDE: 0.0}
    assert [fault for fault, _ in reading.faults] == [Fault.OUT_OF_RANGE]


def test_what_no_car_takes_is_out_of_range_where_the_file_names_none() -> None:
    reading = Frames(TEXT.replace("[-90|90]", "[0|0]")).read(Frame(288, b"\xff\xff\xff\x7f" + bytes(4)))
    assert reading.values == {signals.LONGITUDE: 0.0}
    assert [fault for fault, _ in reading.faults] == [Fault.OUT_OF_RANGE]


def test_a_message_that_means_nothing_to_a_car_is_none_that_is_unknown() -> None:
    quiet = "\n".join(line for line in TEXT.splitlines() if not line.startswith('BA_ "VssPath" SG_ 272'))
    assert Frames(quiet).read(motion(10)) == Reading({})


def test_of_a_message_with_pages_the_page_that_is_there_is_read() -> None:
    paged = TEXT.replace("SG_ Illumination :", "SG_ Illumination M :").replace(
        "SG_ ServiceDue :", "SG_ ServiceDue m1 :"
    )
    temperature = {signals.OUTSIDE: -40.0}
    assert Frames(paged).read(Frame(304, b"\x00\x04")).values == {
        **temperature,
        signals.DAY_OR_NIGHT: "DAY",
    }
    assert Frames(paged).read(Frame(304, b"\x00\x05")).values == {
        **temperature,
        signals.DAY_OR_NIGHT: "NIGHT",
        signals.SERVICE: True,
    }


@pytest.mark.parametrize(
    ("old", "new", "speed"),
    [('"km/h"', '"m/s"', 36.0), ('"km/h"', '"mph"', 16.09344), ('"km/h"', '"kph"', 10.0)],
)
def test_units_are_those_of_the_file(old: str, new: str, speed: float) -> None:
    slow = TEXT.replace("[-100|400]", "[-20|50]")
    assert Frames(slow.replace(old, new)).read(motion(10)).values[signals.SPEED] == speed


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (TEXT, "hello", "no DBC file"),
        (MEANINGS, "", "no signal of it has the attribute VssPath"),
        ('"VssPath" SG_', '"VssWay" SG_', "no DBC file"),
        ('"Vehicle.Speed"', '"Vehicle.Sped"', "signal Speed: .*nearest is Vehicle.Speed"),
        ('"Vehicle.Speed"', '"Vehicle.IsMoving"', "can be read, not set"),
        ('"km/h"', '"furlong"', "its unit is 'furlong'; one of km/h"),
        ('"degC"', '""', "its unit is None"),
        ("[-90|90]", "[-100|90]", "signal Latitude: .*-100.* is outside -90 to 90"),
        ('4 "START"', '4 "CRANK"', "signal PowerMode: .*'CRANK' is none of LOCK, OFF"),
        (KEYS, "", "'a number' is none of LOCK"),
    ],
    ids=lambda part: part[:30],
)
def test_a_file_that_does_not_fit_a_car_is_refused_in_words(old: str, new: str, words: str) -> None:
    assert old in TEXT
    with pytest.raises(WrongFile, match=words):
        Frames(TEXT.replace(old, new))


def test_a_file_of_ones_own_is_read_as_dbc_files_are_written(tmp_path: Path) -> None:
    path = tmp_path / "rig.dbc"
    path.write_bytes(TEXT.replace('"degC"', '"°C"').encode("cp1252"))
    assert load(path).paths == OURS.paths
    path.write_bytes(b"\x81\x8d")
    with pytest.raises(WrongFile, match=r"rig\.dbc"):
        load(path)
    assert ATTRIBUTE in TEXT
