"""What a program is lent, and the library doors that open differently."""

import base64

from app.events import Figure, Scalars

from .conftest import Observed


def test_log_draws_a_series_for_each_name(observed: Observed) -> None:
    told = observed("for step in range(3):\n    log(step, loss=1 / (step + 1), acc=torch.tensor(0.5))")
    points: dict[str, list[tuple[int, float]]] = {}
    for frame in told.all(Scalars):
        points.setdefault(frame.tag, []).extend(zip(frame.step, frame.value, strict=True))
    assert points == {"loss": [(0, 1.0), (1, 0.5), (2, 1 / 3)], "acc": [(0, 0.5), (1, 0.5), (2, 0.5)]}


def test_a_loss_that_requires_grad_is_logged_without_a_warning(observed: Observed) -> None:
    told = observed("w = torch.ones((), requires_grad=True)\nlog(0, loss=w * 2)")
    assert (told.the(Scalars).value, told.stderr) == ((2.0,), "")


def test_the_first_point_travels_at_once(observed: Observed) -> None:
    assert observed("log(0, loss=1.0)\nlog(1, loss=2.0)").all(Scalars)[0].step == (0,)


def test_show_sends_the_open_figures_as_pictures(observed: Observed) -> None:
    told = observed("from matplotlib import pyplot as plt\nplt.plot([1, 2])\nplt.show()")
    figure = told.the(Figure)
    assert figure.mime == "image/svg+xml"
    assert b"<svg" in base64.b64decode(figure.data)


def test_a_data_loader_asked_for_workers_loads_the_same_batches_itself(observed: Observed) -> None:
    told = observed(
        "from torch.utils.data import DataLoader\n"
        "print([b.tolist() for b in DataLoader(torch.arange(4), batch_size=2, num_workers=2)])"
    )
    assert told.stdout == "[[0, 1], [2, 3]]\n"
    assert told.stderr.startswith("DataLoader(num_workers=2) loads in this process")


def test_a_warning_loses_the_path_on_pytorchs_build_machine(observed: Observed) -> None:
    told = observed("x = torch.ones(1, requires_grad=True)\n(x * 2).grad")
    assert told.stderr.startswith("<user>:2: UserWarning: The .grad attribute of a Tensor that is not a leaf")
    assert "Triggered internally" not in told.stderr


def test_torch_compile_gives_the_function_back_and_says_so(observed: Observed) -> None:
    told = observed("@torch.compile(mode='default')\ndef f(v):\n    return v * 2\nprint(f(torch.ones(1)))")
    assert told.stdout == "tensor([2.])\n"
    assert told.stderr.startswith("torch.compile() gives the function back as it is")
