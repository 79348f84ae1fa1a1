"""Letters: what can be shown, and where lines break."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zerowaste.documents import typeface
from zerowaste.documents.typeface import BOLD, REGULAR, Run


def test_bold_falls_back_letter_by_letter() -> None:
    assert typeface.runs("冼㙓明", bold=True) == [
        Run(BOLD, "冼"),
        Run(REGULAR, "㙓"),
        Run(BOLD, "明"),
    ]


def test_what_neither_font_has_becomes_a_geta_and_is_listed() -> None:
    assert typeface.runs("𠮷😀a", bold=False) == [Run(REGULAR, "〓〓a")]
    assert typeface.missing("𠮷野家😀，𠮷") == "𠮷😀"
    assert typeface.missing("普通的名字 Straße") == ""


@pytest.mark.parametrize(
    ("written", "set_as"),
    [
        ("e\u0301", "é"),
        ("a\tb\x00c", "a b c"),
        ("\u202eabc\u200b", "abc"),
        ("❤\ufe0f", "❤"),
        ("a\r\nb", "a\nb"),
        ("甲\u3000乙\u00a0丙", "甲\u3000乙 丙"),
        ("\udfff", "〓"),
    ],
)
def test_invisible_marks_are_not_set(written: str, set_as: str) -> None:
    assert typeface.clean(written) == set_as


def test_words_and_numbers_stay_whole() -> None:
    assert typeface.wrap("电话 0791-88123456 联系", 10, False, 75) == [
        "电话",
        "0791-88123456",
        "联系",
    ]
    assert typeface.wrap("ab cd", 10, False, 14) == ["ab", "cd"]


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one() -> None:
    assert typeface.wrap("一二三四，五", 10, False, 40) == ["一二三", "四，五"]
    assert typeface.wrap("一二三（四）", 10, False, 40) == ["一二三", "（四）"]


def test_spaces_in_front_of_a_paragraph_are_meant() -> None:
    assert typeface.wrap("　　年　月", 10, False, 100) == ["　　年　月"]


@given(
    st.text(alphabet=st.sampled_from("废物名称ab1 ，。（）\n-\u3000é😀"), max_size=80),
    st.floats(12, 200),
    st.booleans(),
)
def test_a_line_is_never_too_wide_and_no_letter_is_lost(text: str, room: float, bold: bool) -> None:
    lines = typeface.wrap(text, 10, bold, room)
    assert all(typeface.width(line, 10, bold) <= room for line in lines)
    assert "".join("".join(lines).split()) == "".join(typeface.clean(text).split())
