"""Runs the learner's source inside the confined child and tells what autograd did. (First sketch; grows next.)"""

import time
import traceback
from collections.abc import Callable

from ..events import Ended, ExceptionRaised, Outcome, RunRequest, encode

Send = Callable[[bytes], None]


def execute(request: RunRequest, send: Send) -> None:
    """Runs `request.source` and sends one encoded event per call, the last of them `Ended`. Never raises."""
    started = time.process_time()
    outcome = Outcome.OK
    try:
        exec(compile(request.source, "<user>", "exec"), {"__name__": "__main__"})  # noqa: S102  # the confined child
    except BaseException as error:
        outcome = Outcome.EXCEPTION
        send(
            encode(
                ExceptionRaised(
                    kind=type(error).__name__,
                    message=str(error),
                    line=None,
                    column=None,
                    traceback=traceback.format_exc(),
                )
            )
        )
    send(encode(Ended(outcome=outcome, detail="", cpu_ms=(time.process_time() - started) * 1000, peak_memory_bytes=0)))
