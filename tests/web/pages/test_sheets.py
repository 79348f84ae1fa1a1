"""What a page lists, as a sheet: read back as spreadsheets read it."""

import io
import zipfile

import pytest
from flask import Flask

from zerowaste.web.pages.sheets import sheet
from zerowaste.web.streaming import Cell

HEADINGS = (("名称", "name"), ("克", "grams"))


def saved(kind: str, *rows: list[Cell]) -> bytes:
    with Flask(__name__).test_request_context(headers={"Accept-Language": "en"}):
        return bytes(sheet("list", kind, HEADINGS, rows).data)


@pytest.mark.parametrize("text", ["=1+1", "+86", "-2", "@me", "＝1+1", "＠me"])
def test_no_cell_of_a_csv_is_taken_for_a_formula(text: str) -> None:
    assert saved("csv", [text, 5]).decode("utf-8-sig").splitlines() == ["name,grams", f"'{text},5"]


def test_a_workbook_keeps_numbers_as_numbers_and_formulas_as_text() -> None:
    with zipfile.ZipFile(io.BytesIO(saved("xlsx", ["=1+1", 5], ["http://x", 7]))) as book:
        page = book.read("xl/worksheets/sheet1.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
    assert "<v>5</v>" in page
    assert "<f>" not in page
    assert "hyperlink" not in page
    assert "=1+1" in texts
