"""Medical waste in the demo city: hospitals, two small clinics, a transfer point, an incinerator."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from zerowaste.cli.demo_city.agenda import Story
from zerowaste.cli.demo_city.hauls import (
    AT_ONCE,
    HAZARDOUS_LORRY,
    KILOGRAM,
    MEDICAL_VAN,
    OVERNIGHT,
    PPM,
    SMALL_MEDICAL_VAN,
    Haul,
    arrive,
    bring_back,
    filed,
    load,
    loaded,
    pick_up,
    ship,
    take_out,
)
from zerowaste.cli.demo_city.teller import Teller
from zerowaste.rules.state import LineReport
from zerowaste.rules.treating import Output
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act

PLANT, STATION, BURNER = "NC-MEDICAL", "NC-STATION-MW", "NC-WTE"
INFECTIOUS, SHARPS, TISSUE, DRUGS = "841-001-01", "841-002-01", "841-003-01", "841-005-01"
SLAG, FLY_ASH = "MW-R2", "772-003-18"
BOX_G = 60 * KILOGRAM  # what a wheeled box holds
MAIN_SITE = ((INFECTIOUS, 850), (SHARPS, 110), (TISSUE, 22), (DRUGS, 14))
EAST_SITE = ((INFECTIOUS, 280), (SHARPS, 40))


def boxes(teller: Teller, code: str, grams: int) -> LineRequest:
    """A line in boxes, each with a tag of its own."""
    count = max(1, -(-grams // BOX_G))
    stem = f"MW{teller.now:%m%d%H%M}{code[4:7]}{teller.chance.randrange(10_000_000):07d}"
    tags = tuple(f"{stem}{number:02d}" for number in range(1, count + 1))
    return load(code, grams, count, "周转箱", tags=tags)


def with_tags(haul: Haul, reports: Sequence[LineReport]) -> list[LineReport]:
    """The reports, with every box seen."""
    return [replace(row, tags=haul.loads[row.line - 1].tags) for row in reports]


def tagged(haul: Haul) -> list[LineReport]:
    """Everything as declared, every box scanned."""
    return with_tags(haul, loaded(haul))


def hospital(teller: Teller, site: str, kilograms: Sequence[tuple[str, int]]) -> Story:
    """Two days of a hospital: weighed on the ward's floor in the evening, fetched in the morning."""
    masses = [(code, teller.about(amount * KILOGRAM)) for code, amount in kilograms]
    for code, grams in masses:
        teller.lot("producer", site, code, grams)
    yield timedelta(minutes=30)
    lines = tuple(boxes(teller, code, grams) for code, grams in masses)
    haul = Haul("medical", "producer", (site, PLANT), lines, MEDICAL_VAN, fields={"epidemic": "no"})
    ref = filed(teller, haul, OVERNIGHT)
    yield OVERNIGHT.to_loading
    yield from pick_up(teller, haul, ref, tagged)
    yield OVERNIGHT.road
    arrive(teller, haul, ref)
    yield OVERNIGHT.to_decision
    kept = PPM - teller.chance.randrange(8_000)
    rows = [LineReport(n, received_g=line.mass_g * kept // PPM) for n, line in enumerate(haul.loads, 1)]
    teller.act("facility", ref, Act.ACCEPT, with_tags(haul, rows))


def clinics(teller: Teller) -> Story:
    """Two clinics' small boxes go to the township's transfer point on one van."""
    trip = teller.new_id()
    refs = []
    for who, site in (("clinic-tc", "NC-CLINIC-TC"), ("clinic-jk", "NC-CLINIC-JK")):
        grams = teller.about(46 * KILOGRAM, 0.2)
        teller.lot(who, site, INFECTIOUS, grams)
        line = boxes(teller, INFECTIOUS, grams)
        haul = Haul("medical", who, (site, STATION), (line,), SMALL_MEDICAL_VAN, "transfer", trip=trip)
        refs.append((filed(teller, haul, AT_ONCE), haul))
    yield from take_out(teller, SMALL_MEDICAL_VAN)
    for ref, haul in refs:
        yield timedelta(minutes=35)
        teller.act("driver-2", ref, Act.PICKUP, tagged(haul))
    yield timedelta(minutes=40)
    for ref, haul in refs:
        teller.act("driver-2", ref, Act.ARRIVE)
        teller.act("transfer", ref, Act.ACCEPT, tagged(haul))
    bring_back(teller, SMALL_MEDICAL_VAN)


def onward(teller: Teller, *, all_of_it: bool) -> Story:
    """Small boxes into a big one: the first lot whole and part of each other one, or all that is left."""
    lots = teller.stock("transfer", STATION)
    if not lots:
        return
    draws = []
    for place, (lot, _, free) in enumerate(lots):
        grams = free if all_of_it or place == 0 else free * 6 // 10
        draws.append((lot, grams))
    total = sum(grams for _, grams in draws)
    line = load(INFECTIOUS, total, 1, "周转箱", draws=tuple(draws))
    haul = Haul("medical", "transfer", (STATION, PLANT), (line,), SMALL_MEDICAL_VAN)
    yield from ship(teller, haul, AT_ONCE)


def burn(teller: Teller) -> Story:
    """What lies in the cold store is burnt; slag stays medical waste's, fly ash is hazardous waste."""
    lots = [lot for lot in teller.stock("facility", PLANT) if lot[1].startswith("841-")]
    total = sum(free for _, _, free in lots)
    if not total:
        return
    outputs = (
        Output("residue", total * 9 // 100, "medical", SLAG),
        Output("residue", total * 2 // 100, "hazardous", FLY_ASH),
    )
    inputs = [(lot, free) for lot, _, free in lots]
    teller.treat("facility", PLANT, "Y10", inputs, outputs=outputs,
                 additives=(("消石灰 Lime", total // 50),))  # fmt: skip
    yield timedelta(hours=12)
    yield from send_on(teller, PLANT, BURNER, "medical", SLAG, MEDICAL_VAN)


def send_on(
    teller: Teller, site: str, receiver: str, stream: str, code: str, lorry: tuple[str, str]
) -> Story:
    """All that lies of one residue goes to where it ends."""
    lots = teller.stock("facility", site, code)
    if not lots:
        return
    draws = tuple((lot, free) for lot, _, free in lots)
    line = load(code, sum(free for _, free in draws), len(draws), draws=draws)
    haul = Haul(stream, "facility", (site, receiver), (line,), lorry)
    yield from ship(teller, haul, AT_ONCE)


def fly_ash(teller: Teller) -> Story:
    """Fly ash, hazardous by now, goes to the hazardous plant's landfill."""
    yield from send_on(teller, PLANT, "NC-HAZARDOUS", "hazardous", FLY_ASH, HAZARDOUS_LORRY)
