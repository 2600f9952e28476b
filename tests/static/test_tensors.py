"""The tensors panel, mounted alone and fed a recording."""

from typing import Any

import pytest

from .backwards import SQUARE, change
from .conftest import NARROW, Mount, feed, finished, recording

pytestmark = pytest.mark.browser

STARTED = recording("pow_add")[0]
X = next(event for event in recording("pow_add") if event["type"] == "tensor")
CELLS = "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"


def rows(page: Any) -> list[list[str]]:
    """The table's cells as a reader sees them."""
    return page.locator("#tensors [data-part=rows] tr").evaluate_all(CELLS)  # type: ignore[no-any-return]  # JSON


def changed(**changes: Any) -> dict[str, Any]:
    """A report like x's."""
    return {**X, **changes}


def value(data: Any, **changes: Any) -> dict[str, Any]:
    """A tensor value."""
    return {**X["value"], "data": data, **changes}


def test_it_says_of_every_variable_whether_it_is_a_leaf_and_what_its_grad_is_and_why(mount: Mount) -> None:
    page = mount("tensors")
    feed(page, recording("pow_add"))
    reports = [event for event in recording("pow_add") if event["type"] == "tensor"]
    why = [report["explanation"] for report in reports]
    assert rows(page) == [
        ["x", "leaf", "True", "None", "() float32", "2.", "4.", why[0]],
        ["y", "not a leaf", "True", "PowBackward0", "() float32", "4.", "None", why[1]],
        ["z", "not a leaf", "True", "AddBackward0", "() float32", "7.", "None", why[2]],
    ]
    assert page.is_hidden("#tensors [data-part=empty]")


def test_it_is_a_table_to_a_screen_reader_on_a_narrow_screen_too(mount: Mount) -> None:
    page = mount("tensors")
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # playwright's own TypedDict
    feed(page, recording("pow_add"))
    assert page.get_by_role("table", name="Tensors").get_by_role("row").count() == 4
    assert page.get_by_role("rowheader", name="x").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    narrowest = page.locator("#tensors tbody td").evaluate_all("all => Math.min(...all.map(cell => cell.offsetWidth))")
    assert narrowest > 100


def test_a_button_asks_for_a_variables_node_to_be_shown_in_its_graph(mount: Mount) -> None:
    page = mount("tensors")
    feed(page, [*recording("pow_add")[:-1], changed(name="free", node=None), finished()])
    assert page.get_by_role("button", name="show it in the graph").count() == 2
    page.get_by_role("button", name="y: show it in the graph").click()
    sought = page.evaluate("window.signals.filter(([name]) => name === 'seek')")
    assert sought == [["seek", {"graph": 0, "node": 1, "variables": ["y"]}]]


def test_a_later_report_replaces_the_earlier_one_of_that_name(mount: Mount) -> None:
    page = mount("tensors")
    feed(page, [STARTED, X, changed(grad=None, explanation="Later.")])
    assert [row[6:] for row in rows(page)] == [["None", "Later."]]


def test_names_are_text_whatever_they_hold(mount: Mount) -> None:
    page = mount("tensors")
    names = ["<b>x</b>", 'd["__proto__"]', "__proto__", "constructor", "переменная", "🙂"]
    feed(page, [STARTED, *(changed(name=name) for name in names), finished()])
    assert [row[0] for row in rows(page)] == names


@pytest.mark.parametrize(
    ("held", "shown"),
    [
        (value("NaN", nonfinite=1), "nan"),
        (value(["-Infinity", "Infinity", 0.5], nonfinite=2), "[-inf, inf, 0.5]"),
        (value([1, 2], dtype="int64"), "[1, 2]"),
        (value([True, False], dtype="bool"), "[True, False]"),
        (value([[1.0, 0.25], [-3.0, 1e-9]]), "[[1., 0.25],\n [-3., 1.000e-9]]"),
        (value("1+2j", dtype="complex64"), "1+2j"),
        (value(list(range(12)), dtype="int64"), "[0, 1, 2, …, 10, 11]"),
        (value([]), "[]"),
        (value(None, mean=0.5, std=1.0, min=-2.0, max=2.25), "mean 0.5, std 1.\nmin -2., max 2.25"),
        (value(None, nonfinite=3), "not shown\n3 not finite"),
        (None, "not shown"),
    ],
)
def test_values_are_written_in_torchs_manner(mount: Mount, held: Any, shown: str) -> None:
    page = mount("tensors")
    feed(page, [STARTED, changed(value=held)])
    assert page.inner_text("#tensors [data-slot=value]") == shown


def test_a_row_pointed_at_tells_its_line_and_node_and_leads_to_the_line(mount: Mount) -> None:
    page = mount("tensors")
    feed(page, recording("pow_add"))
    page.hover("#tensors [data-part=rows] tr:nth-child(2)")
    button = page.get_by_role("button", name="y", exact=True)
    told = ["light", {"source": "tensors", "line": 2, "graph": 0, "nodes": [1], "variables": ["y"]}]
    assert page.evaluate("window.signals")[0] == told
    button.press("Enter")
    assert page.evaluate("window.signals.at(-1)") == ["line", 2]


@pytest.mark.parametrize(
    ("light", "lit"),
    [
        ({"source": "graph", "variables": ["y"]}, ["y"]),
        ({"source": "graph", "graph": 0, "nodes": [0]}, ["z"]),
        ({"source": "graph", "graph": 1, "nodes": [0]}, []),
        ({"source": "editor", "line": 1}, ["x"]),
        ({"source": "graph", "line": 1}, []),
        ({"source": "graph"}, []),
    ],
)
def test_it_lights_the_row_that_something_else_points_at(mount: Mount, light: dict[str, Any], lit: list[str]) -> None:
    page = mount("tensors")
    feed(page, recording("pow_add"))
    page.evaluate("detail => document.dispatchEvent(new CustomEvent('gradwalk:light', { detail }))", light)
    assert page.locator("#tensors tr.lit .name").all_inner_texts() == lit


def test_a_text_that_does_not_parse_keeps_the_last_table_but_dimmed(mount: Mount) -> None:
    page = mount("tensors")
    raised = {**recording("requires_grad_non_leaf")[1], "kind": "SyntaxError"}
    feed(page, [*recording("pow_add"), STARTED, raised, finished("exception")])
    assert len(rows(page)) == 3
    assert page.locator("#tensors[data-stale]").count() == 1
    feed(page, recording("pow_add"))
    assert page.locator("#tensors[data-stale]").count() == 0


def test_a_run_without_tensors_empties_the_table(mount: Mount) -> None:
    page = mount("tensors")
    feed(page, [*recording("pow_add"), STARTED, finished()])
    assert rows(page) == []
    assert page.is_visible("#tensors [data-part=empty]")


def test_parameters_add_up_to_a_summary_of_the_model(mount: Mount) -> None:
    page = mount("tensors")
    shapes = {"model.0.weight": [100, 1000], "model.0.bias": [100], "scale": []}
    parameters = [changed(name=name, kind="parameter", shape=shape) for name, shape in shapes.items()]
    feed(page, [STARTED, X])
    assert page.is_hidden("#tensors .model")
    feed(page, [*parameters, changed(name="scale", kind="parameter", shape=[], requires_grad=False), finished()])
    assert page.inner_text("#tensors .model summary") == "Model 100,101 parameters in 2 modules, 1 of them frozen"
    page.click("#tensors .model summary")
    cells = "rows => rows.map(row => [...row.cells].map(cell => cell.innerText))"
    assert page.locator("#tensors .modules tbody tr").evaluate_all(cells) == [
        ["model.0", "weight (100, 1000), bias (100,)", "100,100"],
        ["scale", "()", "1"],
    ]


def test_what_was_added_to_a_grad_stands_under_it(mount: Mount) -> None:
    page = mount("tensors")
    tensor = next(event for event in recording("pow_add") if event.get("name") == "x")
    feed(page, [recording("pow_add")[0], {**SQUARE, "grads": {"x": change(1.0, 3.0, 4.0)}}, tensor])
    assert page.inner_text("#tensors .grown") == "1 + 3 = 4"


def test_a_sum_that_is_no_longer_what_grad_holds_is_not_shown(mount: Mount) -> None:
    page = mount("tensors")
    tensor = next(event for event in recording("pow_add") if event.get("name") == "x")
    feed(page, [recording("pow_add")[0], {**SQUARE, "grads": {"x": change(4.0, 4.0, 8.0)}}, tensor])
    assert page.is_hidden("#tensors .grown")


def test_a_line_in_the_explanation_leads_there(mount: Mount) -> None:
    page = mount("tensors")
    feed(page, recording("pow_add"))
    page.locator("#tensors .why").first.get_by_role("button", name="line 4").click()
    assert page.evaluate("window.signals.filter(([name]) => name === 'line')") == [["line", 4]]
    assert (
        page.locator("#tensors .why").first.inner_text()
        == "x is a leaf that requires grad: backward() on line 4 added 4 into x.grad."
    )
