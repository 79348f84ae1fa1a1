"""Kitchen waste in the demo city: a tour by night, a digester, and what is left of it."""

from datetime import timedelta

from zerowaste.cli.demo_city.agenda import Story
from zerowaste.cli.demo_city.hauls import (
    AT_ONCE,
    KILOGRAM,
    KITCHEN_LORRY,
    OPEN_LORRY,
    Haul,
    load,
    ship,
    tour,
)
from zerowaste.cli.demo_city.medical import send_on
from zerowaste.cli.demo_city.teller import Teller
from zerowaste.rules.treating import Output

PLANT, BURNER = "NC-KITCHEN", "NC-WTE"
CATERING, OIL, DIGESTATE, REJECTS, SKIMMED = "KW-1", "KW-4", "KW-R1", "KW-R3", "KW-R4"
STOPS = (("restaurant", "NC-REST-1", 280), ("restaurant", "NC-REST-2", 190), ("canteen-1", "NC-CANTEEN", 610))


def night(teller: Teller) -> Story:
    """Three stops on one lorry, one ticket; the difference is shared out."""
    stops = []
    for who, site, kilograms in STOPS:
        grams = teller.about(kilograms * KILOGRAM)
        line = load(CATERING, grams, max(1, grams // 90_000), "餐厨桶")
        haul = Haul("kitchen", who, (site, PLANT), (line,), KITCHEN_LORRY, fields={"bins": line.packages})
        stops.append(haul)
    kept = 1_000_000 - teller.chance.randrange(1_000, 9_000)
    yield from tour(teller, stops, between=timedelta(minutes=25), kept_ppm=kept)


def waste_oil(teller: Teller) -> Story:
    """Used oil is kept and carried apart (KW-UCO)."""
    line = load(OIL, teller.about(75 * KILOGRAM), 3, "油桶")
    haul = Haul("kitchen", "restaurant", ("NC-REST-1", PLANT), (line,), OPEN_LORRY)
    yield from ship(teller, haul, AT_ONCE)


def digest(teller: Teller) -> Story:
    """A batch for the digester: gas is a product; digestate, rejects and oil are waste again."""
    inputs = [(lot, free) for lot, code, free in teller.stock("facility", PLANT) if code == CATERING]
    total = sum(free for _, free in inputs)
    if not total:
        return
    batch = teller.treat("facility", PLANT, "K1", inputs, done=False)
    yield timedelta(hours=20)
    outputs = (
        Output("product", total * 7 // 100, name="沼气 Biogas"),
        Output("residue", total * 16 // 100, "kitchen", DIGESTATE),
        Output("residue", total * 4 // 100, "kitchen", REJECTS),
        Output("residue", total * 3 // 100, "kitchen", SKIMMED),
    )
    teller.put_out("facility", batch.id, outputs, done=True)
    yield timedelta(hours=1)
    refine(teller)
    yield from both_on(teller)


def refine(teller: Teller) -> None:
    """Oil, skimmed or collected, becomes fuel."""
    lots = teller.stock("facility", PLANT)
    inputs = [(lot, free) for lot, code, free in lots if code in (OIL, SKIMMED)]
    total = sum(free for _, free in inputs)
    if total:
        fuel = Output("product", total * 88 // 100, name="生物柴油 Biodiesel")
        teller.treat("facility", PLANT, "K3", inputs, outputs=(fuel,))


def both_on(teller: Teller) -> Story:
    """Digestate and rejects on one lorry to the incinerator."""
    lots = teller.stock("facility", PLANT)
    lines = []
    for code in (DIGESTATE, REJECTS):
        draws = tuple((lot, free) for lot, known, free in lots if known == code)
        if draws:
            lines.append(load(code, sum(free for _, free in draws), draws=draws))
    if lines:
        haul = Haul("kitchen", "facility", (PLANT, BURNER), tuple(lines), OPEN_LORRY)
        yield from ship(teller, haul, AT_ONCE)


def incinerate(teller: Teller) -> Story:
    """The refuse incinerator burns what came, and buries the slag of medical waste."""
    lots = teller.stock("facility", BURNER)
    for operation, codes in (("E1", (DIGESTATE, REJECTS, "CW-R3")), ("L2", ("MW-R2",))):
        inputs = [(lot, free) for lot, code, free in lots if code in codes]
        if inputs:
            total = sum(free for _, free in inputs)
            ash = (Output("residue", total * 3 // 100, "hazardous", "772-002-18"),)
            teller.treat("facility", BURNER, operation, inputs, outputs=ash if operation == "E1" else ())
    yield timedelta(days=1)


def burner_ash(teller: Teller) -> Story:
    """The incinerator's fly ash is hazardous waste, whatever burnt."""
    yield from send_on(teller, BURNER, "NC-HAZARDOUS", "hazardous", "772-002-18", ("赣A8Y001", "driver"))
