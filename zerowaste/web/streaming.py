"""Answers of any length: sent while they are read, in a session of their own, for the request's is over."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence

from flask import Response
from sqlmodel import Session

from zerowaste.db import Database

LINES_AT_ONCE = 500
# Signs that begin a formula, as East Asian spreadsheets read them too (OWASP, CSV Injection).
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
Cell = str | int


def sent(database: Database, lines: Callable[[Session], Iterable[str]], media: str, name: str) -> Response:
    """The lines, some at a time, to be saved as `name`."""

    def read() -> Iterator[str]:
        with database.session_for(write=False) as session:
            some: list[str] = []
            for line in lines(session):
                some.append(line)
                if len(some) == LINES_AT_ONCE:
                    yield "".join(some)
                    some.clear()
            yield "".join(some)

    answer = Response(read(), content_type=media)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def csv_line(cells: Sequence[Cell], end: str = "\n") -> str:
    """A line of CSV of which no spreadsheet takes anything for a formula."""
    written = io.StringIO()
    csv.writer(written, lineterminator=end).writerow([harmless(cell) for cell in cells])
    return written.getvalue()


def harmless(cell: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(DANGEROUS) else cell
