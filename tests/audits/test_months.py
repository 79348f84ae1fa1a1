"""What shows only over a month: habits, rounds, silence, and amounts far from what is usual."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.audits.drawn_city import CLINIC, PLANT, SITES, STATION, city_of
from tests.city import NOW
from zerowaste.audits import generation, habit, round_trips, silent
from zerowaste.audits.habit import loads_of_habit
from zerowaste.graph.city import City
from zerowaste.graph.city_rows import SitePlace
from zerowaste.graph.cycles import cycles
from zerowaste.graph.touched import Haul, Lane
from zerowaste.graph.traffic import Month, Sender, Ways, Weighed, Who
from zerowaste.vocabulary import Size

TONNE = 1_000_000
FIRST = date(2025, 10, 1)
KILN = PLANT._replace(id=4, code="KILN")


def city(months: Iterable[Month], sites: dict[int, SitePlace] | None = None, **more: Any) -> City:
    return replace(city_of(""), months={m.first: m for m in months}, sites=sites or SITES, **more)


def month(number: int, sent: Mapping[Who, Sender] | None = None, *, over: bool = True) -> Month:
    first = FIRST
    for _ in range(number):
        first = (first + timedelta(days=32)).replace(day=1)
    return Month(first, over, sent or {})


def sent(grams: int, site: SitePlace = CLINIC, stream: str = "hazardous") -> dict[Who, Sender]:
    return {(site.id, stream): Sender(5, grams)}


def loads(*parts_per_thousand: float) -> list[Weighed]:
    return [Weighed("承运人", NOW, TONNE, int(TONNE * part / 1000)) for part in parts_per_thousand]


def test_two_percent_short_each_time_is_a_habit_though_no_load_is_over_its_tolerance() -> None:
    brought = loads(*[981, 978, 982, 979, 980] * 3)
    (finding,) = habit.find(city([], weighed={Haul(7, FIRST): brought}))
    assert (finding.subject, finding.anchor) == ("carrier:承运人", "haul:2025-10:7")
    assert finding.grams > 0


def test_a_habit_of_few_loads_a_month_shows_over_half_a_year_and_is_told_once() -> None:
    months = [NOW - timedelta(days=30 * back) for back in (5, 4, 3, 2, 1, 0)]
    brought = [load._replace(at=at) for at in months for load in loads(980, 981)]
    assert len(loads_of_habit(brought, months[-3])) == 8
    assert loads_of_habit(brought, months[-1]) == []
    assert loads_of_habit(brought[4:], months[-1]) == brought[4:]


@pytest.mark.parametrize("seed", range(20))
def test_honest_scales_have_no_habit(seed: int) -> None:
    chance = random.Random(seed)
    assert loads_of_habit(loads(*(1000 + chance.gauss(-2, 7) for _ in range(400))), NOW) == []


def test_one_load_that_lost_a_tenth_is_no_habit() -> None:
    assert loads_of_habit(loads(*[1000] * 8, 900, *[1000] * 8), NOW) == []


def test_waste_that_comes_back_to_where_it_was_goes_round() -> None:
    ways = [
        (PLANT.id, STATION.id, 7 * TONNE),
        (STATION.id, KILN.id, 5 * TONNE),
        (KILN.id, PLANT.id, 6 * TONNE),
    ]
    lane = Lane(FIRST, "hazardous", "900-249-08")
    sites = {**SITES, KILN.id: KILN}
    (finding,) = round_trips.find(city([], sites, ways={lane: Ways(ways)}))
    assert (finding.subject, finding.grams) == ("round:PLANT>STATION>KILN", 5 * TONNE)
    assert (finding.detail, finding.anchor) == ("2025-10 900-249-08", "lane:2025-10:hazardous:900-249-08")
    assert list(round_trips.find(city([], sites, ways={lane: Ways(ways[:2])}))) == []
    apart = {lane: Ways(ways[:2]), lane._replace(waste_code="900-214-08"): Ways(ways[2:])}
    assert list(round_trips.find(city([], sites, ways=apart))) == []
    later = {lane: Ways(ways[:2]), Lane(date(2025, 11, 1), *lane[1:]): Ways(ways[2:], ways[:2])}
    (finding,) = round_trips.find(city([], sites, ways=later))
    assert (finding.detail, finding.grams) == ("2025-11 900-249-08", 5 * TONNE)
    assert list(round_trips.find(city([], sites, ways={lane: Ways((), ways)}))) == []  # told the month before


def test_a_round_is_told_once_from_its_first_site_on() -> None:
    assert list(cycles([(3, 1, 5), (1, 2, 9), (2, 3, 7), (2, 1, 4)])) == [((1, 2), 4), ((1, 2, 3), 5)]


def test_a_producer_that_sent_every_month_and_then_nothing() -> None:
    told = [month(n, sent(3 * TONNE)) for n in range(3)]
    (finding,) = silent.find(city([*told, month(3)]))
    assert (finding.subject, finding.grams, finding.detail) == ("site:CLINIC", 3 * TONNE, "hazardous 2026-01")
    assert list(silent.find(city([*told, month(3, over=False)]))) == []
    assert list(silent.find(city([*told[1:], month(3)]))) == []


def test_a_month_far_from_a_producers_own_history() -> None:
    steady = [month(n, sent((40 + n % 3) * TONNE)) for n in range(6)]
    (finding,) = generation.find(
        city([*steady, month(6, sent(9 * TONNE))], judged=frozenset({month(6).first}))
    )
    assert finding.detail == "hazardous 2026-04 history"
    assert list(generation.find(city([*steady, month(6, sent(46 * TONNE))]))) == []


def test_a_producer_far_from_its_peers() -> None:
    peers = {n: CLINIC._replace(id=n, code=f"P{n}") for n in range(10, 20)}
    made = {
        who: sender for n, site in peers.items() for who, sender in sent((4 + n % 3) * TONNE, site).items()
    }
    made |= sent(400 * TONNE, peers[13])
    (finding,) = generation.find(city([month(0, made)], sites={**SITES, **peers}))
    assert (finding.subject, finding.detail) == ("site:P13", "hazardous 2025-10 peers")


@pytest.mark.parametrize(("kilograms", "odd"), [(200, True), (700, False), (2_000, True)])
def test_each_bed_makes_half_to_one_kilogram_a_day(kilograms: int, odd: bool) -> None:
    """MW-BED: thirty beds, thirty-one days."""
    beds = {**SITES, CLINIC.id: CLINIC._replace(sizes={Size.BEDS: 30})}
    made = sent(kilograms * 1_000, stream="medical")
    found = list(generation.find(city([month(0, made)], sites=beds)))
    assert [(finding.rule, finding.detail) for finding in found] == (
        [("MW-BED", "medical 2025-10 beds")] if odd else []
    )


def diners(seats: Mapping[int, int], made: Mapping[int, int], measure: Size = Size.SEATS) -> tuple[Any, Any]:
    """(sites by id, their size), (what each sent of kitchen waste)."""
    stream = {Size.SEATS: "kitchen", Size.BEDS: "medical", Size.PRODUCT_T: "hazardous"}[measure]
    sites = {n: CLINIC._replace(id=n, code=f"P{n}", sizes={measure: count}) for n, count in seats.items()}
    return sites, {(n, stream): Sender(5, grams) for n, grams in made.items()}


@pytest.mark.parametrize("measure", [Size.SEATS, Size.PRODUCT_T])
def test_a_small_producer_that_makes_as_much_as_large_ones_is_far_from_its_peers(measure: Size) -> None:
    """Its amount is like everybody's; what it makes for each seat, or tonne of product, is not."""
    size = {n: 200 + 50 * (n % 3) for n in range(10, 20)} | {20: 8}
    sites, made = diners(size, dict.fromkeys(size, 2 * TONNE), measure)
    (finding,) = generation.find(city([month(0, made)], sites=sites))
    assert (finding.subject, finding.detail[-5:]) == ("site:P20", "peers")


def test_a_producer_is_as_far_from_its_peers_as_its_size_does_not_explain() -> None:
    """Thirty times the waste of the others, and thirty times their seats."""
    size = dict.fromkeys(range(10, 20), 100) | {20: 3_000}
    sites, made = diners(size, {n: seats * 20_000 for n, seats in size.items()})
    assert list(generation.find(city([month(0, made)], sites=sites))) == []


def test_a_hospitals_kitchen_is_measured_by_its_seats_not_by_its_beds() -> None:
    size = dict.fromkeys(range(10, 20), 100)
    sites, made = diners(size, dict.fromkeys(size, 2 * TONNE))
    sites[19] = sites[19]._replace(sizes={Size.BEDS: 3, Size.SEATS: 100})
    assert list(generation.find(city([month(0, made)], sites=sites))) == []
