"""A program in a process without walls: frames out, in order."""

import subprocess

from app.child.alone import HEADER
from app.events import EXPRESSION, Ended, Preset, RunRequest, decode, encode_request
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
