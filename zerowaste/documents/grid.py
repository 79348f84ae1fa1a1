"""Ruled boxes: rows of cells are measured, broken into pages, given their places. Draws nothing.

Points throughout; x from the left edge of the grid, y downwards from the top of a page's body."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from zerowaste.documents import typeface

Align = Literal["left", "centre", "right"]

MM = 72 / 25.4
PADDING = 1.2 * MM  # beside the letters
AIR = 0.85 * MM  # above and below them
LEADING = 1.3  # line distance, of the letter size
LEAST_ROW = 7.0 * MM
# A text is set smaller before it takes more lines than this; at the least size it takes them.
COMFORTABLE_LINES = 2
SMALLEST = 6.5
_STEP = 0.5
_SQUEEZE = 0.89


@dataclass(frozen=True, slots=True)
class Text:
    """One wording in a cell; its size is the largest it may have."""

    content: str
    size: float = 9
    bold: bool = False
    grey: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A ruled box. `share`: its width in parts of the row's whole."""

    texts: tuple[Text, ...]
    share: float
    align: Align = "left"
    shaded: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Cells side by side, equally high."""

    cells: tuple[Cell, ...]
    least: float = LEAST_ROW


@dataclass(frozen=True, slots=True)
class Block:
    """Rows under the same heading. `opening` stands above them, `again` wherever they go on on a
    new page. `starts`: a part begins here, so `opening` stands above it even at a page's top.
    `whole`: not broken while it takes no more than half a page."""

    rows: tuple[Row, ...]
    opening: tuple[Row, ...] = ()
    again: tuple[Row, ...] = ()
    starts: bool = False
    whole: bool = False


class Line(NamedTuple):
    """One line of letters."""

    text: str
    size: float
    bold: bool
    grey: bool

    @property
    def height(self) -> float:
        return self.size * LEADING


class Box(NamedTuple):
    """A measured cell."""

    x: float
    width: float
    lines: tuple[Line, ...]
    align: Align
    shaded: bool


class Strip(NamedTuple):
    """A measured row."""

    height: float
    boxes: tuple[Box, ...]


class Placed(NamedTuple):
    """A row at its place on a page: `y` is its upper edge, from the top of the body."""

    y: float
    strip: Strip


Page = tuple[Placed, ...]


def measure(row: Row, width: float) -> Strip:
    """Wrap every cell of a row that is `width` points wide; the highest gives the height."""
    whole = sum(cell.share for cell in row.cells)
    boxes, x = [], 0.0
    for cell in row.cells:
        wide = width * cell.share / whole
        lines = tuple(line for text in cell.texts for line in set_text(text, wide - 2 * PADDING))
        boxes.append(Box(x, wide, lines, cell.align, cell.shaded))
        x += wide
    return Strip(max([row.least, *map(_height, boxes)]), tuple(boxes))


def set_text(text: Text, room: float) -> list[Line]:
    """Lines of one text: in its own size if it takes few lines, else smaller, but always whole."""
    size = text.size
    wrapped = typeface.wrap(text.content, size, text.bold, room)
    if len(wrapped) == 2 and "\n" not in text.content:
        # A last word alone on its line is worse than letters a little smaller.
        smaller = typeface.wrap(text.content, size * _SQUEEZE, text.bold, room)
        if len(smaller) == 1:
            return [Line(smaller[0], size * _SQUEEZE, text.bold, text.grey)]
    comfortable = COMFORTABLE_LINES * (1 + text.content.count("\n"))
    torn = _tears(text, size, room) and not _tears(text, SMALLEST, room)
    while size - _STEP >= SMALLEST and (len(wrapped) > comfortable or (torn and _tears(text, size, room))):
        size -= _STEP
        wrapped = typeface.wrap(text.content, size, text.bold, room)
    return [Line(line, size, text.bold, text.grey) for line in wrapped]


def _tears(text: Text, size: float, room: float) -> bool:
    return typeface.tears(text.content, size, text.bold, room)


def set_within(text: Text, room: float, most: int = 1) -> list[Line]:
    """At most so many lines, for places of a fixed height: smaller first, then cut short with …"""
    whole = replace(text, content=" ".join(typeface.clean(text.content).split()))
    lines = set_text(whole, room)
    if len(lines) <= most:
        return lines
    size = min(line.size for line in lines)
    while len(lines) > most and size - _STEP >= SMALLEST:
        size -= _STEP
        lines = set_text(replace(whole, size=size), room)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    shown = last.text
    while shown and typeface.width(shown + "…", last.size, last.bold) > room:
        shown = shown[:-1]
    return [*lines[: most - 1], last._replace(text=shown + "…")]


def paginate(blocks: Sequence[Block], width: float, height: float) -> list[Page]:
    """Place all blocks on as many pages as they need, each body `width` × `height` points.

    No line is ever lost: a row higher than a page is cut between its lines and goes on. Heading
    rows must be small beside the page."""
    pages = _Pages(height)
    for block in blocks:
        opening = [measure(row, width) for row in block.opening]
        again = [measure(row, width) for row in block.again]
        rows = [measure(row, width) for row in block.rows]
        first = _least_together(rows, height, whole=block.whole)
        turned = pages.keep(_total(opening) + first)
        pages.add_all(again if turned and not block.starts else opening)
        for strip in rows:
            for piece in _pieces(strip, height - max(_total(again), _total(opening))):
                if pages.keep(piece.height):
                    pages.add_all(again)
                pages.add(piece)
    return [tuple(page) for page in pages.done if page]


def _least_together(rows: Sequence[Strip], height: float, *, whole: bool) -> float:
    """How much of a block must stand below its heading on the same page."""
    body = _total(rows)
    if whole and body <= height / 2:
        return body
    return min(rows[0].height, height / 2) if rows else 0.0


class _Pages:
    """The pages so far, and how far down the last one is filled."""

    def __init__(self, height: float) -> None:
        self.height = height
        self.done: list[list[Placed]] = [[]]
        self.y = 0.0

    def keep(self, height: float) -> bool:
        """Turn the page if so much does not fit any more; says whether it turned."""
        # A hundredth of a point is less than any printer can show.
        if self.y == 0 or self.y + height <= self.height + 0.01:
            return False
        self.done.append([])
        self.y = 0.0
        return True

    def add(self, strip: Strip) -> None:
        self.done[-1].append(Placed(self.y, strip))
        self.y += strip.height

    def add_all(self, strips: Sequence[Strip]) -> None:
        for strip in strips:
            self.add(strip)


def _total(strips: Sequence[Strip]) -> float:
    return sum(strip.height for strip in strips)


def _height(box: Box) -> float:
    return sum(line.height for line in box.lines) + 2 * AIR


def _pieces(strip: Strip, room: float) -> Iterator[Strip]:
    """The row itself, or, where it is higher than a page, its lines in portions that fit."""
    while strip.height > room and any(len(box.lines) > 1 for box in strip.boxes):
        cuts = [_lines_within(box, room) for box in strip.boxes]
        heads = [box._replace(lines=box.lines[:cut]) for box, cut in zip(strip.boxes, cuts, strict=True)]
        tails = [box._replace(lines=box.lines[cut:]) for box, cut in zip(strip.boxes, cuts, strict=True)]
        yield Strip(max(map(_height, heads)), tuple(heads))
        strip = Strip(max(map(_height, tails)), tuple(tails))
    yield strip


def _lines_within(box: Box, room: float) -> int:
    used, count = 2 * AIR, 0
    for line in box.lines:
        used += line.height
        if used > room:
            break
        count += 1
    return max(count, 1)
