"""Small-count suppression: what is hidden stays hidden, whatever one reckons from what is published."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from zerowaste.graph.suppression import TOTAL, Cell, cycles_through, hidden_cells, with_totals

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


def lines_of(unknown: list[Cell], cells: dict[Cell, frozenset[int]]) -> list[list[Fraction]]:
    """Each line of the table (the totals' too) as an equation in these cells."""
    rows = {row for row, _ in cells} | {TOTAL}
    heads = {column for _, column in cells} | {TOTAL}
    return [
        [Fraction((-1 if cell[1 - axis] == TOTAL else 1) if cell[axis] == name else 0) for cell in unknown]
        for axis, names in ((0, rows), (1, heads))
        for name in sorted(names)
    ]


def follows(target: Cell, hidden: frozenset[Cell], cells: dict[Cell, frozenset[int]]) -> bool:
    """By exact elimination, with no graph at all: do the sums of the lines give this hidden cell?"""
    unknown = sorted(hidden)
    equations = lines_of(unknown, cells)
    return rank(equations) == rank([*equations, [Fraction(int(cell == target)) for cell in unknown]])


def said_of(few: frozenset[int], unknown: list[Cell], cells: dict[Cell, frozenset[int]]) -> int:
    """How many independent sums and differences of what is these producers' alone the lines give, where
    the other cells that are `unknown` cancel out."""
    known = with_totals(cells)
    others = [at for at, cell in enumerate(unknown) if not known[cell] <= few]
    equations = lines_of(unknown, cells)
    return rank(equations) - rank([[line[at] for at in others] for line in equations])


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
def test_no_two_rivals_are_told_of_each_other(cells: dict[Cell, frozenset[int]]) -> None:
    """No sum or difference of cells that rest on fewer than three follows: it would hold in any table, as
    where a row has one cell, which is its total."""
    known, hidden = with_totals(cells), sorted(hidden_cells(cells, sizes_of(cells), LEAST))
    small = {known[cell] for cell in hidden if len(known[cell]) < LEAST}
    for few in {one | other for one in small for other in small if len(one | other) < LEAST}:
        assert said_of(few, hidden, cells) == said_of(few, sorted(known), cells), few


@settings(max_examples=100, deadline=None)
@given(tables)
def test_cuts_are_what_elimination_finds(cells: dict[Cell, frozenset[int]]) -> None:
    small = frozenset(cell for cell, producers in with_totals(cells).items() if len(producers) < LEAST)
    told = {cell for cell, mark in cycles_through(small).items() if not mark}
    assert told == {cell for cell in small if follows(cell, small, cells)}


def test_two_rivals_in_two_corners_learn_nothing_of_each_other() -> None:
    """|      | 1        | 2       | 3        | total |
    | a    | **one**  | 4       | 4        | 12    |
    | b    | 4        | 4       | **other**| 12    |
    | c    | 4        | 4       | 4        | 12    |  of the hidden cells, no two sums leave just these two.

    Were (a, 3) and (b, 1) alone hidden with them, row and column would tell what (a, 1) and (b, 3) differ by,
    and each of the two could reckon the other's."""
    many = frozenset({1, 2, 3, 4})
    cells = {(row, column): many for row in "abc" for column in "123"}
    cells["a", "1"], cells["b", "3"] = frozenset({1}), frozenset({2})
    hidden = sorted(hidden_cells(cells, sizes_of(cells), LEAST))
    assert said_of(frozenset({1, 2}), hidden, cells) == 0
    assert len(hidden) > 4
    square = sorted([("a", "1"), ("a", "3"), ("b", "1"), ("b", "3")])
    assert said_of(frozenset({1, 2}), square, cells) == 1


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
