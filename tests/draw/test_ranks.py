"""Rows, with the cases that decide which edges count as long."""

from app.draw.ranks import ranks, spine


def test_a_chain_stands_in_one_row_each() -> None:
    assert ranks("abc", [("a", "b"), ("b", "c")]) == {"a": 0, "b": 1, "c": 2}


def test_a_leaf_used_above_stands_right_below_its_user() -> None:
    assert ranks("abcx", [("a", "b"), ("b", "c"), ("a", "x")]) == {"a": 0, "b": 1, "c": 2, "x": 1}


def test_a_sum_over_the_steps_of_a_recurrence_runs_beside_them_without_long_edges() -> None:
    steps = 50
    edges = [(f"sum{n}", f"sum{n + 1}") for n in range(steps - 1)]
    edges += [(f"sum{n}", f"loss{n}") for n in range(steps)]
    edges += [(f"loss{n}", f"h{n}a") for n in range(steps)]
    edges += [(f"loss{n}", f"side{n}") for n in range(steps)]
    edges += [(f"h{n}{part}", f"h{n}{after}") for n in range(steps) for part, after in ("ab", "bc")]
    edges += [(f"h{n}c", f"h{n + 1}a") for n in range(steps - 1)]
    boxes = list(dict.fromkeys(end for edge in edges for end in edge))
    rank = ranks(boxes, edges)
    assert max(rank[head] - rank[tail] for tail, head in edges) == 3


def test_a_cycle_is_cut_where_the_walk_meets_it() -> None:
    assert ranks("abc", [("a", "b"), ("b", "c"), ("c", "a"), ("b", "b")]) == {"a": 0, "b": 1, "c": 2}


def test_nothing_has_no_rows() -> None:
    assert ranks([], []) == {}


def test_the_spine_follows_each_boxs_deepest_head() -> None:
    assert spine("abcx", [("a", "x"), ("a", "b"), ("b", "c")]) == {1, 2}
