"""Deadlines: exact hours, whole city days, working days, and which clock runs where."""

from datetime import UTC, date, datetime, timedelta

import pytest

from zerowaste.clock import CITY_ZONE, local
from zerowaste.rules.catalogue import WasteCode, load_catalogue
from zerowaste.rules.clocks import due, load_clock, storage_clock
from zerowaste.rules.law import read_law
from zerowaste.rules.stream_parts import Clock
from zerowaste.rules.streams import MANIFESTS
from zerowaste.vocabulary import SiteKind

STREAMS = read_law(MANIFESTS).streams
CATALOGUE = load_catalogue(MANIFESTS, STREAMS)
HAZARDOUS, MEDICAL = STREAMS.get("hazardous"), STREAMS.get("medical")


def waste(stream: str, code: str) -> WasteCode:
    found = CATALOGUE.waste(stream, code)
    assert found is not None
    return found


def clock(**length: int) -> Clock:
    return Clock.model_validate({**length, "from": "opened", "rule": "setting"})


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=CITY_ZONE)


def test_hours_are_exact() -> None:
    assert due(clock(hours=48), at(2026, 3, 1, 9, 30)) == at(2026, 3, 3, 9, 30)


def test_days_end_with_the_city_s_last_day() -> None:
    """The day of the event does not count, however early in the morning it is."""
    last = due(clock(days=1), at(2026, 3, 1, 0, 5))
    assert last == at(2026, 3, 3) - timedelta(microseconds=1)
    assert local(last).date() == date(2026, 3, 2)


def test_the_city_s_day_counts_not_the_server_s() -> None:
    late = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)  # half past midnight of the 2nd in Nanchang
    assert local(due(clock(days=1), late)).date() == date(2026, 3, 3)


def test_hw_acc5_runs_over_the_spring_festival() -> None:
    """HW-ACC5: received on 12 February 2026, to be confirmed by the end of the 26th."""
    last = due(HAZARDOUS.clocks.accept, at(2026, 2, 12, 15))
    assert local(last).date() == date(2026, 2, 26)
    assert last > at(2026, 2, 26, 23, 59)


def test_hw_back_ten_working_days() -> None:
    assert local(due(HAZARDOUS.clocks.back_fill, at(2026, 9, 28, 10))).date() == date(2026, 10, 16)


def test_hw_coll90_only_for_collectors_and_only_for_their_wastes() -> None:
    """HW-COLL90: mineral oil at a collector's store is passed on; paint there, or oil elsewhere, is
    under HW-STORE1Y."""
    oil, paint = waste("hazardous", "900-214-08"), waste("hazardous", "900-252-12")
    at_collector = storage_clock(HAZARDOUS, oil, SiteKind.TRANSFER, collecting=True)
    assert (at_collector.rule, at_collector.working_days) == ("HW-COLL90", 90)
    assert storage_clock(HAZARDOUS, paint, SiteKind.TRANSFER, collecting=True).rule == "HW-STORE1Y"
    assert storage_clock(HAZARDOUS, oil, SiteKind.FACILITY).rule == "HW-STORE1Y"
    batteries = waste("hazardous", "900-044-49")
    assert storage_clock(HAZARDOUS, batteries, SiteKind.FACILITY, collecting=True).rule == "HW-COLL90"


def test_mw_2d_at_the_hospital_and_mw_fac_at_the_plant() -> None:
    bag = waste("medical", "841-001-01")
    hospital = storage_clock(MEDICAL, bag, SiteKind.PRODUCER)
    assert (hospital.rule, hospital.hours) == ("MW-2D", 48)
    hours = [
        storage_clock(MEDICAL, bag, SiteKind.FACILITY, storage=way).hours
        for way in ("warm", "cold", "remote")
    ]
    assert hours == [24, 72, 168]


def test_kw_daily_at_the_restaurant() -> None:
    kitchen = STREAMS.get("kitchen")
    scraps = storage_clock(kitchen, waste("kitchen", "KW-1"), SiteKind.PRODUCER)
    assert (scraps.rule, scraps.hours) == ("KW-DAILY", 24)


def test_a_load_has_a_clock_on_the_road_at_the_gate_and_once_refused() -> None:
    assert load_clock(HAZARDOUS, "load.1", decided=False) is HAZARDOUS.clocks.transit
    assert load_clock(HAZARDOUS, "back.1", decided=True) is HAZARDOUS.clocks.transit
    assert load_clock(HAZARDOUS, "gate", decided=False) is HAZARDOUS.clocks.accept
    assert load_clock(HAZARDOUS, "gate", decided=True) is HAZARDOUS.clocks.refused


def test_a_moment_without_a_zone_has_no_deadline() -> None:
    with pytest.raises(ValueError, match="zone"):
        due(clock(hours=1), datetime(2026, 1, 1))  # noqa: DTZ001  # the very thing refused
