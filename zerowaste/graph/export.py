"""A graph for other programs: GraphML as networkx and Gephi read it, and edges as a Sankey tool does."""

import io
from collections.abc import Iterable, Mapping
from typing import TypeVar

import networkx as nx

Attributes = Mapping[str, str | int]
Node = TypeVar("Node", int, str)


def graphml(nodes: Mapping[Node, Attributes], edges: Iterable[tuple[Node, Node, Attributes]]) -> bytes:
    """The graph as GraphML. Empty attributes are left out: the format has no word for nothing."""
    graph: nx.MultiDiGraph[Node] = nx.MultiDiGraph()
    for node, attributes in nodes.items():
        graph.add_node(node, **{name: value for name, value in attributes.items() if value != ""})
    for origin, target, attributes in edges:
        graph.add_edge(origin, target, **{name: value for name, value in attributes.items() if value != ""})
    written = io.BytesIO()
    nx.write_graphml(graph, written)
    return written.getvalue()
