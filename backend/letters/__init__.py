"""Turns facts into letters: subject, text, HTML and calendar entry, in the reader's language.

A letter is a folder of three templates under ``templates/mail``; its sentences are in ``locales/mail``.
The same facts give the same letter with the same Message-ID, so that a letter written twice after a
crash is recognised. Nothing is sent here.
"""

from __future__ import annotations

from backend.letters.code import CodeFacts, write_code
from backend.letters.facts import Letter, LetterFacts, Unwritable, from_json, message_id, to_json
from backend.letters.message import to_message
from backend.letters.writing import write

__all__ = [
    "CodeFacts",
    "Letter",
    "LetterFacts",
    "Unwritable",
    "from_json",
    "message_id",
    "to_json",
    "to_message",
    "write",
    "write_code",
]
