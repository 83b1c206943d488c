"""Colours, type and measures of the head unit, so that no screen invents its own.

Colours go by token; a scene names tokens, the painter looks them up for night or day. Measures are
pixels of the nominal display; a profile holds those that differ between displays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Token = Literal[
    "ground_top",
    "ground_bottom",
    "panel",
    "panel_top",
    "line",
    "text",
    "secondary",
    "accent",
    "accent_deep",
    "amber",
    "green",
    "red",
    "black",
    "road",
    "road_minor",
    "road_path",
    "park",
    "water",
    "map_ground",
    "grid",
    "casing",
    "badge",
    "trim_top",
    "trim_bottom",
    "trim_edge",
    "key_top",
    "key_bottom",
]
Rgb = tuple[int, int, int]


def _rgb(text: str) -> Rgb:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _colours(**tokens: str) -> Mapping[Token, Rgb]:
    return MappingProxyType({name: _rgb(value) for name, value in tokens.items()})  # type: ignore[misc]  # keyword names are the tokens; test_theme checks that none is missing


_TRIM: Final = {
    "trim_top": "#20262C",
    "trim_bottom": "#0E1115",
    "trim_edge": "#39424B",
    "key_top": "#1B2127",
    "key_bottom": "#101418",
}
"""The plastic and metal around the glass: the same by day and night."""
NIGHT: Final = _colours(
    ground_top="#0A0E13",
    ground_bottom="#030507",
    panel="#141B23",
    panel_top="#18212A",
    line="#2A3540",
    text="#E9EEF2",
    secondary="#93A1AE",
    accent="#4E9FD1",
    accent_deep="#1C4F75",
    amber="#E9A23B",
    green="#69B98A",
    red="#D9483B",
    black="#000000",
    road="#3F4E5D",
    road_minor="#2A3540",
    road_path="#1B242D",
    park="#14241A",
    water="#0F2233",
    map_ground="#0A0F14",
    grid="#121A21",
    casing="#04070A",
    badge="#10161C",
    **_TRIM,
)
DAY: Final = _colours(
    ground_top="#2A343E",
    ground_bottom="#151B22",
    panel="#2D3843",
    panel_top="#35414D",
    line="#4A5866",
    text="#FFFFFF",
    secondary="#C2CCD5",
    accent="#6FBDEB",
    accent_deep="#2A6C9C",
    amber="#FFBC57",
    green="#86D6A6",
    red="#F2685C",
    black="#000000",
    road="#6A7988",
    road_minor="#4A5764",
    road_path="#38434E",
    park="#2E4A37",
    water="#27506E",
    map_ground="#242D36",
    grid="#2D3742",
    casing="#10151A",
    badge="#141A20",
    **_TRIM,
)

Weight = Literal["regular", "medium", "semibold"]


class Type:
    """The type scale, in pixels of the em."""

    ROW: Final = 28.0
    TITLE: Final = 31.0
    HEADING: Final = 34.0
    SECONDARY: Final = 22.0
    FACT: Final = 23.0
    VALUE: Final = 24.0
    STATUS: Final = 22.0
    FIGURE: Final = 46.0
    SMALL: Final = 20.0
    ATTRIBUTION: Final = 14.0


@dataclass(frozen=True, slots=True)
class Profile:
    """One display: its size and the measures that hang on it, in pixels."""

    name: str
    width: int
    height: int
    status_bar: int = 48
    margin: int = 24
    edge: int = 8
    row: int = 72
    pop_up_row: int = 64
    pop_up_width: int = 656
    radius: int = 12
    focus_bar: int = 6
    map_panel: int = 264
    """Width of the panel beside the map; its height where it lies under it."""
    dial: int = 88
    """Kept free for the TUNE dial at the right edge."""
    source_bar: int = 0
    """At the foot of a touch display: its targets are the keys that it has not."""
    touch: bool = False
    """Fingers on the glass instead of a knob: every choice is a target, nothing has the focus."""

    @property
    def portrait(self) -> bool:
        """Whether it is higher than wide."""
        return self.height > self.width


SENSUS_7: Final = Profile("sensus-7", 800, 480)
SENSUS_9: Final = Profile(
    "sensus-9",
    768,
    1024,
    status_bar=72,
    margin=32,
    row=96,
    pop_up_row=88,
    pop_up_width=704,
    radius=20,
    map_panel=352,
    source_bar=104,
    touch=True,
)
PROFILES: Final[Mapping[str, Profile]] = MappingProxyType(
    {profile.name: profile for profile in (SENSUS_7, SENSUS_9)}
)
