"""What the origins of a node answer."""

from app.autograd import ModulePlace, Origins

from .drawn import Line

ASSIGNED, UNNAMED, NOWHERE = range(3)
ORIGINS = Origins(
    site=[0, 0, -1],
    assigned=[True, False, False],
    call=[1, 0, -1],
    sites=[Line(3, target="y")],
    parent_call=[-1, 0],
    module_of_call=[0, 1],
    modules=[ModulePlace("net", "Net"), ModulePlace("net.0", "Linear")],
)


def test_a_node_knows_its_expression_its_module_and_what_it_was_assigned_to() -> None:
    assert ORIGINS.site_of(ASSIGNED) == Line(3, target="y")
    assert [ORIGINS.module_at(node) for node in (ASSIGNED, UNNAMED, NOWHERE)] == ["net.0", "net", None]
    assert [ORIGINS.name_at(node) for node in (ASSIGNED, UNNAMED, NOWHERE)] == ["y", None, None]
