"""How a run ended, told from what the server knows itself first, then from the child's last word, then its exit status.

Never claims a cause without evidence. Knows nothing of pipes.
"""

import signal
from dataclasses import dataclass
from pathlib import Path

from ..events import Ended, Outcome, RunRequest
from .runner import Line, finished_line

Verdict = tuple[Outcome, str]
CHILD_MAY_SAY = (Outcome.OK, Outcome.EXCEPTION, Outcome.TIMEOUT, Outcome.OUT_OF_MEMORY)
UNCONFINED = 125
"""The exit status of a child whose walls could not be put up."""
SIGNALS = {
    "SIGSEGV": "it touched memory that isn't its own. Native code called with wrong arguments (ctypes) or "
    "recursion without end does that; leave lines out until it runs, and the last one left out is the place.",
    "SIGABRT": "native code gave up. What it wrote to standard error, above, says why.",
    "SIGBUS": "it touched memory that is no longer backed by anything. Leave lines out to find which one does it.",
    "SIGFPE": "native code divided a whole number by zero. Check integer divisors.",
    "SIGILL": "native code held an instruction this processor doesn't know. Use another library version.",
    "SIGSYS": "it entered the system by a door that is closed here. Native code for another machine does that.",
    "SIGALRM": "an alarm it had set rang, and it had no handler for it. Remove signal.alarm(), or handle SIGALRM.",
    "SIGTERM": "it told itself to end. Remove that os.kill(), or use sys.exit().",
    "SIGKILL": "it was killed, by itself or by the machine; nothing here shows which. If it needs much memory, "
    "use smaller tensors.",
}


@dataclass
class Evidence:
    """What is known of one run when it is over. `status` is a wait status, None where the child was not waited for."""

    request: RunRequest
    stop_asked: bool = False
    deadline: bool = False
    flooded: bool = False
    broken: str | None = None
    ended: Ended | None = None
    dropped: int = 0
    silent: bool = False
    status: int | None = None
    cpu_ms: float | None = None
    oom_killed: bool = False
    zygote_lost: bool = False
    failed: str | None = None


def judge(evidence: Evidence) -> Verdict:
    """The outcome and its sentence: what happened, why, what to do next."""
    limits, name = evidence.request.limits, evidence.request.preset.upper()
    if evidence.stop_asked:
        return Outcome.STOPPED, "The run was stopped, as asked. Run it again to begin anew."
    if evidence.deadline:
        return Outcome.TIMEOUT, (
            f"The run was ended after {limits.wall_s:g} s on the clock (wall time), its limit. Do less in one run, or "
            f"start the server with a larger GRADWALK_{name}_WALL_S."
        )
    if evidence.flooded:
        return Outcome.OUTPUT_LIMIT, (
            f"The run was ended because it printed more than {_size(limits.stdout_bytes)}; the beginning is kept. "
            f"Print less often, or start the server with a larger GRADWALK_{name}_STDOUT_BYTES."
        )
    if evidence.broken is not None:
        return Outcome.CRASHED, (
            f"The run was ended because what came on its result channel was not an event: {evidence.broken}. A program "
            "must leave descriptor 3 alone; remove what writes to it."
        )
    if evidence.ended is not None:
        return _last_word(evidence.ended, evidence)
    return _by_exit(evidence)


def _last_word(ended: Ended, evidence: Evidence) -> Verdict:
    if ended.outcome is Outcome.TIMEOUT:
        return Outcome.TIMEOUT, _cpu_sentence(evidence)
    if ended.outcome not in CHILD_MAY_SAY:
        return Outcome.CRASHED, SENT_ITSELF
    words = {
        Outcome.OK: "The program ran to its end.",
        Outcome.EXCEPTION: "The program raised an exception that it didn't catch. The exception says where and why.",
        Outcome.OUT_OF_MEMORY: (
            f"The program asked for more than the {_size(evidence.request.limits.memory_bytes)} of memory it may use. "
            "Use smaller tensors or batches."
        ),
    }
    return ended.outcome, ended.detail or words[ended.outcome]


def _size(count: int) -> str:
    """A number of bytes as a person says it."""
    for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if count >= size:
            return f"{count / size:.4g} {unit}"
    return f"{count} bytes"


def _by_exit(evidence: Evidence) -> Verdict:
    if evidence.failed is not None:
        return (
            Outcome.CRASHED,
            f"The run could not be started: {evidence.failed}. Wait for other runs to end; try again.",
        )
    if evidence.zygote_lost or evidence.status is None:
        return Outcome.CRASHED, (
            "The process that starts programs ended, and this run with it. It is started again by itself: run the "
            "program again."
        )
    number = evidence.status & 0x7F
    if number == 0:
        return Outcome.CRASHED, _exit_sentence(evidence.status >> 8)
    name = signal.Signals(number).name
    used = evidence.cpu_ms is not None and evidence.cpu_ms >= evidence.request.limits.cpu_s * 1000
    if name == "SIGXCPU" or (name == "SIGKILL" and used):
        return Outcome.TIMEOUT, _cpu_sentence(evidence)
    if name == "SIGKILL" and evidence.oom_killed:
        return Outcome.OUT_OF_MEMORY, (
            "The machine ran out of memory while the run was on, and its kernel killed a process: this run was killed "
            "without another reason known. Use smaller tensors or batches."
        )
    if evidence.silent:
        return Outcome.CRASHED, (
            "The run was ended because it closed the channel its results travel on (descriptor 3), so nothing more "
            "could be told. Don't close descriptors the program didn't open."
        )
    cause = SIGNALS.get(name, "no reason is known for it here. Leave lines out to find the place.")
    return Outcome.CRASHED, f"The program crashed ({name}): {cause}"


def _exit_sentence(status: int) -> str:
    if status == UNCONFINED:
        return (
            "The run ended with exit status 125, which a child also gives when its walls could not be put up and "
            "nothing ran. Standard error says more; if the program didn't call os._exit(125), restart the server."
        )
    return (
        f"The program ended with exit status {status} before it could report its variables: os._exit() and native "
        "libraries that exit do that. Let it run to its end, or use sys.exit()."
    )


def _cpu_sentence(evidence: Evidence) -> str:
    limits, name = evidence.request.limits, evidence.request.preset.upper()
    return (
        f"The run was ended after {limits.cpu_s} s of computing (CPU time), its limit. Do less in one run, or "
        f"start the server with a larger GRADWALK_{name}_CPU_S."
    )


def oom_kills() -> int:
    """How many processes this kernel has killed for want of memory, 0 where it doesn't say."""
    try:
        words = Path("/proc/vmstat").read_text(encoding="ascii").split()
        return int(words[words.index("oom_kill") + 1])
    except (OSError, ValueError):
        return 0


SENT_ITSELF = (
    "The program ended itself in a way only the server may (a stop nobody asked for). Remove the os.kill() of its own "
    "process, or use sys.exit()."
)


def last_line(evidence: Evidence, *, events: int, wall_ms: float) -> Line:
    """The run's Finished. The child's own figures are for display only, for it can forge them."""
    outcome, detail = judge(evidence)
    ended = evidence.ended
    return finished_line(
        outcome,
        detail,
        events=events,
        dropped=evidence.dropped,
        wall_ms=wall_ms,
        cpu_ms=ended.cpu_ms if ended is not None else evidence.cpu_ms,
        peak_memory_bytes=ended.peak_memory_bytes if ended is not None else None,
    )
