"""What operators look at: whether it lives, whether it works, and its figures."""

from __future__ import annotations

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from backend.web import answers
from backend.web.endpoint import Answer, endpoint
from backend.web.errors import Unavailable, Wrong
from backend.web.keys import HEALTH, METRICS


@endpoint(answers=answers.Alive)
async def live() -> Answer:
    """Tell that the process runs."""
    return Answer(answers.Alive())


@endpoint(answers=answers.Ready, refuses=(Unavailable,))
async def ready(request: web.Request) -> Answer:
    """Tell whether every part works.

    503 with the words of what does not: the database, the broker, a loop that keeps failing.
    """
    health = await request.app[HEALTH]()
    if not health.ready:
        errors = [Wrong(detail=words, parameter=part) for part, words in health.parts.items() if words]
        words = "; ".join(f"{error.parameter}: {error.detail}" for error in errors)
        raise Unavailable(words, errors=errors)
    return Answer(answers.Ready(parts=dict.fromkeys(health.parts, "well")))


@endpoint(media={CONTENT_TYPE_LATEST.partition(";")[0]: "Figures in the Prometheus text format"})
async def metrics(request: web.Request) -> web.Response:
    """Read the figures, for Prometheus."""
    kept = request.app[METRICS]
    for part, words in (await request.app[HEALTH]()).parts.items():
        kept.well.labels(part).set(0 if words else 1)
    return web.Response(body=generate_latest(kept.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
