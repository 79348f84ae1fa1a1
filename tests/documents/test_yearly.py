"""The yearly public information on paper: every figure, the marks of what is hidden, in both languages."""

from datetime import UTC, datetime

import pytest

from tests.documents.pages import sizes, texts
from zerowaste.documents import typeface, yearly
from zerowaste.documents.paper import Language, Words
from zerowaste.documents.yearly import YearPaper, YearTable, yearly_pdf

HEADS = (Words("东湖区", "Donghu"), Words("合计", "total"))
ROWS = ((Words("HW08 废矿物油", "HW08 Waste mineral oil"), (None, 1_234_567_890)),)
PAPER = YearPaper(
    year=2026,
    version=2,
    city=Words("南昌市", "Nanchang"),
    through="2026-12-31",
    published_at=datetime(2027, 3, 1, 1, 0, tzinfo=UTC),
    sha256="ab" * 32,
    least_producers=3,
    tables=tuple(YearTable(Words(f"表 {n}", f"Table {n}"), HEADS, ROWS * 9) for n in range(6)),
)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_figure_stands_on_it(language: Language) -> None:
    said = " ".join(texts(yearly_pdf(PAPER, language)))
    assert "1,234.568" in said
    assert "*" in said
    assert PAPER.sha256 in said
    assert ("第2版" if language == "zh" else "Version2") in said  # letters are read without the blanks
    assert ("东湖区" if language == "zh" else "Donghu") in said


def test_pages_lie_on_their_side_and_each_has_its_heads_again() -> None:
    pdf = yearly_pdf(PAPER, "en")
    assert len(sizes(pdf)) > 1
    assert all(width > height for width, height in sizes(pdf))
    assert all("Donghu" in page for page in texts(pdf))


def test_a_draft_says_so() -> None:
    draft = YearPaper(2026, None, PAPER.city, "2026-11-24", None, "00" * 32, 3, ())
    assert "草稿" in " ".join(texts(yearly_pdf(draft, "zh")))


def test_equal_papers_are_equal_bytes() -> None:
    assert yearly_pdf(PAPER, "zh") == yearly_pdf(PAPER, "zh")


@pytest.mark.parametrize("name", [name for name, value in vars(yearly).items() if isinstance(value, Words)])
def test_fixed_texts_can_be_shown(name: str) -> None:
    words = getattr(yearly, name)
    assert typeface.missing(words.zh + words.en) == ""


def test_a_count_is_no_mass() -> None:
    table = YearTable(Words("能力", "capacity"), HEADS, (), counts=(True, False))
    assert [table.shown(column, 12_000_000) for column in (0, 1)] == ["12,000,000", "12.000"]
    assert table.shown(0, 0) == table.shown(1, 0) == "0"
