"""What a page lists, as a sheet: CSV, or a workbook for those who work with one."""

import csv
import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from flask import Response

from zerowaste.web.pages.drawing import say
from zerowaste.web.streaming import Cell, harmless
from zerowaste.web.views import Media

Headings = Sequence[tuple[str, str]]  # Chinese, English
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEETS = {200: Media(CSV)}


def sheet(name: str, kind: str, headings: Headings, rows: Iterable[Sequence[Cell]]) -> Response:
    """The rows under their headings, to be saved as `name`; `kind`: csv | xlsx."""
    titles = [say(*heading) for heading in headings]
    content, media = (_workbook(titles, rows), XLSX) if kind == "xlsx" else (_csv(titles, rows), CSV)
    answer = Response(content, content_type=media)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer


def _csv(titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(titles)
    lines.writerows([harmless(cell) for cell in row] for row in rows)
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    return "\ufeff" + written.getvalue()


def _workbook(titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    written = io.BytesIO()
    # Texts stay texts: nothing that somebody typed becomes a formula or a link.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, titles, book.add_format({"bold": True}))
        for number, row in enumerate(rows, 1):
            page.write_row(number, 0, row)
        page.freeze_panes(1, 0)
        page.autofit()
    return written.getvalue()
