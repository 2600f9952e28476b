"""The agent's door is opened through its socket by `test_remote`; here is what it says of itself."""

from app.agent.agent import Word
from app.agent.door import _joined


def test_words_that_wait_are_told_as_one_and_the_newest_number_counts() -> None:
    words = [Word(runs={"a": 1, "b": 1}), Word(gone=("c",)), Word(runs={"a": 4}, gone=("d",))]
    assert _joined(words) == Word(runs={"a": 4, "b": 1}, gone=("c", "d"))
