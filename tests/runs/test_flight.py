"""One run in the air, without a zygote: what a stop and a close do before it was ever launched."""

import pytest

from app.runs.flight import Flight
from app.runs.verdict import judge

from .play import open_descriptors, request

pytestmark = pytest.mark.anyio


async def test_a_flight_stopped_before_its_launch_is_over_and_stopped() -> None:
    flight = Flight(request("print(1)"))
    assert not flight.over
    flight.stop()
    await flight.begin()
    assert [line async for line in flight.told()] == []
    assert (flight.over, flight.wall_ms, judge(flight.known)[0]) == (True, 0.0, "stopped")
    flight.close()


async def test_a_closed_flight_leaves_no_descriptor() -> None:
    before = open_descriptors()
    Flight(request("print(1)")).close()
    assert open_descriptors() == before
