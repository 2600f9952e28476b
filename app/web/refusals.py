"""Why the door refuses: each reason an exception with its sentence. What it becomes on the wire, problems.py says."""

from ..events import MAX_SOURCE_BYTES


class UnknownGraph(LookupError):
    """The run has told of no such graph."""

    def __init__(self, run_id: str, index: int) -> None:
        super().__init__(f"Run {run_id!r} has no graph {index}. Its graph events say which there are.")


class UnknownGroup(LookupError):
    """The graph has no such group."""

    def __init__(self, group: str) -> None:
        super().__init__(f"The graph has no group {group[:100]!r}. Its `groups` say which there are.")


class UnknownBackward(LookupError):
    """The run has told of no such backward."""

    def __init__(self, run_id: str, number: int) -> None:
        super().__init__(f"Run {run_id!r} has no backward {number}. Its backward events say which there are.")


class UnknownNode(LookupError):
    """The graph of that backward has no such node."""

    def __init__(self, run_id: str, number: int, node: int) -> None:
        super().__init__(
            f"Backward {number} of run {run_id!r} has no node {node} in its graph event. Choose one of the nodes there."
        )


class UnknownAddress(LookupError):
    """An address longer than any of ours."""

    def __init__(self) -> None:
        super().__init__("No address of this server is that long. The calls there are: /openapi.json.")


class UnknownLesson(LookupError):
    """There is no lesson of that name."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"There is no lesson {slug[:100]!r}. The lessons there are: /lessons.")


class SourceTooLarge(Exception):
    """More source text than a run takes."""

    def __init__(self) -> None:
        kib = MAX_SOURCE_BYTES // 1024
        super().__init__(f"The source is longer than {kib} KiB, the most a run takes. Shorten it.")


class BodyTooLarge(Exception):
    """A request body beyond anything this server takes."""

    def __init__(self) -> None:
        super().__init__("The request's body is too large. Send the source alone, at most 256 KiB of it.")


class Foreign(Exception):
    """A request that came from another site, or under a name that isn't this server's."""


class NoToken(Exception):
    """A server that answers only to who has its token was asked without."""

    def __init__(self, *, unsafe: bool = True) -> None:
        super().__init__(
            "This server runs programs without walls, so it answers only to whoever started it. "
            "Open the address it printed when it started: the token is in there."
            if unsafe
            else "This server answers only to who has its token. Open its address with ?token=… behind it, as whoever "
            "runs the server gave it to you; a program sends it as `Authorization: Bearer …`."
        )


class NoUser(Exception):
    """The proxy before this server names no user."""

    def __init__(self, header: str) -> None:
        super().__init__(
            f"No user is signed in: the header {header} is missing. Open this server by the address of its proxy, "
            "which asks who you are."
        )


class NotYours(Exception):
    """What only another user, or an operator, may do; the message says which."""


class TooSlow(Exception):
    """A request's body took too long."""

    def __init__(self, patience_s: float) -> None:
        super().__init__(f"The request's body was not there within {patience_s:g} s. Send it at once, in one piece.")


class TooManyStreams(Exception):
    """More event streams than this server keeps open."""

    retry_after_s = 5

    def __init__(self, *, mine: bool) -> None:
        whose = "This client follows" if mine else "This server's readers follow"
        super().__init__(f"{whose} as many runs as it keeps open. Close other pages of runs, or try again in 5 s.")


class TooManyPictures(Exception):
    """More pictures asked for at once than are kept waiting."""

    retry_after_s = 1

    def __init__(self, *, mine: bool) -> None:
        whose = "This client waits" if mine else "This server's readers wait"
        super().__init__(f"{whose} for as many pictures as are made at once or kept waiting. Try again in 1 s.")


class TooOften(Exception):
    """More runs in a minute than one client may begin."""

    def __init__(self, rate: int, retry_after_s: int) -> None:
        super().__init__(
            f"This client began {rate} runs within a minute, the most it may. Try again in {retry_after_s} s; whoever "
            "runs the server can set GRADWALK_RATE."
        )
        self.retry_after_s = retry_after_s
