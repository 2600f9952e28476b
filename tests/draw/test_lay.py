"""Plans -> layouts."""

import stat
import sys
import time
from pathlib import Path

import pytest

from app.draw.lay import Kept, lay
from app.draw.layout import Engine, find_engine
from app.draw.plans import End, Plan, Slot, Wire

from .test_wiring import FRAMED


def fork(width: float) -> Plan:
    """A box above two others: no line, so that the engine is asked."""
    wires = (Wire(End(0), End(1)), Wire(End(0), End(2)))
    return Plan((Slot(width, 20), Slot(40, 20), Slot(40, 20)), 0, 0, wires, "TB")


def program(tmp_path: Path, body: str) -> Engine:
    script = tmp_path / "engine"
    script.write_text(f"#!{sys.executable}\nimport sys, os\n{body}\n", "utf-8")
    script.chmod(stat.S_IRWXU)
    return Engine(str(script), wall_s=0.5)


def test_a_port_is_where_the_wire_from_outside_goes_on() -> None:
    """The level is a frame's with two ports above: wires end exactly at them, and its own ports at its borders."""
    (laid,) = lay([FRAMED], find_engine())
    assert laid is not None
    left = laid.centres[1][0] - 100
    assert [round(route.tip[0] - left) for route in laid.routes[1:3]] == [30, 150]
    assert laid.routes[0].points[0][1] < 2
    assert laid.height - laid.routes[3].tip[1] < 2


def test_several_plans_are_laid_out_by_one_process_and_kept(tmp_path: Path) -> None:
    real = find_engine()
    assert real is not None
    calls = tmp_path / "calls"
    asking = f"open({str(calls)!r}, 'a').write('x'); os.execv({real.program!r}, [{real.program!r}, *sys.argv[1:]])"
    counting = program(tmp_path, asking)
    plans = [fork(61), fork(161), fork(61)]
    laid = lay(plans, counting)
    assert laid[0] == laid[2] != laid[1]
    assert lay(plans, counting) == laid
    assert calls.read_text() == "x"


def test_an_engine_whose_time_is_over_is_not_asked_about_the_rest(tmp_path: Path) -> None:
    calls, hanging = tmp_path / "calls", tmp_path / "engine"
    hanging.write_text(f"#!/bin/sh\nprintf x >>'{calls}'\nexec sleep 600\n")
    hanging.chmod(stat.S_IRWXU)
    plans = [fork(62), fork(162), fork(262)]
    assert lay(plans, Engine(str(hanging), wall_s=60, until=time.monotonic() + 2)) == [None] * 3
    assert calls.read_text() == "x"
    assert lay([fork(63)], Engine(str(hanging), until=time.monotonic())) == [None]
    assert calls.read_text() == "x"


@pytest.mark.parametrize("body", ["sys.exit(1)", "print('{}')", "print('nonsense')", "print('{}{}')"])
def test_what_the_engine_does_not_lay_out_is_none_and_not_asked_again(body: str, tmp_path: Path) -> None:
    asked = [fork(70 + len(body)), fork(170 + len(body))]
    assert lay(asked, program(tmp_path, body)) == [None, None]
    calls = tmp_path / "calls"
    assert lay(asked, program(tmp_path, f"open({str(calls)!r}, 'x')")) == [None, None]
    assert not calls.exists()


def test_after_a_while_a_failure_is_forgotten_and_a_layout_is_not() -> None:
    (laid,) = lay([fork(90)], None)
    forgetful, kept = Kept(failed_s=0), Kept()
    for each in (forgetful, kept):
        each.put("dot", {"fails": None, "works": laid})
    assert forgetful.pick("dot", ["fails", "works", "other"]) == {"works": laid}
    assert kept.pick("dot", ["fails", "works", "other"]) == {"fails": None, "works": laid}


def test_without_an_engine_the_layout_is_our_own() -> None:
    (laid,) = lay([fork(80)], None)
    assert laid is not None
    assert laid.engine == "linear"
