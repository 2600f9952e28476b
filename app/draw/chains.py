"""Parameter-only subtrees: a leaf and the views on the way to it, which a large drawing folds into their user."""

from ..events import VIEWS, Node
from .net import Net

Chain = tuple[Node, ...]


def chains(net: Net) -> dict[int, Chain]:
    """For each node that can fold away, the nodes from it down to its leaf. Roots never fold."""
    found: dict[int, Chain] = {}
    for number in net.nodes:
        chain = _chain(net, number)
        if chain:
            found[number] = chain
    return found


def _chain(net: Net, number: int) -> Chain:
    chain: list[Node] = []
    while number not in net.roots and len(chain) <= len(VIEWS):
        node = net.nodes[number]
        chain.append(node)
        if node.kind == "accumulate_grad":
            return tuple(chain)
        if node.name not in VIEWS or len(net.heads[number]) != 1:
            return ()
        number = net.heads[number][0]
    return ()
