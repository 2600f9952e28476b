"""Room on the stack for deep graphs: freeing one whose nodes were looked at recurses as deep as the graph is.

Knows nothing of torch, and imports nothing heavy: the zygote asks before it imports anything else.
"""

import sys

STACK_BYTES = 1 << 30
"""Room for some five million nodes in a row; the usual 8 MiB are room for forty thousand."""


def allow_deep() -> bool:
    """Lets the stack of this process's first thread grow; whether it could not grow as far before.

    How far it can is settled when a program is loaded, so what was loaded with a small one has room for most of it.
    """
    if sys.platform == "win32":
        return False
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    want = STACK_BYTES if hard == resource.RLIM_INFINITY else min(STACK_BYTES, hard)
    if soft == resource.RLIM_INFINITY or soft >= want:
        return False
    resource.setrlimit(resource.RLIMIT_STACK, (want, hard))
    return True
