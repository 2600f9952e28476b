"""Our frames under the program's."""

import sys
import traceback

from app.child.stack import alone_on_the_stack

from .conftest import Observed


def test_the_limit_and_the_walk_are_given_back() -> None:
    before = sys.getrecursionlimit(), traceback.walk_stack
    with alone_on_the_stack():
        assert sys.getrecursionlimit() > before[0]
    assert (sys.getrecursionlimit(), traceback.walk_stack) == before


def test_a_printed_stack_begins_with_the_program(observed: Observed) -> None:
    told = observed("import traceback\ndef f():\n    traceback.print_stack()\nf()")
    assert told.stderr.splitlines() == [
        '  File "<user>", line 4, in <module>',
        "    f()",
        '  File "<user>", line 3, in f',
        "    traceback.print_stack()",
    ]
