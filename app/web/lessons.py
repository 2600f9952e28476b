"""Lessons from plain files: short text, programs to try, questions to predict and then run.

A lesson is a Markdown file `<language>/<number>_<name>.md` with a title and a summary at its head; a fenced block
`python` is a program to try, one called `question` asks for a prediction. CONTRIBUTING.md shows how to add one.
Knows nothing of HTTP, nor of how programs run: the right answer stands in no file, it is read off the real run.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt

from ..words import ENGLISH

HEAD = re.compile(r"---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
NAME = re.compile(r"(?:\d+_)?([a-z0-9_]+)\Z")
READ = re.compile(r"exception|stdout|nodes|.+\.(value|grad|is_leaf|requires_grad|grad_fn|retains_grad)\Z")
MOST_BYTES = 100_000
CLOSE_SET = ("zh",)
"""Languages that set no space between words: where a line of such a text ends, nothing stands on the page."""
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
_markdown.add_render_rule("softbreak", lambda self, tokens, at, options, env: "" if env.get("close") else "\n")


class LessonError(ValueError):
    """A lesson's file that can't be read as one; the message names the file, says why and what to write."""


@dataclass(frozen=True, slots=True)
class Prose:
    """Text as HTML; made from Markdown, in which no HTML is let through."""

    html: str


@dataclass(frozen=True, slots=True)
class Program:
    """A program to try."""

    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something to predict of a program before it is run.

    `read` says what the run is asked for: `x.grad`, `y.is_leaf`, `exception` (its kind, or none), `stdout`, `nodes`
    (of the newest graph). With `choices` one of these is picked, else the prediction is typed. `because` is said after.
    """

    ask: str
    read: str
    program: str
    choices: tuple[str, ...] = ()
    because: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson in one language."""

    slug: str
    language: str
    title: str
    summary: str
    parts: tuple[Prose | Program | Question, ...]

    @property
    def source(self) -> str:
        """The program the editor opens with."""
        return next((part.source for part in self.parts if isinstance(part, Program)), "")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A lesson's file that can't be shown, and why."""

    slug: str
    problem: str


def lessons(folders: Sequence[Path], language: str) -> list[Lesson | Unreadable]:
    """All lessons in the order of their file names, each in `language` where it is written, else in English."""
    paths: dict[str, Path] = {}
    for folder in folders:
        for tag in (ENGLISH, language):
            paths.update({path.stem: path for path in folder.joinpath(tag).glob("*.md")})
    return [_read(path) for _, path in sorted(paths.items())]


def slug_of(path: Path) -> str:
    """The lesson's name in its address: the file's, without its number."""
    found = NAME.match(path.stem)
    return found[1].replace("_", "-") if found else path.stem


def read(path: Path) -> Lesson:
    """The lesson in a file. Raises: LessonError."""
    if path.stat().st_size > MOST_BYTES:
        raise LessonError(f"{path.name} is longer than a lesson can be ({MOST_BYTES} bytes). Split it into two.")
    if not NAME.match(path.stem):
        raise LessonError(f"{path.name} is no name for a lesson. Write lower-case letters: 09_my_lesson.md.")
    found = HEAD.match(path.read_text("utf-8"))
    if found is None:
        raise LessonError(f"{path.name} has no head. Begin it with ---, title: …, summary: …, and --- again.")
    head = _table(path, found[1], {"title", "summary"}, {"title", "summary"})
    return Lesson(slug_of(path), path.parent.name, head["title"], head["summary"], tuple(_parts(path, found[2])))


def _read(path: Path) -> Lesson | Unreadable:
    try:
        return read(path)
    except (OSError, UnicodeDecodeError) as error:
        return Unreadable(slug_of(path), f"{path.name} can't be read: {error}. Save it as UTF-8 text.")
    except LessonError as error:
        return Unreadable(slug_of(path), str(error))


def _parts(path: Path, text: str) -> list[Prose | Program | Question]:
    parts: list[Prose | Program | Question] = []
    tokens: list[Any] = []
    program = ""
    environment: dict[str, Any] = {"close": path.parent.name in CLOSE_SET}

    def close() -> None:
        if tokens:
            parts.append(Prose(_markdown.renderer.render(tokens, _markdown.options, environment)))
            tokens.clear()

    for token in _markdown.parse(text, environment):
        kind = token.info.strip() if token.type == "fence" and token.level == 0 else ""
        if kind not in ("python", "question"):
            tokens.append(token)
            continue
        close()
        if kind == "python":
            program = token.content
            parts.append(Program(program))
        else:
            parts.append(_question(path, token.content, program))
    close()
    return parts


def _question(path: Path, text: str, program: str) -> Question:
    known = {each.name for each in fields(Question)}
    table = _table(path, text, {"ask", "read"}, known)
    choices = table.get("choices", ())
    if not isinstance(choices, (list, tuple)):
        raise LessonError(f"{path.name}: choices must be a list, such as [None, 4.0].")
    if not READ.match(table["read"]):
        raise LessonError(
            f"{path.name}: {table['read']!r} can't be read off a run. Write exception, stdout, nodes, or a variable "
            "with .value, .grad, .is_leaf, .requires_grad, .grad_fn or .retains_grad."
        )
    asked = {name: _markdown.renderInline(str(table.get(name, ""))) for name in ("ask", "because")}
    source = str(table.get("program", program))
    return Question(read=table["read"], program=source, choices=tuple(map(str, choices)), **asked)


def _table(path: Path, text: str, needed: set[str], known: set[str]) -> dict[str, Any]:
    """What a block of YAML holds. Raises: LessonError."""
    try:
        table = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise LessonError(f"{path.name}: this is not YAML: {error}. Quote texts that hold a colon.") from error
    if not isinstance(table, dict) or not needed <= table.keys() or not table.keys() <= known:
        raise LessonError(
            f"{path.name}: a block must hold {', '.join(sorted(needed))}, and nothing beside "
            f"{', '.join(sorted(known))}."
        )
    for name in needed:
        if not isinstance(table[name], str):
            raise LessonError(f"{path.name}: {name} must be a text. Put it in quotes.")
    return table
