"""Exceptions that come from where a program runs here, or that autograd raises -> why, and what to do instead.

Recognised by the exception's kind and words and by the library that raised it, never by the program's text.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..words import say


@dataclass(frozen=True, slots=True)
class Failure:
    """What is known of an exception.

    `libraries` are the files of its frames, outermost first; `path` the file it names.
    """

    kind: str
    message: str
    libraries: tuple[str, ...] = ()
    path: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """Why it happened, and what to do."""

    explanation: str
    fix: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Recognises a failure: each of the three, where given, must be found."""

    explained: Callable[[], Explained]
    kind: str = ""
    message: str = ""
    library: str = ""

    def fits(self, failure: Failure) -> bool:
        """Whether this rule's evidence is all there."""
        return (
            re.fullmatch(self.kind or ".*", failure.kind) is not None
            and re.search(self.message, failure.message, re.DOTALL) is not None
            and (not self.library or any(re.search(self.library, each) for each in failure.libraries))
        )


REFUSED = "PermissionError|OSError|BlockingIOError|RuntimeError|URLError|ConnectionError|gaierror|ConnectError"

AUTOGRAD_RULES = (
    Rule(
        lambda: Explained(
            say("An earlier backward() freed what this part of the graph had saved, and this one needs it again."),
            say("Call backward() once on the sum of the losses, or give the earlier call retain_graph=True."),
        ),
        message="Trying to backward through the graph a second time",
    ),
    Rule(
        lambda: Explained(
            say(
                "Whether a computed tensor requires grad follows from what it was computed from; only a leaf's flag"
                " can be set."
            ),
            say("Use y.detach() for a tensor outside the graph, or compute it under torch.no_grad()."),
        ),
        message="you can only change requires_grad flags of leaf variables",
    ),
    Rule(
        lambda: Explained(
            say(
                "The tensor that backward() was called on has no history: nothing it was computed from requires grad,"
                " or the path was cut by detach(), .data, .item() or no_grad."
            ),
            say(
                "Create the tensors you want gradients for with requires_grad=True, and keep the path to the"
                " loss whole."
            ),
        ),
        message="does not require grad and does not have a grad_fn",
    ),
    Rule(
        lambda: Explained(
            say(
                "backward() starts from one number, and this tensor has several, so torch cannot know what to"
                " start with."
            ),
            say("Reduce it first (y.sum().backward()), or say what to start with: y.backward(torch.ones_like(y))."),
        ),
        message="grad can be implicitly created only for scalar outputs",
    ),
    Rule(
        lambda: Explained(
            say("A tensor that an operation had saved for backward was changed in place after it was saved."),
            say("Write the change as a new tensor (y = y + 1 instead of y += 1), or change a clone()."),
        ),
        message="modified by an inplace operation",
    ),
    Rule(
        lambda: Explained(
            say(
                "A leaf that requires grad was changed in place while autograd records, which would make it lose its"
                " place as a leaf."
            ),
            say("Put the change under with torch.no_grad():, as optimisers do."),
        ),
        message="leaf Variable that requires grad is being used in an in-place operation",
    ),
    Rule(
        lambda: Explained(
            say("Gradients are real numbers, so only floating-point and complex tensors can require them."),
            say("Write floats, for example torch.tensor([1., 2.]), or give dtype=torch.float32."),
        ),
        message="Only Tensors of floating point and complex dtype can require gradients",
    ),
)
"""Errors of autograd's own, which say in torch's words what was done."""

RULES = (
    *AUTOGRAD_RULES,
    Rule(
        lambda: Explained(
            say("This server has no GPU, and torch is installed for the CPU."),
            say('Leave out .cuda(), or choose by hand: device = "cuda" if torch.cuda.is_available() else "cpu".'),
        ),
        message="not compiled with CUDA|No CUDA GPUs|NVIDIA driver|CUDA error|not linked with|mps.*not.*available",
    ),
    Rule(
        lambda: Explained(
            say("Nobody can answer input() here: a run has no keyboard."), say('Assign the answer: name = "…".')
        ),
        kind="EOFError",
        message="reading a line",
    ),
    Rule(
        lambda: Explained(
            say("A program here cannot reach the network, so nothing can be downloaded."),
            say("Make the data in the program (torch.randn, torch.linspace) or take it from an installed package."),
        ),
        kind=REFUSED + "|.*Error",
        library=r"(socket|urllib/request|http/client|requests/\w+|httpx/.*|urllib3/.*|torch/hub)\.py$",
    ),
    Rule(
        lambda: Explained(
            say("A program here cannot start another process."),
            say(
                "Do the work in this process: no subprocess, os.system or multiprocessing; DataLoader with"
                " num_workers=0."
            ),
        ),
        kind="PermissionError|BlockingIOError|OSError",
        library=r"(subprocess|multiprocessing/\w+|popen_fork|_posixsubprocess)\.py$",
    ),
    Rule(
        lambda: Explained(
            say("torch.profiler needs threads and kernel counters that a program here may not use."),
            say("Time a piece with time.perf_counter(), or run the profiler on your own machine."),
        ),
        library=r"torch/(profiler|autograd/profiler)",
    ),
    Rule(
        lambda: Explained(
            say("A program here runs in one thread."),
            say("Call the function directly instead of through a thread or a pool."),
        ),
        message="can't start new thread|Thread creation failed",
    ),
    Rule(
        lambda: Explained(
            say("A program here cannot write files: it leaves nothing behind."),
            say("Keep it in memory: buffer = io.BytesIO(); torch.save(model.state_dict(), buffer); buffer.seek(0)."),
        ),
        kind="PermissionError|RuntimeError|OSError",
        message="PytorchStreamWriter|cannot be opened|Parent directory|Read-only|open file failed",
        library=r"torch/serialization\.py$",
    ),
    Rule(
        lambda: Explained(
            say("asyncio's event loop needs a pair of sockets, which a program here may not make."),
            say("Call the function without asyncio, or drive the coroutine by hand: coroutine.send(None)."),
        ),
        kind="PermissionError",
        library=r"asyncio/\w+\.py$",
    ),
    Rule(
        lambda: Explained(
            say("A program here has no files of its own and cannot write any."),
            say(
                "Put the data in the program, as text in io.StringIO(…) or as a list of numbers, and open that instead."
            ),
        ),
        kind="PermissionError|FileNotFoundError|IsADirectoryError|OSError",
        message=r"\[Errno (2|13|21|27|30)\]|not found",
    ),
    Rule(
        lambda: Explained(
            say(
                "The wall around programs refused this: a program here computes and prints, and touches nothing"
                " outside."
            ),
            say("Leave it out, or run the program on your own machine."),
        ),
        kind="PermissionError|OSError",
        message=r"\[Errno 1\]",
    ),
)


def explain_failure(failure: Failure) -> Explained | None:
    """Why the failure happened and what to do, or None where there is no evidence for a cause."""
    if failure.kind in ("ModuleNotFoundError", "ImportError"):
        return _missing_module(failure)
    if failure.kind == "MemoryError" or "can't allocate memory" in failure.message:
        return Explained(
            say("The program asked for more memory than a run may use."),
            say("Use smaller tensors, or run it with the training limits, which allow more."),
        )
    return next((rule.explained() for rule in RULES if rule.fits(failure)), None)


def _missing_module(failure: Failure) -> Explained | None:
    found = re.search(r"No module named '([\w.]+)'", failure.message)
    if found is None:
        return None
    name = found[1].partition(".")[0]
    if name in ("torchvision", "torchaudio", "torchtext"):
        return Explained(
            say(
                "{name} is not installed here, and its data sets are downloads, which a program here cannot make.",
                name=name,
            ),
            say("Make a small data set in the program: x = torch.randn(64, 784); y = torch.randint(0, 10, (64,))."),
        )
    return Explained(
        say("{name} is not installed here, and a program cannot install anything.", name=name),
        say(
            "Use what is there: torch, numpy, matplotlib, tqdm and Python's own library. If the name is misspelt,"
            " correct it."
        ),
    )
