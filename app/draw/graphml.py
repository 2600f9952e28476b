"""A program: nodes and edges as JSON on standard input -> GraphML on standard output. Run by `export`.

Not imported by the server: networkx would stay in its memory. Source: graphml.graphdrawing.org.
"""

import json
import sys


def main() -> None:
    """Converts {"nodes": {id: attributes}, "edges": [[tail, head, attributes]]} to a directed multigraph."""
    import networkx  # type: ignore[import-untyped]  # it ships no types

    told = json.load(sys.stdin)
    graph = networkx.MultiDiGraph()
    graph.add_nodes_from(told["nodes"].items())
    graph.add_edges_from(told["edges"])
    networkx.write_graphml_xml(graph, sys.stdout.buffer)


if __name__ == "__main__":
    main()
