"""Every sentence there is stands in every catalogue, translated, with the same places for values."""

import re

import pytest

from app.words import ENGLISH, FOLDER, LANGUAGES, catalogue
from app.words.collect import collected, renewed, spoken

OTHERS = [language for language in LANGUAGES if language != ENGLISH]


def sentences() -> set[str]:
    return {str(each.id) for each in collected() if each.id}


def test_sentences_of_code_scripts_and_templates_are_collected() -> None:
    places = {path.partition("/")[0] for each in collected() for path, _ in each.locations}
    assert places == {"app", "static", "templates"}


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated_and_none_is_left_over(language: str) -> None:
    known = catalogue(language)
    assert sentences() - known.keys() == set()
    assert known.keys() - sentences() == set()


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_same_places_for_values(language: str) -> None:
    differing = {
        sentence: words
        for sentence, words in catalogue(language).items()
        if set(re.findall(r"{(\w+)", sentence)) != set(re.findall(r"{(\w+)", words))
    }
    assert differing == {}


@pytest.mark.parametrize("language", OTHERS)
def test_collecting_anew_loses_no_translation(language: str) -> None:
    again = {str(each.id): str(each.string) for each in renewed(language) if each.id}
    assert again == catalogue(language)
    assert (FOLDER / language / "gradwalk.po").is_file()


def test_a_sentence_that_stands_inside_another_is_collected_too() -> None:
    assert list(spoken('say("a {b}", b=evidence.say("c")); say(name); noted("d"); stop.say(b"e")')) == [
        "a {b}",
        "d",
        "c",
    ]
