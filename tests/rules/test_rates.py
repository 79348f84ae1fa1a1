"""Rates with their bands, and how long there is room; never a figure where too little is known."""

import pytest

from zerowaste.rules.rates import DaysLeft, Rate, days_left, rate_of


def test_a_steady_intake_has_a_narrow_band() -> None:
    assert rate_of([100] * 28) == Rate(100, 100, 100)


def test_a_band_by_hand() -> None:
    """14 days of 0 and 14 of 200: mean 100, deviation 101.8, error 1.645 * 101.8 / sqrt(28) = 31.7."""
    assert rate_of([0, 200] * 14) == Rate(100, 68, 132)


def test_too_few_days_are_no_rate() -> None:
    assert rate_of([5_000] * 3 + [0] * 25) is None


@pytest.mark.parametrize(
    ("left", "rate", "found"),
    [
        (1_000, Rate(100, 50, 200), DaysLeft(10, 5, 20)),
        (1_000, Rate(100, -5, 200), DaysLeft(10, 5, None)),
        (-7, Rate(100, 50, 200), DaysLeft(0, 0, 0)),
        (1_000, Rate(-3, -9, 4), None),
        (1_000, None, None),
    ],
)
def test_how_long_there_is_room(left: int, rate: Rate | None, found: DaysLeft | None) -> None:
    assert days_left(left, rate) == found
