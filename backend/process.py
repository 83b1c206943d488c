"""What every server of this side does as a process: logs in one way, and says when it serves."""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path

import structlog


def write_ready_file(path: Path, facts: dict[str, object]) -> None:
    """Write the file that says that we serve: whole, or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(facts))
    draft.replace(path)


def configure_logging(level: str) -> None:
    """Log one JSON line per event to standard error."""
    number = logging.getLevelNamesMapping()[level]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr)
