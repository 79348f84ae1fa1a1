"""What is under way in the demo city right now: something in every status, for everybody's list."""

from collections.abc import Iterator
from datetime import timedelta

from zerowaste.cli.demo_city import hazardous, kitchen, medical
from zerowaste.cli.demo_city.agenda import Story
from zerowaste.cli.demo_city.construction import DECORATION, DENSITY, EARTHWORKS, RUBBLE, SOIL
from zerowaste.cli.demo_city.hauls import (
    AT_ONCE,
    HAZARDOUS_LORRY,
    KILOGRAM,
    KITCHEN_LORRY,
    MEDICAL_VAN,
    OPEN_LORRY,
    SECOND_LORRY,
    SECOND_TIPPER,
    TIPPER,
    Haul,
    Pace,
    bring_back,
    carry,
    earth,
    filed,
    load,
    pick_up,
    take_out,
)
from zerowaste.cli.demo_city.teller import Teller
from zerowaste.rules.state import LineReport
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act

TOMORROW = Pace(to_loading=timedelta(hours=15))


def laboratory(kilograms: int) -> LineRequest:
    return load(hazardous.LABORATORY, kilograms * KILOGRAM, 3, "塑料桶")


def stories(teller: Teller) -> Iterator[tuple[timedelta, Story]]:
    """Every open end, and how long before the present moment it begins."""
    yield timedelta(hours=5), drafts(teller)
    yield timedelta(hours=3), waiting_for_drivers(teller)
    yield timedelta(hours=4, minutes=40), on_the_road(teller)
    yield timedelta(hours=4), oil_at_the_gate(teller)
    yield timedelta(hours=2, minutes=15), boxes_at_the_gate(teller)
    yield timedelta(hours=2, minutes=20), rubble_at_the_gate(teller)
    yield timedelta(hours=9), part_waits(teller)
    yield timedelta(hours=20), refused(teller)
    yield timedelta(days=5), cancelled(teller)
    yield timedelta(days=6), expired(teller)
    yield timedelta(days=10, hours=3), relay(teller)


def drafts(teller: Teller) -> Story:
    """Begun, not finished."""
    later = teller.now + timedelta(days=2)
    teller.draft("producer", "hazardous", ("NC-HOSPITAL", hazardous.PLANT), later)
    teller.draft("builder", "construction", ("NC-BUILD-1", EARTHWORKS), later)
    yield timedelta(minutes=1)


def waiting_for_drivers(teller: Teller) -> Story:
    """Filed for tomorrow, one of each stream."""
    bins = load(kitchen.CATERING, 205 * KILOGRAM, 3, "餐厨桶")
    boxes = medical.boxes(teller, medical.INFECTIOUS, 130 * KILOGRAM)
    soil = earth(SOIL, 18_000, DENSITY[SOIL])
    for haul in (
        Haul("hazardous", "producer", ("NC-HOSPITAL", hazardous.PLANT), (laboratory(95),), HAZARDOUS_LORRY),
        Haul("medical", "producer", ("NC-HOSPITAL-E", medical.PLANT), (boxes,), MEDICAL_VAN),
        Haul("construction", "builder", ("NC-BUILD-1", EARTHWORKS), (soil,), TIPPER),
        Haul("kitchen", "restaurant", ("NC-REST-1", kitchen.PLANT), (bins,), OPEN_LORRY),
    ):
        filed(teller, haul, TOMORROW)
    yield timedelta(minutes=1)


def on_the_road(teller: Teller) -> Story:
    """Loaded and not yet there."""
    works = load(hazardous.PICKLING, 1_500 * KILOGRAM, 2)
    soil = earth(SOIL, 17_000, DENSITY[SOIL])
    bins = load(kitchen.CATERING, 240 * KILOGRAM, 3, "餐厨桶")
    hauls = (
        Haul("hazardous", "outsider", ("NC-ALUMINIUM", hazardous.PLANT), (works,), HAZARDOUS_LORRY),
        Haul("construction", "builder", ("NC-BUILD-1", EARTHWORKS), (soil,), TIPPER),
        Haul("kitchen", "restaurant", ("NC-REST-2", kitchen.PLANT), (bins,), KITCHEN_LORRY),
    )
    refs = [filed(teller, haul) for haul in hauls]
    yield timedelta(hours=2)
    for ref, haul in zip(refs, hauls, strict=True):
        yield from pick_up(teller, haul, ref)


def oil_at_the_gate(teller: Teller) -> Story:
    """Arrived at the collecting station; somebody there has to decide."""
    oil = load(hazardous.ENGINE_OIL, 480 * KILOGRAM, 3, "200L 铁桶")
    way = ("NC-GARAGE-2", hazardous.STATION)
    yield from carry(teller, Haul("hazardous", "garage-1", way, (oil,), SECOND_LORRY, "transfer"))


def boxes_at_the_gate(teller: Teller) -> Story:
    """Sharps at the medical plant's gate."""
    boxes = medical.boxes(teller, medical.SHARPS, 41 * KILOGRAM)
    way = ("NC-HOSPITAL", medical.PLANT)
    yield from carry(teller, Haul("medical", "producer", way, (boxes,), MEDICAL_VAN), AT_ONCE)


def rubble_at_the_gate(teller: Teller) -> Story:
    """A tipper on the weighbridge of the rubble plant."""
    line = earth(DECORATION, 15_000, DENSITY[DECORATION])
    way = ("NC-BUILD-2", RUBBLE)
    yield from carry(teller, Haul("construction", "builder", way, (line,), SECOND_TIPPER), AT_ONCE)


def part_waits(teller: Teller) -> Story:
    """Accepted in part; the rest stands at the gate and nobody has said where it goes."""
    way = ("NC-HOSPITAL", hazardous.PLANT)
    ref = yield from carry(teller, Haul("hazardous", "producer", way, (laboratory(160),), HAZARDOUS_LORRY))
    part = LineReport(1, received_g=160 * KILOGRAM, accepted_g=110 * KILOGRAM, refused_g=50 * KILOGRAM,
                      reason="label_differs")  # fmt: skip
    teller.act("facility", ref, Act.ACCEPT, [part])


def refused(teller: Teller) -> Story:
    """A whole lorry turned away."""
    line = earth(DECORATION, 12_000, DENSITY[DECORATION])
    ref = yield from carry(teller, Haul("construction", "builder", ("NC-BUILD-2", RUBBLE), (line,), TIPPER))
    teller.act("facility", ref, Act.REFUSE, reason="mixed_with_refuse")


def cancelled(teller: Teller) -> Story:
    """Filed by mistake."""
    ref = filed(teller, Haul("hazardous", "producer", ("NC-HOSPITAL", hazardous.PLANT), (laboratory(70),),
                             HAZARDOUS_LORRY))  # fmt: skip
    yield timedelta(minutes=25)
    teller.act("producer", ref, Act.CANCEL, note="重复填报 Filed twice")


def expired(teller: Teller) -> Story:
    """The tipper never came."""
    line = earth(SOIL, 16_000, DENSITY[SOIL])
    filed(teller, Haul("construction", "builder", ("NC-BUILD-1", EARTHWORKS), (line,), TIPPER))
    yield timedelta(days=1)


def relay(teller: Teller) -> Story:
    """Two carriers, one load: the second takes over on the way (HW-RELAY)."""
    grams = 1_900 * KILOGRAM
    ref = teller.file(
        "plating-1",
        "hazardous",
        ("NC-PLATING", hazardous.PLANT),
        [load(hazardous.NICKEL, grams, 3)],
        [teller.leg(*SECOND_LORRY), teller.leg(*HAZARDOUS_LORRY)],
        planned_at=teller.now + timedelta(hours=1),
    )
    yield timedelta(hours=1)
    yield from take_out(teller, SECOND_LORRY)
    teller.act("driver-3", ref, Act.PICKUP, [LineReport(1, mass_g=grams)])
    yield timedelta(hours=1)
    yield from take_out(teller, HAZARDOUS_LORRY)
    bring_back(teller, SECOND_LORRY)
    teller.act("driver", ref, Act.HANDOVER, leg=2)
    yield timedelta(hours=1)
    teller.act("driver", ref, Act.ARRIVE, ticket={"net_g": grams - 9_000})
    bring_back(teller, HAZARDOUS_LORRY)
    teller.act("facility", ref, Act.ACCEPT, [LineReport(1, received_g=grams - 9_000)])
