"""Figures on paper: exact to the gram, in the city's own time."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zerowaste.documents import figures
from zerowaste.documents.paper import MassUnit


@pytest.mark.parametrize(
    ("grams", "tonnes", "kilograms"),
    [
        (0, "0.000", "0"),
        (1, "0.000001", "0.001"),
        (500_000, "0.500", "500"),
        (1_234_500, "1.2345", "1234.5"),
        (123_456_789_012_345, "123456789.012345", "123456789012.345"),
        (-1_500, "-0.0015", "-1.5"),
        (None, "", ""),
    ],
)
def test_masses_are_exact(grams: int | None, tonnes: str, kilograms: str) -> None:
    assert figures.mass(grams, MassUnit.TONNE) == tonnes
    assert figures.mass(grams, MassUnit.KILOGRAM) == kilograms


@given(st.integers(0, 10**15))
def test_a_printed_mass_reads_back_to_the_same_grams(grams: int) -> None:
    whole, _, decimals = figures.mass(grams, MassUnit.TONNE).partition(".")
    assert int(whole) * 1_000_000 + int(decimals.ljust(6, "0")) == grams


def test_a_label_says_kilograms_below_a_tonne() -> None:
    assert figures.readable_mass(999_999, "zh") == "999.999 千克"
    assert figures.readable_mass(1_000_000, "zh") == "1.000 吨"
    assert figures.readable_mass(4_250, "en") == "4.25 kg"
    assert figures.readable_mass(None, "en") == ""


def test_litres_become_cubic_metres() -> None:
    assert [figures.cubic_metres(litres) for litres in (11_000, 60, None)] == ["11", "0.06", ""]


def test_times_are_those_of_the_citys_clocks() -> None:
    at = datetime(2026, 12, 31, 16, 5, tzinfo=UTC)
    assert figures.moment(at, "zh") == "2027年01月01日 00时05分"
    assert figures.moment(at, "en") == "2027-01-01 00:05"


def test_an_unknown_moment_can_be_written_in_by_hand() -> None:
    assert "".join(figures.moment(None, "zh").split()) == "年月日时分"
    assert figures.moment(None, "en").count("_") == 12


def test_days_are_written_out() -> None:
    assert figures.day(date(2026, 1, 9), "zh") == "2026年01月09日"
    assert figures.day(date(2026, 1, 9), "en") == "2026-01-09"
    assert figures.day(None, "zh") == ""
