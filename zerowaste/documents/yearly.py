"""The yearly public information as PDF: A4 pages on their side, one ruled table after the other."""

from dataclasses import dataclass
from datetime import datetime

from zerowaste.documents import figures
from zerowaste.documents.boxes import TABLE, named
from zerowaste.documents.grid import MM, Block, Cell, Line, Row, Text, paginate, set_text
from zerowaste.documents.paper import Language, Words
from zerowaste.documents.sheet import Sheet

_WIDTH, _HEIGHT = 297 * MM, 210 * MM
_MARGIN = 14 * MM
_BODY_WIDTH = _WIDTH - 2 * _MARGIN
_TOP, _BOTTOM = 34 * MM, 14 * MM
_FIRST_SHARE = 2.6  # of a table's first column, beside the others
HIDDEN = "*"
TITLE = Words("固体废物污染环境防治信息", "Public information on solid waste")
DRAFT_MARK = Words("草稿，未公开", "Draft, not published")
NOTE = Words(
    "单位：吨。* 依据的产生单位过少，或可由合计推得，不公开。",
    "In tonnes. * rests on too few producers, or could be computed from the totals, and is not published.",
)
VERSION = Words("第 {version} 版", "Version {version}")
PAGE = Words("第 {page} 页，共 {pages} 页", "Page {page} of {pages}")
THROUGH = Words("截至 {day}", "Up to {day}")


@dataclass(frozen=True, slots=True)
class YearTable:
    """One table. `heads`: of its columns; each row: its name and its figures (grams; None: suppressed),
    or what is counted where `counts` says so, column by column."""

    title: Words
    heads: tuple[Words, ...]
    rows: tuple[tuple[Words, tuple[int | None, ...]], ...]
    counts: tuple[bool, ...] = ()

    def shown(self, column: int, value: int | None) -> str:
        """A figure as a table shows it: tonnes to the kilogram, or a plain number."""
        if value is None:
            return HIDDEN
        if not value or (self.counts and self.counts[column]):
            return f"{value:,}"
        return f"{value / 1_000_000:,.3f}"


@dataclass(frozen=True, slots=True)
class YearPaper:
    """A year's publication. `version` None: a draft."""

    year: int
    version: int | None
    city: Words
    through: str
    published_at: datetime | None
    sha256: str
    least_producers: int
    tables: tuple[YearTable, ...]


def yearly_pdf(paper: YearPaper, language: Language) -> bytes:
    """The publication in `zh` or `en`. Equal papers, equal bytes."""
    height = _HEIGHT - _TOP - _BOTTOM
    pages = paginate([_block(table, language) for table in paper.tables], _BODY_WIDTH, height)
    sheet = Sheet(_WIDTH, _HEIGHT, title=f"{TITLE.of(language)} {paper.year}", language=language)
    for number, page in enumerate(pages or [()], 1):
        if page:
            sheet.shades(page, _MARGIN, _TOP)
        if paper.version is None:
            sheet.watermark(DRAFT_MARK.of(language), 60)
        _head(sheet, paper, language)
        if page:
            sheet.boxes(page, _MARGIN, _TOP, _BODY_WIDTH)
        _foot(sheet, paper, language, number, max(len(pages), 1))
        sheet.turn()
    return sheet.finished()


def _block(table: YearTable, language: Language) -> Block:
    title = Row((Cell((Text(table.title.of(language), 10, bold=True),), 1, "left", shaded=True),))
    heads = Row(
        (
            Cell((Text("", TABLE),), _FIRST_SHARE),
            *(Cell(named(head, language, TABLE), 1, "centre") for head in table.heads),
        )
    )
    rows = tuple(
        Row(
            (
                Cell((Text(name.of(language), TABLE),), _FIRST_SHARE),
                *(
                    Cell((Text(table.shown(column, value), TABLE),), 1, "right")
                    for column, value in enumerate(values)
                ),
            )
        )
        for name, values in table.rows
    )
    return Block(rows, opening=(title, heads), again=(heads,), starts=True, whole=True)


def _head(sheet: Sheet, paper: YearPaper, language: Language) -> None:
    title = f"{paper.city.of(language)} {paper.year} {TITLE.of(language)}"
    sheet.line(Line(title, 17, bold=True, grey=False), _MARGIN, 11 * MM, _BODY_WIDTH, "centre")
    facts = [THROUGH.of(language).format(day=paper.through)]
    if paper.version is not None:
        facts.append(VERSION.of(language).format(version=paper.version))
        facts.append(figures.moment(paper.published_at, language))
    told = Line(" · ".join(facts), 9, bold=False, grey=False)
    sheet.line(told, _MARGIN, 20 * MM, _BODY_WIDTH, "centre")
    sheet.lines(set_text(Text(NOTE.of(language), 8, grey=True), _BODY_WIDTH), _MARGIN, 26 * MM)


def _foot(sheet: Sheet, paper: YearPaper, language: Language, page: int, pages: int) -> None:
    y = _HEIGHT - 10 * MM
    sheet.line(Line(f"SHA-256 {paper.sha256}", 7, bold=False, grey=True), _MARGIN, y)
    numbered = PAGE.of(language).format(page=page, pages=pages)
    sheet.line(Line(numbered, 8, bold=False, grey=True), _MARGIN, y, _BODY_WIDTH, "right")
