"""Holds a frame to a picture that somebody has approved: with tolerance, masks by name, and a report.

A golden is a PNG of a whole frame. What is left out of the comparison is named as the semantic tree names it,
such as ``clock``, so that a mask moves with what it covers.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from vehicle_sim import painter
from vehicle_sim.painter.pixels import Pixels, from_png, to_png
from vehicle_sim.screens import Part, Rect, Scene
from vehicle_sim.theme import Profile

_LOUD: Final = bytes((255, 0, 170))
"""The colour of what differs: no token of the theme comes near it."""


_ASKED: Final = 2000
"""So many differing pixels are enough to say where they lie."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How much may differ before it counts.

    Attributes:
        channel: a pixel is the same if none of its three channels is off by more, 0 to 255.
        share: so many of the compared pixels may be others, 0 to 1.
    """

    channel: int = 8
    share: float = 0.0002


@dataclass(frozen=True, slots=True)
class Comparison:
    """A frame beside its golden."""

    expected: Pixels
    seen: Pixels
    differing: tuple[tuple[int, int], ...]
    """Places of the pixels that differ and that no mask covers."""
    parts: tuple[str, ...]
    """Names of the smallest parts that they lie in."""
    masks: tuple[Rect, ...]
    allowed: int
    """So many pixels may differ."""

    @property
    def same(self) -> bool:
        """Whether the frame may pass for the golden."""
        return len(self.differing) <= self.allowed and _size(self.expected) == _size(self.seen)

    @property
    def difference(self) -> Pixels:
        """The frame, dark, with what differs in a loud colour."""
        rgb = bytearray(channel // 3 for channel in self.seen.rgb)
        for x, y in self.differing:
            at = 3 * (self.seen.width * y + x)
            rgb[at : at + 3] = _LOUD
        return Pixels(self.seen.width, self.seen.height, bytes(rgb))

    @property
    def words(self) -> str:
        """What differs, in a sentence."""
        if _size(self.expected) != _size(self.seen):
            expected, seen = ("{} x {}".format(*_size(one)) for one in (self.expected, self.seen))
            return f"the golden is {expected} pixels and the frame {seen}"
        where = f", in {', '.join(self.parts)}" if self.parts else ""
        return f"{len(self.differing)} pixels differ, {self.allowed} may{where}"


class Differs(AssertionError):
    """A frame is not what its golden shows; the message says what differs, and where the report is."""


def compare(
    golden: bytes,
    scene: Scene,
    profile: Profile,
    *,
    masks: Collection[str] = (),
    tolerance: Tolerance = Tolerance(),
) -> Comparison:
    """Compare a frame with the PNG of its golden.

    Args:
        masks: names of parts that are left out, each with all that lies in it.

    Raises:
        LookupError: the scene has no part of that name.
        ValueError: the golden is no picture.
    """
    expected, seen = from_png(golden), painter.pixels(scene, profile)
    compared = compare_pixels(expected, seen, [scene.find(name).rect for name in masks], tolerance)
    return replace(compared, parts=_parts(scene, compared.differing))


def compare_pixels(
    expected: Pixels, seen: Pixels, masks: Sequence[Rect] = (), tolerance: Tolerance = Tolerance()
) -> Comparison:
    """Compare two pictures where the masks leave them open, knowing nothing of what is on them."""
    differing = () if _size(expected) != _size(seen) else tuple(_differing(expected, seen, masks, tolerance))
    allowed = int(tolerance.share * seen.width * seen.height)
    return Comparison(expected, seen, differing, (), tuple(masks), allowed)


def hold(
    scene: Scene,
    profile: Profile,
    golden: Path,
    *,
    masks: Collection[str] = (),
    tolerance: Tolerance = Tolerance(),
    report: Path,
) -> None:
    """Do nothing if a frame is what its golden shows; otherwise write an HTML page with both to ``report``.

    Raises:
        Differs: it is not, or there is no golden yet.
        LookupError: the scene has no part to mask of that name.
    """
    if not golden.exists():
        report.parent.mkdir(parents=True, exist_ok=True)
        seen = report.with_suffix(".png")
        seen.write_bytes(painter.png(scene, profile))
        raise Differs(f"there is no golden {golden}; the frame is {seen}: copy it there if it is right")
    compared = compare(golden.read_bytes(), scene, profile, masks=masks, tolerance=tolerance)
    if not compared.same:
        write_report(compared, golden.stem, report)
        raise Differs(f"{golden.name}: {compared.words}; look at {report}")


def hold_picture(
    picture: bytes,
    golden: Path,
    *,
    masks: Sequence[tuple[int, int, int, int]] = (),
    tolerance: Tolerance = Tolerance(),
    report: Path,
) -> None:
    """Do for the PNG of a frame what :func:`hold` does for its scene.

    Args:
        masks: x, y, width, height of what is left out, in pixels.

    Raises:
        Differs: it is not what its golden shows, or there is no golden yet.
        ValueError: one of them is no picture.
    """
    if not golden.exists():
        report.parent.mkdir(parents=True, exist_ok=True)
        report.with_suffix(".png").write_bytes(picture)
        raise Differs(
            f"there is no golden {golden}; the frame is {report.with_suffix('.png')}: copy it if it is right"
        )
    rects = [Rect(*mask) for mask in masks]
    compared = compare_pixels(from_png(golden.read_bytes()), from_png(picture), rects, tolerance)
    if not compared.same:
        write_report(compared, golden.stem, report)
        raise Differs(f"{golden.name}: {compared.words}; look at {report}")


def write_report(compared: Comparison, title: str, path: Path) -> None:
    """Write one self-contained page: expected, seen and their difference side by side."""
    environment = Environment(
        loader=PackageLoader("vehicle_sim", "templates"), autoescape=True, undefined=StrictUndefined
    )
    pictures = {
        name: f"data:image/png;base64,{base64.b64encode(to_png(pixels)).decode()}"
        for name, pixels in (
            ("expected", compared.expected),
            ("seen", compared.seen),
            ("difference", compared.difference),
        )
    }
    page = environment.get_template("golden.html").render(title=title, compared=compared, pictures=pictures)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")


def _size(pixels: Pixels) -> tuple[int, int]:
    return pixels.width, pixels.height


def _differing(
    expected: Pixels, seen: Pixels, masks: Collection[Rect], tolerance: Tolerance
) -> Iterator[tuple[int, int]]:
    for y in range(seen.height):
        one, other = expected.row(y), seen.row(y)
        if one == other:
            continue
        for x in range(seen.width):
            at = slice(3 * x, 3 * x + 3)
            off = max(abs(a - b) for a, b in zip(one[at], other[at], strict=True))
            if off > tolerance.channel and not any(mask.holds(x, y) for mask in masks):
                yield x, y


def _parts(scene: Scene, places: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """The names of the lowest parts around the places, in the order of the tree; not every place is asked."""
    some = places[:: max(1, len(places) // _ASKED)]
    found = {id(part) for x, y in some if (part := _lowest(scene.root, x, y)) is not None}
    return tuple(dict.fromkeys(part.name for part in scene.root.walk() if id(part) in found))


def _lowest(part: Part, x: int, y: int) -> Part | None:
    if not part.rect.holds(x, y):
        return None
    for child in reversed(part.children):
        if (below := _lowest(child, x, y)) is not None:
            return below
    return part
