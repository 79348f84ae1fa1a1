"""The shapes forms are built of: heading bars, label-and-value rows, tables, in both languages."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from zerowaste.documents.grid import Align, Cell, Row, Text
from zerowaste.documents.paper import Entry, Language, Words

# A row is 186 parts wide: the millimetres between the margins of an A4 page.
WHOLE = 186.0
LABEL: dict[Language, float] = {"zh": 26.0, "en": 31.0}
BODY = 9.0
TABLE = 8.5
SMALL = 8.0

Line = TypeVar("Line")


class Field(NamedTuple):
    """A label and its value."""

    label: Words
    value: str


@dataclass(frozen=True, slots=True)
class Column(Generic[Line]):
    """One column of a table: its heading, its width in parts, what stands in it."""

    label: Words
    share: float
    value: Callable[[Line], str]
    align: Align = "centre"


def named(words: Words, language: Language, size: float) -> tuple[Text, ...]:
    """A label; the English form keeps the official Chinese term below it."""
    if language == "zh":
        return (Text(words.zh, size),)
    if words.zh == words.en:
        return (Text(words.en, size - 0.5),)
    return (Text(words.en, size - 1), Text(words.zh.replace("\n", ""), size - 2, grey=True))


def bar(words: Words, language: Language, suffix: Words | None = None) -> Row:
    """The heading of a part."""
    tail = suffix.of(language) if suffix else ""
    texts = [Text(words.of(language) + tail, 10, bold=True)]
    if language == "en":
        texts.append(Text(words.zh, 7, grey=True))
    return Row((Cell(tuple(texts), WHOLE, "centre", shaded=True),))


def subheading(text: str) -> Row:
    """A line of its own inside a part."""
    return Row((Cell((Text(text, BODY, bold=True),), WHOLE, "left"),), least=0)


def fields(language: Language, *boxes: Field, size: float = BODY) -> Row:
    """Labels and values side by side, all equally wide."""
    return _fields(language, boxes, [WHOLE / len(boxes)] * len(boxes), size)


def fields_in_thirds(language: Language, *boxes: Field) -> Row:
    """Three boxes, a person, a number, and a moment, which is longest; or two, the first as wide as
    the person and the number together, so that the rules stand below each other."""
    share = LABEL[language]
    room = WHOLE - 3 * share
    person, number, moment = (share + room * part for part in (0.26, 0.30, 0.44))
    widths = [person, number, moment] if len(boxes) == 3 else [person + number, moment]
    return _fields(language, boxes, widths, BODY)


def _fields(language: Language, boxes: Sequence[Field], widths: Sequence[float], size: float) -> Row:
    share = LABEL[language]
    cells: list[Cell] = []
    for box, width in zip(boxes, widths, strict=True):
        cells.append(Cell(named(box.label, language, BODY), share, "centre"))
        cells.append(Cell((Text(box.value, size),), width - share))
    return Row(tuple(cells))


def entries(language: Language, boxes: Iterable[Entry]) -> list[Row]:
    """Further boxes, two in a row, wide ones alone."""
    rows: list[Row] = []
    waiting: Field | None = None
    for entry in boxes:
        box = Field(entry.label, entry.value)
        if entry.wide:
            rows.append(fields(language, box))
        elif waiting is None:
            waiting = box
        else:
            rows.append(fields(language, waiting, box))
            waiting = None
    if waiting is not None:
        rows.append(fields(language, waiting))
    return rows


def table_head(language: Language, columns: Sequence[Column[Line]]) -> Row:
    """The headings of a table."""
    return Row(tuple(Cell(named(c.label, language, TABLE), c.share, "centre") for c in columns))


def table_row(columns: Sequence[Column[Line]], line: Line) -> Row:
    """One line of a table; a value may have several lines of its own."""
    return Row(
        tuple(Cell((Text(column.value(line), TABLE),), column.share, column.align) for column in columns)
    )
