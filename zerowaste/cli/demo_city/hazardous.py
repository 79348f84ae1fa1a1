"""Hazardous waste in the demo city: works, a laboratory, garages, a collecting station, two plants."""

from datetime import timedelta

from zerowaste.cli.demo_city.agenda import Story
from zerowaste.cli.demo_city.hauls import (
    HAZARDOUS_LORRY,
    KILOGRAM,
    OVERNIGHT,
    PPM,
    SECOND_LORRY,
    TONNE,
    Haul,
    bring_back,
    filed,
    load,
    loaded,
    ship,
    take_out,
)
from zerowaste.cli.demo_city.medical import send_on
from zerowaste.cli.demo_city.teller import Teller
from zerowaste.rules.treating import Output
from zerowaste.services.room.offers import capacity_of
from zerowaste.vocabulary import Act

PLANT, REFINERY, STATION, ABROAD = "NC-HAZARDOUS", "NC-OIL", "NC-STATION-HW", "ZJ-METAL"
NICKEL, PICKLING, LABORATORY, ENGINE_OIL = "336-054-17", "336-064-17", "900-047-49", "900-214-08"
MACHINE_OIL, OIL_SLUDGE, ASH = "900-249-08", "900-213-08", "772-003-18"


def works(teller: Teller, who: str, site: str, code: str, kilograms: int) -> Story:
    """A week of a works: registered in its store, then carried to the hazardous plant."""
    grams = teller.about(kilograms * KILOGRAM)
    teller.lot(who, site, code, grams)
    yield timedelta(hours=3)
    line = load(code, grams, max(1, grams // 900_000))
    kept = PPM - teller.chance.randrange(12_000)
    fields: dict[str, object] = {"physical_form": "semi_solid", "emergency_phone": "0791-12369"}
    haul = Haul("hazardous", who, (site, PLANT), (line,), HAZARDOUS_LORRY, keeps_ppm=kept, fields=fields)
    yield from ship(teller, haul, OVERNIGHT)


def machine_oil(teller: Teller) -> Story:
    """The aluminium works' oil goes straight to the refinery."""
    line = load(MACHINE_OIL, teller.about(1_300 * KILOGRAM), 7, "200L 铁桶")
    way = ("NC-ALUMINIUM", oil_receiver(teller, line.mass_g))
    haul = Haul("hazardous", "outsider", way, (line,), SECOND_LORRY, keeps_ppm=994_000)
    yield from ship(teller, haul)


def oil_receiver(teller: Teller, grams: int) -> str:
    """The refinery while its year's permit has room, then the big plant."""
    left = [
        each.left for each in capacity_of(teller.desk("facility"), REFINERY).quotas if each.term.unit == "g"
    ]
    return REFINERY if min(left, default=0) >= grams + TONNE else PLANT


def garages(teller: Teller) -> Story:
    """Two garages' oil to the collecting station, one trip, a manifest each (HW-MULTI)."""
    trip = teller.new_id()
    hauls = []
    for site in ("NC-GARAGE-1", "NC-GARAGE-2"):
        line = load(ENGINE_OIL, teller.about(520 * KILOGRAM), 3, "200L 铁桶")
        haul = Haul("hazardous", "garage-1", (site, STATION), (line,), HAZARDOUS_LORRY, "transfer", trip=trip)
        hauls.append((filed(teller, haul), haul))
    yield from take_out(teller, HAZARDOUS_LORRY)
    for ref, haul in hauls:
        yield timedelta(minutes=50)
        teller.act("driver", ref, Act.PICKUP, loaded(haul))
    yield timedelta(minutes=40)
    for ref, haul in hauls:
        teller.act("driver", ref, Act.ARRIVE)
        teller.act("transfer", ref, Act.ACCEPT, loaded(haul))
    bring_back(teller, HAZARDOUS_LORRY)


def collected_oil(teller: Teller) -> Story:
    """The station passes on its oldest lots whole and the last in part."""
    lots = teller.stock("transfer", STATION, ENGINE_OIL)
    if len(lots) < 2:
        return
    last = len(lots) - 1
    draws = tuple((lot, free if place < last else free // 3) for place, (lot, _, free) in enumerate(lots))
    draws = tuple(draw for draw in draws if draw[1])
    line = load(ENGINE_OIL, sum(grams for _, grams in draws), 6, "200L 铁桶", draws=draws)
    way = (STATION, oil_receiver(teller, line.mass_g))
    haul = Haul("hazardous", "transfer", way, (line,), SECOND_LORRY)
    yield from ship(teller, haul)


def refine(teller: Teller) -> Story:
    """Waste oil becomes base oil; the sludge is hazardous waste again."""
    lots = teller.stock("facility", REFINERY)
    inputs = [(lot, free) for lot, code, free in lots if code in (ENGINE_OIL, MACHINE_OIL)]
    total = sum(free for _, free in inputs)
    if total:
        outputs = (
            Output("product", total * 74 // 100, name="再生基础油 Re-refined base oil"),
            Output("residue", total * 11 // 100, "hazardous", OIL_SLUDGE),
        )
        teller.treat("facility", REFINERY, "R9", inputs, outputs=outputs)
    yield timedelta(days=1)


def sludge(teller: Teller) -> Story:
    """The refinery's sludge is burnt in the other plant."""
    yield from send_on(teller, REFINERY, PLANT, "hazardous", OIL_SLUDGE, HAZARDOUS_LORRY)


def treat(teller: Teller) -> Story:
    """The hazardous plant's week: what burns is burnt, sludges are treated, ashes are buried."""
    lots = teller.stock("facility", PLANT)
    for operation, codes, ash in (
        ("D10", (LABORATORY, OIL_SLUDGE, ENGINE_OIL, "900-041-49"), 14),
        ("D9", (NICKEL, PICKLING), 0),
        ("D1", (ASH, "772-002-18"), 0),
    ):
        inputs = [(lot, free) for lot, code, free in lots if code in codes]
        total = sum(free for _, free in inputs)
        if total:
            outputs = (Output("residue", total * ash // 100, "hazardous", ASH),) if ash else ()
            teller.treat("facility", PLANT, operation, inputs, outputs=outputs)
        yield timedelta(hours=6)


def abroad(teller: Teller) -> Story:
    """Nickel sludge leaves the province on a consent; the receiver's word comes days later."""
    grams = teller.about(9_000 * KILOGRAM, 0.05)
    line = load(NICKEL, grams, 10)
    haul = Haul("hazardous", "plating-1", ("NC-PLATING", ABROAD), (line,), SECOND_LORRY)
    ref = filed(teller, haul)
    yield timedelta(hours=2)
    teller.act("driver-3", ref, Act.PICKUP, loaded(haul))
    yield timedelta(hours=14)
    teller.act("driver-3", ref, Act.ARRIVE)
    yield timedelta(days=2)
    teller.act("plating-1", ref, Act.CONFIRM_OUTSIDE, loaded(haul))
