"""Holds the rules of the house that import-linter, ruff and mypy cannot hold."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import grimp
import pytest
from packaging.requirements import Requirement

from tests import house

# Bracketed, or this file would break its own rules.
REGISTRY_HOSTS = re.compile(r"pypi[.]org|pythonhosted[.]org|registry[.]npm|deb[.]debian")
MACHINE_PATHS = re.compile(r"(?<![\w.~/-])/(?:work|root|home/[a-z]|Users/[A-Za-z])/")
UNFINISHED = re.compile(r"raise NotImplemented(?:Error)|#\s*(?:TO[D]O|FIX[M]E|XX[X])\b")
SKIPS = {"skip", "skipif", "xfail", "importorskip", "skipTest", "SkipTest"}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*house.PACKAGES, include_external_packages=True, cache_dir=None)


def test_every_package_at_the_top_is_in_the_plan() -> None:
    packages = {
        path.parent.name
        for _, path in house.sources()
        if path.name == "__init__.py" and path.parent.parent == house.ROOT
    }
    assert packages == set(house.PACKAGES)


def test_every_python_file_of_a_package_is_seen_by_the_import_contracts(graph: grimp.ImportGraph) -> None:
    """A folder without __init__.py is invisible to import-linter: its files could import anything."""
    own = {name for name, _ in house.sources() if name.split(".")[0] in house.PACKAGES}
    migrations = {name for name in own if house.within(name, "backend.migrations")}
    assert own - migrations <= graph.modules


@pytest.mark.parametrize("package", house.PACKAGES)
def test_a_module_without_a_place_is_refused(package: str, tmp_path: Path) -> None:
    """The import contracts are exhaustive: a new room says where it belongs before any check passes."""
    for name, path in house.sources():
        if name.split(".")[0] in house.PACKAGES:
            copy = tmp_path / path.relative_to(house.ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    shutil.copy(house.ROOT / "pyproject.toml", tmp_path)
    (tmp_path / package / "odds_and_ends.py").write_text("")
    checked = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode != 0
    assert f"{package}.odds_and_ends" in checked.stdout


def test_pure_modules_reach_no_outside_world(graph: grimp.ImportGraph) -> None:
    forbidden: list[str] = house.plan()["pure-forbids"]
    chains = [
        " -> ".join(chain)
        for module in house.pure_modules()
        for target in forbidden
        if target in graph.modules
        for chain in [graph.find_shortest_chain(importer=module, imported=target)]
        if chain
    ]
    assert chains == []


@pytest.mark.parametrize("library", sorted(house.plan()["doors"]))
def test_one_door_each(library: str) -> None:
    keepers = house.plan()["doors"][library]
    intruders = {
        f"{found.module}:{found.line} imports {found.name}"
        for name, path in house.sources()
        if name.split(".")[0] in house.PACKAGES and not any(house.within(name, keeper) for keeper in keepers)
        for found in house.imports(path)
        if house.within(found.name, library)
    }
    assert intruders == set()


def test_only_the_command_and_the_tests_know_both_ends() -> None:
    acquainted = set()
    for name, path in house.sources():
        known = {found.name.split(".")[0] for found in house.imports(path)} & {"backend", "vehicle_sim"}
        if len(known | ({name.split(".")[0]} & {"backend", "vehicle_sim"})) == 2:
            acquainted.add(name.split(".")[0])
    assert acquainted <= {"sensus", "tests"}


def test_nobody_imports_the_command() -> None:
    """``sensus.py`` knows everybody, and nobody knows ``sensus.py``; tests may, to read its help."""
    callers = {
        name
        for name, path in house.sources()
        if not house.within(name, "tests")
        for found in house.imports(path)
        if found.name.split(".")[0] == "sensus"
    }
    assert callers == set()


def test_every_module_says_why_it_exists() -> None:
    silent = [name for name, path in house.sources() if not ast.get_docstring(house.tree(path))]
    assert silent == []


def test_no_test_is_skipped() -> None:
    found = [
        f"{name}:{node.lineno} {ast.unparse(node)}"
        for name, path in house.sources()
        if house.within(name, "tests") or name.endswith("conftest")
        for node in ast.walk(house.tree(path))
        if (isinstance(node, ast.Attribute) and node.attr in SKIPS)
        or (isinstance(node, ast.ImportFrom) and {alias.name for alias in node.names} & SKIPS)
    ]
    assert found == []


def test_randomness_is_seeded() -> None:
    """Ruff bans the module's functions; a ``Random()`` without a seed is the same thing in a class."""
    found = [
        f"{name}:{node.lineno}"
        for name, path in house.sources()
        for node in ast.walk(house.tree(path))
        if isinstance(node, ast.Call) and not node.args and not node.keywords
        if ast.unparse(node.func) in {"random.Random", "Random"}
    ]
    assert found == []


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a registry's host", REGISTRY_HOSTS),
        ("a path of one machine", MACHINE_PATHS),
        ("unfinished work", UNFINISHED),
    ],
)
def test_the_tree_is_free_of(what: str, pattern: re.Pattern[str]) -> None:
    found = []
    for path in house.tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # a font, a picture
            continue
        found += [f"{path.relative_to(house.ROOT)}: {hit.group()}" for hit in pattern.finditer(text)]
    assert found == [], what


@pytest.mark.parametrize("name", ["backend", "demo", "dev", "head-unit"])
def test_the_lock_pins_and_hashes_everything_and_names_no_address(name: str) -> None:
    text = (house.ROOT / "requirements" / f"{name}.txt").read_text()
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    options = [
        line
        for line in lines
        if line.lstrip().startswith("-") and not line.lstrip().startswith("--hash=sha256:")
    ]
    assert options == []
    assert "://" not in text
    requirements = [line for line in lines if not line.startswith(" ")]
    assert requirements
    assert [
        line
        for line in requirements
        if not re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+ ", line) or not line.endswith("\\")
    ] == []


@pytest.mark.parametrize(
    ("name", "extras"),
    [
        ("backend", {"backend"}),
        ("head-unit", {"head-unit"}),
        ("demo", {"backend", "head-unit", "demo"}),
        ("dev", {"backend", "head-unit", "demo", "can", "dev"}),
    ],
)
def test_the_lock_holds_what_pyproject_asks_for(name: str, extras: set[str]) -> None:
    """Fails after a dependency was added or raised without `make lock`."""
    project = tomllib.loads((house.ROOT / "pyproject.toml").read_text())["project"]
    asked = project["dependencies"] + [
        line for extra in extras for line in project["optional-dependencies"][extra]
    ]
    wanted = [Requirement(line) for line in asked if not line.startswith(project["name"])]
    locked = pins(name)
    astray = [
        str(requirement)
        for requirement in wanted
        if not any(requirement.specifier.contains(version) for version in locked[canonical(requirement.name)])
    ]
    assert astray == []


@pytest.mark.parametrize("name", ["backend", "demo", "head-unit"])
def test_what_is_shipped_is_a_part_of_what_is_tested(name: str) -> None:
    """The Makefile counts on it too: after `make test`, `make demo` has nothing to install."""
    shipped, tested = pins(name), pins("dev")
    assert {package for package, versions in shipped.items() if versions - tested[package]} == set()


def pins(name: str) -> defaultdict[str, set[str]]:
    """What one lock file pins: several versions where Python versions differ."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    text = (house.ROOT / "requirements" / f"{name}.txt").read_text()
    for package, version in re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", text, flags=re.MULTILINE):
        found[canonical(package)].add(version)
    return found


def canonical(name: str) -> str:
    """Package names as the index compares them."""
    return re.sub(r"[-_.]+", "-", name).lower()
