"""How fast something fills, and how long until it is full, with a band of what is not known.

From daily amounts over whole weeks, every calendar day counting alike: what is filled by days of work and
emptied on others is full on a calendar day all the same, and kitchens and hospitals know no holidays. The
mean, and its 90 % confidence interval by the normal approximation (the mean's error is the daily deviation
divided by the root of the days); days off make the band wider, and weeks with a holiday may tell of less
than is usual, which is for the reader to be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, sqrt
from statistics import mean, stdev

Z_90 = 1.645
FEWEST_DAYS = 4  # with anything at all; fewer say nothing about a rate


@dataclass(frozen=True, slots=True)
class Rate:
    """Grams (or litres) a day: the mean, and between what bounds it lies nine times in ten."""

    mean_g: int
    least_g: int
    most_g: int


@dataclass(frozen=True, slots=True)
class DaysLeft:
    """Days until full at the present rate; `latest` None: perhaps never."""

    days: int
    earliest: int
    latest: int | None


def rate_of(daily: Sequence[int]) -> Rate | None:
    """The rate of these daily amounts (days without any are zeros); None: too little is known."""
    if sum(1 for amount in daily if amount) < FEWEST_DAYS:
        return None
    middle, error = mean(daily), Z_90 * stdev(daily) / sqrt(len(daily))
    return Rate(round(middle), max(0, round(middle - error)), round(middle + error))


def days_left(left: int, rate: Rate | None) -> DaysLeft | None:
    """How long `left` lasts; None: it does not fill, or nobody knows how fast."""
    if left <= 0:
        return DaysLeft(0, 0, 0)
    if rate is None or rate.mean_g <= 0:
        return None
    latest = floor(left / rate.least_g) if rate.least_g > 0 else None
    return DaysLeft(floor(left / rate.mean_g), floor(left / rate.most_g), latest)
