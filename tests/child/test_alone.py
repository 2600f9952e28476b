"""A program in a process without walls: frames out, in order."""

import subprocess

from app.child.alone import HEADER
from app.events import EXPRESSION, ChildEvent, Ended, Preset, RunRequest, Scalars, decode, encode_request
from app.runs.zygote import command, environment


def frames(data: bytes) -> list[tuple[bytes, bytes]]:
    found = []
    while data:
        kind, size = HEADER.unpack_from(data)
        found.append((kind, data[HEADER.size : HEADER.size + size]))
        data = data[HEADER.size + size :]
    return found


def test_what_is_printed_and_reported_comes_framed_and_native_output_stays_apart() -> None:
    source = "import os, sys\nprint('a')\nprint('b', file=sys.stderr)\nos.write(1, b'native')"
    request = RunRequest(source=source, preset=Preset.EXPRESSION, limits=EXPRESSION)
    done = subprocess.run(
        command("child.alone"), env=environment(None), input=encode_request(request), capture_output=True, check=True
    )
    told = frames(done.stdout)
    assert told[:3] == [(b"w", b""), (b"o", b"a\n"), (b"e", b"b\n")]
    assert decode(told[-1][1].removesuffix(b"\n"), Ended).outcome == "ok"
    assert done.stderr == b"native"


def test_a_loop_has_the_same_curves_here() -> None:
    source = "for t in range(2):\n    print(f'Acc: {t + 0.5}')\n    loss = t / 2"
    request = RunRequest(source=source, preset=Preset.EXPRESSION, limits=EXPRESSION)
    done = subprocess.run(
        command("child.alone"), env=environment(None), input=encode_request(request), capture_output=True, check=True
    )
    told = [
        decode(line, ChildEvent) for kind, lines in frames(done.stdout) if kind == b"r" for line in lines.splitlines()
    ]
    points = {(each.tag, each.step, each.value, each.total) for each in told if isinstance(each, Scalars)}
    assert points == {
        ("loss", (0,), (0.0,), 2),
        ("loss", (1,), (0.5,), 2),
        ("stdout/Acc", (0, 1), (0.5, 1.5), 2),
    }
