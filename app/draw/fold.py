"""Graph -> Picture: which boxes to show.

Up to 60 nodes, and no edge that crosses more than 20 rows, the drawing is torch's graph one to one, saved tensors
included where there are few. Beyond that parameter-only subtrees fold into their user as a chip, so a parameter used
at each of 500 steps stands at each of them and drags no edge across the picture; an edge that would still be too long
becomes a stub at each end; and of more than 300 boxes those nearest the roots are drawn, the rest as crowds.
"""

from ..events import Edge, Graph
from .chains import Chain, chains
from .cut import cut
from .label import chips_of, keeps_tensors, more_box, node_box, portal_box, saved_box, unsent_box
from .net import Net, net
from .options import Options
from .picture import Box, Link, Picture
from .ranks import ranks

ONE_TO_ONE = 60
LONG = 20
BOXES = 300
EXPANDED_BOXES = 1_000
CHIPS = 8
NOTED_NODES = 24
PARALLEL = 4
CARRIED = 64
"""Edges of torch's that a joined link names one by one; a page has no room for more gradients on it."""


def fold(graph: Graph, options: Options) -> Picture:
    """What is drawn of a graph."""
    web = net(graph)
    large = _is_large(web)
    folding = options.fold and large
    opened = {int(name) for name in options.expand if name.isascii() and name.isdigit() and len(name) < 10}
    standing, edges = _folded(web, opened) if folding else _one_to_one(web)
    most = BOXES if options.fold and not opened else EXPANDED_BOXES
    chosen = cut(list(standing), [(edge.tail, edge.head) for edge in edges], sorted(web.roots), sorted(opened), most)
    boxes = [box for number, box in standing.items() if number in chosen.drawn]
    visible = len({number for box in boxes for number in box.nodes})
    crowds = _crowds(standing, chosen.crowds, boxes)
    place = {number: box.id for number, box in standing.items()}
    for box, piece in zip(crowds, chosen.crowds, strict=True):
        place.update(dict.fromkeys(piece, box.id))
    boxes += crowds
    links = _links(edges, place, merge=folding or bool(crowds))
    if folding:
        boxes, links = _stubs(web, boxes, links)
    if not large and len(web.nodes) <= NOTED_NODES:
        boxes, links = _notes(web, boxes, links)
    total = max(graph.total_nodes, len(web.nodes))
    if total > len(web.nodes):
        boxes.append(unsent_box(total - len(web.nodes), box_id="unsent"))
    shown = len(chosen.drawn)
    return Picture(
        index=graph.index,
        total=total,
        shown=shown,
        folded=visible - shown,
        hidden=total - visible,
        boxes=tuple(boxes),
        links=tuple(links),
    )


def is_small(graph: Graph) -> bool:
    """Whether the graph is drawn as torch has it, one to one."""
    return len(graph.nodes) <= ONE_TO_ONE and not _is_large(net(graph))


def total_span(picture: Picture, limit: int) -> int:
    """How many rows the picture's links cross in all, or anything over `limit` once it is passed."""
    rank = ranks([box.id for box in picture.boxes], [(link.tail, link.head) for link in picture.links])
    total = 0
    for link in picture.links:
        total += abs(rank[link.head] - rank[link.tail])
        if total > limit:
            break
    return total


def _is_large(web: Net) -> bool:
    """More nodes than are drawn one to one, or an edge that crosses too many rows."""
    if len(web.nodes) > ONE_TO_ONE:
        return True
    rank = ranks(list(web.nodes), [(edge.tail, edge.head) for edge in web.edges])
    return any(rank[edge.head] - rank[edge.tail] > LONG for edge in web.edges)


def _one_to_one(web: Net) -> tuple[dict[int, Box], list[Edge]]:
    boxes = {
        number: node_box(node, box_id=f"n{number}", root=number in web.roots) for number, node in web.nodes.items()
    }
    return boxes, list(web.edges)


def _folded(web: Net, opened: set[int]) -> tuple[dict[int, Box], list[Edge]]:
    """The boxes of the nodes that stand for themselves, with what folds into them as chips, and the edges between."""
    away = {number: chain for number, chain in chains(web).items() if web.uses[number]}
    kept = {node.id for tail in opened & web.nodes.keys() for head in web.heads[tail] for node in away.get(head, ())}
    uses: dict[int, list[Chain]] = {number: [] for number in web.nodes}
    edges: list[Edge] = []
    for edge in web.edges:
        tail, head = edge.tail, edge.head
        if tail in away and tail not in kept:
            continue
        if head in away and tail not in opened and tail not in kept:
            uses[tail].append(away[head])
        else:
            edges.append(edge)
    boxes = {
        number: node_box(node, box_id=f"n{number}", root=number in web.roots, chips=chips_of(uses[number], CHIPS))
        for number, node in web.nodes.items()
        if number not in away or number in kept
    }
    return boxes, edges


def _crowds(standing: dict[int, Box], pieces: tuple[tuple[int, ...], ...], drawn: list[Box]) -> list[Box]:
    """A box for each piece left out; it counts what is folded in there too, but nothing that is drawn elsewhere."""
    counted = {number for box in drawn for number in box.nodes}
    crowds: list[Box] = []
    for place, piece in enumerate(pieces):
        inside = {number for each in piece for number in standing[each].nodes} - counted
        counted |= inside
        crowds.append(more_box(tuple(sorted(inside)), box_id=f"more{place}"))
    return crowds


def _links(edges: list[Edge], place: dict[int, str], *, merge: bool) -> list[Link]:
    """One link per edge; where there are many alike, or a crowd is at one end, one for all with their count."""
    alike: dict[tuple[str, str], list[Edge]] = {}
    for edge in edges:
        alike.setdefault((place[edge.tail], place[edge.head]), []).append(edge)
    links: list[Link] = []
    for edge in edges:
        ends = (place[edge.tail], place[edge.head])
        same = alike[ends]
        joined = len(same) > (1 if merge else PARALLEL)
        if ends[0] == ends[1] or (joined and edge is not same[0]):
            continue
        label = f"× {len(same)}" if joined else f"output {edge.output_nr}" if edge.output_nr else ""
        links.append(Link(tail=ends[0], head=ends[1], label=label, edges=_carried(same if joined else [edge])))
    return links


def _carried(edges: list[Edge]) -> tuple[tuple[int, int], ...]:
    return tuple((edge.tail, edge.input_nr) for edge in edges[:CARRIED])


def _stubs(web: Net, boxes: list[Box], links: list[Link]) -> tuple[list[Box], list[Link]]:
    """Each link that crosses too many rows as a stub below its tail and one above its head."""
    rank = ranks([box.id for box in boxes], [(link.tail, link.head) for link in links])
    by_id = {box.id: box for box in boxes}
    kept = [link for link in links if rank[link.head] - rank[link.tail] <= LONG]
    long = [link for link in links if rank[link.head] - rank[link.tail] > LONG]
    arrivals: dict[str, list[Link]] = {}
    added: list[Box] = []
    for number, link in enumerate(long):
        arrivals.setdefault(link.head, []).append(link)
        added.append(_portal(web, by_id[link.head], f"to{number}", "↓"))
        kept.append(Link(tail=link.tail, head=f"to{number}", label=link.label, kind="stub", edges=link.edges))
    for number, (head, coming) in enumerate(arrivals.items()):
        added.append(_portal(web, by_id[coming[0].tail], f"from{number}", "↑", len(coming) - 1))
        carried = tuple(edge for link in coming for edge in link.edges)[:CARRIED]
        kept.append(Link(tail=f"from{number}", head=head, kind="stub", edges=carried))
    return boxes + added, kept


def _portal(web: Net, end: Box, box_id: str, arrow: str, others: int = 0) -> Box:
    if end.kind == "more":
        return more_box(end.nodes, box_id=box_id, detail=f"{arrow} drawn elsewhere")
    return portal_box(web.nodes[end.nodes[0]], box_id=box_id, arrow=arrow, others=others)


def _notes(web: Net, boxes: list[Box], links: list[Link]) -> tuple[list[Box], list[Link]]:
    """A note beside each node that keeps something for backward."""
    keeping = [node for node in web.nodes.values() if keeps_tensors(node)]
    notes = [saved_box(node, box_id=f"s{node.id}") for node in keeping]
    return boxes + notes, links + [Link(tail=f"n{node.id}", head=f"s{node.id}", kind="note") for node in keeping]
