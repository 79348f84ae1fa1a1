"""Small-count suppression: which cells of a table with totals are not published, so that none can be told.

A table is a graph: rows and columns (the totals are a row and a column too) are nodes, each cell an edge
between its row and its column. Whatever follows from what is published is a sum or difference of hidden
cells, and these are exactly the cuts of the graph of hidden cells (Gusfield 1988: one cell follows if it is
a bridge). So no cut may rest on too few producers: neither a stranger nor one of two rivals, who knows his
own part, may reckon what another made."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations, pairwise

import networkx as nx

TOTAL = "total"
Cell = tuple[str, str]  # row, column; either may be TOTAL
Producers = frozenset[int]
Sizes = Mapping[Cell, int]
Node = tuple[str, str]  # "row" or "column", and its name


def with_totals(cells: Mapping[Cell, Producers]) -> dict[Cell, Producers]:
    """The cells and the totals of their rows, their columns, and of all: who stands behind each."""
    found: dict[Cell, set[int]] = {}
    for (row, column), producers in cells.items():
        for cell in ((row, column), (row, TOTAL), (TOTAL, column), (TOTAL, TOTAL)):
            found.setdefault(cell, set()).update(producers)
    return {cell: frozenset(producers) for cell, producers in found.items() if producers}


def hidden_cells(cells: Mapping[Cell, Producers], sizes: Sizes, least: int) -> frozenset[Cell]:
    """What must not be published. `cells`: inner cells that somebody stands behind; `sizes`: their
    figures and the totals', to hide small ones rather than large ones.

    Hidden are cells behind which fewer than `least` stand, and as many others as it takes that nothing
    that follows from the rest is theirs alone. Empty cells are nobody's, and are published as nothing.
    Hiding more never makes a new cut of what was hidden, so everybody is looked at once."""
    known = with_totals(cells)
    behind: dict[Producers, list[Cell]] = defaultdict(list)
    for cell in sorted(known):
        if len(known[cell]) < least:
            behind[known[cell]].append(cell)
    hidden = {cell for small in behind.values() for cell in small}
    trivial, marks = cycles_through(known), cycles_through(hidden)
    for few in _coalitions(behind, least):
        theirs = [cell for some in _within(few) for cell in behind.get(some, ())]
        while told := _told(theirs, marks, trivial):
            hidden |= _detour(told, hidden, known, sizes)
            marks = cycles_through(hidden)
    return frozenset(hidden)


def _coalitions(behind: Collection[Producers], least: int) -> list[Producers]:
    """Every set of too few producers that some hidden cells rest on."""
    found = newest = set(behind)
    while (
        newest := {
            one | other
            for one in newest
            if len(one) < least - 1
            for other in behind
            if len(one | other) < least
        }
        - found
    ):
        found = found | newest
    return sorted(found, key=sorted)


def _within(few: Producers) -> Iterator[Producers]:
    for count in range(1, len(few) + 1):
        yield from map(frozenset, combinations(sorted(few), count))


def cycles_through(cells: Iterable[Cell]) -> dict[Cell, int]:
    """Each cell's mark: the bits of the cycles it lies on, of as many as there are. Cells are a cut, or
    several, exactly if each cycle meets them an even number of times: if their marks cancel out."""
    graph = _graph(cells)
    marks: dict[Cell, int] = {}
    met: dict[Node, int] = dict.fromkeys(graph, 0)
    tree = [edge for root in _roots(graph) for edge in nx.bfs_edges(graph, root)]
    in_tree = {_cell(*edge) for edge in tree}
    for number, edge in enumerate(
        sorted(_cell(*edge) for edge in graph.edges if _cell(*edge) not in in_tree)
    ):
        marks[edge] = 1 << number
        for node in _ends(edge):
            met[node] ^= marks[edge]
    for parent, child in reversed(tree):
        marks[_cell(parent, child)] = met[child]
        met[parent] ^= met[child]
    return marks


def _told(theirs: Iterable[Cell], marks: Mapping[Cell, int], trivial: Mapping[Cell, int]) -> set[Cell]:
    """A cut of the hidden cells among these that says something: it is none of the whole table, where it
    would hold whatever the figures are. Empty: there is none."""
    basis: dict[int, tuple[int, set[Cell]]] = {}  # by highest bit
    for cell in theirs:
        mark, cut = marks[cell], {cell}
        while mark and mark.bit_length() in basis:
            other, with_it = basis[mark.bit_length()]
            mark, cut = mark ^ other, cut ^ with_it
        if mark:
            basis[mark.bit_length()] = mark, cut
        elif _sum(trivial[each] for each in cut):
            return cut
    return set()


def _sum(marks: Iterable[int]) -> int:
    found = 0
    for mark in marks:
        found ^= mark
    return found


def _detour(cut: set[Cell], hidden: set[Cell], known: Collection[Cell], sizes: Sizes) -> set[Cell]:
    """The cheapest cells which, hidden too, lead round the cut from one of its sides to the other."""
    table = _graph(known)
    dearest = 1 + sum(sizes.get(cell, 0) + 1 for cell in known)
    for cell in known:
        # Totals are dearer than any inner cell, large cells dearer than small ones.
        price = dearest * (TOTAL in cell) + sizes.get(cell, 0) + 1
        table.edges[_ends(cell)]["price"] = 0 if cell in hidden else price
    for here, there, part in _sides(cut, hidden):
        around = table.copy()
        around.remove_edges_from([_ends(cell) for cell in part])
        prices, ways = nx.multi_source_dijkstra(around, here, weight="price")
        reached = sorted((prices[node], node) for node in there if node in prices)
        if reached:
            way = ways[reached[0][1]]
            return {_cell(*step) for step in pairwise(way)} - hidden
    raise AssertionError("a cut that says something can be led round")


def _sides(cut: set[Cell], hidden: set[Cell]) -> Iterator[tuple[set[Node], set[Node], set[Cell]]]:
    """The two sides of the cut in each part of the graph that it divides, and the cut there."""
    graph = _graph(hidden)
    for nodes in sorted(map(sorted, nx.connected_components(graph))):
        part = {cell for cell in cut if _ends(cell)[0] in set(nodes)}
        side = {nodes[0]: False}
        for parent, child in nx.bfs_edges(graph, nodes[0]):
            side[child] = side[parent] ^ (_cell(parent, child) in cut)
        if part:
            yield ({node for node in nodes if not side[node]}, {node for node in nodes if side[node]}, part)


def _graph(cells: Iterable[Cell]) -> "nx.Graph[Node]":
    graph: nx.Graph[Node] = nx.Graph()
    graph.add_edges_from(_ends(cell) for cell in sorted(cells))
    return graph


def _roots(graph: "nx.Graph[Node]") -> list[Node]:
    return [min(nodes) for nodes in nx.connected_components(graph)]


def _ends(cell: Cell) -> tuple[Node, Node]:
    return ("row", cell[0]), ("column", cell[1])


def _cell(one: Node, other: Node) -> Cell:
    return (one[1], other[1]) if one[0] == "row" else (other[1], one[1])
