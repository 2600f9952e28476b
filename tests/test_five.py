"""The article's five two-layer networks, held to NumPy's float64, and the same run behind the walls as outside.

The truth is written here a second time, in other words than the examples'. Their rule: float32 may leave it by
1e-4 of the loss + 1e-3, float64 by a billionth.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from app.events import Figure, Scalars
from app.runs.local import LocalRunner

from .runs.play import play

pytestmark = pytest.mark.anyio

EXAMPLES = Path(__file__).resolve().parents[1] / "static" / "examples"
FIVE = ("14_numpy_by_hand", "15_torch_by_hand", "16_torch_autograd", "17_nn_sequential", "18_nn_module_adam")
SHAPES = ((64, 1000), (64, 10), (1000, 100), (100, 10))
STEPS = 500
IN_FULL = "\nprint([float(each).hex() for each in all_loss])\n"
"""Every loss to the last bit."""
RANDOM = "print(torch.rand(1))\n"
"""What the random state is at the end."""
IN_FLOAT64 = "import torch\ntorch.set_default_dtype(torch.float64)\n"
PLAIN = """
import sys, types, json
from matplotlib import use
use("Agg")
silent = types.ModuleType("torchsummary")
silent.summary = lambda model, size: None
sys.modules["torchsummary"] = silent
for source in json.load(sys.stdin):
    exec(compile("import torch\\n" + source, "example", "exec"), {"__name__": "__main__"})
    print("end of example")
"""
"""Plain Python, with a model summary that does nothing at all."""
Array = NDArray[np.float64]


def source_of(name: str) -> str:
    return (EXAMPLES / f"{name}.py").read_text("utf-8")


def in_full(name: str) -> str:
    source = source_of(name)
    return source + IN_FULL + (RANDOM if "manual_seed" in source else "")


@pytest.fixture(scope="module")
def plain() -> dict[str, str]:
    """What each of the five prints in plain Python, the torch ones in float64 too."""
    sources = {name: in_full(name) for name in FIVE}
    sources |= {f"{name} in float64": IN_FLOAT64 + sources[name] for name in FIVE[1:]}
    asked = json.dumps(list(sources.values()))
    done = subprocess.run([sys.executable, "-c", PLAIN], input=asked, capture_output=True, text=True, check=True)
    return dict(zip(sources, done.stdout.split("end of example\n"), strict=False))


def losses(printed: str) -> Array:
    listed = next(line for line in printed.splitlines() if line.startswith("["))
    return np.array([float.fromhex(word.strip(" '")) for word in listed.strip("[]").split(",")])


def drawn(dtype: torch.dtype) -> list[Array]:
    """x, y, w1, w2 as the scripts of torch draw them."""
    torch.manual_seed(0)
    return [torch.randn(*shape, dtype=dtype).double().numpy() for shape in SHAPES]


def truth(x: Array, y: Array, *weights: Array, step: Callable[..., None]) -> Array:
    """The loss before each step; `step` changes the weights in place. Without biases they count as zero."""
    w1, w2, b1, b2 = [each.copy() for each in weights] + [np.zeros(1)] * (4 - len(weights))
    told = []
    for number in range(1, STEPS + 1):
        before = np.einsum("nd,dh->nh", x, w1, optimize=True) + b1
        after = np.where(before > 0, before, 0.0)
        error = np.einsum("nh,ho->no", after, w2, optimize=True) + b2 - y
        told.append(np.vdot(error, error))
        back = np.where(before > 0, np.einsum("no,ho->nh", 2 * error, w2, optimize=True), 0.0)
        slope1, slope2 = (
            np.einsum("nd,nh->dh", x, back, optimize=True),
            np.einsum("nh,no->ho", after, 2 * error, optimize=True),
        )
        pairs = [(w1, slope1), (w2, slope2), (b1, back.sum(axis=0)), (b2, 2 * error.sum(axis=0))]
        step(number, pairs[: len(weights)])
    return np.array(told)


def downhill(rate: float) -> Callable[..., None]:
    def step(_: int, pairs: list[tuple[Array, Array]]) -> None:
        for weight, slope in pairs:
            weight -= rate * slope

    return step


def adam(rate: float) -> Callable[..., None]:
    """Kingma and Ba, 2015, with torch's defaults."""
    means: dict[int, Any] = {}

    def step(number: int, pairs: list[tuple[Array, Array]]) -> None:
        for place, (weight, slope) in enumerate(pairs):
            mean, square = means.get(place, (0.0, 0.0))
            mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
            means[place] = mean, square
            weight -= rate * mean / (1 - 0.9**number) / (np.sqrt(square / (1 - 0.999**number)) + 1e-8)

    return step


def assert_agree(ours: Array, true: Array, *, float64: bool) -> None:
    # A loss is a sum of squared errors, so where they are nearly nothing its rounding is theirs: numbers of size 1 to
    # 100 known to 1e-12 after 500 steps, added up in another order by another processor.
    allowed = 1e-9 * true + 2e-12 * np.sqrt(true) if float64 else 1e-4 * true + 1e-3
    assert len(ours) == len(true)
    assert np.all(np.abs(ours - true) <= allowed), np.argmax(np.abs(ours - true) / allowed)


def test_numpy_by_hand_is_the_truth(plain: dict[str, str]) -> None:
    rng = np.random.default_rng(0)
    data = [rng.standard_normal(shape) for shape in SHAPES]
    assert_agree(losses(plain[FIVE[0]]), truth(*data, step=downhill(1e-6)), float64=True)


@pytest.mark.parametrize("name", FIVE[1:3])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_torch_by_hand_and_autograd_agree_with_it(name: str, dtype: torch.dtype, plain: dict[str, str]) -> None:
    float64 = dtype == torch.float64
    ours = losses(plain[f"{name} in float64" if float64 else name])
    assert_agree(ours, truth(*drawn(dtype), step=downhill(1e-6)), float64=float64)


@pytest.mark.parametrize(("name", "step"), [(FIVE[3], downhill(1e-4)), (FIVE[4], adam(1e-4))], ids=FIVE[3:])
def test_the_modules_do_what_numpy_does_with_their_weights(
    name: str, step: Callable[..., None], plain: dict[str, str]
) -> None:
    torch.manual_seed(0)
    data = [torch.randn(*shape).double().numpy() for shape in SHAPES[:2]]
    layers = [torch.nn.Linear(1000, 100), torch.nn.Linear(100, 10)]
    weights = [layer.weight.detach().double().numpy().T for layer in layers]
    biases = [layer.bias.detach().double().numpy() for layer in layers]
    assert_agree(losses(plain[name]), truth(*data, *weights, *biases, step=step), float64=False)


@pytest.mark.parametrize("name", FIVE)
async def test_as_pasted_they_do_here_what_they_do_anywhere(
    name: str, plain: dict[str, str], runner: LocalRunner
) -> None:
    told = await play(runner, in_full(name))
    assert (told.outcome, told.raised) == ("ok", None)
    summarised = name in FIVE[3:]
    printed = told.printed[-len(plain[name]) :]
    assert printed == plain[name]
    assert ("101,110" in told.printed) == summarised  # its parameters: 1000 * 100 + 100 + 100 * 10 + 10
    assert summarised or told.printed == plain[name]
    (figure,) = [event for event in told.events if isinstance(event, Figure)]
    assert figure.mime == "image/svg+xml"


@pytest.mark.parametrize("name", FIVE)
async def test_their_loss_is_a_curve_without_a_word_in_the_script(
    name: str, plain: dict[str, str], runner: LocalRunner
) -> None:
    told = await play(runner, source_of(name))
    frames = [event for event in told.events if isinstance(event, Scalars) and event.tag == "loss"]
    assert {frame.origin for frame in frames} == {"backward" if name in FIVE[2:] else "assigned"}
    assert [step for frame in frames for step in frame.step] == list(range(STEPS))
    assert [value for frame in frames for value in frame.value] == list(losses(plain[name]))
    assert {frame.total for frame in frames} == {STEPS}


async def test_the_first_three_agree_and_it_is_shown_at_each_step(runner: LocalRunner) -> None:
    told = await play(runner, source_of("19_do_the_five_agree"))
    assert told.outcome == "ok"
    series: dict[str, list[float]] = {}
    for event in told.events:
        if isinstance(event, Scalars) and event.origin == "log":
            series.setdefault(event.tag, []).extend(event.value)
    apart = series["difference/loss"], series["difference/gradient"]
    assert [len(each) for each in apart] == [200, 200]
    assert max(apart[0][:100]) < 1e-4
    assert max(apart[1][:10]) < 1e-4
    true = np.array(series["loss"])
    for name in ("torch by hand", "autograd", "Sequential, no bias"):
        assert_agree(np.array(series[f"loss/{name}"]), true, float64=False)
    apart_first = [series[f"loss/{name}"][0] for name in ("4: own weights, lr 1e-4", "5: the same, with Adam")]
    assert max(apart_first) < 1000 < true[0]
