"""What other machines tell: news for those who watch, and places in queues for as long as somebody repeats them."""

from app.agent.agent import Word
from app.store import Notice
from app.web.elsewhere import TRUSTED_S, Elsewhere


def test_news_of_runs_are_passed_on() -> None:
    words: list[Word] = []
    elsewhere = Elsewhere(words.append)
    for notice in (Notice(runs={"a": 3}, gone=("b",)), Notice(lost=True), Notice(stop=("c",))):
        elsewhere.hear(notice)
    assert words == [Word({"a": 3}, ("b",)), Word(lost=True)]


def test_a_place_that_nobody_repeats_is_forgotten() -> None:
    now = 0.0
    elsewhere = Elsewhere(lambda word: None, lambda: now)
    elsewhere.hear(Notice(positions={"a": 1, "b": 2}))
    now = TRUSTED_S / 2
    elsewhere.hear(Notice(positions={"b": 1}))
    assert elsewhere.positions() == {"a": 1, "b": 1}
    now = TRUSTED_S + 1
    assert elsewhere.positions() == {"b": 1}
