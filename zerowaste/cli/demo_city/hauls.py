"""An ordinary haul: filed, picked up, weighed at the gate, accepted; and tours of several stops."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from zerowaste.cli.demo_city.agenda import Story
from zerowaste.cli.demo_city.teller import Teller
from zerowaste.rules.state import LineReport
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act, Basis

# A story that ends by saying what it was about: the manifest's number.
Chapter = Generator[timedelta, None, str]

KILOGRAM = 1_000
TONNE = 1_000_000
PPM = 1_000_000
QUARTER = timedelta(minutes=15)
EMPTY_RIDE = timedelta(minutes=45)  # from the last gate to the next yard

# Who drives what: plate and driver.
HAZARDOUS_LORRY = ("赣A8Y001", "driver")
MEDICAL_VAN = ("赣A8Y002", "driver")
SMALL_MEDICAL_VAN = ("赣A8Y003", "driver-2")
KITCHEN_LORRY = ("赣A8Y004", "driver-2")
TIPPER = ("赣A8Y005", "driver")
OPEN_LORRY = ("赣A8Y006", "driver-2")
SECOND_LORRY = ("赣A7L001", "driver-3")
SECOND_TIPPER = ("赣A7L002", "driver-3")


@dataclass(frozen=True, slots=True)
class Haul:
    """One manifest: who files it, over which way, what travels, how, and who stands at the gate.

    `keeps_ppm`: what part of the load reaches the scale (the rest drips, dries or is the scales')."""

    stream: str
    who: str
    way: tuple[str, str]
    loads: tuple[LineRequest, ...]
    lorry: tuple[str, str]
    gate: str = "facility"
    keeps_ppm: int = PPM
    trip: UUID | None = None
    fields: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long it takes: from filing to loading, on the road, and from the gate to the decision."""

    to_loading: timedelta = timedelta(hours=2)
    road: timedelta = timedelta(minutes=70)
    to_decision: timedelta = timedelta(minutes=40)


ORDINARY = Pace()
OVERNIGHT = Pace(to_loading=timedelta(hours=14))
AT_ONCE = Pace(timedelta(minutes=40), timedelta(minutes=45), timedelta(minutes=10))


def load(code: str, grams: int, packages: int = 1, packaging: str = "吨袋", **others: object) -> LineRequest:
    """A line of a filing, weighed on a scale unless it says otherwise."""
    line = LineRequest(code, grams, basis=str(Basis.SCALE), packages=packages, packaging=packaging)
    return replace(line, **others)  # type: ignore[arg-type]  # fields of LineRequest by name


def earth(code: str, litres: int, density_g_per_l: int) -> LineRequest:
    """A lorry of rubble or soil: a volume times a density."""
    grams = litres * density_g_per_l
    return LineRequest(code, grams, basis=str(Basis.VOLUME), volume_l=litres, packages=0, packaging="散装")


def filed(teller: Teller, haul: Haul, pace: Pace = ORDINARY) -> str:
    """File it now, planned for when it will be loaded."""
    return teller.file(
        haul.who,
        haul.stream,
        haul.way,
        haul.loads,
        [teller.leg(*haul.lorry)],
        planned_at=teller.now + pace.to_loading,
        trip=haul.trip,
        fields=haul.fields,
    )


def loaded(haul: Haul) -> list[LineReport]:
    """Everything as declared."""
    return [LineReport(number, mass_g=line.mass_g) for number, line in enumerate(haul.loads, 1)]


def weighed(haul: Haul) -> list[LineReport]:
    """What the scale at the gate says of each line."""
    return [
        LineReport(number, received_g=line.mass_g * haul.keeps_ppm // PPM)
        for number, line in enumerate(haul.loads, 1)
    ]


def ticket(teller: Teller, net_g: int) -> dict[str, object]:
    """A weighbridge's slip."""
    return {"number": f"GB{teller.now:%y%m%d%H%M}", "net_g": net_g}


def pick_up(teller: Teller, haul: Haul, ref: str, said: Callable[[Haul], list[LineReport]] = loaded) -> Story:
    """Load it, as soon as the lorry and its driver are back from where else they are."""
    yield from take_out(teller, haul.lorry)
    teller.act(haul.lorry[1], ref, Act.PICKUP, said(haul))


def take_out(teller: Teller, lorry: tuple[str, str]) -> Story:
    """A lorry and its driver leave, once both are there and have had time to come from the last gate."""
    while teller.away.intersection(lorry):
        yield QUARTER
    teller.away.update(lorry)
    yield EMPTY_RIDE


def bring_back(teller: Teller, lorry: tuple[str, str]) -> None:
    """Both are free again."""
    teller.away.difference_update(lorry)


def arrive(teller: Teller, haul: Haul, ref: str, **others: Any) -> None:
    """At the gate: the lorry is free again."""
    teller.act(haul.lorry[1], ref, Act.ARRIVE, **others)
    bring_back(teller, haul.lorry)


def carry(teller: Teller, haul: Haul, pace: Pace = ORDINARY) -> Chapter:
    """From filing to the gate."""
    ref = filed(teller, haul, pace)
    yield pace.to_loading
    yield from pick_up(teller, haul, ref)
    yield pace.road
    net_g = sum(row.received_g or 0 for row in weighed(haul))
    arrive(teller, haul, ref, ticket=ticket(teller, net_g))
    yield pace.to_decision
    return ref


def ship(teller: Teller, haul: Haul, pace: Pace = ORDINARY) -> Chapter:
    """From filing to acceptance of all of it."""
    ref = yield from carry(teller, haul, pace)
    teller.act(haul.gate, ref, Act.ACCEPT, weighed(haul))
    return ref


def tour(teller: Teller, stops: Sequence[Haul], *, between: timedelta, kept_ppm: int) -> Chapter:
    """Several producers on one lorry: a manifest each, one trip, one ticket at the end."""
    trip = teller.new_id()
    hauls = [replace(stop, trip=trip) for stop in stops]
    refs = [filed(teller, haul, AT_ONCE) for haul in hauls]
    total_g = 0
    yield from take_out(teller, stops[0].lorry)
    for ref, haul in zip(refs, hauls, strict=True):
        yield between
        teller.act(haul.lorry[1], ref, Act.PICKUP, loaded(haul))
        total_g += sum(line.mass_g for line in haul.loads)
    yield between
    slip = ticket(teller, total_g * kept_ppm // PPM)
    for ref, haul in zip(refs, hauls, strict=True):
        teller.act(haul.lorry[1], ref, Act.ARRIVE, ticket=slip)
    bring_back(teller, stops[0].lorry)
    yield AT_ONCE.to_decision
    for ref, haul in zip(refs, hauls, strict=True):
        teller.act(haul.gate, ref, Act.ACCEPT)
    return refs[0]
