"""The curve panel, mounted alone and fed frames of points; what is drawn is read from Plotly's own figure."""

from typing import TYPE_CHECKING, Any

import pytest

from .conftest import NARROW, Mount, feed, finished, recording, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

LINES = """() => (document.querySelector(".chart").data ?? []).filter(({ mode }) => mode.startsWith("lines"))"""
CHIPS = "chips => chips.map(chip => [chip.querySelector('.chip-label').textContent, chip.ariaPressed])"
DRAWN = "document.querySelector('.chart').data?.some(({ x }) => x.length >= {count})"


def started(run: str = "a", preset: str = "training") -> dict[str, Any]:
    """A first event."""
    return {**recording("pow_add")[0], "run_id": run, "preset": preset}


def points(values: list[Any], tag: str = "loss", first: int = 0, origin: str = "log", **more: Any) -> dict[str, Any]:
    """A frame of points, a millisecond apart."""
    steps = list(range(first, first + len(values)))
    return {"type": "scalars", "tag": tag, "origin": origin, "step": steps, "value": values, "wall_ms": steps, **more}


def drawn(page: "Page", count: int = 1) -> list[dict[str, Any]]:
    """The lines on the chart, once one of them has `count` points."""
    until(page, DRAWN.replace("{count}", str(count)))
    return page.evaluate(LINES)  # type: ignore[no-any-return]  # JSON


def told(page: "Page", part: str, *words: str) -> str:
    """A part's text, once it holds the words: it is written a little after the points."""
    for word in words:
        until(page, f"document.querySelector('#curve [data-part={part}]').innerText.includes({word!r})")
    return page.inner_text(f"#curve [data-part={part}]")


def test_points_are_drawn_while_the_run_goes_on(mount: Mount) -> None:
    page = mount("curve")
    feed(page, [started(), points([3.0, 2.0])])
    assert [(line["name"], line["x"], line["y"]) for line in drawn(page, 2)] == [("loss", [0, 1], [3, 2])]
    feed(page, [points([1.0], first=2)])
    assert [(line["name"], line["x"], line["y"]) for line in drawn(page, 3)] == [("loss", [0, 1, 2], [3, 2, 1])]


def test_many_frames_are_drawn_together(mount: Mount) -> None:
    page = mount("curve")
    feed(page, [started(), points([3.0])])
    drawn(page)
    page.evaluate("window.plots = 0; document.querySelector('.chart').on('plotly_afterplot', () => window.plots++)")
    feed(page, [points([2.0], first=step) for step in range(1, 500)])
    drawn(page, 500)
    assert page.evaluate("window.plots") == 1


def test_a_run_without_a_series_leaves_no_empty_chart(mount: Mount) -> None:
    page = mount("curve")
    feed(page, recording("pow_add"))
    assert page.is_hidden("#curve")


def test_one_point_of_an_expression_is_no_curve(mount: Mount) -> None:
    page = mount("curve")
    feed(page, [started(preset="expression"), points([7.0], origin="backward"), finished()])
    assert page.is_hidden("#curve")
    feed(page, [started(preset="expression"), points([7.0]), points([6.0], first=1), finished()])
    assert page.is_visible("#curve")


def test_one_point_of_a_run_that_is_over_leaves_its_room_to_the_graph(mount: Mount) -> None:
    page = mount("curve")
    feed(page, [started(), points([3.0])])
    assert page.locator("#curve").is_visible()
    feed(page, [finished()])
    assert page.locator("#curve").is_hidden()


def test_a_run_of_one_point_that_is_opened_again_leaves_that_room_too(mount: Mount) -> None:
    page = mount("curve")
    for run, count in (("once", 1), ("twice", 2)):
        known = [{"tag": "loss", "origin": "backward", "count": count}]
        page.evaluate("([run, known]) => window.handlers.present(run, '', known, null)", [run, known])
        assert page.locator("#curve").is_visible() == (count > 1)


def test_a_source_that_is_half_typed_leaves_the_curve_dimmed(mount: Mount) -> None:
    page = mount("curve")
    feed(page, [started("a", "expression"), points([3.0, 2.0]), finished()])
    drawn(page, 2)
    raised = {"type": "exception", "kind": "SyntaxError", "message": "", "line": 1, "column": 0, "traceback": ""}
    feed(page, [started("b", "expression"), raised, finished("exception")])
    assert page.is_visible("#curve")
    assert page.get_attribute("#curve", "data-stale") == ""
    feed(page, [started("c", "expression"), points([1.0, 0.0]), finished()])
    until(page, "document.querySelector('.chart').data[0].y[0] === 1")
    assert page.get_attribute("#curve", "data-stale") is None


def test_what_the_script_logs_is_shown_and_the_rest_is_offered(mount: Mount) -> None:
    page = mount("curve")
    feed(page, [started(), points([1e-3], "lr", origin="optimizer"), points([0.5], "grad_norm/w", origin="backward")])
    feed(page, [points([2.0]), points([0.9], "acc")])
    chips = page.locator("#curve .chip")
    assert chips.evaluate_all(CHIPS) == [["loss", "true"], ["acc", "true"], ["lr", "false"], ["grad_norm/w", "false"]]
    page.get_by_role("button", name="grad_norm/w").click()
    until(page, "document.querySelector('.chart').data?.length === 3")
    assert {line["name"] for line in drawn(page)} == {"grad_norm/w", "loss", "acc"}


def test_many_series_are_offered_behind_a_button(mount: Mount) -> None:
    page = mount("curve")
    feed(page, [started(), points([1.0]), *(points([2.0], f"grad_norm/{n}", origin="backward") for n in range(9))])
    visible = page.locator("#curve .chips .chip:visible")
    assert visible.count() == 6
    page.get_by_role("button", name="4 more").click()
    assert visible.count() == 10
    page.get_by_role("button", name="grad_norm/8").click()
    page.get_by_role("button", name="Fewer").click()
    assert visible.last.locator(".chip-label").inner_text() == "grad_norm/8"


def test_without_log_the_best_series_alone_is_shown(mount: Mount) -> None:
    page = mount("curve")
    feed(page, [started(), points([1e-3], "lr", origin="optimizer"), points([2.0], "assigned/loss", origin="assigned")])
    feed(page, [points([2.0], origin="backward")])
    until(page, f"({LINES})().map(({{ name }}) => name).join() === 'loss'")


def test_a_series_of_another_size_gets_an_axis_of_its_own(mount: Mount) -> None:
    page = mount("curve")
    feed(page, [started(), points([900.0, 800.0]), points([0.5, 0.9], "acc")])
    assert [(line["name"], line["yaxis"]) for line in drawn(page, 2)] == [("loss", "y"), ("acc", "y2")]


def test_an_axis_of_its_own_is_given_back_when_the_sizes_meet(mount: Mount) -> None:
    page = mount("curve")
    feed(page, [started(), points([1.0]), points([0.01], "acc")])
    assert [line["yaxis"] for line in drawn(page)] == ["y", "y2"]
    feed(page, [points([0.5], first=1), points([0.9], "acc", first=1)])
    assert [line["yaxis"] for line in drawn(page, 2)] == ["y", "y"]


def test_a_million_points_are_thinned_and_no_extreme_is_lost(mount: Mount) -> None:
    page = mount("curve")
    page.evaluate(
        """started => {
          window.handlers.started(started);
          const step = Array.from({ length: 1_000_000 }, (_, place) => place);
          const value = step.map((place) => Math.sin(place / 1e5));
          value[314_159] = 50;
          window.handlers.scalars({ type: "scalars", tag: "loss", origin: "log", step, value, wall_ms: step });
        }""",
        started(),
    )
    [line] = drawn(page, 100)
    assert len(line["x"]) < 4 * 1280
    assert (min(line["x"]), max(line["x"]), max(line["y"])) == (0, 999_999, 50)
    assert line["x"] == sorted(line["x"])


def test_a_zoom_is_kept_while_points_arrive_and_shows_every_point_in_it(mount: Mount) -> None:
    page = mount("curve")
    feed(page, [started(), points([float(value % 7) for value in range(20_000)])])
    drawn(page, 100)
    page.evaluate("window.Plotly.relayout(document.querySelector('.chart'), {'xaxis.range': [1000, 1040]})")
    until(page, "document.querySelector('.chart').data[0].x.length < 50")
    assert page.evaluate(LINES)[0]["x"] == list(range(999, 1041))
    feed(page, [points([9.0], first=20_000)])
    until(page, "document.querySelector('.chip-value').textContent === '9'")
    assert page.evaluate("document.querySelector('.chart')._fullLayout.xaxis.range") == [1000, 1040]
    page.get_by_role("button", name="Show the whole curve").click()
    until(page, "document.querySelector('.chart').data[0].x.at(-1) === 20000")


def test_a_stored_run_comes_thinned_and_is_refined_where_one_zooms(mount: Mount) -> None:
    page = mount("curve", series={"r loss": [float(value % 10) for value in range(30_000)]})
    known = [{"tag": "loss", "origin": "log", "count": 30_000}, {"tag": "lr", "origin": "optimizer", "count": 30_000}]
    page.evaluate("known => window.handlers.present('r', '', known, { tag: 'loss', origin: 'log' })", known)
    drawn(page, 1000)
    assert page.evaluate("window.asked") == [["r", "loss", "log", {"points": 2000}]]
    page.evaluate("window.Plotly.relayout(document.querySelector('.chart'), {'xaxis.range': [99.5, 120.2]})")
    until(page, "document.querySelector('.chart').data[0].x.length === 23")
    assert page.evaluate("window.asked.at(-1)") == ["r", "loss", "log", {"points": 2000, "from": 99, "to": 121}]


def test_smoothing_keeps_the_raw_line_faint_behind(mount: Mount) -> None:
    page = mount("curve")
    feed(page, [started(), points([0.0, 1.0, 1.0])])
    page.get_by_label("Smoothing").fill("0.5")
    until(page, "document.querySelector('.chart').data?.length === 2")
    raw, smooth = page.evaluate(LINES)
    assert (raw["y"], raw["opacity"] < 0.5) == ([0, 1, 1], True)
    assert smooth["y"] == pytest.approx([0, 2 / 3, 6 / 7])


def test_log_scale_is_offered_where_the_values_span_decades(mount: Mount) -> None:
    page = mount("curve")
    feed(page, [started(), points([1e6, 1.0])])
    told(page, "hint", "Spans 6 powers of ten: log scale")
    page.click("#curve [data-part=hint]")
    until(page, "document.querySelector('.chart')._fullLayout?.yaxis.type === 'log'")
    assert page.get_by_role("button", name="log y").get_attribute("aria-pressed") == "true"
    until(page, "document.querySelector('#curve [data-part=hint]').textContent === ''")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (
            "NaN",
            "loss is NaN at step 2. Lower the learning rate first. If it stays, look in the step before, 1, for log",
        ),
        ("Infinity", "loss is inf at step 2: it grew past the largest number a float holds. Usually the steps are too"),
    ],
)
def test_what_is_no_number_is_marked_where_it_happened_with_what_to_do(mount: Mount, value: str, said: str) -> None:
    page = mount("curve")
    feed(page, [started(), points([3.0, 2.0, value, value, 1.0])])
    assert told(page, "warning", "step 2").startswith(said)
    drawn(page, 5)
    line, marks = page.evaluate("document.querySelector('.chart').data")
    assert line["y"] == [3, 2, None, None, 1]
    assert (marks["mode"], marks["x"], marks["text"]) == (
        "markers",
        [2],
        [f"{value[:3].replace('Inf', 'inf')} until step 3"],
    )


def test_a_nan_at_the_first_step_is_not_laid_on_the_learning_rate(mount: Mount) -> None:
    page = mount("curve")
    feed(page, [started(), points(["NaN", "NaN"])])
    assert told(page, "warning", "step 0").startswith("loss is NaN at step 0. Nothing was learnt before it")


def test_steps_that_begin_again_are_drawn_one_after_the_other(mount: Mount) -> None:
    page = mount("curve")
    feed(page, [started(), points([5.0, 4.0]), points([3.0, 2.0])])
    assert drawn(page, 4)[0]["x"] == [0, 1, 2, 3]


def test_the_run_before_stays_for_comparison_under_what_differs(mount: Mount) -> None:
    page = mount("curve")
    feed(page, [started("a"), points([5.0, 4.0]), finished(), started("b"), points([3.0, 2.0])])
    feed(page, [points([9.0, 8.0], "grad_norm", origin="backward")])
    page.evaluate(
        """document.dispatchEvent(new CustomEvent("gradwalk:labels", { detail: { a: "lr = 1", b: "lr = 2" } }))"""
    )
    until(page, "document.querySelector('.chart').data?.[0]?.name === 'loss · lr = 2'")
    assert [(line["name"], line["y"]) for line in page.evaluate(LINES)] == [
        ("loss · lr = 2", [3, 2]),
        ("lr = 1", [5, 4]),
    ]
    assert page.locator("#curve .chip-label").all_inner_texts() == ["loss · lr = 2", "lr = 1", "grad_norm"]
    feed(page, [started("c"), points([1.0, 0.5])])
    page.evaluate("""document.dispatchEvent(new CustomEvent("gradwalk:labels", { detail: {} }))""")
    until(page, "document.querySelector('.chart').data?.length === 1")


def test_a_name_is_shown_as_it_is(mount: Mount) -> None:
    page = mount("curve")
    feed(page, [started(), points([1.0, 2.0], tag="<b>bold</b> & co")])
    assert drawn(page)[0]["name"] == "&lt;b&gt;bold&lt;/b&gt; &amp; co"
    assert page.inner_text("#curve .chip-label") == "<b>bold</b> & co"


def test_it_says_how_far_how_fast_and_how_long_still(mount: Mount) -> None:
    page = mount("curve")
    feed(page, [started(), points([5.0, 4.0, 3.0], total=2003)])
    assert told(page, "progress", "left") == "3 of 2,003 · 1,000 steps/s · 2 s left"
    feed(page, [finished()])
    assert told(page, "progress", "lowest") == "3 points · lowest 3 at step 2"


def test_the_keyboard_reads_the_points_and_zooms(mount: Mount) -> None:
    page = mount("curve")
    feed(page, [started(), points([5.0, 4.0, 3.0])])
    drawn(page, 3)
    page.focus("#curve .chart")
    for key in ("ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert page.inner_text("#curve [data-part=reading]") == "step 1: loss 4"
    page.keyboard.press("End")
    assert page.inner_text("#curve [data-part=reading]") == "step 2: loss 3"
    page.keyboard.press("+")
    until(page, "document.querySelector('.chart')._fullLayout.xaxis.range[0] > 0.3")
    page.keyboard.press("0")
    until(page, "document.querySelector('.chart')._fullLayout.xaxis.range[0] <= 0")
    assert page.get_attribute("#curve .chart", "aria-label") == "Chart: loss 3 at step 2."


def test_its_colours_follow_the_theme(mount: Mount) -> None:
    page = mount("curve")
    feed(page, [started(), points([5.0, 4.0])])
    light = drawn(page)[0]["line"]["color"]
    page.emulate_media(color_scheme="dark")
    until(page, f"document.querySelector('.chart').data[0].line.color !== {light!r}")


def test_on_a_narrow_screen_nothing_sticks_out(mount: Mount) -> None:
    page = mount("curve")
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # playwright's own TypedDict
    feed(page, [started(), *(points([1.0, 2.0], f"a_rather_long_name/{number}") for number in range(12))])
    drawn(page, 2)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
