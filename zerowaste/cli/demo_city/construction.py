"""Construction waste in the demo city: two sites, an earth disposal site, a rubble plant."""

from datetime import timedelta

from zerowaste.cli.demo_city.agenda import Story
from zerowaste.cli.demo_city.hauls import OPEN_LORRY, SECOND_TIPPER, TIPPER, Haul, Pace, earth, ship
from zerowaste.cli.demo_city.medical import send_on
from zerowaste.cli.demo_city.teller import Teller
from zerowaste.rules.treating import Output

EARTHWORKS, RUBBLE, BURNER = "NC-EARTH", "NC-RUBBLE", "NC-WTE"
SOIL, DEBRIS, DEMOLITION, DECORATION, LIGHT = "CW-1", "CW-3", "CW-4", "CW-5", "CW-R3"
DENSITY = {SOIL: 1700, DEBRIS: 1500, DEMOLITION: 1500, DECORATION: 1000}  # g/l, as in the catalogue
ONE_SHIFT = Pace(timedelta(hours=1), timedelta(minutes=50), timedelta(minutes=15))


def trip(teller: Teller, site: str, receiver: str, code: str, *, second: bool) -> Story:
    """One lorry, one manifest (CW-LIAN): so many cubic metres, weighed at the gate."""
    litres = teller.chance.randrange(14, 21) * 1_000
    line = earth(code, litres, DENSITY[code])
    haul = Haul(
        "construction",
        "builder",
        (site, receiver),
        (line,),
        SECOND_TIPPER if second else TIPPER,
        keeps_ppm=teller.chance.randrange(945_000, 1_020_000),
        fields={"project": "演示项目 Demo project", "enclosed": "yes"},
    )
    yield from ship(teller, haul, ONE_SHIFT)


def tip(teller: Teller) -> Story:
    """Soil that came is built into the disposal site."""
    inputs = [(lot, free) for lot, _, free in teller.stock("facility", EARTHWORKS, SOIL)]
    if inputs:
        teller.treat("facility", EARTHWORKS, "L1", inputs)
    yield timedelta(days=1)


def crush(teller: Teller) -> Story:
    """Rubble becomes aggregate; wood and plastic are burnt elsewhere."""
    lots = teller.stock("facility", RUBBLE)
    inputs = [(lot, free) for lot, code, free in lots if code in DENSITY]
    total = sum(free for _, free in inputs)
    if total:
        outputs = (
            Output("product", total * 82 // 100, name="再生骨料 Recycled aggregate"),
            Output("residue", total * 2 // 100, "construction", LIGHT),
        )
        teller.treat("facility", RUBBLE, "U1", inputs, outputs=outputs)
    yield timedelta(hours=3)
    yield from send_on(teller, RUBBLE, BURNER, "construction", LIGHT, OPEN_LORRY)
