"""Asks the AsyncAPI Initiative's own parser what it thinks of a document; nothing has to be installed for it.

It lies in one file in ``tests/vendor/``, and the Node that runs it is the one that Playwright's wheel brings.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from playwright._impl._driver import compute_driver_executable

SCRIPT = Path(__file__).with_name("validate_asyncapi.cjs")


class Said(NamedTuple):
    """One thing that it has to say: an error, a warning or a hint."""

    code: str
    message: str
    path: str


def diagnostics(document: dict[str, Any]) -> list[Said]:
    """Return all that it has to say of ``document``."""
    node, _ = compute_driver_executable()
    answer = subprocess.run(
        [node, str(SCRIPT)],
        input=json.dumps(document).encode(),
        capture_output=True,
        check=True,
        timeout=50,
    )
    return [Said(**one) for one in json.loads(answer.stdout)]
