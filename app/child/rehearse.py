"""One program observed in the zygote, but for its backward: every run finds our own code and torch's first steps warm.

A fork shares memory until it writes to it, and Python writes to what it runs for the first time. No backward() before
a fork, ever: a child's own re-entrant one would crash; so the graph is only read.
"""

import contextlib
import io

from ..events import Outcome
from .curves import Curves
from .frames import Frames
from .mistakes import Mistakes
from .observe import Observer
from .outbox import Outbox
from .program import compile_program
from .provenance import Provenance

SOURCE = """
def scaled(value, by=2):
    return value * by

x = torch.tensor([1., 2.], requires_grad=True)
with torch.no_grad():
    c = x + 1
y = scaled(x ** 2)
z = (y + 3).sum()
print(z)
for step in range(3):
    loss = 0.5 * step
    log(step, loss=loss)
    print(f"Epoch {step}, accuracy: {loss}")
"""


def rehearse() -> None:
    """Compiles, marks, runs and reports a small program; what it tells goes nowhere."""
    import torch

    for _ in range(10):  # the interpreter adapts a function's code to what it meets from its eighth call on
        program = compile_program(SOURCE)
        outbox = Outbox(lambda _: None)
        curves = Curves(program.foresight, Frames(outbox.send))
        provenance = Provenance(program.sites)
        top = {"torch": torch, "log": curves.lent()}
        observer = Observer(provenance, top, outbox, curves)
        with (
            provenance.noting(curves.complete),
            observer.watching(),
            contextlib.redirect_stdout(io.StringIO()) as printed,
        ):
            exec(program.code, top)  # noqa: S102  # the text above
        curves.heard(printed.getvalue().encode())
        curves.finish(top)
        observer.finish()
        Mistakes(observer.witness, program, top, outbox).finish(Outcome.OK)
