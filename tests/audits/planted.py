"""A year of the demo city with known faults: what audits must find, and the only things they may find."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select, update

from zerowaste.cli.demo_city import faults, hazardous, kitchen
from zerowaste.cli.demo_city.agenda import Story
from zerowaste.cli.demo_city.hauls import (
    AT_ONCE,
    HAZARDOUS_LORRY,
    KILOGRAM,
    KITCHEN_LORRY,
    SECOND_LORRY,
    TONNE,
    Haul,
    bring_back,
    carry,
    filed,
    load,
    loaded,
    ship,
    take_out,
    tour,
    weighed,
)
from zerowaste.cli.demo_city.teller import Teller
from zerowaste.clock import local_day
from zerowaste.models.tables import MANIFEST, USER, VEHICLE
from zerowaste.rules.state import LineReport
from zerowaste.rules.treating import Output
from zerowaste.services import register
from zerowaste.vocabulary import Act

OIL_WAY = ("NC-ALUMINIUM", hazardous.REFINERY)
PLATING_WAY = ("NC-PLATING", hazardous.PLANT)
QUIET, LOUD = (2026, 1), (2026, 8)  # months of the plating works: nothing sent, eight times as much


@dataclass
class Year:
    """`truth`: (audit, what its key, detail, place or paper says) of each planted fault."""

    truth: list[tuple[str, str]] = field(default_factory=list)

    def must(self, about: str, *audits: str) -> None:
        """These audits must tell of it."""
        self.truth += [(audit, about) for audit in audits]

    def stories(self, teller: Teller) -> Iterator[tuple[timedelta, Story]]:
        """Every fault, and how long before the end of the year it begins."""
        for number in range(4):
            ago = timedelta(days=300 - 70 * number, hours=5)
            yield ago, self.watched(teller, faults.lost_load, "never_arrived")
            yield ago - timedelta(days=10), self.unexplained(teller)
        for number in range(3):
            ago = timedelta(days=33 + 80 * number)
            yield ago + timedelta(hours=2), self.undecided(teller)
            yield ago + timedelta(days=2), self.refused(teller)
            yield ago + timedelta(days=4), self.watched(teller, faults.another_waste, "differs_at_gate")
            yield ago + timedelta(days=6, hours=6), self.watched(teller, faults.missing_box, "package_astray")
            yield ago + timedelta(days=8, hours=8), self.two_places(teller)
            yield ago + timedelta(days=10, hours=4), self.speeding(teller)
            yield ago + timedelta(days=12), self.cancelled_and_loaded(teller)
            yield ago + timedelta(days=14), self.told_a_day_later(teller)
            yield ago + timedelta(days=18), self.never_scanned(teller)
            yield ago + timedelta(days=20), self.forgotten_box(teller)
        for number in range(2):
            yield timedelta(days=80 + 90 * number, hours=3), self.begun_and_left(teller)
            yield timedelta(days=55 + 90 * number, hours=4), self.little_oil(teller)
            yield timedelta(days=62 + 90 * number), self.round_trip(teller)
            yield timedelta(days=47 + 90 * number, hours=9), self.hurried_tour(teller)
            yield timedelta(days=100 + 90 * number), self.always_short(teller)
        yield timedelta(days=25), self.licence_over(teller)
        yield timedelta(days=27), self.another_lorry(teller)
        yield timedelta(hours=30), faults.full_plant(teller)
        self.must("HW08", "over_quota")
        yield timedelta(hours=40), faults.forgotten_oil(teller)
        self.must("NC-REST-2", "stuck_in_storage", "collection")
        yield timedelta(hours=3), self.too_much(teller)
        self.must("NC-PLATING", "silent", "generation")

    def watched(self, teller: Teller, tell: Callable[[Teller], Story], *audits: str) -> Story:
        """A story of the demo; what it is about is the manifest it files."""
        story = tell(teller)
        wait = next(story)
        number = teller.session.execute(
            select(MANIFEST.c.number).order_by(MANIFEST.c.filed_at.desc(), MANIFEST.c.number.desc()).limit(1)
        ).scalar_one()
        self.must(number, *audits)
        yield wait
        yield from story

    def unexplained(self, teller: Teller) -> Story:
        """A tenth is missing, and one side says nothing."""
        yield from self.watched(teller, lambda each: faults.variance(each, both_speak=False), "variance")

    def undecided(self, teller: Teller) -> Story:
        """At the gate, and nobody says whether it is taken."""
        ref = yield from carry(teller, _plating(HAZARDOUS_LORRY))
        self.must(ref, "late_acceptance")

    def refused(self, teller: Teller) -> Story:
        """A part is refused, and stays at the gate."""
        ref = yield from carry(teller, _plating(HAZARDOUS_LORRY))
        whole = 400 * KILOGRAM
        part = LineReport(1, received_g=whole, accepted_g=whole - 9_000, refused_g=9_000, reason="packaging")
        teller.act("facility", ref, Act.ACCEPT, [part])
        self.must(ref, "refused_waits")

    def two_places(self, teller: Teller) -> Story:
        """The demo's driver, who is far from the gate he says he is at."""
        before = teller.now
        yield from faults.two_places(teller)
        refs = teller.session.execute(
            select(MANIFEST.c.number).where(MANIFEST.c.filed_at == before).order_by(MANIFEST.c.number)
        ).scalars()
        self.must(list(refs)[-1], "two_places", "elsewhere")

    def speeding(self, teller: Teller) -> Story:
        """Seen at the yard, and four minutes later at a gate thirty kilometres off."""
        haul = Haul("hazardous", "outsider", OIL_WAY, (load("900-249-08", 90 * KILOGRAM),), SECOND_LORRY)
        ref = filed(teller, haul)
        yield timedelta(hours=1)
        yield from take_out(teller, SECOND_LORRY)
        teller.act("driver-3", ref, Act.PICKUP, loaded(haul))
        yield timedelta(minutes=4)
        teller.act("driver-3", ref, Act.ARRIVE)
        teller.act("facility", ref, Act.ACCEPT, weighed(haul))
        yield timedelta(hours=2)
        bring_back(teller, SECOND_LORRY)
        self.must(ref, "impossible_speed")

    def cancelled_and_loaded(self, teller: Teller) -> Story:
        """Cancelled at the desk; loaded all the same, says the driver, in a basement."""
        haul = _plating(HAZARDOUS_LORRY)
        ref = filed(teller, haul)
        yield timedelta(hours=1)
        teller.act("plating-1", ref, Act.CANCEL, reason="计划变更")
        said_at = teller.now - timedelta(minutes=10)
        yield timedelta(hours=2)
        teller.act("driver", ref, Act.PICKUP, loaded(haul), at=said_at, sent_at=teller.now, offline=True)
        self.must(ref, "contradicted")

    def told_a_day_later(self, teller: Teller) -> Story:
        """Loaded yesterday, typed in today, with no word of having been without a network."""
        haul = _plating(SECOND_LORRY)
        ref = filed(teller, haul)
        yield from take_out(teller, SECOND_LORRY)
        loaded_at = teller.now
        yield timedelta(hours=25)
        teller.act("driver-3", ref, Act.PICKUP, loaded(haul), at=loaded_at)
        yield timedelta(hours=1)
        teller.act("driver-3", ref, Act.ARRIVE)
        bring_back(teller, SECOND_LORRY)
        teller.act("facility", ref, Act.ACCEPT, weighed(haul))
        self.must(ref, "back_dated")

    def never_scanned(self, teller: Teller) -> Story:
        """Accepted at the gate; nobody ever told that it was loaded."""
        haul = _plating(HAZARDOUS_LORRY)
        ref = filed(teller, haul)
        yield timedelta(hours=3)
        teller.act("facility", ref, Act.ACCEPT, weighed(haul))
        self.must(ref, "scan_missing")

    def forgotten_box(self, teller: Teller) -> Story:
        """Chemicals of the hospital's laboratory that nobody fetches (MW-2D)."""
        lot = teller.lot("producer", "NC-HOSPITAL-E", "841-004-01", 12_400)
        self.must(f"holding:{lot}", "stuck_in_storage")
        yield timedelta(days=1)

    def begun_and_left(self, teller: Teller) -> Story:
        """A batch that was begun and never brought to its end."""
        ref = yield from ship(teller, _plating(HAZARDOUS_LORRY))
        lot, _, free = teller.stock("facility", hazardous.PLANT, hazardous.NICKEL)[0]
        batch = teller.treat("facility", hazardous.PLANT, "D9", [(lot, free)], done=False)
        assert ref
        self.must(str(batch.id), "late_treatment")

    def little_oil(self, teller: Teller) -> Story:
        """A fifth of the usual product: the rest went elsewhere, or was never there."""
        haul = Haul("hazardous", "outsider", OIL_WAY, (load("900-249-08", 900 * KILOGRAM, 5),), SECOND_LORRY)
        yield from ship(teller, haul)
        lots = [(lot, free) for lot, _, free in teller.stock("facility", hazardous.REFINERY, "900-249-08")]
        total = sum(free for _, free in lots)
        product = Output("product", total // 5, name="再生基础油 Re-refined base oil")
        batch = teller.treat("facility", hazardous.REFINERY, "R9", lots, outputs=(product,))
        self.must(str(batch.id), "odd_yield")

    def round_trip(self, teller: Teller) -> Story:
        """Oil from the station to the plant, and the same oil back to the station."""
        line = load(hazardous.ENGINE_OIL, 200 * KILOGRAM, 2)
        out = ("NC-GARAGE-1", hazardous.STATION)
        yield from ship(teller, Haul("hazardous", "garage-1", out, (line,), HAZARDOUS_LORRY, "transfer"))
        way = (hazardous.STATION, hazardous.PLANT)
        for who, there, gate in (("transfer", way, "facility"), ("facility", way[::-1], "transfer")):
            lots = teller.stock(who, there[0], hazardous.ENGINE_OIL)[-1:]
            draws = tuple((lot, min(free, 150 * KILOGRAM)) for lot, _, free in lots)
            line = load(hazardous.ENGINE_OIL, sum(grams for _, grams in draws), 1, draws=draws)
            yield from ship(teller, Haul("hazardous", who, there, (line,), HAZARDOUS_LORRY, gate), AT_ONCE)
        self.must(f"{local_day(teller.now):%Y-%m} {hazardous.ENGINE_OIL}", "round_trips")

    def hurried_tour(self, teller: Teller) -> Story:
        """Three restaurants, far apart, in as many minutes each."""
        bins = (load("KW-1", 90 * KILOGRAM, 1),)
        stops = [
            Haul("kitchen", who, (site, "NC-KITCHEN"), bins, KITCHEN_LORRY, fields={"bins": 1})
            for who, site, _ in kitchen.STOPS
        ]
        ref = yield from tour(teller, stops, between=timedelta(minutes=9), kept_ppm=997_000)
        self.must(ref, "tours")

    def always_short(self, teller: Teller) -> Story:
        """Twelve loads in a row of which a fiftieth is missing, each within its tolerance."""
        first = teller.now
        for _ in range(12):
            lines, way = (load(hazardous.PICKLING, 600 * KILOGRAM, 3),), ("NC-ALUMINIUM", hazardous.PLANT)
            haul = Haul("hazardous", "outsider", way, lines, SECOND_LORRY, keeps_ppm=978_000)
            yield from ship(teller, haul, AT_ONCE)
            yield timedelta(hours=6)
        self.must(f"抚水物流有限公司（演示数据） {local_day(first):%Y-%m}", "habit")

    def another_lorry(self, teller: Teller) -> Story:
        """Its road licence was cut down while it was on its way to load, without a network."""
        haul = _plating(SECOND_LORRY)
        ref = filed(teller, haul)
        lorry = VEHICLE.c.plate == SECOND_LORRY[0]
        streams = teller.session.execute(select(VEHICLE.c.streams).where(lorry)).scalar_one()
        yield timedelta(hours=1)
        yield from take_out(teller, SECOND_LORRY)
        for allowed in ("construction", streams):
            teller.session.execute(update(VEHICLE).where(lorry).values(streams=allowed))
            register.bump(teller.session)
            if allowed != streams:
                teller.act("driver-3", ref, Act.PICKUP, loaded(haul), sent_at=teller.now, offline=True)
        yield timedelta(hours=1)
        teller.act("driver-3", ref, Act.ARRIVE)
        bring_back(teller, SECOND_LORRY)
        teller.act("facility", ref, Act.ACCEPT, weighed(haul))
        self.must(ref, "not_permitted")

    def licence_over(self, teller: Teller) -> Story:
        """A driver whose licence has ended loads without a network: it has happened."""
        haul = _plating(SECOND_LORRY)
        ref = filed(teller, haul)
        driver = USER.c.login == "driver-3"
        until = teller.session.execute(select(USER.c.licence_to).where(driver)).scalar_one()
        yield timedelta(hours=1)
        yield from take_out(teller, SECOND_LORRY)
        _licence(teller, local_day(teller.now) - timedelta(days=2))
        teller.act("driver-3", ref, Act.PICKUP, loaded(haul), sent_at=teller.now, offline=True)
        _licence(teller, until)
        yield timedelta(hours=1)
        teller.act("driver-3", ref, Act.ARRIVE)
        bring_back(teller, SECOND_LORRY)
        teller.act("facility", ref, Act.ACCEPT, weighed(haul))
        self.must(ref, "expired_papers")

    def too_much(self, teller: Teller) -> Story:
        """More than three tonnes at a garage (HW-POINT3)."""
        teller.lot("garage-1", "NC-GARAGE-2", hazardous.ENGINE_OIL, 3 * TONNE + 200 * KILOGRAM)
        self.must("NC-GARAGE-2", "point_limit")
        yield timedelta(days=1)


def _plating(lorry: tuple[str, str]) -> Haul:
    return Haul("hazardous", "plating-1", PLATING_WAY, (load(hazardous.NICKEL, 400 * KILOGRAM),), lorry)


def _licence(teller: Teller, until: object) -> None:
    teller.session.execute(update(USER).where(USER.c.login == "driver-3").values(licence_to=until))
    register.bump(teller.session)


def works_of_that_year(works: Callable[..., Story]) -> Callable[..., Story]:
    """The plating works' weeks: silent in one month, eight times as much in another."""

    def told(teller: Teller, who: str, site: str, code: str, kilograms: int) -> Story:
        month = _month(teller)
        if site == "NC-PLATING" and month == QUIET:
            return iter(())  # type: ignore[return-value]  # nothing happens
        loud = site == "NC-PLATING" and month == LOUD
        return works(teller, who, site, code, kilograms * (8 if loud else 1))

    return told


def abroad_of_that_year(abroad: Callable[[Teller], Story]) -> Callable[[Teller], Story]:
    """Nothing of the works' sludge leaves the province in its silent month either."""
    return lambda teller: iter(()) if _month(teller) == QUIET else abroad(teller)  # type: ignore[return-value]  # nothing


def _month(teller: Teller) -> tuple[int, int]:
    """Year and month of the day whose stories are being planned: its midnight has not come yet."""
    day = local_day(teller.now + timedelta(hours=17))
    return day.year, day.month
