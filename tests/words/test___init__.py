"""Sentences in the language that was asked for."""

from app.words import ENGLISH, catalogue, say, speak, speaking, translate


def test_english_is_what_stands_in_the_code() -> None:
    assert translate(ENGLISH, "line {line}", line=3) == "line 3"


def test_what_is_not_translated_stays_english() -> None:
    assert translate("zh", "a sentence that {nobody} wrote", nobody="x") == "a sentence that x wrote"


def test_an_unknown_language_is_english() -> None:
    assert catalogue("../zh") == {}
    speak("tlh")
    assert say("line {line}", line=3) == "line 3"


def test_braces_in_a_value_are_only_text() -> None:
    assert translate(ENGLISH, "{name} is a leaf", name="{x}") == "{x} is a leaf"


def test_a_language_is_spoken_within_a_block_alone() -> None:
    with speaking("zh"):
        assert say("line {line}", line=3) == "第 3 行"
    assert say("line {line}", line=3) == "line 3"
