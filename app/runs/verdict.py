"""How a run ended, told from what the server knows itself first, then from the child's last word, then its exit status.

Never claims a cause without evidence. Knows nothing of pipes.
"""

import signal
from dataclasses import dataclass
from pathlib import Path

from ..events import Ended, Outcome, RunRequest
from ..words import noted, translate
from .runner import Line, finished_line

Verdict = tuple[Outcome, str]
CHILD_MAY_SAY = (Outcome.OK, Outcome.EXCEPTION, Outcome.TIMEOUT, Outcome.OUT_OF_MEMORY)
UNREPORTED, SPEECHLESS, UNCONFINED = 123, 124, 125
"""Exit statuses of a child: what its program left behind could not be told, its result pipe was gone, a wall missed."""
SIGNALS = {
    "SIGSEGV": noted(
        "it touched memory that isn't its own. Native code called with wrong arguments (ctypes) or recursion without "
        "end does that; leave lines out until it runs, and the last one left out is the place."
    ),
    "SIGABRT": noted("native code gave up. What it wrote to standard error, above, says why."),
    "SIGBUS": noted(
        "it touched memory that is no longer backed by anything. Leave lines out to find which one does it."
    ),
    "SIGFPE": noted("native code divided a whole number by zero. Check integer divisors."),
    "SIGILL": noted("native code held an instruction this processor doesn't know. Use another library version."),
    "SIGSYS": noted("it entered the system by a door that is closed here. Native code for another machine does that."),
    "SIGALRM": noted(
        "an alarm it had set rang, and it had no handler for it. Remove signal.alarm(), or handle SIGALRM."
    ),
    "SIGTERM": noted("it told itself to end. Remove that os.kill(), or use sys.exit()."),
    "SIGKILL": noted(
        "it was killed, by itself or by the machine; nothing here shows which. If it needs much memory, use smaller "
        "tensors."
    ),
}
UNKNOWN = noted("no reason is known for it here. Leave lines out to find the place.")


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
    machine_lost: bool = False
    failed: str | None = None

    def say(self, sentence: str, **values: object) -> str:
        """The sentence in the language that the run was asked for in."""
        return translate(self.request.language, sentence, **values)


def judge(evidence: Evidence) -> Verdict:
    """The outcome and its sentence: what happened, why, what to do next."""
    limits, name, say = evidence.request.limits, evidence.request.preset.upper(), evidence.say
    if evidence.stop_asked:
        return Outcome.STOPPED, say("The run was stopped, as asked. Run it again to begin anew.")
    if evidence.machine_lost:
        return Outcome.INTERRUPTED, say(
            "The machine that this run was on was lost, and the run with it; all that it told before is kept. Run the "
            "program again: it goes to another machine."
        )
    if evidence.deadline:
        return Outcome.TIMEOUT, say(
            "The run was ended after {limit} s on the clock (wall time), its limit. Do less in one run, or "
            "start the server with a larger {setting}.",
            limit=f"{limits.wall_s:g}",
            setting=f"GRADWALK_{name}_WALL_S",
        )
    if evidence.flooded:
        return Outcome.OUTPUT_LIMIT, say(
            "The run was ended because it printed more than {size}; the beginning is kept. "
            "Print less often, or start the server with a larger {setting}.",
            size=_size(limits.stdout_bytes),
            setting=f"GRADWALK_{name}_STDOUT_BYTES",
        )
    if evidence.broken is not None:
        return Outcome.CRASHED, say(
            "The run was ended because what came on its result channel was not an event: {fault}. A program "
            "must leave descriptor 3 alone; remove what writes to it.",
            fault=evidence.broken,
        )
    if evidence.ended is not None:
        return _last_word(evidence.ended, evidence)
    return _by_exit(evidence)


def _last_word(ended: Ended, evidence: Evidence) -> Verdict:
    if ended.outcome is Outcome.TIMEOUT:
        return Outcome.TIMEOUT, _cpu_sentence(evidence)
    if ended.outcome not in CHILD_MAY_SAY:
        return Outcome.CRASHED, evidence.say(SENT_ITSELF)
    words = {
        Outcome.OK: evidence.say("The program ran to its end."),
        Outcome.EXCEPTION: evidence.say(
            "The program raised an exception that it didn't catch. The exception says where and why."
        ),
        Outcome.OUT_OF_MEMORY: evidence.say(
            "The program asked for more than the {size} of memory it may use. Use smaller tensors or batches.",
            size=_size(evidence.request.limits.memory_bytes),
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
    say = evidence.say
    if evidence.failed is not None:
        return Outcome.CRASHED, say(
            "The run could not be started: {fault}. Wait for other runs to end; try again.", fault=evidence.failed
        )
    if evidence.zygote_lost or evidence.status is None:
        return Outcome.CRASHED, say(
            "The process that starts programs ended, and this run with it. It is started again by itself: run the "
            "program again."
        )
    number = evidence.status & 0x7F
    if number == 0:
        return Outcome.CRASHED, _exit_sentence(evidence, evidence.status >> 8)
    name = signal.Signals(number).name
    used = evidence.cpu_ms is not None and evidence.cpu_ms >= evidence.request.limits.cpu_s * 1000
    if name == "SIGXCPU" or (name == "SIGKILL" and used):
        return Outcome.TIMEOUT, _cpu_sentence(evidence)
    if name == "SIGKILL" and evidence.oom_killed:
        return Outcome.OUT_OF_MEMORY, say(
            "The machine ran out of memory while the run was on, and its kernel killed a process: this run was killed "
            "without another reason known. Use smaller tensors or batches."
        )
    if evidence.silent:
        return Outcome.CRASHED, say(
            "The run was ended because it closed the channel its results travel on (descriptor 3), so nothing more "
            "could be told. Don't close descriptors the program didn't open."
        )
    cause = say(SIGNALS.get(name, UNKNOWN))
    return Outcome.CRASHED, say("The program crashed ({signal}): {cause}", signal=name, cause=cause)


def _exit_sentence(evidence: Evidence, status: int) -> str:
    if status == UNCONFINED:
        return evidence.say(
            "The run ended with exit status 125, which a child also gives when its walls could not be put up and "
            "nothing ran. Standard error says more; if the program didn't call os._exit(125), restart the server."
        )
    if status == UNREPORTED:
        return evidence.say(
            "The run ended with exit status 123: what the program did could not be told, because it broke what telling "
            "needs, such as a function of Python's or torch's that it replaced. Standard error says what failed; leave "
            "their own names to Python and torch."
        )
    if status == SPEECHLESS:
        return evidence.say(
            "The run ended with exit status 124 because the channel its results travel on (descriptor 3) was closed, "
            "so nothing more could be told. Don't close descriptors the program didn't open."
        )
    return evidence.say(
        "The program ended with exit status {status} before it could report its variables: os._exit() and native "
        "libraries that exit do that. Let it run to its end, or use sys.exit().",
        status=status,
    )


def _cpu_sentence(evidence: Evidence) -> str:
    limits, name = evidence.request.limits, evidence.request.preset.upper()
    return evidence.say(
        "The run was ended after {limit} s of computing (CPU time), its limit. Do less in one run, or start the server "
        "with a larger {setting}.",
        limit=limits.cpu_s,
        setting=f"GRADWALK_{name}_CPU_S",
    )


def oom_kills() -> int:
    """How many processes this kernel has killed for want of memory, 0 where it doesn't say."""
    try:
        words = Path("/proc/vmstat").read_text(encoding="ascii").split()
        return int(words[words.index("oom_kill") + 1])
    except (OSError, ValueError):
        return 0


SENT_ITSELF = noted(
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
