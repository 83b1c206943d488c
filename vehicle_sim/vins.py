"""Vehicle identification numbers of invented cars: well formed, with a right check digit, always the same."""

from __future__ import annotations

from collections.abc import Container
from itertools import count
from typing import Final

from protocol.values import has_good_check_digit

_FIRST: Final = 100_001


def invented(number: int) -> str:
    """Return the VIN of the ``number``-th invented car, counted from 0.

    Raises:
        ValueError: there are no more than 899,999.
    """
    serial = _FIRST + number
    if not _FIRST <= serial <= 999_999:
        raise ValueError(f"there is no invented car {number}; they are counted from 0 to {999_999 - _FIRST}")
    tried = (f"YV1FW705{digit}E1{serial}" for digit in "0123456789X")
    return next(vin for vin in tried if has_good_check_digit(vin))


def free(taken: Container[str]) -> str:
    """Return the first invented VIN that is not taken."""
    return next(vin for number in count() if (vin := invented(number)) not in taken)
