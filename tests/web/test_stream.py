"""Streams: the very lines, resumed after any number; live ones over a real server."""

import asyncio
import json
import threading
import zlib
from collections.abc import Iterator

import httpx
import pytest

from app.events import Outcome, Stdout, encode
from app.runs.journal import Journal
from app.runs.replay import ReplayRunner
from app.runs.runner import finished_line
from app.settings import Bounds, Settings
from app.web import stream
from tests.supervised import wait_for

from .serving import RECORDINGS, SLOW, build, reach, recordings, serve
from .test_api import ended

pytestmark = pytest.mark.anyio


def frames(text: str) -> list[tuple[str, str, str]]:
    """Each event's id, type and data, as an EventSource reads them."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "data" in fields:
            found.append((fields["id"], fields["event"], fields["data"]))
    return found


def lines(run: str, name: str = "pow_add") -> list[str]:
    """A recording's lines, the first under the run's own id."""
    text = (RECORDINGS / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [text[0].replace('"run_id":"pow-add"', f'"run_id":"{run}"'), *text[1:]]


async def test_every_event_travels_byte_for_byte_under_its_number() -> None:
    async with reach(build()) as client:
        run = await ended(client)
        answer = await client.get(f"/api/runs/{run}/events")
    want = [(str(place), json.loads(line)["type"], line) for place, line in enumerate(lines(run), 1)]
    assert frames(answer.text) == want
    assert answer.headers["content-type"].split(";")[0] == "text/event-stream"
    assert answer.headers["cache-control"] == "no-store, no-transform"
    assert answer.headers["x-accel-buffering"] == "no"


async def test_a_client_that_takes_gzip_gets_the_same_events_each_at_once() -> None:
    async with reach(build()) as client:
        run = await ended(client)
        plain = await client.get(f"/api/runs/{run}/events", headers={"Accept-Encoding": "identity"})
        packed = await client.get(f"/api/runs/{run}/events", headers={"Accept-Encoding": "gzip"})
    assert (plain.headers.get("content-encoding"), packed.headers["content-encoding"]) == (None, "gzip")
    assert packed.text == plain.text
    pieces = stream._compressed(stream.single(Journal().follow(), asyncio.Event()))
    assert zlib.decompressobj(stream.GZIP).decompress(await anext(pieces)) == stream.RETRY
    await pieces.aclose()


async def test_a_reader_resumes_after_the_last_event_it_had() -> None:
    async with reach(build()) as client:
        run = await ended(client)
        events = f"/api/runs/{run}/events"
        asked = await client.get(events, params={"after": 5})
        resumed = await client.get(events, params={"after": 1}, headers={"Last-Event-ID": "6"})
        strange = await client.get(events, headers={"Last-Event-ID": "no number"})
    assert [number for number, _, _ in frames(asked.text)] == ["6", "7", "8"]
    assert [number for number, _, _ in frames(resumed.text)] == ["7", "8"]
    assert len(frames(strange.text)) == 8


@pytest.mark.parametrize("after", ["8", "9", "999999"])
async def test_nothing_left_is_an_answer_that_stops_an_event_source(after: str) -> None:
    async with reach(build()) as client:
        run = await ended(client)
        answer = await client.get(f"/api/runs/{run}/events", headers={"Last-Event-ID": after})
    assert (answer.status_code, answer.content) == (204, b"")


async def test_several_runs_share_a_stream_and_its_ids_resume_each_of_them() -> None:
    async with reach(build()) as client:
        one, two = await ended(client), await ended(client, "requires_grad_non_leaf")
        both = frames((await client.get("/api/events", params={"runs": f"{one},{two}"})).text)
        last = dict(part.split(":") for part in both[-1][0].split(","))
        again = await client.get("/api/events", params={"runs": f"{one},{two}"}, headers={"Last-Event-ID": both[-1][0]})
        part = await client.get(
            "/api/events", params={"runs": f"{one},{two}"}, headers={"Last-Event-ID": f"{two}:4,{one}:7"}
        )
    assert last == {one: "8", two: "4"}
    assert [data for number, _, data in both if number.startswith(one)] == lines(one)
    assert again.status_code == 204
    assert [(number.split(",")[0], kind) for number, kind, _ in frames(part.text)] == [(f"{one}:8", "finished")]


async def test_types_that_are_not_wanted_are_left_out_but_never_the_last_event() -> None:
    async with reach(build()) as client:
        run = await ended(client)
        few = await client.get(f"/api/runs/{run}/events", params={"skip": "tensor,graph,finished"})
    kinds = [json.loads(line)["type"] for line in lines(run)]
    told = [(str(n), kind) for n, kind in enumerate(kinds, 1) if kind not in ("tensor", "graph")]
    assert [(number, kind) for number, kind, _ in frames(few.text)] == told


def read_some(address: str, run: str, count: int, **headers: str) -> list[tuple[str, str, str]]:
    text = ""
    with httpx.stream("GET", f"{address}/api/runs/{run}/events", headers=headers, timeout=10) as answer:
        for piece in answer.iter_text():
            text += piece
            if text.count("\ndata: ") >= count:
                break
    return frames(text[: text.rindex("\n\n") + 2])


@pytest.fixture
def live() -> Iterator[tuple[str, str]]:
    """A real server and a run on it that goes on for some seconds."""
    with serve(build(pause_s=0.002)) as address:
        run = httpx.post(f"{address}/api/runs", json={"source": SLOW}).json()["id"]
        yield address, run
        httpx.post(f"{address}/api/runs/{run}/stop", json={})


def test_a_reader_of_a_live_run_that_comes_and_goes_misses_nothing(live: tuple[str, str]) -> None:
    address, run = live
    first = read_some(address, run, 10)
    second = read_some(address, run, 10, **{"Last-Event-ID": first[-1][0]})
    numbers = [int(number) for number, _, _ in first + second]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 20


def test_a_stop_ends_the_streams_of_every_reader(live: tuple[str, str]) -> None:
    address, run = live
    got: list[list[tuple[str, str, str]]] = []
    readers = [
        threading.Thread(target=lambda: got.append(frames(httpx.get(f"{address}/api/runs/{run}/events").text)))
        for _ in range(3)
    ]
    for reader in readers:
        reader.start()
    httpx.post(f"{address}/api/runs/{run}/stop", json={})
    for reader in readers:
        reader.join(10)
    assert [(events[-1][1], json.loads(events[-1][2])["outcome"]) for events in got] == [("finished", "stopped")] * 3


async def test_a_quiet_stream_sends_a_comment_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.01)
    events = stream.single(Journal().follow(), asyncio.Event())
    assert [await anext(events) for _ in range(3)] == [stream.RETRY, stream.HEARTBEAT, stream.HEARTBEAT]
    await events.aclose()


async def test_a_stream_ends_when_the_server_closes_and_leaves_no_reader_behind() -> None:
    journal, closing = Journal(), asyncio.Event()
    journal.append("stdout", b"{}")
    events = stream.single(journal.follow(), closing)
    begun = [await anext(events), await anext(events)]
    closing.set()
    rest = [piece async for piece in events]
    assert (begun[1], rest) == (b"id: 1\nevent: stdout\ndata: {}\n\n", [])
    assert journal._waiting == set()


def test_a_last_event_id_that_no_stream_of_ours_wrote_counts_as_none() -> None:
    assert [stream.cursor(text) for text in (None, "", "7", "-1", "١", "9" * 30)] == [0, 0, 7, 0, 0, 0]
    assert stream.cursors("b:7,a:x,zz", ["a", "b", "c"]) == {"a": 0, "b": 7, "c": 0}


def test_a_reader_that_does_not_read_holds_up_neither_the_run_nor_other_readers() -> None:
    flood = [("stdout", encode(Stdout(text="x" * 60_000)))] * 500
    lines = [*recordings()["pow_add"][:1], *flood, finished_line(Outcome.OK, "Done.", events=501)]
    with serve(build(runner=ReplayRunner({"": lines}, pause_s=0.001))) as address:
        run = httpx.post(f"{address}/api/runs", json={"source": "x"}).json()["id"]
        with httpx.stream("GET", f"{address}/api/runs/{run}/events", timeout=30) as stuck:
            assert stuck.status_code == 200
            other = httpx.get(f"{address}/api/runs/{run}/events", timeout=30)
            record = httpx.get(f"{address}/api/runs/{run}").json()
            late = b"".join(stuck.iter_bytes())
    assert record["outcome"] == "ok"
    assert late == other.content
    assert late.count(b"\nevent: stdout\n") == 500


async def test_a_large_event_travels_in_pieces_so_that_a_slow_reader_keeps_little_waiting() -> None:
    journal = Journal()
    journal.append("stdout", encode(Stdout(text="x" * 1_000_000)))
    journal.append("stdout", encode(Stdout(text="y")))
    journal.close()
    pieces = [piece async for piece in stream.single(journal.follow(), asyncio.Event())]
    assert max(map(len, pieces)) <= 2 * stream.PIECE_BYTES
    assert [len(data) for _, _, data in frames(b"".join(pieces).decode())] == [1_000_027, 28]


def test_a_client_has_so_many_streams_and_one_that_ends_makes_room() -> None:
    settings = Settings(slots=4, bounds=Bounds(client_streams=1))
    with serve(build(settings, pause_s=3600)) as address, httpx.Client(base_url=address) as client:
        events = client.post("/api/runs", json={"source": SLOW}).json()["events"]
        with client.stream("GET", events) as first:
            assert first.status_code == 200
            refused = client.get(events)
            assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
            assert refused.json()["type"] == "urn:gradwalk:problem:too-many-streams"
        wait_for(lambda: again(client, events)).close()


def again(client: httpx.Client, events: str) -> httpx.Response | None:
    """The stream, once there is room for it."""
    answer = client.send(client.build_request("GET", events), stream=True)
    if answer.status_code == 200:
        return answer
    answer.close()
    return None
