"""The player under the graph: hand-made backwards played on the real drawings."""

from typing import TYPE_CHECKING, Any

import pytest

from .backwards import GRAPH, SQUARE, STARTED, Event, backward, change, edge, graph, node, step, value
from .conftest import NARROW, Mount, feed, finished, pictures, recording, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

EDGES = "[...document.querySelectorAll('.gradient.on:not(.grown, .note)')].map(each => each.textContent)"
NOTES = "[...document.querySelectorAll('.gradient.on:is(.grown, .note)')].map(each => each.textContent)"
ACTIVE = "document.querySelector('.node.now')?.dataset.node"
FREED = "[...document.querySelectorAll('.node.saved')].map(box => [box.matches('.freed'), box.querySelector('text').textContent])"
BROKEN = value(["NaN", 1.0], (2,), nonfinite=1)


def played(mount: Mount, *events: Event) -> "Page":
    """The graph with the player on it, at the end of its last backward."""
    told = [STARTED, *events, finished()]
    page = mount("replay", *pictures(told))
    feed(page, told)
    page.wait_for_selector("#replay:not([hidden]) .replay-says:not(:empty)")
    return page


def says(page: "Page", words: str) -> None:
    """Waits until the player says this sentence."""
    page.wait_for_function("words => document.querySelector('.replay-says').textContent === words", arg=words)


def begin(page: "Page") -> None:
    """Goes to where nothing has run yet."""
    page.get_by_label("Step of backward()").fill("0")
    page.wait_for_function("() => document.querySelector('.replay-says').textContent.startsWith('Before step 1')")


def test_stepping_through_the_first_example_reads_1_1_4_off_the_picture(mount: Mount) -> None:
    page = played(mount, GRAPH, SQUARE)
    begin(page)
    onward = page.get_by_role("button", name="One step on")
    seen = [page.evaluate(EDGES)]
    for sentence in (
        "Step 1 of 3: AddBackward0, gradient in 1, out 1, none (undefined)",
        "Step 2 of 3: PowBackward0, gradient in 1, out 4",
        "Step 3 of 3: AccumulateGrad, gradient in 4, x.grad = 4",
    ):
        onward.click()
        says(page, sentence)
        seen.append([page.evaluate(ACTIVE), *page.evaluate(EDGES)])
    assert seen == [[], ["0", "1", "1"], ["1", "1", "1", "4"], ["2", "1", "1", "4"]]
    assert page.evaluate(NOTES) == [".grad = 4"]
    onward.click()
    says(page, "Done: x.grad = 4")


def test_the_keyboard_alone_steps_plays_and_goes_back(mount: Mount) -> None:
    page = played(mount, GRAPH, SQUARE)
    page.locator('#graph .node[tabindex="0"]').focus()
    for key in "[,[,":
        page.keyboard.press(key)
    says(page, "Before step 1 of 3: nothing has run yet.")
    page.keyboard.press("]")
    page.keyboard.press(".")
    says(page, "Step 2 of 3: PowBackward0, gradient in 1, out 4")
    page.get_by_label("Steps a second").select_option("60")
    page.locator('#graph .node[tabindex="0"]').focus()
    page.keyboard.press("Space")
    says(page, "Done: x.grad = 4")
    assert page.get_by_role("button", name="Play").is_visible()


def test_playing_from_the_end_begins_again_and_pauses(mount: Mount) -> None:
    page = played(mount, GRAPH, SQUARE)
    page.get_by_role("button", name="Play").click()
    says(page, "Before step 1 of 3: nothing has run yet.")
    page.get_by_role("button", name="Pause").click()
    assert page.get_by_role("button", name="Play").is_visible()


def test_the_slider_is_read_aloud_as_a_sentence(mount: Mount) -> None:
    page = played(mount, GRAPH, SQUARE)
    slider = page.get_by_label("Step of backward()")
    slider.fill("2")
    says(page, "Step 2 of 3: PowBackward0, gradient in 1, out 4")
    assert slider.get_attribute("aria-valuetext") == "Step 2 of 3: PowBackward0, gradient in 1, out 4"
    assert page.locator(".replay-says").get_attribute("role") == "status"


def test_the_boxes_of_saved_tensors_empty_after_their_step_and_fill_on_the_way_back(mount: Mount) -> None:
    page = played(mount, GRAPH, SQUARE)
    assert page.evaluate(FREED) == [[True, "freed"]]
    page.get_by_role("button", name="One step back").click()
    page.get_by_label("Step of backward()").fill("1")
    says(page, "Step 1 of 3: AddBackward0, gradient in 1, out 1, none (undefined)")
    assert page.evaluate(FREED) == [[False, "saved"]]


def test_retain_graph_keeps_the_boxes_full(mount: Mount) -> None:
    page = played(mount, GRAPH, {**SQUARE, "retain_graph": True, "freed": []})
    assert page.evaluate(FREED) == [[False, "saved"]]


def test_a_second_backward_is_chosen_by_its_line_and_adds_to_what_is_there(mount: Mount) -> None:
    again = {**SQUARE, "number": 2, "line": 5, "grads": {"x": change(4.0, 4.0, 8.0)}}
    page = played(mount, GRAPH, {**SQUARE, "retain_graph": True, "freed": []}, again)
    says(page, "Done: x.grad = 4 + 4 = 8")
    chooser = page.get_by_label("Which backward")
    assert chooser.locator("option").all_inner_texts() == ["backward 1 · line 4", "backward 2 · line 5"]
    chooser.select_option("1")
    says(page, "Done: x.grad = 4")
    assert page.evaluate(FREED) == [[False, "saved"]]


FAN = graph(
    [node(0, "AddBackward0", "b"), node(1, "MulBackward0"), node(2, "AccumulateGrad", "x")],
    [edge(0, 1), edge(1, 2), edge(1, 2, 1), edge(0, 2, 1)],
)


def test_what_meets_in_a_node_is_shown_with_its_sum(mount: Mount) -> None:
    steps = [step(0, [1.0], [1.0, 1.0]), step(1, [1.0], [3.0, 3.0]), step(2, [7.0], [])]
    page = played(mount, FAN, backward(*steps, grads={"x": change(None, 7.0, 7.0)}))
    assert sorted(page.evaluate(EDGES)) == ["1", "1", "1", "3", "3"]
    assert page.evaluate(NOTES) == ["3 + 3 + 1 = 7", ".grad = 7"]
    page.get_by_role("button", name="One step back").click()
    says(page, "Step 3 of 3: AccumulateGrad, gradient in 3 + 3 + 1 = 7, x.grad = 7")


def test_a_hook_that_changed_a_gradient_is_shown(mount: Mount) -> None:
    hooked = backward(step(0, [1.0], [4.0, None]), step(1, [2.0], [8.0], arrived=[4.0]))
    page = played(mount, GRAPH, hooked)
    assert page.evaluate(NOTES) == ["hook: 4 → 2"]
    page.get_by_label("Step of backward()").fill("2")
    says(page, "Step 2 of 2: PowBackward0, gradient in 4, a hook made it 2, out 8")


def test_none_zero_and_nan_look_and_sound_different(mount: Mount) -> None:
    nodes = [node(0, "StackBackward0"), *(node(number, f"Step{number}") for number in (1, 2, 3))]
    fork = graph(nodes, [edge(0, 1, 0), edge(0, 2, 1), edge(0, 3, 2)])
    page = played(mount, fork, backward(step(0, [1.0], [None, 0.0, BROKEN])))
    shown = page.locator(".gradient.on")
    words = shown.evaluate_all("all => all.map(each => [each.textContent, each.classList[1]])")
    assert words == [["1", "finite"], ["None", "undefined"], ["0", "zero"], ["[nan, 1]", "nonfinite"]]
    page.get_by_role("button", name="One step back").click()
    says(page, "Step 1 of 1: StackBackward0, gradient in 1, out none (undefined), 0 (zero), [nan, 1]")


def test_a_large_gradient_is_told_by_shape_norm_and_range(mount: Mount) -> None:
    large = value(None, (64, 10), norm=0.31234, min=-0.02, max=0.5)
    page = played(mount, GRAPH, backward(step(0, [1.0], [large, None]), values="norms"))
    lines = page.locator(".gradient.on tspan").all_text_contents()
    assert lines == ["1", "(64, 10) norm 0.312", "-0.02 … 0.5"]
    assert page.inner_text("#replay [data-part=caveat]") == "Past the budget: only shapes and norms were kept."


def test_a_failed_backward_stops_in_red_at_its_node_with_the_exceptions_words(mount: Mount) -> None:
    failed = backward(step(0, [1.0], [1.0, None]), raised=True, failed=1)
    raised = {**recording("requires_grad_non_leaf")[1], "kind": "RuntimeError", "message": "freed already"}
    page = played(mount, GRAPH, failed, raised)
    says(page, "Stopped at PowBackward0: RuntimeError: freed already")
    assert page.locator(".node.failed").get_attribute("data-node") == "1"


def test_what_autograd_grad_returned_is_shown_at_the_end(mount: Mount) -> None:
    page = played(mount, GRAPH, {**SQUARE, "grads": {}, "returned": {"x": value(4.0), "w": None}})
    says(page, "Done: torch.autograd.grad gave x: 4, w: none (undefined)")


def test_the_list_marks_an_error_a_nan_and_a_new_structure(mount: Mount) -> None:
    other = {**GRAPH, "index": 1}
    broken = backward(step(0, [BROKEN], [None]), number=2, graph=1, line=None)
    page = played(mount, GRAPH, other, SQUARE, broken, backward(step(0, [1.0], []), number=3, raised=True))
    assert page.get_by_label("Which backward").locator("option").all_inner_texts() == [
        "backward 1 · line 4",
        "backward 2 · ⚠ not finite · new structure",
        "backward 3 · line 4 · ✕ error · new structure",
    ]


def test_choosing_a_backward_of_another_graph_shows_that_graph(mount: Mount) -> None:
    other = {**GRAPH, "index": 1}
    page = played(mount, GRAPH, other, SQUARE, {**SQUARE, "number": 2, "graph": 1})
    page.get_by_label("Which backward").select_option("1")
    until(page, "window.asked.at(-1)[1] === 0")
    says(page, "Done: x.grad = 4")


def test_one_that_was_not_recorded_is_recorded_by_running_again(mount: Mount) -> None:
    page = played(mount, GRAPH, SQUARE, *(backward(number=number) for number in range(2, 10)))
    chooser = page.get_by_label("Which backward")
    chooser.select_option("other")
    told: dict[str, Any] = {
        "id": "again",
        "backwards": [{**SQUARE, "number": 7, "grads": {}}],
        "graphs": [],
        "detail": "",
    }
    page.evaluate("told => { window.answers.again = () => told; }", told)
    page.get_by_label("Backward number").fill("7")
    page.get_by_role("button", name="Record it").click()
    says(page, "Done: no leaf got a gradient.")
    told_of, drawn = page.evaluate("window.asked.slice(-2)")
    assert told_of == ["again", "pow-add", 7]
    assert drawn[:2] == ["again", 0], "the picture with the values of the run done again"
    assert page.inner_text("#replay [data-part=caveat]") == "Recorded by running the program again with the same seed."
    assert chooser.input_value() == "7"


def test_a_refusal_to_run_again_is_told(mount: Mount) -> None:
    page = played(mount, GRAPH, backward(number=1))
    says(page, "Backward 1 was not recorded.")
    page.evaluate("() => { window.answers.again = () => { throw new Error('Too many runs.'); }; }")
    page.get_by_role("button", name="Record it").click()
    until(page, "document.querySelector('#replay [data-part=why]').textContent === 'Too many runs.'")


def test_edges_that_stand_for_several_tell_how_many_gradients_go_along(mount: Mount) -> None:
    many = graph([node(0, "CatBackward0"), node(1, "AccumulateGrad", "x")], [edge(0, 1, place) for place in range(5)])
    page = played(mount, many, backward(step(0, [1.0], [1.0] * 5), step(1, [5.0], [])))
    assert page.evaluate(EDGES) == ["1", "5 gradients"]


VISIBLE = "all => all.filter(each => getComputedStyle(each).visibility === 'visible').length"
HIDDEN_BY_OTHERS = """all => {
  const seen = all.filter(each => getComputedStyle(each).visibility === 'visible').map(each => each.getBoundingClientRect());
  const shared = (one, other) =>
    Math.max(0, Math.min(one.right, other.right) - Math.max(one.left, other.left)) *
    Math.max(0, Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top));
  return seen.some((one, at) => seen.some((other, to) => at < to && shared(one, other) > 0.5 * one.width * one.height));
}"""


def test_words_for_which_there_is_no_room_show_at_their_step_alone(mount: Mount) -> None:
    fan = range(1, 13)
    wide = graph([node(0, "Stack"), *(node(each, "Neg") for each in fan)], [edge(0, each, each - 1) for each in fan])
    large = value(None, (1000, 1000, 1000), norm=0.31234, min=-0.0234, max=0.00512)
    page = played(mount, wide, backward(step(0, [1.0], [large] * 12), *(step(each, [large], []) for each in fan)))
    words = page.locator(".gradient")
    assert not words.evaluate_all(HIDDEN_BY_OTHERS)
    assert words.evaluate_all(VISIBLE) < 13
    page.get_by_label("Step of backward()").fill("1")
    until(page, "document.querySelector('.node.now')?.dataset.node === '0'")
    assert words.evaluate_all(VISIBLE) == 13


def test_a_step_changes_only_what_lies_on_it(mount: Mount) -> None:
    length = 60
    nodes = [node(number, "MulBackward0") for number in range(length)]
    chain = graph(nodes, [edge(number, number + 1) for number in range(length - 1)])
    page = played(mount, chain, backward(*(step(number, [1.0], [1.0]) for number in range(length))))
    page.get_by_role("button", name="Fit the whole graph").click()
    page.get_by_label("Step of backward()").fill("30")
    says(page, f"Step 30 of {length}: MulBackward0, gradient in 1, out 1")
    page.evaluate(
        "() => { window.changed = 0; new MutationObserver(all => (window.changed += all.length)).observe("
        "document.querySelector('.drawing'), { subtree: true, attributes: true, childList: true }); }"
    )
    page.get_by_role("button", name="One step on").click()
    says(page, f"Step 31 of {length}: MulBackward0, gradient in 1, out 1")
    assert 0 < page.evaluate("window.changed") <= 16


def test_nothing_sticks_out_of_a_narrow_screen(mount: Mount) -> None:
    page = played(mount, GRAPH, SQUARE, {**SQUARE, "number": 2})
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # playwright's own TypedDict
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_a_new_run_without_a_backward_takes_the_player_away(mount: Mount) -> None:
    page = played(mount, GRAPH, SQUARE)
    feed(page, [STARTED, finished()])
    assert page.is_hidden("#replay")


def test_a_later_backward_over_the_same_structure_says_whose_values_the_boxes_hold(mount: Mount) -> None:
    page = played(mount, GRAPH, SQUARE, {**SQUARE, "number": 2})
    assert page.inner_text("#replay [data-part=why]") == (
        "The values in the boxes are those of backward 1; running again with the same seed brings its own."
    )
    page.get_by_label("Which backward").select_option("1")
    until(page, "document.querySelector('#replay [data-part=again]').hidden")


def test_one_that_failed_unrecorded_is_offered_first(mount: Mount) -> None:
    page = played(mount, GRAPH, SQUARE, backward(number=2, raised=True))
    says(page, "Backward 2 raised an exception, and was not recorded.")
    assert page.get_by_label("Backward number").input_value() == "2"
    assert page.get_by_role("button", name="Record it").is_visible()


def test_a_leaf_without_a_name_fills_up_too(mount: Mount) -> None:
    nameless = graph([node(0, "MulBackward0", "y"), node(1, "AccumulateGrad")], [edge(0, 1)])
    page = played(
        mount, nameless, backward(step(0, [1.0], [3.0]), step(1, [3.0], []), grads={"#1": change(None, 3.0, 3.0)})
    )
    assert page.evaluate(NOTES) == [".grad = 3"]
    page.get_by_role("button", name="One step back").click()
    says(page, "Step 2 of 2: AccumulateGrad, gradient in 3, #1.grad = 3")


def test_of_a_graph_too_large_no_leaf_is_said_to_get_nothing(mount: Mount) -> None:
    page = played(mount, {**GRAPH, "truncated": True, "total_nodes": 4999}, {**SQUARE, "grads": {}})
    says(page, "Done: no leaf among the nodes shown.")
    assert page.inner_text("#replay [data-part=caveat]") == "The replay follows the first 3 of 4,999 nodes."
