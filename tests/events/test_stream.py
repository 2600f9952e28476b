"""The events' words."""

from typing import get_args

from app.events import ChildEvent, Event


def test_a_type_is_one_word_and_none_that_an_event_source_uses_itself() -> None:
    types = [cls.type for cls in get_args(Event)]
    assert len(set(types)) == len(types)
    assert all(word.isalpha() and word.islower() for word in types)
    assert not {"error", "open", "message"} & set(types)


def test_started_finished_and_the_streams_text_are_the_servers_to_write() -> None:
    child = {cls.type for cls in get_args(ChildEvent)}
    assert child.isdisjoint({"started", "finished", "stdout", "stderr"})
