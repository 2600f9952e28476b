"""Where something stands in a graph."""

from dataclasses import replace

import pytest

from app.draw.search import Hit, rank, search

from .graphs import block, graph, node, transformer, unrolled


def found(asked: str) -> list[tuple[str, str, str | None]]:
    hits, _ = search(transformer(3), None, asked, 5)
    return [(hit.kind, hit.label, hit.group) for hit in hits]


def test_a_variable_is_found_with_the_groups_that_hide_it() -> None:
    assert search(block(), None, "block.w", 9) == (
        [Hit("variable", "block.w", "AccumulateGrad · (3, 2)", 5, "g1", ("g0", "g1"))],
        1,
    )


def test_nodes_are_found_by_their_names_in_any_case() -> None:
    hits, total = search(transformer(3), None, "SOFTMAX", 2)
    assert [(hit.kind, hit.label) for hit in hits] == [("node", "SoftmaxBackward0")] * 2
    assert total == 3
    assert hits[0].path[0] == "g1"


def test_a_group_is_found_by_its_label_and_is_itself_the_one_to_open() -> None:
    assert ("group", "encoder.layer.1 · BertLayer", "g9") in found("layer.1")
    hits, _ = search(unrolled(2000), None, "call 1500", 1)
    assert hits[0].label == "call 1500 of 2,000"
    assert hits[0].path[-1] == hits[0].group


def test_of_a_block_without_a_group_of_its_own_the_innermost_range_is_found() -> None:
    drawn = unrolled(4000)
    named = {group.id: group.label.replace("calls", "iterations") for group in drawn.groups}
    ranges = replace(drawn, groups=tuple(replace(group, label=named[group.id]) for group in drawn.groups))
    (hit,), total = search(ranges, None, "iteration 1,500", 1)
    assert (hit.label, total) == ("iterations 1481–1520", 1)


@pytest.mark.parametrize("asked", ["line 3", "3"])
def test_a_line_is_found_by_its_number(asked: str) -> None:
    hits, _ = search(block(), None, asked, 1)
    assert hits == [Hit("line", "line 3", "1 node", 3, "g1", ("g0", "g1"))]


def test_what_fits_best_comes_first() -> None:
    assert [rank(text, "add") for text in ("Add", "AddBackward0", "my add", "paddle", "mul")] == [0, 1, 2, 3, None]


def test_nothing_is_found_of_nothing() -> None:
    for asked in ("", "   ", "zebra", "9" * 50, "²"):
        assert search(block(), None, asked, 9) == ([], 0)


def test_what_it_is_called_is_cleaned_of_what_cannot_be_seen() -> None:
    hits, _ = search(graph([node(0, "A\x00b")], []), None, "a", 1)
    assert hits[0].label == "A\\x00b"
