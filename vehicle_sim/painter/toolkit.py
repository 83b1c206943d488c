"""Imports pygame lightly, and once: the painter and the window take it from here.

Where setuptools is installed, pygame imports its pkg_resources for a font that nobody here uses: that takes
longer than all of pygame. If there is none, pygame does without; so for that moment there is none.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Final

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

_ABSENT: Final = "pkg_resources"

if TYPE_CHECKING or _ABSENT in sys.modules:
    import pygame
else:
    sys.modules[_ABSENT] = None  # how Python marks what is not to be found
    try:
        pygame = importlib.import_module("pygame")
    finally:
        del sys.modules[_ABSENT]

__all__ = ["pygame"]
