"""Bytes in, lines out: text before the event it came before, everything checked and capped."""

from typing import Any

import pytest

from app.events import Ended, Graph, Limits, Outcome, Scalars, Stderr, Stdout, encode
from app.runs.intake import PIECE_BYTES, Intake

from ..columns import record_line

pytestmark = pytest.mark.anyio

POINT = encode(Scalars(tag="loss", origin="log", step=(1,), value=(1.0,), wall_ms=(1.0,)))
ENDED = encode(Ended(outcome=Outcome.OK, detail="", cpu_ms=1.0, peak_memory_bytes=1))
GRAPH = encode(Graph(index=0, reason="final", line=1, roots=(), nodes=(), edges=(), total_nodes=3, truncated=True))


def intake(**limits: Any) -> Intake:
    numbers: dict[str, Any] = {"wall_s": 1, "cpu_s": 1, "memory_bytes": 1, "events": 100, "stdout_bytes": 10**6}
    return Intake(Limits(**(numbers | limits)), lambda: None)


def kinds(taken: Intake) -> list[str]:
    return [kind for kind, _ in taken.lines]


def texts(taken: Intake) -> list[bytes]:
    return [line for kind, line in taken.lines if kind in ("stdout", "stderr")]


async def test_text_waits_for_more_until_an_event_comes() -> None:
    taken = intake()
    taken.add_text(Stdout, b"a")
    taken.add_text(Stdout, b"b")
    assert kinds(taken) == []
    taken.add_results(POINT + b"\n")
    assert list(taken.lines) == [("stdout", b'{"type":"stdout","text":"ab"}'), ("scalars", POINT)]
    taken.close()


async def test_text_stands_before_the_event_whose_marks_include_it_and_the_rest_after() -> None:
    taken = intake()
    taken.add_text(Stdout, b"before after")
    taken.add_text(Stderr, b"error")
    taken.add_results(b"6 0 " + POINT + b"\n" + b"12 5 " + POINT + b"\n")
    assert kinds(taken) == ["stdout", "scalars", "stdout", "stderr", "scalars"]
    assert texts(taken)[:2] == [b'{"type":"stdout","text":"before"}', b'{"type":"stdout","text":" after"}']
    taken.close()


async def test_forged_marks_lose_no_text() -> None:
    taken = intake()
    taken.add_text(Stdout, b"text")
    taken.add_results(b"999999999999999 0 " + POINT + b"\n0 0 " + POINT + b"\n0 0 " + ENDED + b"\n")
    assert kinds(taken) == ["stdout", "scalars", "scalars"]
    assert taken.ended is not None
    taken.close()


async def test_a_large_piece_does_not_wait() -> None:
    taken = intake()
    taken.add_text(Stdout, b"x" * PIECE_BYTES)
    assert kinds(taken) == ["stdout"]
    taken.close()


async def test_a_character_split_over_two_reads_is_one_character() -> None:
    taken = intake()
    for byte in "é".encode():
        taken.add_text(Stdout, bytes([byte]))
        taken.flush()
    taken.flush(final=True)
    assert texts(taken) == [encode(Stdout(text="é"))]
    taken.close()


async def test_a_line_may_come_in_pieces() -> None:
    taken = intake()
    for byte in POINT + b"\n":
        taken.add_results(bytes([byte]))
    assert list(taken.lines) == [("scalars", POINT)]
    taken.close()


async def test_past_the_cap_events_are_counted_but_the_last_word_is_heard() -> None:
    taken = intake(events=2)
    taken.add_results((POINT + b"\n") * 5 + b"0 0 " + ENDED + b"\n")
    assert (len(taken.lines), taken.dropped, taken.ended is not None) == (2, 3, True)
    taken.close()


async def test_after_the_last_word_nothing_counts() -> None:
    taken = intake()
    taken.add_results(ENDED + b"\n" + POINT + b"\ngarbage\n")
    taken.add_text(Stdout, b"late")
    assert (kinds(taken), taken.broken) == ([], None)
    taken.close()


@pytest.mark.parametrize("line", [b"", b"x", b"1 2 x", b'{"type":"finished"}', b'{"type":"stdout","text":"x"}'])
async def test_a_line_that_is_no_childs_event_breaks_the_run(line: bytes) -> None:
    taken = intake()
    taken.add_results(line + b"\n")
    assert (taken.broken is not None, taken.over, kinds(taken)) == (True, True, [])
    taken.close()


async def test_a_graph_s_record_comes_right_before_its_event_and_counts_as_none() -> None:
    taken = intake(events=2)
    taken.add_results(record_line() + b"\n" + POINT + b"\n")
    assert kinds(taken) == ["scalars"]
    taken.add_results(GRAPH + b"\n")
    assert (list(taken.lines)[1:], taken.dropped) == ([("record", record_line()), ("graph", GRAPH)], 0)
    taken.close()


@pytest.mark.parametrize(
    "told",
    [
        [GRAPH, record_line(0), GRAPH],
        [record_line(1), GRAPH],
        [record_line(0), record_line(2**53 - 1), GRAPH],
        [GRAPH, *[record_line(1)] * 1_000],
    ],
    ids=["too late", "of another graph", "the last one says another", "a flood of them"],
)
async def test_a_record_that_belongs_to_no_graph_event_is_dropped(told: list[bytes]) -> None:
    taken = intake()
    taken.add_results(b"".join(line + b"\n" for line in told))
    assert (set(kinds(taken)), taken.broken) == ({"graph"}, None)
    taken.close()


async def test_past_the_cap_no_record_is_kept() -> None:
    taken = intake(events=1)
    taken.add_results(b"\n".join([GRAPH, record_line(1), GRAPH, b""]))
    assert kinds(taken) == ["graph"]
    taken.close()
