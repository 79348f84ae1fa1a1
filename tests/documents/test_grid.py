"""Boxes and pages: all stays in its box, pages turn in the right place, no line is lost."""

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from zerowaste.documents import typeface
from zerowaste.documents.grid import (
    AIR,
    LEAST_ROW,
    PADDING,
    Block,
    Cell,
    Page,
    Row,
    Text,
    measure,
    paginate,
    set_text,
    set_within,
)

WIDTH, HEIGHT = 500.0, 300.0


def row(*texts: str) -> Row:
    return Row(tuple(Cell((Text(text),), 1) for text in texts))


def said(pages: Iterable[Page]) -> list[list[str]]:
    """The letters of each row of each page, boxes joined by |."""
    return [
        ["|".join("".join(line.text for line in box.lines) for box in placed.strip.boxes) for placed in page]
        for page in pages
    ]


@settings(deadline=None)
@given(st.lists(st.lists(st.text(max_size=300), min_size=1, max_size=4), min_size=1, max_size=8))
def test_nothing_leaves_its_box_and_no_boxes_overlap(texts: list[list[str]]) -> None:
    pages = paginate([Block(tuple(row(*each) for each in texts))], WIDTH, HEIGHT)
    for page in pages:
        y = 0.0
        for placed in page:
            assert placed.y == y
            y += placed.strip.height
            x = 0.0
            for box in placed.strip.boxes:
                assert abs(box.x - x) < 0.001
                x += box.width
                assert sum(line.height for line in box.lines) <= placed.strip.height - 2 * AIR + 0.01
                for line in box.lines:
                    assert typeface.width(line.text, line.size, line.bold) <= box.width - 2 * PADDING
            assert x <= WIDTH + 0.001
        assert y <= HEIGHT + 0.02


def test_a_word_is_set_smaller_before_it_is_torn() -> None:
    room = typeface.width("Semi-solid", 8, False)
    lines = set_text(Text("Semi-solid\n半固态"), room)
    assert [line.text for line in lines] == ["Semi-solid", "半固态"]
    long = set_text(Text("12360113MB9000"), room)
    assert (len(long), long[0].size) == (2, 9)


def test_a_long_name_is_set_smaller_before_it_takes_a_third_line() -> None:
    sizes = [set_text(Text("长" * letters), 100)[0].size for letters in (5, 12, 20, 26, 200)]
    assert sizes[0] == 9
    assert sizes[1] == 9 * 0.89  # one letter too many: one line, a little smaller
    assert sizes[2] == 9
    assert 6.5 <= sizes[3] < 9
    assert sizes[4] == 6.5


def test_a_place_of_fixed_height_cuts_what_does_not_fit() -> None:
    (line,) = set_within(Text("长" * 50), 100)
    assert line.text.endswith("…")
    assert typeface.width(line.text, line.size) <= 100
    assert [line.text for line in set_within(Text("短\n句"), 100)] == ["短 句"]


def test_headings_are_repeated_where_a_table_goes_on() -> None:
    lines = tuple(row(str(number)) for number in range(1, 21))
    table = Block(lines, opening=(row("head"),), again=(row("part, continued"), row("head")))
    pages = said(paginate([table], WIDTH, 10 * LEAST_ROW))
    assert [page[0] for page in pages] == ["head", "part, continued", "part, continued"]
    assert [text for page in pages for text in page if text.isdigit()] == [
        str(number) for number in range(1, 21)
    ]


def test_a_heading_never_stands_alone_at_the_foot_of_a_page() -> None:
    first = Block(tuple(row("x") for _ in range(9)))
    part = Block((row("a"), row("b")), opening=(row("part"),), again=(row("going on"),), starts=True)
    assert said(paginate([first, part], WIDTH, 10 * LEAST_ROW))[1] == ["part", "a", "b"]


def test_a_table_that_begins_on_a_new_page_says_which_part_it_belongs_to() -> None:
    boxes = Block(tuple(row("x") for _ in range(9)), opening=(row("part"),), starts=True)
    table = Block((row("1"),), opening=(row("head"),), again=(row("part, continued"), row("head")))
    assert said(paginate([boxes, table], WIDTH, 10 * LEAST_ROW))[1] == [
        "part, continued",
        "head",
        "1",
    ]


def test_a_leg_is_kept_together() -> None:
    legs = [Block(tuple(row(name) for _ in range(4)), whole=True) for name in "abc"]
    assert said(paginate(legs, WIDTH, 10 * LEAST_ROW)) == [["a"] * 4 + ["b"] * 4, ["c"] * 4]


def test_a_row_higher_than_a_page_goes_on_on_the_next() -> None:
    text = "".join(f"{number}。" for number in range(2000))
    pages = paginate([Block((row("短", text),), again=(row("going on"),))], WIDTH, HEIGHT)
    printed = [placed for page in pages for placed in page]
    whole = "".join(line.text for placed in printed for line in placed.strip.boxes[-1].lines)
    assert len(pages) > 2
    assert whole.replace("going on", "") == text


def test_equal_shares_are_equal_widths() -> None:
    strip = measure(Row((Cell((), 1), Cell((), 3))), 400)
    assert [(box.x, box.width) for box in strip.boxes] == [(0, 100), (100, 300)]
