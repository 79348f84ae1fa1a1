"""Leaps no vehicle can make, tours without time, limits passed, odd yields."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from tests.audits.drawn_city import PLANT, city_of
from tests.city import NOW
from zerowaste.audits import Severity, impossible_speed, odd_yield, over_quota, tours, two_places
from zerowaste.graph.city import City
from zerowaste.graph.journeys import Leap, Mover
from zerowaste.graph.overdrawn import Overdrawn
from zerowaste.graph.tours import Tour
from zerowaste.graph.yields import OddYield
from zerowaste.rules.yields import UsualYield, usual_yields
from zerowaste.vocabulary import Instrument, Period, Unit

TONNE = 1_000_000


def city(**facts: Any) -> City:
    return replace(city_of(""), **facts)


def leap(mover: Mover, *, one_vehicle: bool = True) -> Leap:
    return Leap(
        mover, 5, "赣A11111", "承运人", uuid.UUID(int=1), "20263601000001", NOW, "PLANT", uuid.UUID(int=2),
        NOW - timedelta(minutes=6), "CLINIC", 38_000, one_vehicle, None,
    )  # fmt: skip


def test_a_vehicles_leap_is_a_speed_and_a_drivers_two_places() -> None:
    (speed,) = impossible_speed.find(city(leaps=[leap(Mover.VEHICLE)]))
    assert (speed.subject, speed.anchor) == ("vehicle:赣A11111", f"vehicle:5:{leap(Mover.VEHICLE).day}")
    assert speed.lines == ((uuid.UUID(int=1), 1), (uuid.UUID(int=2), 1))
    both = [leap(Mover.DRIVER), leap(Mover.DRIVER, one_vehicle=False)]
    (places,) = two_places.find(city(leaps=both))  # with one vehicle it is the vehicle's
    assert places.audit == "two_places"
    assert list(impossible_speed.find(city(leaps=both))) == []


def test_a_tour_too_short_names_its_first_stop() -> None:
    trip = Tour(uuid.UUID(int=9), uuid.UUID(int=1), "赣A11111", "承运人", NOW, 12, 64_000, 2_400)
    (finding,) = tours.find(city(tours=[trip]))
    assert (finding.anchor, finding.detail) == (f"trip:{trip.trip}", "赣A11111")


def quota(taken: int, unit: Unit = Unit.GRAM, kind: Instrument = Instrument.PERMIT) -> Overdrawn:
    return Overdrawn(
        1, kind, "证-1", "hazardous", "HW08", Period.YEAR, date(2026, 1, 1), "PLANT", "处置单位", unit,
        100 * TONNE, 120 * TONNE, taken,
    )  # fmt: skip


def test_over_the_scale_is_a_warning_and_beyond_what_stops_an_alert() -> None:
    """HW-CAP120: 许可证管理办法 12."""
    warned, alarmed = over_quota.find(city(overdrawn=[quota(105 * TONNE), quota(121 * TONNE)]))
    assert (warned.rule, warned.severity, warned.grams) == ("HW-CAP120", Severity.WARN, 5 * TONNE)
    assert alarmed.severity is Severity.ALERT


def test_litres_are_no_grams_and_each_paper_has_its_rule() -> None:
    (finding,) = over_quota.find(city(overdrawn=[quota(101 * TONNE, Unit.LITRE, Instrument.APPROVAL)]))
    assert (finding.rule, finding.grams) == ("CW-LIC", 0)


def test_a_batch_that_left_too_little_or_too_much() -> None:
    usual = UsualYield("R9", "product", 500_000, 950_000, True, usual_yields()[0].name)
    batches = [
        OddYield(uuid.UUID(int=n), NOW, PLANT.id, usual, 100 * TONNE, left)
        for n, left in ((1, 31 * TONNE), (2, 99 * TONNE))
    ]
    little, much = odd_yield.find(city(odd_yields=batches))
    assert (little.grams, much.grams) == (-19 * TONNE, 4 * TONNE)
    assert (little.place, little.detail) == ("PLANT", "R9 product")


def test_every_usual_yield_is_a_range() -> None:
    assert all(0 < usual.least_ppm < usual.most_ppm < 1_000_000 for usual in usual_yields())
