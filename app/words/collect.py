"""Collects every sentence from code, scripts, templates and examples' titles into the catalogues.

`python -m app.words.collect`. What is translated already stays; what is new waits for its translation; what is gone is
left out. Sentences are literals given to `say` and `noted` (Python), `t` (scripts), `_` (templates).
"""

import ast
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from . import ENGLISH, FOLDER, LANGUAGES

ROOT = FOLDER.parents[1]
CODE = ("explain/*.py", "child/*.py", "runs/verdict.py")
SPEAKERS = {"say", "noted"}
SCRIPTED = re.compile(r'\bt\(\s*("(?:[^"\\]|\\.)*")')
"""A sentence in a script. Babel's own reader of JavaScript passes over calls that stand inside other calls."""
TITLE = re.compile(r"# title: (.+)")
"""The first line of an example."""


def collected() -> Catalog:
    """Every sentence there is, with the files it stands in."""
    catalog = Catalog()
    for path, sentences in _places():
        name = path.relative_to(ROOT).as_posix()
        for each in sentences:
            catalog.add(each, locations=[(name, None)])  # type: ignore[list-item]  # a line number would go stale
    return catalog


def renewed(language: str) -> Catalog:
    """The language's catalogue with what is collected now."""
    path = FOLDER / language / "gradwalk.po"
    with path.open("rb") as file:
        catalog = read_po(file, locale=language)
    catalog.update(collected(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def spoken(source: str) -> Iterator[str]:
    """The sentences that Python code says."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in SPEAKERS and isinstance(node.args[0].value, str):
            yield node.args[0].value


def _places() -> Iterator[tuple[Path, Iterable[str]]]:
    for pattern in CODE:
        for path in sorted((ROOT / "app").glob(pattern)):
            yield path, spoken(path.read_text("utf-8"))
    for path in sorted((ROOT / "static" / "js").rglob("*.js")):
        yield path, [json.loads(found) for found in SCRIPTED.findall(path.read_text("utf-8"))]
    for path in sorted((ROOT / "templates").rglob("*.html")):
        yield path, [str(each) for _, each, _, _ in extract_from_file("jinja2", path, keywords={"_": None})]
    for path in sorted((ROOT / "static" / "examples").glob("*.py")):
        yield path, TITLE.findall(path.read_text("utf-8"))[:1]


def main() -> None:
    """Writes every catalogue anew and says what is missing."""
    for language in LANGUAGES:
        if language == ENGLISH:
            continue
        catalog = renewed(language)
        with (FOLDER / language / "gradwalk.po").open("wb") as file:
            write_po(file, catalog, width=120, sort_output=True, omit_header=True)
        missing = sum(1 for each in catalog if each.id and not each.string)
        print(f"{language}: {len(catalog)} sentences, {missing} to translate")


if __name__ == "__main__":
    main()
