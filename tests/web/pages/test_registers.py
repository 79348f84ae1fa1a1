"""Registers to be saved: every row, in both forms, and nothing a spreadsheet would run."""

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any

from tests.cast import DAN, FAY, PAULA
from tests.web.acts import act, file
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader

SignIn = Callable[..., Reader]


def test_a_register_is_shown_and_saved_whole(
    running: Running,
    sign_in: SignIn,
    oil: dict[str, Any],
) -> None:
    number = str(
        file(running.log_in(PAULA), {**oil, "lines": [{**oil["lines"][0], "packaging": "=1+1"}]})["number"]
    )
    act(running.log_in(DAN), number, "pickup")
    act(running.log_in(FAY), number, "accept")
    paula = sign_in(PAULA, "en")
    assert number in paula.get("/registers").text
    rows = list(csv.reader(io.StringIO(paula.get("/registers/outgoing.csv").data.decode("utf-8-sig"))))
    (row,) = (row for row in rows if number in row)
    assert rows[0][:2] == ["when", "manifest"]
    assert "'=1+1" in row
    book = zipfile.ZipFile(io.BytesIO(paula.get("/registers/outgoing.xlsx").data))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert number in sheet or number in book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet


def test_days_without_anything_say_so(sign_in: SignIn) -> None:
    assert (
        "Nothing in these days" in sign_in(PAULA, "en").get("/registers?from=2020-01-01&to=2020-01-02").text
    )
