"""Collects every sentence from code, scripts, templates and examples' titles into the catalogues: `python -m app.words.collect`.

What is translated already stays; what is new waits for its translation; what is gone is left out.
Sentences are literals given to `say` (Python), `t` (scripts), `_` and `{% trans %}` (templates).
"""

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from . import ENGLISH, FOLDER, LANGUAGES

ROOT = FOLDER.parents[1]
PLACES = (
    ("app/explain", "*.py", "python"),
    ("app/child", "*.py", "python"),
    ("app/runs", "verdict.py", "python"),
    ("static/js", "*.js", "javascript"),
    ("templates", "*.html", "jinja2"),
)
TITLE = re.compile(r"# title: (.+)")
"""The first line of an example."""
KEYWORDS = {"python": {"say": None, "noted": None}, "javascript": {"t": None}, "jinja2": {"_": None, "gettext": None}}


def collected() -> Catalog:
    """Every sentence there is, with the files it stands in."""
    catalog = Catalog()
    for path, method in _files():
        name = path.relative_to(ROOT).as_posix()
        for _, sentence, _, _ in extract_from_file(
            method, path, keywords=KEYWORDS[method], options={"trimmed": "true", "parse_template_string": "true"}
        ):
            for each in sentence if isinstance(sentence, tuple) else (sentence,):
                catalog.add(each, locations=[(name, None)])  # type: ignore[list-item]  # a line number would go stale
    for path in sorted((ROOT / "static" / "examples").glob("*.py")):
        title = TITLE.match(path.read_text("utf-8"))
        if title is not None:
            catalog.add(title[1], locations=[("static/examples", None)])  # type: ignore[list-item]  # as above
    return catalog


def renewed(language: str) -> Catalog:
    """The language's catalogue with what is collected now."""
    path = FOLDER / language / "gradwalk.po"
    with path.open("rb") as file:
        catalog = read_po(file, locale=language)
    catalog.update(collected(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def _files() -> Iterator[tuple[Path, str]]:
    for folder, pattern, method in PLACES:
        for path in sorted((ROOT / folder).rglob(pattern)):
            if "dist" not in path.parts:
                yield path, method


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
