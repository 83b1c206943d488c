"""Draws every golden in many fresh processes, on every Python that is installed: ``make goldens``.

``python -m tests.digests RUNS PYTHON...`` gives each interpreter an environment of its own with the locked
packages of the head unit, draws RUNS times with a random hash seed, and fails if one byte is another.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.house import ROOT

ENVIRONMENTS = ROOT / "out" / "goldens"
LOCK = ROOT / "requirements" / "head-unit.txt"


def main(arguments: Sequence[str]) -> int:
    """Compare; the first argument says how often each interpreter draws."""
    runs, *names = arguments
    found: Counter[str] = Counter()
    for name in names:
        python = environment(name)
        if python is None:
            sys.stdout.write(f"{name}: not installed here\n")
            continue
        digests = Counter(drawn(python) for _ in range(int(runs)))
        sys.stdout.write(f"{name}: {runs} processes, {', '.join(each[:16] for each in digests)}\n")
        found += digests
    same = len(found) == 1
    said = "every golden has the same bytes" if same else "the goldens are not the same everywhere"
    sys.stdout.write(f"{sum(found.values())} processes: {said}\n")
    return 0 if same else 1


def environment(name: str) -> Path | None:
    """The interpreter of an environment with the locked packages; None if there is no such Python."""
    folder = ENVIRONMENTS / name
    python = folder / "bin" / "python"
    stamp = folder / "stamp"
    if stamp.exists() and stamp.stat().st_mtime >= LOCK.stat().st_mtime:
        return python
    if shutil.which(name) is None or not is_there(name):
        return None
    subprocess.run([name, "-m", "venv", "--clear", folder], check=True)
    install: list[str | Path] = [
        python,
        "-m",
        "pip",
        "install",
        "-qq",
        "--disable-pip-version-check",
        "--require-hashes",
    ]
    subprocess.run([*install, "-r", LOCK], check=True)
    stamp.touch()
    return python


def is_there(name: str) -> bool:
    """Tell whether it starts: a version manager may hold a place for one that is not installed."""
    return subprocess.run([name, "-c", ""], capture_output=True, check=False).returncode == 0


def drawn(python: Path) -> str:
    """The digest of all goldens, out of a fresh process."""
    done = subprocess.run(
        [python, "-m", "vehicle_sim.pictures", "--digest"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "random"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
