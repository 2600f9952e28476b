"""What leaves at once, what waits, and that it is strict JSON."""

import math

from app.child.frames import AT_ONCE, INTERVAL_S, Frames
from app.events import Scalars, decode


class Desk:
    """Frames with a clock set by hand."""

    def __init__(self) -> None:
        self.now = 100.0
        self.sent: list[bytes] = []
        self.frames = Frames(self.sent.append, lambda: self.now)
        self.series = self.frames.open("log", "loss")

    def point(self, value: float = 1.0) -> None:
        self.series.points.extend((self.series.size, value, self.now))
        self.frames.tick(self.now)

    def told(self) -> list[Scalars]:
        return [decode(line) for lines in self.sent for line in lines.split(b"\n")]


def test_a_frame_is_a_scalars_event() -> None:
    desk = Desk()
    desk.series.total = 3
    desk.now += 0.0125
    desk.point(0.5)
    assert desk.told() == [Scalars(tag="loss", origin="log", step=(0,), value=(0.5,), wall_ms=(12.5,), total=3)]


def test_what_is_no_number_travels_by_name() -> None:
    desk = Desk()
    for value in (math.nan, math.inf, -math.inf, 1e308):
        desk.point(value)
    assert repr([frame.value[0] for frame in desk.told()]) == "[nan, inf, -inf, 1e+308]"


def test_the_first_points_leave_at_once_and_then_a_frame_every_interval() -> None:
    desk = Desk()
    for _ in range(AT_ONCE + 5):
        desk.point()
    assert [len(frame.step) for frame in desk.told()] == [1] * AT_ONCE
    desk.now += INTERVAL_S
    desk.point()
    assert [len(frame.step) for frame in desk.told()] == [1] * AT_ONCE + [6]


def test_a_slow_loops_points_all_leave_at_once() -> None:
    desk = Desk()
    for _ in range(30):
        desk.point()
        desk.now += INTERVAL_S
    assert [len(frame.step) for frame in desk.told()] == [1] * 30


def test_a_series_without_a_tag_waits_for_it() -> None:
    desk = Desk()
    nameless = desk.frames.open("backward")
    nameless.points.extend((0, 2.0, desk.now))
    desk.point()
    nameless.name("backward/loss")
    desk.frames.flush(desk.now)
    assert [(frame.tag, frame.value) for frame in desk.told()] == [("loss", (1.0,)), ("backward/loss", (2.0,))]


def test_points_that_could_not_be_sent_are_kept() -> None:
    desk = Desk()

    def fail(_: bytes) -> None:
        desk.frames.send = desk.sent.append
        raise RecursionError

    desk.frames.send = fail
    try:
        desk.point()
    except RecursionError:
        desk.frames.flush(desk.now)
    assert [frame.step for frame in desk.told()] == [(0,)]


def test_a_crowd_of_points_is_cut_into_frames_that_the_wire_takes() -> None:
    desk = Desk()
    for _ in range(12_000):
        desk.series.points.extend((desk.series.size, 1.0, desk.now))
    desk.frames.flush(desk.now)
    assert [step for frame in desk.told() for step in frame.step] == list(range(12_000))
