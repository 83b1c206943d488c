"""Asks a bench for the command line: one request, one answer, errors in words; light, to be quick."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

TIMEOUT = 30.0
"""Seconds for an answer."""


class BenchError(Exception):
    """The bench said no, or nothing: the message says which and why."""


@dataclass(frozen=True, slots=True)
class Remote:
    """One car on the bench at ``url``."""

    url: str
    vin: str

    def get(self, path: str = "", timeout: float | None = None) -> Any:
        """Return the JSON at ``/v1/cars/{vin}{path}``; ``timeout`` in seconds, where that may take long.

        Raises:
            BenchError: see there.
        """
        return json.loads(self.ask("GET", path, timeout=timeout))

    def send(self, method: str, path: str, body: object) -> Any:
        """Send JSON and return the JSON of the answer.

        Raises:
            BenchError: see there.
        """
        return json.loads(self.ask(method, path, json.dumps(body).encode()))

    def ask(self, method: str, path: str, body: bytes | None = None, timeout: float | None = None) -> bytes:
        """Return the bytes of the answer.

        Raises:
            BenchError: the bench cannot be reached, or refuses.
        """
        parts = urlsplit(self.url)
        if parts.scheme != "http" or not parts.hostname:
            raise BenchError(f"{self.url!r} is no address of a bench; one looks like http://127.0.0.1:8090")
        connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=timeout or TIMEOUT)
        try:
            headers = {"Content-Type": "application/json"} if body is not None else {}
            connection.request(method, f"{parts.path.rstrip('/')}/v1/cars/{self.vin}{path}", body, headers)
            answer = connection.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException) as failure:
            raise BenchError(
                f"no bench answers at {self.url} ({failure}); is sensus head-unit running?"
            ) from failure
        finally:
            connection.close()
        if answer.status >= 400:
            raise BenchError(_detail(data) or f"{self.url} answers {answer.status} {answer.reason}")
        return data


def _detail(data: bytes) -> str | None:
    try:
        problem = json.loads(data)
    except ValueError:
        return None
    return str(problem["detail"]) if isinstance(problem, dict) and "detail" in problem else None
