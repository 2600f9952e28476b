"""Source text -> a code object with marks, or Python's own complaint about it.

Notebook lines (`!pip …`, `%matplotlib …`) become comments where they would keep the rest from running.
"""

import ast
import contextlib
import linecache
import re
import warnings
from dataclasses import dataclass, field
from types import CodeType

from .foresight import Foresight, foresee
from .instrument import FILENAME, Site, mark

NOTEBOOK_LINE = re.compile(r"^(\s*)([!%].*)$")


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled source: `notes` are lines that were left out, `sites` what its marks mean, `text` what was parsed."""

    code: CodeType
    sites: list[Site]
    notes: list[str]
    foresight: Foresight = field(default_factory=Foresight)
    text: str = ""
    reads_locals: bool = True
    """Whether it leaves its functions' own dictionaries of names alone, so that we may read them."""


def compile_program(source: str) -> Program:
    """The program, compiled as Python compiles it, with marks.

    Raises: SyntaxError, or what else `compile` raises for text that is no program.
    """
    lines = [line + "\n" for line in re.split("\r\n|\r|\n", source)]
    linecache.cache[FILENAME] = (len(source), None, lines, FILENAME)
    try:
        return _marked(source, [])
    except SyntaxError as error:
        complaint = error
    text, notes = without_notebook_lines(source)
    if not notes:
        raise complaint
    return _marked(text, notes)


def _marked(text: str, notes: list[str]) -> Program:
    with contextlib.suppress(RecursionError, SyntaxError, MemoryError):
        tree = ast.parse(text, FILENAME)
        foresight, reads_locals = foresee(tree), not _uses_locals(tree)
        marked = mark(tree, text, foresight)
        code = compile(marked.tree, FILENAME, "exec", dont_inherit=True)
        return Program(code, marked.sites, notes, foresight, text, reads_locals)
    # Marks nest a little deeper than the program does, so one at Python's own limits runs without them; and where the
    # program is to blame, the complaint is the one it would get unmarked.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Program(compile(text, FILENAME, "exec", dont_inherit=True), [], notes, text=text)


def _uses_locals(tree: ast.Module) -> bool:
    """Whether the program asks for dictionaries of its local names: reading them beside it would refresh those."""
    asked = {"locals", "vars", "eval", "exec", "_getframe", "currentframe", "f_locals"}
    return any(getattr(node, "id", getattr(node, "attr", None)) in asked for node in ast.walk(tree))


def without_notebook_lines(source: str) -> tuple[str, list[str]]:
    """The source with each notebook line as a comment in its place, and a sentence for each."""
    notes: list[str] = []
    lines = source.split("\n")
    for number, line in enumerate(lines, start=1):
        found = NOTEBOOK_LINE.match(line)
        if found is None:
            continue
        command = found[2].strip()
        lines[number - 1] = f"{found[1]}pass  # {command}"
        notes.append(
            f"Line {number} was left out: `{command[:80]}` is a notebook command, not Python. {_instead(command)}"
        )
    return "\n".join(lines), notes


def _instead(command: str) -> str:
    if command.startswith(("!pip", "%pip", "!conda", "%conda")):
        return "Nothing can be installed here; torch, numpy, matplotlib and tqdm are ready to import."
    if command.startswith("%matplotlib"):
        return "Figures appear in the page by themselves when plt.show() is called."
    return "Write the Python that does the same, or leave it out."
