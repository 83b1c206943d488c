"""The streets of a small town, as data, so that a route needs no Internet."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any


@cache
def helsinki() -> dict[str, Any]:
    """Return the parsed file of central Helsinki, read once; nobody changes it."""
    source = resources.files("vehicle_sim").joinpath("roads/helsinki.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(source)
    return loaded
