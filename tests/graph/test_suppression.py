"""Small-count suppression: what is hidden stays hidden, whatever one reckons from what is published."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from zerowaste.graph.suppression import TOTAL, Cell, derivable, hidden_cells, with_totals

LEAST = 3
names = st.sampled_from("abcde")
columns = st.sampled_from("123456")
tables = st.dictionaries(
    st.tuples(names, columns), st.frozensets(st.integers(1, 12), min_size=1, max_size=6), max_size=25
)


def sizes_of(cells: dict[Cell, frozenset[int]]) -> dict[Cell, int]:
    """Each producer makes seven times its own number, so that no two cells are alike."""
    inner = {cell: 7 * sum(producers) + len(producers) for cell, producers in cells.items()}
    sizes: dict[Cell, int] = {}
    for (row, column), grams in inner.items():
        for cell in ((row, column), (row, TOTAL), (TOTAL, column), (TOTAL, TOTAL)):
            sizes[cell] = sizes.get(cell, 0) + grams
    return sizes


def follows(target: Cell, hidden: frozenset[Cell], cells: dict[Cell, frozenset[int]]) -> bool:
    """By exact elimination, with no graph at all: do the sums of the lines give this hidden cell?

    Each line of the table (the totals' too) is an equation in the hidden cells; the cell follows exactly
    if its unit vector is a combination of the equations."""
    unknown = sorted(hidden)
    rows = {row for row, _ in cells} | {TOTAL}
    heads = {column for _, column in cells} | {TOTAL}
    lines = [[cell for cell in unknown if cell[0] == row] for row in rows]
    lines += [[cell for cell in unknown if cell[1] == column] for column in heads]
    equations = []
    for axis, line in [(0, each) for each in lines[: len(rows)]] + [(1, each) for each in lines[len(rows) :]]:
        signs = {cell: Fraction(-1 if cell[1 - axis] == TOTAL else 1) for cell in line}
        equations.append([signs.get(cell, Fraction(0)) for cell in unknown])
    return rank(equations) == rank([*equations, [Fraction(int(cell == target)) for cell in unknown]])


def rank(matrix: list[list[Fraction]]) -> int:
    rows, found = [list(row) for row in matrix], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((at for at in range(found, len(rows)) if rows[at][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for at in range(found + 1, len(rows)):
            factor = rows[at][column] / rows[found][column]
            rows[at] = [mine - factor * theirs for mine, theirs in zip(rows[at], rows[found], strict=True)]
        found += 1
    return found


@settings(max_examples=150, deadline=None)
@given(tables)
def test_no_hidden_cell_follows_from_what_is_published(cells: dict[Cell, frozenset[int]]) -> None:
    hidden = hidden_cells(cells, sizes_of(cells), LEAST)
    for cell in hidden:
        assert not follows(cell, hidden, cells), cell


@settings(max_examples=150, deadline=None)
@given(tables)
def test_nothing_published_rests_on_too_few(cells: dict[Cell, frozenset[int]]) -> None:
    hidden = hidden_cells(cells, sizes_of(cells), LEAST)
    known = with_totals(cells)
    assert all(len(producers) >= LEAST for cell, producers in known.items() if cell not in hidden)
    for row, column in hidden:  # nor does what a published total leaves for the hidden cells of its line
        for line, total in (
            ([cell for cell in hidden if cell[0] == row and cell[1] != TOTAL], (row, TOTAL)),
            ([cell for cell in hidden if cell[1] == column and cell[0] != TOTAL], (TOTAL, column)),
        ):
            if line and total not in hidden:
                assert len(frozenset[int]().union(*(known[cell] for cell in line))) >= LEAST


@settings(max_examples=100, deadline=None)
@given(tables)
def test_the_bridges_are_what_elimination_finds(cells: dict[Cell, frozenset[int]]) -> None:
    primary = frozenset(cell for cell, producers in with_totals(cells).items() if len(producers) < LEAST)
    assert derivable(primary) == {cell for cell in primary if follows(cell, primary, cells)}


def test_a_table_of_many_producers_is_published_whole() -> None:
    cells = {(row, column): frozenset({1, 2, 3, 4}) for row in "ab" for column in "12"}
    assert hidden_cells(cells, sizes_of(cells), LEAST) == frozenset()


def test_one_small_cell_takes_three_others_with_it() -> None:
    """|      | 1        | 2   | total |
    | a    | **two**  | 4   | 6     |
    | b    | 4        | 4   | 8     |
    | c    | 4        | 4   | 8     |  the small one, one beside it, and what closes the cycle."""
    many = frozenset({1, 2, 3, 4})
    cells = {(row, column): many for row in "abc" for column in "12"}
    cells["a", "1"] = frozenset({1, 2})
    hidden = hidden_cells(cells, sizes_of(cells), LEAST)
    assert ("a", "1") in hidden
    assert len(hidden) == 4
    assert ("a", TOTAL) not in hidden


def test_a_single_producer_is_told_nowhere() -> None:
    cells = {("a", "1"): frozenset({7})}
    assert hidden_cells(cells, sizes_of(cells), LEAST) == {
        ("a", "1"),
        ("a", TOTAL),
        (TOTAL, "1"),
        (TOTAL, TOTAL),
    }
