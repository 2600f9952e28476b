"""Lessons are plain files: what they may hold, and what is said of one that can't be read."""

from pathlib import Path

import pytest

from app.web.lessons import Lesson, LessonError, Program, Prose, Question, Unreadable, lessons, read
from app.web.pages import LESSONS

from .serving import build, reach

HEAD = "---\ntitle: T\nsummary: S\n---\n"
ASK = "```question\nask: What is `x`?\nread: x.grad\n```\n"


def written(folder: Path, text: str, name: str = "01_one.md", language: str = "en") -> Path:
    path = folder / language / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_a_lesson_is_text_programs_and_questions(tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEAD}Some *text*.\n\n```python\nx = 1\n```\n\n{ASK}")
    assert read(path) == Lesson(
        slug="one",
        language="en",
        title="T",
        summary="S",
        parts=(
            Prose("<p>Some <em>text</em>.</p>\n"),
            Program("x = 1\n"),
            Question(ask="What is <code>x</code>?", read="x.grad", program="x = 1\n"),
        ),
    )


def test_a_question_may_have_a_program_choices_and_a_reason_of_its_own(tmp_path: Path) -> None:
    text = "```question\nask: A\nread: exception\nchoices: [none, True, 2.0]\nprogram: |\n  y = 2\nbecause: B\n```\n"
    (question,) = read(written(tmp_path, HEAD + text)).parts
    assert question == Question(
        ask="A", read="exception", program="y = 2\n", choices=("none", "True", "2.0"), because="B"
    )


def test_html_in_a_lesson_is_shown_as_text(tmp_path: Path) -> None:
    (prose,) = read(written(tmp_path, HEAD + "<script>alert(1)</script>\n")).parts
    assert prose == Prose("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n")


def test_a_line_that_ends_in_chinese_text_leaves_no_gap(tmp_path: Path) -> None:
    (prose,) = read(written(tmp_path, f"{HEAD}张\n量\n", language="zh")).parts
    assert prose == Prose("<p>张量</p>\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no head", "has no head"),
        ("---\ntitle: T\n---\n", "must hold summary, title"),
        ("---\ntitle: 3\nsummary: S\n---\n", "title must be a text"),
        ("---\ntitle: [\n---\n", "not YAML"),
        (HEAD + "```question\nask: A\n```\n", "must hold ask, read"),
        (HEAD + "```question\nask: A\nread: x.shape\n```\n", "can't be read off a run"),
        (HEAD + "```question\nask: A\nread: x.grad\nchoices: 3\n```\n", "choices must be a list"),
        (HEAD + "```question\nask: A\nread: x.grad\nanswer: 3\n```\n", "nothing beside"),
        (HEAD + "x" * 100_000, "longer than a lesson"),
    ],
)
def test_what_is_no_lesson_is_said_with_the_reason(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(LessonError, match=words):
        read(written(tmp_path, text))


def test_a_name_that_can_be_no_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match="no name for a lesson"):
        read(written(tmp_path, HEAD, name="My Lesson.md"))


def test_a_bad_lesson_stands_in_the_list_with_its_reason_and_hides_no_other(tmp_path: Path) -> None:
    written(tmp_path, "no head")
    written(tmp_path, HEAD, name="02_two.md")
    bad, good = lessons([tmp_path], "en")
    assert isinstance(bad, Unreadable)
    assert isinstance(good, Lesson)


def test_a_lesson_that_is_not_translated_is_given_in_english(tmp_path: Path) -> None:
    written(tmp_path, HEAD)
    written(tmp_path, HEAD, language="zh")
    written(tmp_path, HEAD, name="02_two.md")
    found = [each.language for each in lessons([tmp_path], "zh") if isinstance(each, Lesson)]
    assert found == ["zh", "en"]


def test_our_own_lessons_are_the_same_in_every_language() -> None:
    english, chinese = lessons([LESSONS], "en"), lessons([LESSONS], "zh")
    assert len(english) == 8
    for one, other in zip(english, chinese, strict=True):
        assert isinstance(one, Lesson)
        assert isinstance(other, Lesson)
        assert (one.slug, other.language) == (other.slug, "zh")
        assert [type(part) for part in one.parts] == [type(part) for part in other.parts]
        assert [type(part) for part in one.parts[-2:]] == [Question, Question]


@pytest.mark.anyio
async def test_the_pages_speak_the_language_that_was_chosen() -> None:
    async with reach(build()) as client:
        english = (await client.get("/lessons/leaves")).text
        chinese = (await client.get("/lessons/leaves", headers={"accept-language": "zh-CN"})).text
        unknown = await client.get("/lessons/nothing")
    assert '<html lang="en">' in english
    assert "Leaves and non-leaves" in english
    assert '<html lang="zh">' in chinese
    assert "叶子与非叶子" in chinese
    assert (unknown.status_code, unknown.json()["title"]) == (404, "There is no such lesson.")
