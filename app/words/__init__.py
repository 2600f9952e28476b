"""Every sentence a person reads, in the languages there are: English stands in the code, the others in catalogues.

A catalogue is a gettext file, `<language>/gradwalk.po`, read by Babel. Imports no room; both processes use it.
Source: https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent
ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "zh": "中文"}
"""Each language by its tag, under the name its speakers give it."""


@cache
def catalogue(language: str) -> dict[str, str]:
    """English sentence -> the same in `language`, for those that are translated; nothing for English itself."""
    return {str(each.id): str(each.string) for each in _messages(language)}


@cache
def page_words(language: str) -> dict[str, str]:
    """The part of a catalogue that the page's scripts say."""
    told = [each for each in _messages(language) if any(path.startswith("static/js/") for path, _ in each.locations)]
    return {str(each.id): str(each.string) for each in told}


@cache
def _messages(language: str) -> tuple[Message, ...]:
    """What is translated into a language; nothing for English and for what is no language of ours."""
    path = FOLDER / language / "gradwalk.po"
    if language not in LANGUAGES or not path.is_file():
        return ()
    with path.open("rb") as file:
        return tuple(each for each in read_po(file, locale=language) if each.id and each.string and not each.fuzzy)


def translate(language: str, sentence: str, **values: object) -> str:
    """The sentence in `language`, with `{name}` replaced by what is given for it; English where not translated."""
    words = catalogue(language).get(sentence, sentence)
    return words.format(**values) if values else words


def noted(sentence: str) -> str:
    """The sentence itself, which is said later; written as a literal here, it is collected."""
    return sentence


class _Spoken:
    """The language of this process's one run. A child has one run; the server translates for each request instead."""

    language = ENGLISH


def speak(language: str) -> None:
    """From here on `say` speaks `language`, or English where that is not known."""
    _Spoken.language = language if language in LANGUAGES else ENGLISH


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """`say` speaks `language` within the block, which must not wait for anything: other requests would hear it too."""
    before = _Spoken.language
    speak(language)
    try:
        yield
    finally:
        _Spoken.language = before


def say(sentence: str, **values: object) -> str:
    """The sentence in the language that is spoken here; it is written as a literal, so that it can be collected."""
    return translate(_Spoken.language, sentence, **values)
