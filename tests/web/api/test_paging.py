"""Cursors: opaque, and read back exactly."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zerowaste.errors import Refusal
from zerowaste.web.paging import cursor_at, page, place_of


@dataclass
class Asked:
    limit: int
    cursor: str | None = None


@given(st.text(st.characters(exclude_categories=["C", "Z"])))
def test_a_cursor_is_read_back(place: str) -> None:
    assert place_of(cursor_at(place)) == place


@given(st.text(max_size=50))
def test_any_other_text_is_refused_or_read(cursor: str) -> None:
    refused: list[str] = []
    place = ""
    try:
        place = place_of(cursor)
    except Refusal as refusal:
        refused = [problem.code for problem in refusal.problems]
    assert place.isprintable()
    assert refused in ([], ["cursor_unknown"])


def test_no_cursor_is_the_beginning() -> None:
    assert place_of(None) == ""


@pytest.mark.parametrize(
    ("found", "more"), [([], False), (["a"], False), (["a", "b"], False), (["a", "b", "c"], True)]
)
def test_one_more_than_asked_for_means_there_is_a_next_page(found: list[str], more: bool) -> None:
    items, following = page(found, Asked(limit=2), str)
    assert list(items) == found[:2]
    assert (following is not None) == more
    if following:
        assert place_of(following) == "b"
