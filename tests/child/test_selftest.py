"""The self-test itself is tested: without walls its attacks get through, behind them none does."""

import json

from .alone_in_python import in_a_fresh_python

ATTACKS = ["fork", "limit_parent", "memfd", "open_socket", "read_environ", "read_file", "signal_parent", "write_file"]
UNCONFINED = """
    import json, os
    from app.child.selftest import attacks
    child = os.fork()
    if child == 0:
        through = {}
        for name, attack in attacks(os.getppid(), "/etc/passwd").items():
            try:
                attack()
                through[name] = True
            except OSError as error:
                through[name] = str(error)
        os.unlink(f"/tmp/gradwalk-selftest-{os.getpid()}")
        print(json.dumps(through), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""
CONFINED = """
    import json
    from app.child import landlock, readable
    from app.child.confine import Walls, measured
    from app.child.selftest import prove
    rules = landlock.ruleset(readable.places(), landlock.abi())
    print(json.dumps(prove(measured(Walls(rules, landlock.abi(), readable.right_to_keep())))))
"""
BROKEN = """
    from app.child.confine import ConfineError, Walls
    from app.child.selftest import prove
    try:
        prove(Walls(999, 1, False))
    except ConfineError as error:
        print(error)
"""


def test_without_walls_every_attack_gets_through() -> None:
    assert json.loads(in_a_fresh_python(UNCONFINED)[0]) == dict.fromkeys(ATTACKS, True)


def test_behind_the_walls_every_attack_is_refused_and_libraries_are_read() -> None:
    assert json.loads(in_a_fresh_python(CONFINED)[0]) == dict.fromkeys([*ATTACKS, "libraries_read"], True)


def test_walls_that_cannot_be_put_up_are_told_as_such() -> None:
    assert in_a_fresh_python(BROKEN)[0].startswith("The walls could not be put up (OSError: [Errno ")
