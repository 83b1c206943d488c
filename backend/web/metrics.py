"""Figures for operators in the Prometheus format: how often, how long, and what is waiting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

PREFIX: Final = "sensus"


@dataclass(frozen=True, slots=True)
class Metrics:
    """One registry per backend, so that two of them in one process do not add up."""

    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram
    well: Gauge
    restarts: Counter


def new_metrics() -> Metrics:
    """Return the figures at zero."""
    registry = CollectorRegistry()
    return Metrics(
        registry=registry,
        requests=Counter(
            "http_requests",
            "HTTP requests answered",
            ["method", "route", "status"],
            namespace=PREFIX,
            registry=registry,
        ),
        seconds=Histogram(
            "http_request_seconds",
            "Time to answer, in seconds of real time",
            ["method", "route"],
            namespace=PREFIX,
            registry=registry,
            buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 30),
        ),
        well=Gauge(
            "well", "1 where a part is well, 0 where it is not", ["part"], namespace=PREFIX, registry=registry
        ),
        restarts=Counter(
            "loop_restarts",
            "Loops that ended by a fault and were started again",
            ["loop"],
            namespace=PREFIX,
            registry=registry,
        ),
    )
