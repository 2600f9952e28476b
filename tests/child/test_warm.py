"""Tier B: without Landlock no file can be opened, and what was imported before must be enough for a program."""

from collections.abc import AsyncIterator

import pytest

from app.runs.local import LocalRunner
from app.words import LANGUAGES
from tests.runs.play import play

from .test_confine import CLASSES, LIBRARY, NOT_A_LIBRARY

pytestmark = pytest.mark.anyio

PLOT = """
import io, matplotlib.pyplot as plt
plt.plot([1, 2])
plt.title("$x^2$")
for form in ("svg", "png"):
    file = io.BytesIO()
    plt.savefig(file, format=form)
    print(form, len(file.getvalue()) > 1000)
"""


@pytest.fixture(scope="module")
async def closed(anyio_backend: str) -> AsyncIterator[LocalRunner]:
    runner = LocalRunner(wall="no-landlock")
    await runner.start()
    yield runner
    await runner.close()


async def test_programs_run_and_plot_where_no_file_can_be_opened(closed: LocalRunner) -> None:
    told = [await play(closed, source) for source in (CLASSES, PLOT, "open(torch.__file__)")]
    assert [(each.printed, each.outcome) for each in told] == [
        ("Point(x=1.5)\n", "ok"),
        ("svg True\npng True\n", "ok"),
        ("", "exception"),
    ]
    assert str(told[2].raised).startswith("PermissionError: [Errno 13]")


async def test_the_standard_library_is_there_without_files(closed: LocalRunner) -> None:
    told = await play(closed, LIBRARY.replace("{left_out}", repr(NOT_A_LIBRARY)))
    missing = {line.split()[0] for line in told.printed.splitlines()} - {"done"}
    assert missing <= {"distutils", "nis", "ossaudiodev", "readline", "spwd"}


async def test_the_tier_is_told(closed: LocalRunner) -> None:
    await play(closed, "")
    health = closed.health()
    assert (health.state, health.tier, health.layers["landlock"]) == ("ready", "B", False)
    assert set(health.selftest.values()) == {True}


async def test_every_language_is_spoken_without_files(closed: LocalRunner) -> None:
    source = "x = torch.tensor(1., requires_grad=True)\ny = x ** 2\ny.backward()\ny.backward()"
    told = {language: await play(closed, source, language) for language in LANGUAGES}
    assert {language: each.outcome for language, each in told.items()} == dict.fromkeys(LANGUAGES, "exception")
    assert "Gradwalk" not in "".join(each.complained for each in told.values())
    assert len({each.finished.detail for each in told.values()}) == len(LANGUAGES)
