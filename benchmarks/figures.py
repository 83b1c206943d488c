"""Turns samples into figures that can be compared: medians and spreads, a table, a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from math import ceil
from typing import Final

_WIDTH, _LEFT, _RIGHT, _ROW, _TOP = 860, 300, 90, 34, 64
_INK, _FAINT, _BAR, _FLOOR = "#1c2430", "#8a94a3", "#2f6f9f", "#9db4c6"


@dataclass(frozen=True, slots=True)
class Spread:
    """A series of samples in milliseconds."""

    samples: int
    p10: float
    p50: float
    p90: float
    p99: float
    least: float
    most: float


def spread(seconds: Sequence[float]) -> Spread:
    """Return the figures of a series, by nearest rank."""
    ordered = sorted(1000 * value for value in seconds)

    def rank(share: float) -> float:
        return round(ordered[max(0, ceil(share * len(ordered)) - 1)], 3)

    return Spread(
        len(ordered),
        rank(0.1),
        rank(0.5),
        rank(0.9),
        rank(0.99),
        round(ordered[0], 3),
        round(ordered[-1], 3),
    )


def table(rows: Mapping[str, Spread]) -> str:
    """Return the rows as text."""
    width = max(len(name) for name in rows)
    lines = [f"{'milliseconds':<{width}}  {'n':>4} {'p10':>8} {'p50':>8} {'p90':>8} {'p99':>8}"]
    lines += [
        f"{name:<{width}}  {row.samples:>4} {row.p10:>8.2f} {row.p50:>8.2f} {row.p90:>8.2f} {row.p99:>8.2f}"
        for name, row in rows.items()
    ]
    return "\n".join(lines)


def picture(title: str, note: str, rows: Mapping[str, Spread], floors: Sequence[str]) -> str:
    """Return the rows as SVG: a bar to the median, a line to the 99th percentile."""
    longest: Final = max(row.p99 for row in rows.values())
    height = _TOP + _ROW * len(rows) + 44

    def x(milliseconds: float) -> float:
        return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * milliseconds / longest, 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img"',
        f' font-family="system-ui, sans-serif" font-size="13" fill="{_INK}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="20" y="30" font-size="17" font-weight="600">{escape(title)}</text>',
        f'<text x="20" y="{height - 16}" font-size="12" fill="{_FAINT}">{escape(note)}</text>',
    ]
    for place, (name, row) in enumerate(rows.items()):
        y = _TOP + _ROW * place
        colour = _FLOOR if name in floors else _BAR
        median, worst = x(row.p50), x(row.p99)
        parts += [
            f'<text x="{_LEFT - 12}" y="{y + 15}" text-anchor="end">{escape(name)}</text>',
            f'<path d="M{_LEFT} {y + 10}H{median}" stroke="{colour}" stroke-width="20"/>',
            f'<path d="M{median} {y + 10}H{worst}M{worst} {y + 4}v12" stroke="{colour}" stroke-width="2"/>',
            f'<text x="{worst + 8}" y="{y + 15}">{row.p50:.1f} ms</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


def plain(rows: Mapping[str, Spread]) -> dict[str, dict[str, float]]:
    """Return the rows as JSON wants them."""
    return {name: asdict(row) for name, row in rows.items()}
