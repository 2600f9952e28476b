"""Order and pace of what leaves the child."""

from app.child.outbox import MAX_HELD, Outbox


def test_what_is_held_leaves_before_what_is_sent() -> None:
    written: list[bytes] = []
    outbox = Outbox(written.append)
    outbox.hold(b"1")
    outbox.hold(b"2")
    outbox.send(b"3")
    assert written == [b"1\n2\n3"]


def test_a_full_hand_leaves_at_once() -> None:
    written: list[bytes] = []
    outbox = Outbox(written.append)
    for _ in range(MAX_HELD):
        outbox.hold(b"x")
    outbox.flush()
    assert b"\n".join(written).count(b"x") == MAX_HELD


def test_nothing_held_writes_nothing() -> None:
    written: list[bytes] = []
    Outbox(written.append).flush()
    assert written == []


def test_what_is_sent_while_it_is_muted_is_dropped() -> None:
    written: list[bytes] = []
    outbox = Outbox(written.append)
    outbox.muted = True
    outbox.send(b"one")
    outbox.hold(b"two")
    outbox.muted = False
    outbox.send(b"three")
    assert written == [b"three"]
