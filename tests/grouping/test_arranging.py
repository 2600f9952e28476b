"""What is shown of a level: equal neighbours as one, what a line made as one, and never too much."""

from app.grouping.arranging import role_of

from .drawn import Drawn, layered, outline


def test_steps_that_are_wired_otherwise_are_no_repeat() -> None:
    drawn = Drawn()
    first = last = drawn.node("Exp", drawn.leaf())
    for turn in range(4):
        inner = drawn.node("Mul", last, line=3)
        last = drawn.node("Add", inner if turn % 2 else first, line=4)
    assert outline(drawn.tree()) == ""


def test_modules_of_other_roles_are_no_repeat_though_they_are_alike() -> None:
    assert "repeat query" not in outline(layered(3).tree())


def test_a_few_equal_nodes_inside_a_librarys_module_are_no_repeat() -> None:
    drawn = Drawn()
    last = drawn.leaf()
    drawn.call("attention", "MultiheadAttention")
    for _ in range(3):
        last = drawn.node("Transpose", drawn.node("Reshape", last))
    drawn.leave()
    drawn.node("Sum", last)
    assert outline(drawn.tree()) == "module attention · MultiheadAttention: 7"


def test_what_one_line_made_is_a_group_where_many_lines_are() -> None:
    drawn = Drawn()
    last = drawn.leaf()
    for line in range(1, 11):
        for name in ("Mul", "Exp", "Sin", "Cos")[: 4 if line == 5 else 1]:
            last = drawn.node(f"{name}{line}", last, line=line)
    assert outline(drawn.tree()) == "line line 5: 4"


def test_a_long_level_is_cut_into_parts_by_line_and_by_number() -> None:
    by_line, by_number = Drawn(), Drawn()
    for place in range(80):
        by_line.node(f"Op{place}", line=place + 1)
        by_number.node(f"Op{place}", line=3)
    assert outline(by_line.tree()).splitlines() == ["line lines 1–40: 40", "line lines 41–80: 40"]
    assert outline(by_number.tree()).splitlines() == ["line nodes 1–40 of line 3: 40", "line nodes 41–80 of line 3: 40"]


def test_modules_of_a_list_have_no_role() -> None:
    assert [role_of(path) for path in ("net.layer.3", "net.query", "net")] == ["", "query", ""]
