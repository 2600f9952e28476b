"""What a viewer sees when a process of the server is killed in the middle of a run: a real page, a whole real server."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from ..supervised import Server, serving, wait_for
from .conftest import ENDED, until
from .test_training import STEPS, begin

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

LOOP = """import time
for step in range(100_000):
    log(step, loss=1 / (step + 1))
    time.sleep(0.01)
"""


@pytest.fixture(scope="module")
def whole() -> Iterator[Server]:
    with serving() as server:
        wait_for(server.ready)
        yield server


def steps(page: "Page") -> list[int]:
    return [int(step) for step in page.evaluate(STEPS)]


def test_a_killed_web_process_leaves_no_gap_in_the_curve(page: "Page", whole: Server, complaints: list[str]) -> None:
    begin(page, str(whole.client.base_url), LOOP)
    until(page, f"{STEPS}.length > 20")
    seen = steps(page)
    killed = whole.kill("serve")
    wait_for(lambda: whole.pid("serve") not in (None, killed))
    until(page, f"{STEPS}.length > {len(seen) + 100}")
    assert steps(page) == list(range(len(steps(page))))
    page.get_by_role("button", name="Stop").click()
    until(page, "document.querySelector('#console .ending').dataset.outcome === 'stopped'")
    complaints.clear()  # the browser says of each lost connection that it was lost


def test_a_killed_agent_leaves_an_interrupted_run_with_every_point_that_was_shown(
    page: "Page", whole: Server, complaints: list[str]
) -> None:
    begin(page, str(whole.client.base_url), LOOP)
    until(page, f"{STEPS}.length > 20")
    seen = steps(page)
    whole.kill("agent")
    until(page, "document.querySelector('#console .ending').dataset.outcome === 'interrupted'")
    assert steps(page)[: len(seen)] == seen == list(range(len(seen)))
    page.reload()
    until(page, ENDED)
    until(page, f"{STEPS}.length >= {len(seen)}")
    assert steps(page)[: len(seen)] == seen
    complaints.clear()
