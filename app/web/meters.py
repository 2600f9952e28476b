"""What a monitor reads: requests, runs, streams and walls, as Prometheus has them.

Counted in all web processes of a server, whichever answers; of runs, what the agent says. Source: the Prometheus
exposition format and its names.
"""

import os
import time
from collections.abc import Iterator
from typing import Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..agent.agent import Agent
from .turnstile import Turnstile

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10)
STATES = ("starting", "ready", "refusing")
MEDIA_TYPE = CONTENT_TYPE_LATEST
METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"})


class Meters:
    """The counters of one app."""

    def __init__(self) -> None:
        self.registry = self._told = CollectorRegistry()
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # one of several web processes, whose figures are read from files
            self._told = CollectorRegistry()
            MultiProcessCollector(self._told)  # type: ignore[no-untyped-call]  # it has no types
        else:
            ProcessCollector(registry=self.registry)
            PlatformCollector(registry=self.registry)
        labels = ["method", "route", "status"]
        self._requests = Counter("gradwalk_requests", "Answered requests.", labels, registry=self.registry)
        self._seconds = Histogram(
            "gradwalk_request_seconds",
            "From a request to the last byte of its answer; a stream's to its first.",
            ["route"],
            registry=self.registry,
            buckets=SECONDS,
        )

        self._streams = Gauge(
            "gradwalk_streams", "Open event streams.", registry=self.registry, multiprocess_mode="livesum"
        )

    def watch(self, agent: Agent, turnstile: Turnstile) -> None:
        """Tells of this agent and these streams too."""
        self._told.register(_Gauges(agent))
        turnstile.heard = self._streams.set

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts an answered request."""
        self._requests.labels(method if method in METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """All there is to read."""
        return generate_latest(self._told)


class _Gauges:
    """What is so at this moment."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent

    def collect(self) -> Iterator[Metric]:
        """Every gauge, read now."""
        health, load = self._agent.health(), self._agent.load()
        yield _by("gradwalk_runs_running", "Runs that go on.", "kind", load.running)
        yield _by("gradwalk_runs_waiting", "Runs that wait for a slot.", "kind", load.waiting)
        yield GaugeMetricFamily("gradwalk_slots", "Runs of one kind that may go on at once.", load.slots)
        yield GaugeMetricFamily("gradwalk_queue_bound", "Runs of one kind that may wait.", load.queue)
        states = {state: int(state == health.state) for state in STATES}
        yield _by("gradwalk_state", "Whether programs can be run.", "state", states)
        yield _by("gradwalk_wall_layer", "Whether a layer of the wall stands.", "layer", health.layers)
        ended = CounterMetricFamily("gradwalk_runs_ended", "Runs that ended.", labels=["preset", "outcome"])
        for name, count in load.outcomes.items():
            ended.add_metric(name.split("/", 1), count)
        yield ended


def _by(name: str, words: str, label: str, values: Any) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for key, value in values.items():
        family.add_metric([key], float(value))
    return family


class Metered:
    """Middleware that counts every request by its route; an address that no route knows is counted as `other`."""

    def __init__(self, app: ASGIApp, *, meters: Meters) -> None:
        self._app = app
        self._meters = meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        status, streams, took = 500, False, 0.0

        async def heard(message: Message) -> None:
            nonlocal status, streams, took
            if message["type"] == "http.response.start":
                status = message["status"]
                streams = any(value.startswith(b"text/event-stream") for _, value in message["headers"])
            if not (streams and took):
                took = time.perf_counter() - begun
            await send(message)

        try:
            await self._app(scope, receive, heard)
        finally:
            self._meters.count(scope["method"], _route(scope), status, took or time.perf_counter() - begun)


def _route(scope: Scope) -> str:
    route = scope.get("route")
    path = getattr(route, "path", None)
    if path is not None:
        return str(path)
    return "/static" if scope["path"].startswith("/static/") else "other"
