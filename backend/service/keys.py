"""Makes a repeated POST harmless: the same key with the same request gets the answer it got before."""

from __future__ import annotations

from backend.service.errors import KeyReused
from backend.service.office import Work
from backend.store import records
from backend.store.records import Answer
from backend.store.scope import Dealer

__all__ = ["Answer", "recall", "remember"]


async def recall(work: Work, scope: Dealer, key: str, request: str) -> Answer | None:
    """Return what was answered to this key before, None if it is new. ``request`` is the request's digest.

    Raises:
        KeyReused: the key came with another request.
    """
    known = await records.recall(work.tx, scope, key)
    if known is None:
        return None
    digest, answer = known
    if digest != request:
        raise KeyReused(key)
    return answer


async def remember(work: Work, scope: Dealer, key: str, request: str, answer: Answer) -> None:
    """Keep the answer, in the transaction that made it true."""
    await records.remember(work.tx, scope, key, request, answer, work.now)
