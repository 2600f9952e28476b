"""Lines of a child's, with marks of any kind and text between them, in pieces of any size: what comes out is sound."""

import asyncio
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from app.events import EXPRESSION, ChildEvent, Stderr, Stdout, decode, encode
from app.runs.intake import Intake
from tests.attacks.forged import BACKWARDS, GRAPHS, TENSORS, scalars

LIMITS = replace(EXPRESSION, events=30, stdout_bytes=200)
EVENTS = (GRAPHS | BACKWARDS | TENSORS | scalars()).map(encode)
MARKS = st.sampled_from([b"", b"0 0 ", b"3 0 ", b"999999999999999 1 ", b"1 ", b"-1 0 ", b"1  1 ", b" 1 1 ", b"1 1"])
BYTES = st.binary(max_size=40)
LINES = st.builds(
    lambda mark, line, end: mark + line + end, MARKS, EVENTS | BYTES, st.sampled_from([b"\n", b"\r\n", b"", b"\n\n"])
)
TOLD = st.lists(st.tuples(st.sampled_from(["result", "out", "err"]), LINES | BYTES), max_size=8)


@settings(deadline=None, derandomize=True)
@given(TOLD, st.integers(1, 70))
def test_whatever_a_child_says_becomes_whole_events_within_the_limits(told: list[tuple[str, bytes]], size: int) -> None:
    intake = asyncio.run(_taken(told, size))
    lines = [(kind, line) for kind, line in intake.lines if kind != "record"]
    for kind, line in lines:
        assert decode(line, ChildEvent | Stdout | Stderr).type == kind
        assert not {10, 13} & set(line)
    assert len(lines) <= LIMITS.events
    printed = b"".join(piece for channel, piece in told if channel != "result")
    assert intake.flooded == (len(printed) > LIMITS.stdout_bytes) or intake.ended or intake.broken


async def _taken(told: list[tuple[str, bytes]], size: int) -> Intake:
    intake = Intake(LIMITS, lambda: None)
    for channel, data in told:
        for start in range(0, len(data), size):
            piece = data[start : start + size]
            if channel == "result":
                intake.add_results(piece)
            else:
                intake.add_text(Stdout if channel == "out" else Stderr, piece)
    intake.flush(final=True)
    intake.close()
    return intake
