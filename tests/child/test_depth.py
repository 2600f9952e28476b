"""Room on the stack, asked for in processes of their own."""

import subprocess
import sys

ASK = """
import resource
from app.child.depth import allow_deep
hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
resource.setrlimit(resource.RLIMIT_STACK, (8 * 2**20, {hard}))
print(allow_deep(), allow_deep(), resource.getrlimit(resource.RLIMIT_STACK)[0])
"""
DEEP = """
from app.child.depth import allow_deep
allow_deep()
from app.autograd import walk
from tests.data.workloads import chain
loss, _ = chain(150_000)
walk([loss.grad_fn])
del loss
print("freed")
"""


def printed(source: str) -> str:
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    return done.stdout


def test_the_stack_may_grow_to_a_gibibyte_and_is_asked_for_once() -> None:
    assert printed(ASK.format(hard="hard")) == f"True False {2**30}\n"


def test_a_hard_limit_is_kept_to() -> None:
    assert printed(ASK.format(hard=2**26)) == f"True False {2**26}\n"


def test_a_deep_graph_that_was_walked_can_then_be_freed() -> None:
    assert printed(DEEP) == "freed\n"
