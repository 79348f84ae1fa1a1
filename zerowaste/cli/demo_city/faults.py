"""What goes wrong in the demo city, on purpose: each story is one fault somebody should find."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from zerowaste.cli.demo_city import hazardous, medical
from zerowaste.cli.demo_city.agenda import Story
from zerowaste.cli.demo_city.construction import DEMOLITION, DENSITY, RUBBLE
from zerowaste.cli.demo_city.hauls import (
    AT_ONCE,
    HAZARDOUS_LORRY,
    KILOGRAM,
    MEDICAL_VAN,
    SECOND_LORRY,
    TIPPER,
    TONNE,
    Haul,
    arrive,
    bring_back,
    carry,
    earth,
    filed,
    load,
    loaded,
    pick_up,
    ship,
    take_out,
    weighed,
)
from zerowaste.cli.demo_city.teller import DemoBroken, Teller
from zerowaste.models.tables import HOLDING, MANIFEST
from zerowaste.rules.state import LineReport
from zerowaste.vocabulary import Act

ANYI = {"lat_e6": 28_830_200, "lon_e6": 115_571_400, "accuracy_m": 20}
JINXIAN = {"lat_e6": 28_377_000, "lon_e6": 116_241_000, "accuracy_m": 30}
MOST_FILLING_LOADS = 8


def stories(teller: Teller) -> Iterator[tuple[timedelta, Story]]:
    """Every fault, and how long before the present moment it begins."""
    yield timedelta(days=9, hours=5), lost_load(teller)
    yield timedelta(hours=30), full_plant(teller)
    yield timedelta(days=25), variance(teller, both_speak=True)
    yield timedelta(days=6, hours=3), variance(teller, both_speak=False)
    yield timedelta(days=3, hours=6), forgotten_box(teller)
    yield timedelta(hours=40), forgotten_oil(teller)
    yield timedelta(days=4, hours=8), two_places(teller)
    yield timedelta(days=18), sent_back(teller, arrives=True)
    yield timedelta(days=1, hours=7), sent_back(teller, arrives=False)
    yield timedelta(days=8, hours=2), sent_onward(teller)
    yield timedelta(days=12), another_waste(teller)
    yield timedelta(days=7, hours=4), late_scan(teller)
    yield timedelta(days=5, hours=6), missing_box(teller)
    yield timedelta(days=15), taken_back(teller)


def lost_load(teller: Teller) -> Story:
    """Loaded, and never seen again."""
    line = load(hazardous.PICKLING, 1_650 * KILOGRAM, 2)
    haul = Haul("hazardous", "outsider", ("NC-ALUMINIUM", hazardous.PLANT), (line,), SECOND_LORRY)
    ref = filed(teller, haul)
    yield timedelta(hours=1)
    yield from take_out(teller, SECOND_LORRY)
    teller.act("driver-3", ref, Act.PICKUP, loaded(haul), position=ANYI)
    yield timedelta(hours=3)
    bring_back(teller, SECOND_LORRY)


def full_plant(teller: Teller) -> Story:
    """Load after load to the small refinery, until its permit says no and names who else has room."""
    for _ in range(MOST_FILLING_LOADS):
        line = load(hazardous.MACHINE_OIL, 6 * TONNE, 30, "200L 铁桶")
        filing = teller.try_filing(
            "outsider",
            "hazardous",
            ("NC-ALUMINIUM", hazardous.REFINERY),
            [line],
            [teller.leg(*SECOND_LORRY)],
            planned_at=teller.now + timedelta(hours=1),
        )
        if filing.number is None:
            if {error.code for error in filing.errors} != {"capacity_exceeded"}:
                raise DemoBroken(str(filing.errors))
            return
        yield from take_out(teller, SECOND_LORRY)
        teller.act("driver-3", filing.number, Act.PICKUP)
        yield timedelta(hours=1)
        teller.act("driver-3", filing.number, Act.ARRIVE, ticket={"net_g": 6 * TONNE})
        bring_back(teller, SECOND_LORRY)
        teller.act("facility", filing.number, Act.ACCEPT)
        yield timedelta(hours=1)


def variance(teller: Teller, *, both_speak: bool) -> Story:
    """A tenth is missing at the gate; it waits until both sides have said what they make of it."""
    line = load(hazardous.NICKEL, 2_300 * KILOGRAM, 3)
    way = ("NC-PLATING", hazardous.PLANT)
    haul = Haul("hazardous", "plating-1", way, (line,), HAZARDOUS_LORRY, keeps_ppm=901_000)
    ref = yield from ship(teller, haul)
    yield timedelta(hours=5)
    teller.act("facility", ref, Act.OPINION, note="地磅已复核，以本厂称重为准。 Our scale was checked.")
    if both_speak:
        yield timedelta(days=1)
        teller.act("plating-1", ref, Act.OPINION, note="污泥途中失水，认可。 It dried on the way; agreed.")


def forgotten_box(teller: Teller) -> Story:
    """Medical waste that lies for more than two days (MW-2D)."""
    teller.lot("producer", "NC-HOSPITAL-E", "841-004-01", 12_400)
    yield timedelta(days=1)


def forgotten_oil(teller: Teller) -> Story:
    """Used oil that nobody fetched the same day (KW-DAILY)."""
    teller.lot("restaurant", "NC-REST-2", "KW-4", 46_000)
    yield timedelta(days=1)


def two_places(teller: Teller) -> Story:
    """One driver loads in Anyi, and six minutes later says he is at a plant, from Jinxian."""
    litres = 16_000
    line = earth(DEMOLITION, litres, DENSITY[DEMOLITION])
    tipper = Haul("construction", "builder", ("NC-BUILD-2", RUBBLE), (line,), TIPPER)
    sludge = load(hazardous.PICKLING, 900 * KILOGRAM)
    lorry = Haul("hazardous", "outsider", ("NC-ALUMINIUM", hazardous.PLANT), (sludge,), HAZARDOUS_LORRY)
    refs = [filed(teller, haul) for haul in (tipper, lorry)]
    yield timedelta(hours=1)
    yield from pick_up(teller, tipper, refs[0])
    yield timedelta(minutes=50)
    teller.act("driver", refs[1], Act.PICKUP, loaded(lorry), position=ANYI)
    yield timedelta(minutes=6)
    arrive(teller, tipper, refs[0], position=JINXIAN)
    yield timedelta(minutes=70)
    teller.act("driver", refs[1], Act.ARRIVE)
    for ref, haul in zip(refs, (tipper, lorry), strict=True):
        teller.act("facility", ref, Act.ACCEPT, weighed(haul))


def sent_back(teller: Teller, *, arrives: bool) -> Story:
    """Leaking drums are refused and go home; one such load is still on its way."""
    line = load(hazardous.LABORATORY, 300 * KILOGRAM, 6, "塑料桶")
    way = ("NC-HOSPITAL", hazardous.PLANT)
    haul = Haul("hazardous", "producer", way, (line,), HAZARDOUS_LORRY)
    ref = yield from carry(teller, haul)
    part = LineReport(1, received_g=300 * KILOGRAM, accepted_g=200 * KILOGRAM, refused_g=100 * KILOGRAM,
                      reason="packaging")  # fmt: skip
    teller.act("facility", ref, Act.ACCEPT, [part])
    yield timedelta(hours=20)
    teller.act("facility", ref, Act.RETURN)
    if arrives:
        yield timedelta(hours=3)
        teller.act("producer", ref, Act.RECEIVE_BACK, [LineReport(1, received_g=100 * KILOGRAM)])


def sent_onward(teller: Teller) -> Story:
    """Oil with water in it is refused at the refinery, and goes on from its gate to the other plant."""
    line = load(hazardous.ENGINE_OIL, 820 * KILOGRAM, 5, "200L 铁桶")
    way = ("NC-GARAGE-1", hazardous.REFINERY)
    ref = yield from carry(teller, Haul("hazardous", "garage-1", way, (line,), HAZARDOUS_LORRY))
    part = LineReport(1, received_g=820 * KILOGRAM, accepted_g=560 * KILOGRAM, refused_g=260 * KILOGRAM,
                      reason="water_content")  # fmt: skip
    teller.act("facility", ref, Act.ACCEPT, [part])
    yield timedelta(hours=16)
    gate = teller.session.execute(
        select(HOLDING.c.id)
        .join(MANIFEST, MANIFEST.c.id == HOLDING.c.manifest_id)
        .where(MANIFEST.c.number == ref, HOLDING.c.part == "gate")
    ).scalar_one()
    draws = ((gate, 260 * KILOGRAM),)
    rest = load(hazardous.ENGINE_OIL, 260 * KILOGRAM, 2, "200L 铁桶", draws=draws)
    onward = (hazardous.REFINERY, hazardous.PLANT)
    yield from ship(teller, Haul("hazardous", "facility", onward, (rest,), HAZARDOUS_LORRY), AT_ONCE)


def another_waste(teller: Teller) -> Story:
    """What was declared as laboratory liquids turns out to be soiled packaging."""
    line = load(hazardous.LABORATORY, 85 * KILOGRAM, 2, "纸箱")
    haul = Haul("hazardous", "producer", ("NC-HOSPITAL", hazardous.PLANT), (line,), HAZARDOUS_LORRY)
    ref = yield from carry(teller, haul)
    teller.act("facility", ref, Act.ACCEPT,
               [LineReport(1, received_g=85 * KILOGRAM, waste_code="900-041-49")])  # fmt: skip


def late_scan(teller: Teller) -> Story:
    """Loaded in a basement without a network; the plant accepts before the scan comes in."""
    line = earth(DEMOLITION, 15_000, DENSITY[DEMOLITION])
    haul = Haul("construction", "builder", ("NC-BUILD-2", RUBBLE), (line,), TIPPER)
    ref = filed(teller, haul)
    yield timedelta(hours=1)
    yield from take_out(teller, TIPPER)
    loaded_at = teller.now
    yield timedelta(hours=2)
    teller.act("facility", ref, Act.ACCEPT, weighed(haul))
    bring_back(teller, TIPPER)
    yield timedelta(hours=4)
    teller.act("driver", ref, Act.PICKUP, loaded(haul), at=loaded_at, sent_at=teller.now, offline=True)


def missing_box(teller: Teller) -> Story:
    """A tagged box that was loaded is not there when the van is emptied."""
    line = medical.boxes(teller, medical.INFECTIOUS, 170 * KILOGRAM)
    way = ("NC-HOSPITAL-E", medical.PLANT)
    haul = Haul("medical", "producer", way, (line,), MEDICAL_VAN, keeps_ppm=981_000)
    ref = filed(teller, haul, AT_ONCE)
    yield AT_ONCE.to_loading
    teller.act("driver", ref, Act.PICKUP, medical.with_tags(haul, loaded(haul)))
    yield AT_ONCE.road
    teller.act("driver", ref, Act.ARRIVE)
    row = LineReport(1, received_g=weighed(haul)[0].received_g, tags=line.tags[:-1])
    teller.act("facility", ref, Act.ACCEPT, [row])


def taken_back(teller: Teller) -> Story:
    """A mistyped acceptance is taken back and made again."""
    line = load(hazardous.PICKLING, 1_240 * KILOGRAM, 2)
    haul = Haul("hazardous", "outsider", ("NC-ALUMINIUM", hazardous.PLANT), (line,), HAZARDOUS_LORRY)
    ref = yield from carry(teller, haul)
    teller.act("facility", ref, Act.ACCEPT, [LineReport(1, received_g=1_420 * KILOGRAM)])
    yield timedelta(minutes=9)
    teller.act("facility", ref, Act.REVERSE, note="录入错误 Mistyped")
    teller.act("facility", ref, Act.ACCEPT, [LineReport(1, received_g=1_236 * KILOGRAM)])
