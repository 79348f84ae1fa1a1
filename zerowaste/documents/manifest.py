"""The transfer manifest as PDF: A4 pages with head, QR code, ruled form and page numbers."""

from zerowaste.documents import figures, qr, typeface, wording
from zerowaste.documents.boxes import WHOLE
from zerowaste.documents.grid import MM, Line, Page, Text, paginate, set_within
from zerowaste.documents.manifest_form import form
from zerowaste.documents.paper import Language, ManifestPaper, Words
from zerowaste.documents.sheet import Sheet

_WIDTH, _HEIGHT = 210 * MM, 297 * MM
_MARGIN = 12 * MM
_BODY_WIDTH = WHOLE * MM
_BODY_TOP = 48 * MM
_BODY_HEIGHT = _HEIGHT - _BODY_TOP - 13 * MM
_QR_TOP = 7 * MM
_QR_ROOM = 36 * MM
_WATERMARK_SIZE = 72


def manifest_pdf(paper: ManifestPaper, language: Language) -> bytes:
    """One manifest as a PDF in `zh` or `en`; as many pages as it needs. Equal papers, equal bytes.

    Characters no font has are drawn as 〓 (`typeface.missing` lists them beforehand)."""
    pages = layout(paper, language)
    heading = f"{paper.title.of(language)} {paper.national_number or paper.serial}".strip()
    sheet = Sheet(_WIDTH, _HEIGHT, title=heading, language=language)
    for number, page in enumerate(pages, 1):
        sheet.shades(page, _MARGIN, _BODY_TOP)
        if paper.watermarks:
            sheet.watermark(_joined(paper.watermarks, language), _WATERMARK_SIZE)
        _head(sheet, paper, language)
        sheet.boxes(page, _MARGIN, _BODY_TOP, _BODY_WIDTH)
        _foot(sheet, paper, language, number, len(pages))
        sheet.turn()
    return sheet.finished()


def layout(paper: ManifestPaper, language: Language) -> list[Page]:
    """The form's rows at their places, page by page."""
    return paginate(form(paper, language), _BODY_WIDTH, _BODY_HEIGHT)


def _joined(words: tuple[Words, ...], language: Language) -> str:
    return " · ".join(each.of(language) for each in words)


def _head(sheet: Sheet, paper: ManifestPaper, language: Language) -> None:
    drawn = qr.code(paper.qr_url)
    side = qr.PRINTED_MM * MM
    whole = qr.full_side(side, drawn.modules)
    x = _WIDTH - _MARGIN - whole
    qr.draw(sheet.canvas, drawn, x, _HEIGHT - _QR_TOP - whole, side)
    caption = Line(wording.SCAN_TO_CHECK.of(language), 7, bold=False, grey=True)
    sheet.line(caption, x, _QR_TOP + whole, whole, "centre")
    _title(sheet, paper, language)
    _numbers(sheet, paper, language)


def _title(sheet: Sheet, paper: ManifestPaper, language: Language) -> None:
    """Centred on the page, clear of the code on the right."""
    room = _WIDTH - 2 * (_MARGIN + _QR_ROOM)
    size = 20 if language == "zh" else 17
    lines = set_within(Text(paper.title.of(language), size, bold=True), room, 2)
    if language == "en":
        lines += set_within(Text(paper.title.zh, 11, grey=True), room)
    height = sum(line.height for line in lines)
    sheet.lines(lines, _MARGIN + _QR_ROOM, 19 * MM - height / 2, room, "centre")


def _numbers(sheet: Sheet, paper: ManifestPaper, language: Language) -> None:
    """The numbers on the left, what the manifest stands at on the right, in two lines."""
    left, right = _MARGIN, _MARGIN + 76 * MM
    first, second = 34.5 * MM, 41 * MM
    if paper.nationally_numbered:
        _number(sheet, wording.NATIONAL_NUMBER, paper.national_number, left, first, language)
    _number(sheet, wording.SERIAL, paper.serial, left, second, language)
    if paper.status is not None:
        _fact(sheet, wording.STATUS, paper.status.of(language), right, first, language)
    if paper.planned_at is not None:
        planned = figures.moment(paper.planned_at, language)
        _fact(sheet, wording.PLANNED_AT, planned, right, second, language)


def _named(words: Words, language: Language) -> str:
    name = words.zh if language == "zh" else f"{words.en} {words.zh}"
    return f"{name}{wording.COLON.of(language)}"


def _number(sheet: Sheet, words: Words, number: str, x: float, y: float, language: Language) -> None:
    """A number after its name; a line to write on where there is none."""
    label = Line(_named(words, language), 10, bold=False, grey=False)
    sheet.line(label, x, y)
    x += typeface.width(label.text, label.size)
    if number:
        room = _MARGIN + 74 * MM - x
        sheet.line(set_within(Text(number, 11, bold=True), room)[0], x, y - 0.65)
    else:
        sheet.rule(x, y + label.height, min(40 * MM, _MARGIN + 72 * MM - x))


def _fact(sheet: Sheet, words: Words, value: str, x: float, y: float, language: Language) -> None:
    text = Text(f"{_named(words, language)}{value}", 9)
    sheet.line(set_within(text, _WIDTH - _MARGIN - _QR_ROOM - x)[0], x, y + 0.65)


def _foot(sheet: Sheet, paper: ManifestPaper, language: Language, page: int, pages: int) -> None:
    y = _HEIGHT - 11 * MM
    numbered = wording.PAGE.of(language).format(page=page, pages=pages)
    sheet.line(Line(numbered, 8, bold=False, grey=True), _MARGIN, y, _BODY_WIDTH, "centre")
    serial = set_within(Text(paper.serial, 8, grey=True), _BODY_WIDTH / 3)
    sheet.lines(serial, _MARGIN, y, _BODY_WIDTH, "right")
    if paper.edition:
        edition = f"{_named(wording.EDITION, language)}{paper.edition}"
        sheet.lines(set_within(Text(edition, 8, grey=True), _BODY_WIDTH / 3), _MARGIN, y)
