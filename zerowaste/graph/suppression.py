"""Small-count suppression: which cells of a table with totals are not published, so that none can be told.

A table is a graph: rows and columns (the totals are a row and a column too) are nodes, each hidden cell an
edge between its row and its column. A hidden cell can be computed from what is published exactly if its
edge is a bridge (Gusfield 1988), so further cells are hidden until every hidden edge lies on a cycle."""

from collections.abc import Iterable, Mapping

import networkx as nx

TOTAL = "total"
Cell = tuple[str, str]  # row, column; either may be TOTAL
Producers = frozenset[int]
Sizes = Mapping[Cell, int]


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

    Hidden are cells behind which fewer than `least` stand; further ones so that none of them follows
    from the totals; and so many that what a line hides together rests on `least` producers too. Empty
    cells are nobody's, and are published as nothing."""
    known = with_totals(cells)
    hidden = {cell for cell, producers in known.items() if len(producers) < least}
    while True:
        if told := derivable(hidden):
            hidden |= _corners(min(told), hidden, known, sizes)
        elif line := _thin_line(hidden, known, least):
            hidden.add(min(line, key=lambda cell: _cost([cell], sizes)))
        else:
            return frozenset(hidden)


def derivable(hidden: Iterable[Cell]) -> set[Cell]:
    """The hidden cells that follow from what is published."""
    graph: nx.Graph[tuple[str, str]] = nx.Graph()
    for row, column in hidden:
        graph.add_edge(("row", row), ("column", column))
    return {
        (a[1], b[1]) if a[0] == "row" else (b[1], a[1]) for a, b in nx.bridges(graph)
    }  # an undirected edge comes in either order


def _corners(cell: Cell, hidden: set[Cell], known: Mapping[Cell, Producers], sizes: Sizes) -> set[Cell]:
    """The other corners of the cheapest rectangle over a cell, which close a cycle. There is always one:
    that of the totals."""
    row, column = cell
    choices: list[tuple[int, int, list[Cell]]] = []
    for other_column in {column for of, column in known if of == row} - {column}:
        for other_row in {row for row, of in known if of == column} - {row}:
            corners = [(row, other_column), (other_row, column), (other_row, other_column)]
            if corners[2] not in known:
                continue
            further = [each for each in corners if each not in hidden]
            choices.append(_cost(further, sizes))
    return set(min(choices)[-1])


def _thin_line(hidden: set[Cell], known: Mapping[Cell, Producers], least: int) -> list[Cell]:
    """The cells still open of a line whose hidden ones follow together from its published total, and
    rest on too few; the total is one of them, so there is always one."""
    for axis in (0, 1):
        for name in sorted({cell[axis] for cell in hidden}):
            line = [cell for cell in hidden if cell[axis] == name and cell[1 - axis] != TOTAL]
            total = (name, TOTAL) if axis == 0 else (TOTAL, name)
            behind = frozenset[int]().union(*(known[cell] for cell in line))
            if line and total not in hidden and len(behind) < least:
                return [cell for cell in known if cell[axis] == name and cell not in hidden]
    return []


def _cost(cells: Iterable[Cell], sizes: Sizes) -> tuple[int, int, list[Cell]]:
    """Totals are dearer than any inner cell, large cells dearer than small ones."""
    listed = sorted(cells)
    return sum(TOTAL in cell for cell in listed), sum(sizes.get(cell, 0) for cell in listed), listed
