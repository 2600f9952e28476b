"""`from gradwalk import show`: the graph behind a tensor, drawn in a notebook or into a file, where the tensor is.

Runs in the person's own process: the graph is read, nothing is run, and a deep one is walked in a copy of the process,
because torch frees a walked graph by recursion and would end a notebook's kernel with it.
"""

import os
import pickle
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from .autograd import Unwatched, columns_of, graph_of, keep, outer_roots, read, scan, walk
from .draw import FORMATS, Direction, Options, Theme, draw_picture
from .events import MAX_NODES, Columns, Graph

SAFE = 2_000
"""Nodes that may be walked in the person's own process: their wrappers stay, and freeing them recurses as deep."""
PARTLY = "Of the {total:,} nodes {kept:,} are drawn from: the first of all that repeats. The groups count all of them."
NOTEBOOKS_OWN = frozenset(("In", "Out", "exit", "quit", "get_ipython", "open"))


@dataclass(frozen=True, slots=True)
class Drawing:
    """The graph behind a tensor; a notebook shows it by itself, `save` writes it into a file."""

    graph: Graph = field(repr=False)
    options: Options = field(repr=False, default_factory=Options)
    columns: Columns | None = field(repr=False, default=None)

    def _repr_svg_(self) -> str:
        return draw_picture(self.graph, self.options, "svg", self.columns).decode()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the drawing; the ending of the path says as what. Raises: ValueError, OSError, ExportError."""
        suffix = Path(path).suffix.removeprefix(".").lower()
        if suffix not in FORMATS:
            raise ValueError(f"{path} has no ending of a picture. End it in .{', .'.join(FORMATS)}.")
        Path(path).write_bytes(draw_picture(self.graph, self.options, suffix, self.columns))


def show(
    *tensors: torch.Tensor,
    expand: Iterable[str] = (),
    direction: Direction = "TB",
    theme: Theme = "auto",
    fold: bool = True,
    whole: bool = False,
) -> Drawing:
    """The graph behind these tensors, named as the calling code names what is in it.

    `expand` opens groups of a large graph by their ids. Raises: TypeError, ValueError where there is no graph.
    """
    roots = [_grad_fn(tensor) for tensor in tensors]
    if not roots:
        raise TypeError("show() draws the graph behind a tensor, and none was given. Write show(loss).")
    named = _named(sys._getframe(1).f_locals, sys._getframe(1).f_globals)
    graph, columns = _read(lambda: _graph(roots, named), roots)
    options = Options(theme=theme, direction=direction, fold=fold, expand=tuple(expand), whole=whole)
    return Drawing(graph, options, columns)


def _grad_fn(tensor: Any) -> Any:
    if not isinstance(tensor, torch.Tensor):
        raise TypeError(f"show() draws the graph behind a tensor, and was given a {type(tensor).__name__}.")
    if tensor.grad_fn is None:
        why = "is a leaf" if tensor.requires_grad else "does not require grad"
        raise ValueError(
            f"There is no graph behind this tensor, for it {why} and has no grad_fn. "
            "Give show() what was computed from tensors with requires_grad=True, such as the loss."
        )
    return tensor.grad_fn


def _named(local: Mapping[str, Any], top: Mapping[str, Any]) -> dict[str, Any]:
    """What the calling code has names for; of a function, its own go first."""
    own = {name: value for name, value in local.items() if local is not top and name.isidentifier()}
    given = {name: value for name, value in top.items() if name[:1] != "_" and name not in NOTEBOOKS_OWN}
    return own | {name: value for name, value in given.items() if name not in own}


def _graph(roots: list[Any], named: dict[str, Any]) -> tuple[Graph, Columns | None]:
    walked = walk(outer_roots(roots))
    modules = {name: value for name, value in named.items() if isinstance(value, torch.nn.Module)}
    reading = read(walked, scan([("", named)]), Unwatched(walked, modules))
    total = len(reading.walked.order)
    kept = keep(reading) if total > MAX_NODES else None
    missing = "" if kept is None or len(kept.nodes) == total else PARTLY.format(total=total, kept=len(kept.nodes))
    graph = graph_of(reading, index=0, reason="final", line=None, kept=kept, missing=missing)
    return graph, columns_of(reading, kept, missing) if kept is not None else None


def _read(made: Callable[[], Any], roots: list[Any]) -> Any:
    """What `made` gives; where the graph is large and the system can, a copy of this process reads it."""
    if not hasattr(os, "fork") or not _is_large(roots):
        return made()
    reading, writing = os.pipe()
    copy = os.fork()
    if copy == 0:
        _tell(made, writing)
    os.close(writing)
    with open(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(copy, 0)
    if not told:
        raise RuntimeError("The graph could not be read: the process that read it ended. It may need more memory.")
    return pickle.loads(told)  # noqa: S301  # what our own copy wrote


def _tell(made: Callable[[], Any], writing: int) -> None:
    """In the copy: writes what was read and ends, without any of the person's own endings."""
    try:
        torch.set_num_threads(1)  # a copy of a process with threads would wait for them for ever
        with open(writing, "wb") as pipe:
            pickle.dump(made(), pipe)
    except BaseException:  # whatever it is, the copy must not go on
        traceback.print_exc()
    finally:
        os._exit(0)


def _is_large(roots: list[Any]) -> bool:
    """Whether there are more nodes than may be touched here."""
    return not walk(roots, SAFE).whole
