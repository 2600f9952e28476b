"""The first moments of a child: nothing is run where a wall is missing."""

from .alone_in_python import in_a_fresh_python

BROKEN = """
    import os
    from app.child.confine import Allowance, Walls
    from app.child.forked import run
    from app.child.streams import Descriptors
    from app.events import EXPRESSION, Preset, RunRequest, encode_request
    request = os.memfd_create("request")
    source = "import os; os.write(1, b'it ran')"
    os.write(request, encode_request(RunRequest(source=source, preset=Preset.EXPRESSION, limits=EXPRESSION)))
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        run(Walls(999, 1, False), Descriptors(request, writing, writing, writing), Allowance(1, 1 << 30, 0), os.getppid())
    os.close(writing)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    told = os.read(reading, 65536)
    print(b"it ran" in told, b"OSError" in told)
"""


def test_where_a_wall_cannot_be_put_up_nothing_runs_and_the_status_says_so() -> None:
    assert in_a_fresh_python(BROKEN) == ["125", "False True"]
