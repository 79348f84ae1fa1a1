"""Rounds in who sends to whom: the short cycles of a directed graph of sites."""

from collections.abc import Iterable, Iterator

import networkx as nx

# (from, to, grams)
Way = tuple[int, int, int]
LONGEST = 4


def cycles(ways: Iterable[Way]) -> Iterator[tuple[tuple[int, ...], int]]:
    """Each cycle of two to four sites once, from its smallest site on, and the grams that can have gone
    all the way round (the least of its ways)."""
    graph: nx.DiGraph[int] = nx.DiGraph()
    for origin, target, grams in ways:
        before = graph.get_edge_data(origin, target, {"grams": 0})["grams"]
        graph.add_edge(origin, target, grams=before + grams)
    found = []
    for cycle in nx.simple_cycles(graph, length_bound=LONGEST):
        if len(cycle) < 2:
            continue
        start = cycle.index(min(cycle))
        ring = (*cycle[start:], *cycle[:start])
        least = min(graph.edges[a, b]["grams"] for a, b in zip(ring, (*ring[1:], ring[0]), strict=True))
        found.append((ring, least))
    yield from sorted(found)
