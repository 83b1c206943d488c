"""A crash point kills the process that was told to die there, and no other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

PROGRAM = """
from protocol.crash import crash_point

for n in range(3):
    crash_point("side.where")
    print(n, flush=True)
"""


@pytest.mark.parametrize(
    ("armed", "simulation", "printed", "code"),
    [
        ("side.where", "1", "", -signal.SIGKILL),
        ("side.where:3", "1", "0\n1\n", -signal.SIGKILL),
        ("side.elsewhere", "1", "0\n1\n2\n", 0),
        ("side.where", "", "0\n1\n2\n", 0),
        ("", "1", "0\n1\n2\n", 0),
    ],
)
def test_only_the_named_point_of_a_simulation_kills(
    armed: str, simulation: str, printed: str, code: int
) -> None:
    environment = os.environ | {"SENSUS_CRASH_AT": armed, "SENSUS_SIMULATION": simulation}
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False
    )
    assert (ended.stdout, ended.returncode) == (printed, code)
