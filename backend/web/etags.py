"""Makes and reads entity tags: which version a change is based on, and whether a caller has the present text.

A tag is the version and what tells one text from another, since time alone changes some of a text (the lists
that an appointment is in) but nothing that anybody edits. `If-None-Match` is about the text, `If-Match` about
the version: a plain `"3"` will do there.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from pydantic import BaseModel

_VERSION: Final = re.compile(r"(\d{1,9})(-[0-9a-f]+)?", re.ASCII)


def text_of(told: BaseModel) -> str:
    """Return an answer as it goes out."""
    return told.model_dump_json(by_alias=True)


def make(version: str, text: str) -> str:
    """Return the entity tag of a text at a version, without its quotation marks."""
    return f"{version}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def read(header: str) -> str | None:
    """Return what an ``If-Match`` of one strong tag names, ``*`` for any, None if it is neither."""
    text = header.strip()
    if text == "*":
        return text
    if len(text) >= 2 and text[0] == text[-1] == '"' and '"' not in text[1:-1]:
        return text[1:-1]
    return None


def version_of(tag: str) -> int | None:
    """Return the version that an entity tag names; None for any, 0 (which nothing has) for a foreign one."""
    if tag == "*":
        return None
    found = _VERSION.fullmatch(tag)
    return int(found[1]) if found else 0
