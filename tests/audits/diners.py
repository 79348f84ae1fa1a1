"""Nine diners that are there for a month, each by its seats like the others; but the smallest, a snack bar of
ten seats, hands over what a canteen makes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.audits.planted import Year
from zerowaste.cli.demo_city import kitchen
from zerowaste.cli.demo_city.agenda import Story
from zerowaste.cli.demo_city.hauls import KILOGRAM, KITCHEN_LORRY, Haul, load, tour
from zerowaste.cli.demo_city.teller import Teller
from zerowaste.config import PasswordCost
from zerowaste.services.identity.passwords import Passwords
from zerowaste.services.masterdata.files import RawRow
from zerowaste.services.masterdata.masterdata import Loading, load_rows
from zerowaste.services.simulation.city import credit_code

OWNER, LOGIN = credit_code(990), "diners"
SEATS = (60, 75, 90, 110, 130, 160, 200, 260, 10)
KILOGRAMS = (*(seats * 16 // 10 for seats in SEATS[:-1]), 420)
TOURS = 5
NAMES = [f"NC-DINER-{number}" for number in range(1, len(SEATS) + 1)]


def stories(teller: Teller, year: Year) -> Iterator[tuple[timedelta, Story]]:
    """In April."""
    yield timedelta(days=156, hours=4), month(teller)
    year.must(NAMES[-1], "generation")


def month(teller: Teller) -> Story:
    """They open, and are called at every fifth day."""
    written = [RawRow(table, values, LOGIN, line) for line, (table, values) in enumerate(rows(), start=1)]
    passwords = Passwords(PasswordCost(rounds=1, memory_kib=8, lanes=1))
    how = Loading("3601", passwords, teller.now, demo=True, new_id=teller.new_id)
    load_rows(teller.session, teller.law, written, how, [])
    for _ in range(TOURS):
        stops = [
            Haul(
                "kitchen", LOGIN, (site, kitchen.PLANT), (load(kitchen.CATERING, kilograms * KILOGRAM),),
                KITCHEN_LORRY, fields={"bins": 1},
            )
            for site, kilograms in zip(NAMES, KILOGRAMS, strict=True)
        ]  # fmt: skip
        called = teller.now
        yield from tour(teller, stops, between=timedelta(minutes=25), kept_ppm=997_000)
        yield called + timedelta(days=5) - teller.now


def rows() -> Iterator[tuple[str, dict[str, Any]]]:
    """Who they are, a few streets apart."""
    yield "organisation", {"credit_code": OWNER, "name": "巷口小吃连锁（演示数据）"}
    yield "person", {"login": LOGIN, "name": "演示-店主", "role": "producer", "organisation": OWNER}
    for number, (site, seats) in enumerate(zip(NAMES, SEATS, strict=True)):
        yield "site", {
            "code": site, "organisation": OWNER, "kind": "producer", "name": f"{site}（演示数据）",
            "street": "360102007", "lat": 28.6867 + number / 1000, "lon": 115.9019, "seats": seats,
        }  # fmt: skip
