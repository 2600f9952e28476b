"""Imports and first uses done once, before any fork: what is warm here costs a run nothing.

Never a `backward()` and never an operation on two threads: a child forked after either would crash or hang in its own
(deep re-entrant backward; OpenMP). Knows nothing of processes or walls.
"""

import contextlib
import gc
import importlib
import io
import os
import sys
import sysconfig
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..autograd import formulas
from ..words import LANGUAGES, catalogue
from .summary import offer

FOR_PROGRAMS = (
    "torch", "torch.nn", "torch.nn.functional", "torch.optim", "torch.utils.data", "torch.utils.checkpoint",
    "torch.func", "torch.fft", "torch.linalg", "torch.distributions", "torch.autograd.forward_ad", "torch._dynamo",
    "numpy", "numpy.polynomial", "matplotlib.pyplot", "tqdm", "tqdm.auto", "torchinfo",
    "asyncio", "ctypes", "dataclasses", "decimal", "hashlib", "sqlite3", "ssl", "unittest", "zoneinfo",
)  # fmt: skip
"""What programs import, and what is slow or needs a system library at its first import."""
FOR_FEWER = ("sklearn.datasets",)
"""What fewer programs import, and takes a quarter of all the time: imported once no run waits for it."""
NOT_WANTED = ("_test", "_ctypes_test", "_tkinter", "_xx", "xx", "readline", "nis", "ossaudiodev")
ONLY_LATER = (
    "antigravity", "this", "idlelib", "lib2to3", "tkinter", "turtle", "turtledemo", "test", "__main__", "pip", "nis",
    "msilib", "winreg", "winsound", "msvcrt", "readline", "distutils", "nt",
)  # fmt: skip
EVEN_WIDER = (
    "torch.export", "torch.fx", "torch.jit", "torch.profiler", "torch.serialization", "torch.utils.tensorboard",
    "torch.nn.utils.parametrizations", "torch.nn.utils.rnn", "torch.nn.utils.prune", "torch.quantization", "sympy",
    "torch.utils.serialization", "torch._inductor.config", "torch.ao.quantization", "numpy.ma", "numpy.testing",
    "matplotlib.animation", "matplotlib.cm", "matplotlib.ticker", "mpl_toolkits.mplot3d",
)  # fmt: skip
"""Imported too where a child cannot open any file."""


def warm(*, wide: bool) -> None:
    """Imports what programs use and takes each first step; `wide` also what could only be read from files later."""
    with _unnoticed():
        extensions = [name for name in _extension_modules() if not name.startswith(NOT_WANTED)]
        for name in [*FOR_PROGRAMS, *extensions]:
            _import(name)
        _first_steps()
        _first_figure()
        formulas()
        for language in LANGUAGES:
            catalogue(language)
        offer()
        _quiet_progress_bars()
    if wide:
        warm_fewer()
        with _unnoticed():
            standard = sorted(name for name in sys.stdlib_module_names if name not in ONLY_LATER and name[0] != "_")
            for name in [*standard, *EVEN_WIDER]:
                _import(name)
            _remember_fonts()


def warm_fewer() -> None:
    """Imports what fewer programs use; until then a program that does imports it itself."""
    with _unnoticed():
        for name in FOR_FEWER:
            _import(name)


@contextlib.contextmanager
def _unnoticed() -> Iterator[None]:
    """Without warnings, and without a trace in the environment; what is alive then is shared with every child."""
    given = dict(os.environ)
    warnings.simplefilter("ignore")
    silence = warnings.filters[0]
    yield
    _forget_variables(given)
    warnings.filters.remove(silence)  # type: ignore[attr-defined]  # typeshed says Sequence; it is a list
    gc.collect()
    gc.freeze()


def _forget_variables(given: dict[str, str]) -> None:
    """Takes back what libraries put into the environment, which holds what the server gave and nothing else."""
    for name in set(os.environ) - set(given):
        del os.environ[name]


def _extension_modules() -> list[str]:
    """The standard library's modules that are shared objects: their system libraries must be loaded before a wall."""
    folder = Path(sysconfig.get_path("stdlib"), "lib-dynload")
    return sorted({path.name.partition(".")[0] for path in folder.glob("*.so")})


def _import(name: str) -> None:
    """Imports a module if it is there; one that is missing is the program's own surprise, later and in its words."""
    with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
        importlib.import_module(name)


def _first_steps() -> None:
    """conv2d comes first: it reads /proc/cpuinfo, which no child can."""
    import torch

    torch.set_num_threads(1)
    torch.nn.functional.conv2d(torch.ones(1, 1, 4, 4), torch.ones(1, 1, 2, 2))
    square = torch.eye(3)
    repr(square @ square)
    torch.linalg.inv(square)
    torch.fft.fft(torch.ones(4))
    weight = torch.nn.Parameter(torch.ones(2))
    weight.grad = torch.ones(2)
    for optimizer in (torch.optim.SGD([weight], lr=0.1), torch.optim.Adam([weight])):
        optimizer.step()


def _first_figure() -> None:
    """One picture of each kind: fonts found, writers imported."""
    with contextlib.suppress(Exception):
        from matplotlib import pyplot

        figure, axes = pyplot.subplots()
        axes.plot([0, 1], label="y")
        axes.legend()
        for form in ("svg", "png"):
            figure.savefig(io.BytesIO(), format=form)
        pyplot.close("all")


def _quiet_progress_bars() -> None:
    """tqdm's bars without their watching thread, which a child may not start and tqdm would warn about."""
    with contextlib.suppress(Exception):
        importlib.import_module("tqdm").tqdm.monitor_interval = 0


def _remember_fonts() -> None:
    """matplotlib's own fonts from memory instead of from files, for children that can open none."""
    with contextlib.suppress(Exception):
        import matplotlib
        from matplotlib import ft2font

        folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
        contents = {str(path): path.read_bytes() for path in folder.glob("*.ttf")}

        original = ft2font.FT2Font

        def remembered(filename: Any, *rest: Any, **options: Any) -> Any:
            content = contents.get(str(filename))
            return original(filename if content is None else io.BytesIO(content), *rest, **options)

        vars(ft2font)["FT2Font"] = remembered
