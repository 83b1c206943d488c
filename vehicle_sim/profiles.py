"""Displays that somebody describes in a small file, checked before a screen is laid out on them.

TOML, JSON or YAML. What a file leaves out is as on our own display of that kind, with a knob or by touch::

    name = "wide-12"
    width = 1280
    height = 720
    touch = true
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vehicle_sim.theme import PROFILES, SENSUS_7, SENSUS_9, Profile

LEAST_CONTENT: Final = {False: 352, True: 384}
"""With a knob and by touch: the height between the bars, in pixels, that every page still fits."""
_Finger = Annotated[int, Field(ge=48, le=160)]
_READ: Final[Mapping[str, Callable[[str], Any]]] = {
    ".toml": tomllib.loads,
    ".json": json.loads,
    ".yaml": yaml.safe_load,
    ".yml": yaml.safe_load,
}


class ProfileError(ValueError):
    """A profile cannot be used; the message says what to change in which file."""


class _File(BaseModel):
    """The file as people write it; sizes in pixels."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    width: int = Field(ge=720, le=3840)
    height: int = Field(ge=400, le=3840)
    touch: bool = False
    status_bar: int | None = Field(default=None, ge=40, le=120)
    source_bar: int | None = Field(default=None, ge=88, le=160)
    margin: int | None = Field(default=None, ge=12, le=80)
    edge: int | None = Field(default=None, ge=0, le=24)
    row: _Finger | None = None
    pop_up_row: _Finger | None = None
    pop_up_width: int | None = Field(default=None, ge=520, le=1200)
    radius: int | None = Field(default=None, ge=0, le=40)
    focus_bar: int | None = Field(default=None, ge=4, le=16)
    map_panel: int | None = Field(default=None, ge=264, le=800)
    dial: int | None = Field(default=None, ge=72, le=160)


def chosen(text: str) -> Profile:
    """The display of that name, or the one that the file of that name describes.

    Raises:
        ProfileError: there is neither, or the file describes none that can be drawn on.
    """
    if text in PROFILES:
        return PROFILES[text]
    path = Path(text)
    if path.suffix not in _READ:
        raise ProfileError(
            f"{text!r} is no display here; there is {', '.join(PROFILES)}, or a file ({', '.join(_READ)})"
        )
    return read(path)


def read(path: Path) -> Profile:
    """Read one file.

    Raises:
        ProfileError: it cannot be read, says something wrong, or leaves too little room for a page.
    """
    try:
        described = _File.model_validate(_READ[path.suffix](path.read_text(encoding="utf-8")))
    except ValidationError as wrong:
        faults = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in wrong.errors())
        raise ProfileError(f"{path}: {faults}") from wrong
    except (OSError, ValueError, yaml.YAMLError) as unreadable:
        raise ProfileError(f"{path}: {unreadable}") from unreadable
    if described.name in PROFILES:
        raise ProfileError(f"{path}: name: {described.name!r} is our own display; call it otherwise")
    return _checked(_profile(described), path)


def _profile(described: _File) -> Profile:
    base = SENSUS_9 if described.touch else SENSUS_7
    measures = {**described.model_dump(exclude_none=True)}
    usual = min(base.pop_up_width, described.width - 2 * base.margin)
    return replace(base, **{"pop_up_width": usual, **measures})


def _checked(profile: Profile, path: Path) -> Profile:
    height = LEAST_CONTENT[profile.touch]
    content = profile.height - profile.status_bar - profile.source_bar
    side_by_side = profile.width - (0 if profile.portrait else profile.map_panel)
    faults = [
        fault
        for fault, holds in (
            (f"a page is {content} high between the bars and needs {height}", content < height),
            (f"pop_up_width: {profile.pop_up_width} is wider than the display", _too_wide(profile)),
            (f"map_panel: {profile.map_panel} leaves no map", min(side_by_side, content) < 240),
        )
        if holds
    ]
    if faults:
        raise ProfileError(f"{path}: {'; '.join(faults)}")
    return profile


def _too_wide(profile: Profile) -> bool:
    return profile.pop_up_width > profile.width - 2 * profile.edge
