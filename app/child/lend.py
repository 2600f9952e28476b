"""What the program is lent, and the library doors that are opened a little differently while it runs.

`torch` needs no import, `log(step, loss=…)` draws a curve, `plt.show()` shows its figures in the page, a DataLoader
asked for workers does its work itself, `torch.compile` gives back what it got. Nothing else is touched.
"""

import base64
import builtins
import inspect
import io
import sys
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from ..events import Figure, encode
from .summary import NAME, offer

UNCOMPILED = (
    "torch.compile() gives the function back as it is: compiling would hide the nodes that this page shows, and"
    " needs a compiler that a program here cannot start. The results are the same."
)
OWN_UNCOMPILED = (
    "torch.compile() gives the function back as it is while Gradwalk watches: compiling would hide the nodes that it "
    "shows. The results are the same; run the script without Gradwalk to compile."
)
MAX_FIGURES = 50
MAX_FIGURE_BYTES = 2_000_000
ALONE = {
    "num_workers": 0,
    "timeout": 0,
    "multiprocessing_context": None,
    "prefetch_factor": None,
    "persistent_workers": False,
}
"""What a DataLoader must be told when it has no workers."""
Send = Callable[[bytes], None]


class Lent:
    """What one program was lent, and the figures it showed through it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._figures = 0

    def show(self) -> None:
        """Sends every open figure as a picture, and closes it, as a window closed by hand would."""
        pyplot = sys.modules["matplotlib.pyplot"]
        for number in pyplot.get_fignums():
            self._show_one(pyplot.figure(number))
        pyplot.close("all")

    def _show_one(self, figure: Any) -> None:
        if self._figures >= MAX_FIGURES:
            return
        for form, mime in (("svg", "image/svg+xml"), ("png", "image/png")):
            picture = io.BytesIO()
            figure.savefig(picture, format=form)
            if picture.tell() <= MAX_FIGURE_BYTES:
                data = base64.b64encode(picture.getvalue()).decode("ascii")
                self._send(encode(Figure(index=self._figures, mime=mime, data=data)))  # type: ignore[arg-type]
                self._figures += 1
                return
        print("A figure was left out: its picture is larger than 2 MB. Draw fewer points.", file=sys.stderr)


def lend(send: Send, log: Callable[..., None], *, own: bool = False) -> None:
    """Lends for good: functions that the program leaves behind may still run.

    A person's `own` script keeps its windows, its workers and its imports: it gets `log` alone.
    """
    torch.compile = partial(_uncompiled, OWN_UNCOMPILED if own else UNCOMPILED)
    warnings.formatwarning = _without_build_path
    if own:
        vars(builtins).update(log=log)
        return
    lent = Lent(send)
    vars(builtins).update(torch=torch, log=log)
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        # A plain function: matplotlib puts attributes on it when it switches backends.
        pyplot.show = lambda *_, **__: lent.show()
    if NAME not in sys.modules:
        offer()
    _work_alone()


def _work_alone() -> None:
    """A DataLoader that is asked for worker processes loads in this one: no process can be started here."""
    loader: Any = torch.utils.data.DataLoader
    start = loader.__init__
    signature = inspect.signature(start)

    def begin(self: Any, *args: Any, **kwargs: Any) -> None:
        asked = signature.bind_partial(self, *args, **kwargs)
        if asked.arguments.get("num_workers"):
            print(
                f"DataLoader(num_workers={asked.arguments['num_workers']}) loads in this process: a program here cannot"
                " start others. The batches are the same.",
                file=sys.stderr,
            )
            asked.arguments.update(ALONE)
        start(*asked.args, **asked.kwargs)

    loader.__init__ = begin


def _uncompiled(note: str, model: Any = None, **_: Any) -> Any:
    """What torch.compile gives here: the function itself. The results are the same, and autograd's nodes are shown."""
    print(note, file=sys.stderr)
    return model if model is not None else lambda function: function


def _without_build_path(
    message: Any, category: type[Warning], filename: str, lineno: int, line: str | None = None
) -> str:
    """A warning as Python writes it, without the path on PyTorch's build machine that it ends in."""
    told = str(message).partition(" (Triggered internally at ")[0]
    return _format(told, category, filename, lineno, line)


_format = warnings.formatwarning
