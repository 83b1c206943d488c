"""Reads the plan of the house from pyproject.toml, so that no rule is written down twice.

The Makefile asks it for globs: ``python -m tests.house pure``.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
PACKAGES = ("protocol", "broker", "backend", "vehicle_sim")


class Import(NamedTuple):
    """One import statement's target, e.g. ``aiohttp.web``, and where it stands."""

    module: str
    name: str
    line: int


@cache
def plan() -> dict[str, Any]:
    """Return the table ``[tool.sensus]``."""
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["sensus"]
    return table


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that git knows or would add; without git (an archive), every file but caches."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        names = listed.stdout.decode().split("\0")
        return tuple(ROOT / name for name in names if name and (ROOT / name).is_file())
    hidden = {"__pycache__", "out", "build"}
    return tuple(
        path
        for path in ROOT.rglob("*")
        if path.is_file() and not {p for p in path.relative_to(ROOT).parts[:-1] if p[0] == "." or p in hidden}
    )


def sources() -> Iterator[tuple[str, Path]]:
    """Yield (dotted name, path) of every Python file in the tree."""
    for path in tracked_files():
        if path.suffix == ".py":
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


@cache
def tree(path: Path) -> ast.Module:
    """Parse one file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(path: Path) -> Iterator[Import]:
    """Yield what a file imports, inside functions too: ``from a import b`` counts as ``a`` and ``a.b``."""
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield Import(module, node.module, node.lineno)
            for alias in node.names:
                yield Import(module, f"{node.module}.{alias.name}", node.lineno)


def within(name: str, room: str) -> bool:
    """True if ``name`` is ``room`` or lies inside it."""
    return name == room or name.startswith(f"{room}.")


def crash_points() -> Iterator[str]:
    """Yield every name that the product hands to ``crash_point``."""
    for name, path in sources():
        if name.split(".")[0] not in PACKAGES:
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "crash_point":
                yield str(ast.literal_eval(node.args[0]))


def pure_modules() -> list[str]:
    """The modules marked pure that exist, children included."""
    rooms: list[str] = plan()["pure"]
    return sorted(name for name, _ in sources() if any(within(name, room) for room in rooms))


def globs(modules: list[str]) -> str:
    """Return file patterns for coverage's ``--include``: one per room, its children included."""
    rooms = [room.replace(".", "/") for room in modules]
    return ",".join(f"{room}.py,{room}/*" for room in rooms)


if __name__ == "__main__":
    if sys.argv[1:] != ["pure"]:
        sys.exit("usage: python -m tests.house pure")
    sys.stdout.write(globs(plan()["pure"]))
