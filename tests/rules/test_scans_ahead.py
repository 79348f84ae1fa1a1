"""What a driver may scan without asking anybody: his own stretches, in the order of the road."""

from zerowaste.rules.actions import Driven, scans_ahead
from zerowaste.vocabulary import Act

DAN, DREW = 1, 2


def leg(number: int, driver: int, *, begun: bool = False, ended: bool = False) -> Driven:
    return Driven(number, driver, begun, ended)


def told(driver: int, *legs: Driven) -> list[tuple[Act, int]]:
    return [(scan.act, scan.leg) for scan in scans_ahead(driver, legs)]


def test_one_driver_loads_and_arrives() -> None:
    assert told(DAN, leg(1, DAN)) == [(Act.PICKUP, 1), (Act.ARRIVE, 1)]
    assert told(DAN, leg(1, DAN, begun=True)) == [(Act.ARRIVE, 1)]
    assert told(DAN, leg(1, DAN, begun=True, ended=True)) == []


def test_who_takes_over_does_not_load_and_who_hands_over_does_not_arrive() -> None:
    relay = (leg(1, DAN), leg(2, DREW))
    assert told(DAN, *relay) == [(Act.PICKUP, 1)]
    assert told(DREW, *relay) == [(Act.HANDOVER, 2), (Act.ARRIVE, 2)]


def test_a_scan_that_was_missed_is_still_his_to_make() -> None:
    assert told(DAN, leg(1, DAN, ended=True)) == [(Act.PICKUP, 1)]


def test_each_scan_says_what_it_asks_for() -> None:
    assert [scan.needs for scan in scans_ahead(DAN, [leg(1, DAN)])] == [("lines.mass_g",), ("ticket",)]
