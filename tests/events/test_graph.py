"""Values that graph events are made of."""

import dataclasses

import pytest

from app.events import Node


def test_an_event_cannot_be_changed() -> None:
    node = Node(id=0, name="AddBackward0", kind="function")
    with pytest.raises(dataclasses.FrozenInstanceError):
        node.id = 1  # type: ignore[misc]  # that is the point
