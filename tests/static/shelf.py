"""Runs as the server lists them, made by hand: a page asks for them and each answer comes from here."""

import json
import math
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

SOURCE = """import torch

learning_rate = {rate}
N, D_in = 64, 1000
for step in range(500):
    log(step, loss=step * learning_rate)
"""
STARTED = {
    "type": "started", "run_id": "any", "preset": "training", "python": "3", "torch": "2",
    "started_at": "2026-01-02T03:04:05.000Z",
}  # fmt: skip
FINISHED = {
    "type": "finished", "outcome": "ok", "detail": "", "events": 2, "dropped": 0, "wall_ms": 1.0, "cpu_ms": None,
    "peak_memory_bytes": None,
}  # fmt: skip


def stream(*events: dict[str, Any], after: int = 0) -> str:
    """Events as a stream brings them, numbered."""
    told = [
        f"id: {after + place}\nevent: {each['type']}\ndata: {json.dumps(each)}\n\n"
        for place, each in enumerate(events, 1)
    ]
    return "retry: 10\n\n" + "".join(told)


def series(values: list[Any], tag: str = "loss", total: int | None = None) -> dict[str, Any]:
    """A series' record, as if its points were these."""
    numbers = [value for value in values if isinstance(value, float) and math.isfinite(value)]
    return {
        "tag": tag, "origin": "log", "count": len(values), "total": total, "last_step": len(values) - 1,
        "last_value": values[-1], "min_value": min(numbers), "min_step": values.index(min(numbers)),
        "steps_per_s": 1200.0, "eta_s": 30.0 if total else None,
    }  # fmt: skip


def run(name: str, **changes: Any) -> dict[str, Any]:
    """A finished run of the source above; `rate` goes into it, `values` are its loss."""
    values = changes.pop("values", [4.0, 2.0, 1.0])
    rate = changes.pop("rate", "1e-4")
    main = series(values, total=changes.pop("total", None))
    return {
        "id": name, "url": f"/api/runs/{name}", "events": f"/api/runs/{name}/events", "title": f"Title of {name}",
        "group": None, "preset": "training", "outcome": "ok", "detail": "The program ran to its end.",
        "state": "finished", "queue_position": None, "created_at": "2026-01-02T03:04:05.000Z",
        "started_at": "2026-01-02T03:04:05.000Z", "finished_at": "2026-01-02T03:04:06.000Z", "wall_ms": 1234.0,
        "scalars": {}, "series": [main, series([1e-3] * len(values), "lr")], "best": {"tag": "loss", "origin": "log"},
        "sparkline": values[:64], "source": SOURCE.format(rate=rate), "values": values, **changes,
    }  # fmt: skip


class Shelf:
    """Answers a page's calls about runs; what the page changes is changed in `runs`, newest first."""

    def __init__(self, page: "Page", *runs: dict[str, Any]) -> None:
        self.runs = list(runs)
        self.asked: list[tuple[str, str, Any]] = []
        page.route("**/api/runs**", self._answer)
        page.route("**/api/runs/**", self._answer)

    def _answer(self, route: "Route") -> None:
        request, url = route.request, urlsplit(route.request.url)
        body = json.loads(request.post_data) if request.post_data else None
        self.asked.append((request.method, url.path + (f"?{url.query}" if url.query else ""), body))
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        _, _, _, *rest = url.path.split("/")
        if not rest:
            self._all(route, request.method, query, body)
            return
        found = next((each for each in self.runs if each["id"] == rest[0]), None)
        if rest[1:2] == ["graphs"]:
            route.fallback()
        elif found is None:
            route.fulfill(status=404, json={"title": "There is no such run.", "detail": "It may have been deleted."})
        elif rest[1:] == ["events"]:
            route.fulfill(body=stream(STARTED, FINISHED), content_type="text/event-stream")
        elif rest[1:] == ["scalars"]:
            route.fulfill(json=_points(found["values"], query))
        else:
            self._one(route, request.method, found, rest[1:], body)

    def _all(self, route: "Route", method: str, query: dict[str, str], body: Any) -> None:
        if method == "POST":
            name = f"new{len(self.runs)}"
            added = run(name, title=body.get("title"), group=body.get("group"), source=body["source"])
            self.runs.insert(0, added)
            route.fulfill(status=201, json=added)
            return
        listed = [each for each in self.runs if query.get("group") in (None, each["group"])]
        names = [each["id"] for each in listed]
        first = names.index(query["before"]) + 1 if "before" in query else 0
        route.fulfill(json=listed[first : first + int(query["limit"])])

    def _one(self, route: "Route", method: str, found: dict[str, Any], rest: list[str], body: Any) -> None:
        if method == "PATCH":
            found.update(body)
        if method == "DELETE":
            self.runs.remove(found)
        if rest == ["stop"]:
            found.update(state="finished", outcome="stopped")
        if method == "DELETE":
            route.fulfill(status=204)
        else:
            route.fulfill(json=found)


def _points(values: list[Any], query: dict[str, str]) -> dict[str, Any]:
    first, last = int(query.get("from", 0)), int(query.get("to", len(values)))
    steps = list(range(first, min(last + 1, len(values))))
    stride = -(-len(steps) // int(query["points"]))
    kept = steps[::stride]
    return {"step": kept, "value": [values[step] for step in kept], "total": len(steps), "origin": "log"}
