"""What groups are called."""

from .drawn import Drawn, outline


def called(*paths: str, forward: str | None = None, line: int = 3) -> str:
    """The first title of a program that calls these modules, one after the other; each makes two nodes."""
    drawn = Drawn()
    last = drawn.leaf()
    for path in paths:
        drawn.call(path, "Block", forward)
        last = drawn.node("Exp", drawn.node("Mul", last, line=line, function=forward), line=line, function=forward)
        drawn.leave()
    drawn.node("Sum", last, line=9)
    return outline(drawn.tree()).partition(":")[0]


def test_a_module_goes_by_its_path_and_its_class() -> None:
    assert called("net.block") == "module net.block · Block"


def test_a_module_without_a_name_goes_by_its_class() -> None:
    assert called("Block") == "module Block"


def test_a_path_is_told_from_the_module_around_it() -> None:
    drawn = Drawn()
    drawn.call("model", "Model")
    drawn.call("model.encoder.layer.3", "Layer")
    last = drawn.node("Exp", drawn.node("Mul", drawn.leaf()))
    drawn.leave()
    drawn.node("Sum", last)
    drawn.leave()
    drawn.node("Sum", last)
    assert outline(drawn.tree()).splitlines()[1] == "  module encoder.layer.3 · Layer: 3"


def test_equal_modules_go_by_the_first_and_the_last() -> None:
    assert called("net.0", "net.1", "net.2") == "repeat net.0 … net.2 · Block × 3"


def test_equal_rows_of_modules_go_by_the_first_and_the_last_too() -> None:
    drawn = Drawn()
    last = drawn.leaf()
    for number in range(6):
        drawn.call(f"net.{number}", "Linear" if number % 2 == 0 else "Norm")
        name = "Addmm" if number % 2 == 0 else "LayerNorm"
        last = drawn.node("View", drawn.node(name, last))
        drawn.leave()
    drawn.node("Sum", last)
    first, second = outline(drawn.tree()).splitlines()[:2]
    assert first.startswith("repeat net.0 … net.5 · Linear, Norm × 3")
    assert second.strip().startswith("repeat net.0 … net.1")


def test_a_method_goes_by_its_own_name() -> None:
    drawn = Drawn()
    last = drawn.node("Exp", drawn.node("Mul", drawn.leaf(), function="Net.attend"), function="Net.attend")
    drawn.node("Sum", last)
    assert outline(drawn.tree()) == "function attend(): 3"


def test_what_repeats_inside_a_library_goes_by_the_names_of_its_nodes() -> None:
    drawn = Drawn()
    drawn.call("gru", "GRU")
    last = drawn.leaf()
    for _ in range(6):
        last = drawn.node("Tanh", drawn.node("Mul", last))
    drawn.node("Stack", last)
    drawn.leave()
    drawn.node("Sum", last)
    assert outline(drawn.tree()).splitlines()[1] == "  repeat Mul, Tanh × 6: 13"


def test_a_title_has_an_end() -> None:
    assert len(called("x" * 300)) == len("module ") + 200
