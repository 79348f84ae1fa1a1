"""Lives of manifests: what usually happens, and how often it does not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from zerowaste.rules.state import LineReport
from zerowaste.rules.treating import Output
from zerowaste.services.requests import LegRequest, LineRequest
from zerowaste.services.simulation.city import (
    ASH,
    KINDS,
    SHARES,
    STATION,
    TREATED,
    YIELDS,
    Cast,
    Kind,
)
from zerowaste.services.simulation.play import Play, Waybill
from zerowaste.vocabulary import Act


@dataclass(frozen=True, slots=True)
class Rates:
    """How often, of one manifest, what is not usual happens."""

    onward: float = 0.12  # it takes onward what lies at the station, or ash
    by_station: float = 0.12  # a producer's waste goes to the station first
    registered: float = 0.3  # its lots were registered before
    two_lines: float = 0.3
    two_legs: float = 0.08
    scales: float = 0.25  # what was loaded was weighed
    called_off: float = 0.01
    forgotten: float = 0.005  # nobody comes in time
    lost: float = 0.005  # it never arrives
    twice: float = 0.01  # loading is scanned twice
    refused: float = 0.02  # a part is
    left: float = 0.2  # what was refused stays at the gate
    differs: float = 0.01  # much less comes than was loaded


USUAL = Rates()
MOST_IN_BATCH = 12
EMPTY_G = 8_000_000  # an empty lorry

Life = Iterator[datetime]


class Lives:
    """Tells lives of these `streams` to a play: each is a generator that yields the moment of its next
    act."""

    def __init__(self, play: Play, cast: Cast, streams: Sequence[str], rates: Rates = USUAL) -> None:
        self.rates, self.streams = rates, streams
        self.play, self.cast, self.chance = play, cast, play.chance
        self.due: list[Life] = []  # lives that others have brought about
        self._missing: set[str] = set()  # lorries that never came back
        self._came: dict[str, int] = {}

    def next_life(self) -> Life:
        """The life of one more manifest: a producer's, or onward from where waste has gathered."""
        if self._happens(self.rates.onward):
            onward = self._onward()
            if onward is not None:
                return onward
        stream = self.chance.choices(self.streams, [SHARES[stream] for stream in self.streams])[0]
        return self._from_yard(stream)

    def _from_yard(self, stream: str) -> Life:
        chance = self.chance
        yard, login = chance.choice(self.cast.yards[stream])
        kinds = [chance.choice(KINDS[stream])]
        if stream in ("hazardous", "medical") and self._happens(self.rates.two_lines):
            first = kinds[0]
            kinds += [kind for kind in KINDS[stream] if kind.receiver == first.receiver and kind != first][:1]
        masses = [_rounded(chance.randint(kind.least_g, kind.most_g)) for kind in kinds]
        actor = self.cast.actors[login]
        lots: list[int] = []
        if self._happens(self.rates.registered):
            lots = [
                self.play.lot(actor, yard, kind.code, mass) for kind, mass in zip(kinds, masses, strict=True)
            ]
            yield self._later(0.2, 20)
        draws = self._named(lots, masses)
        receiver = STATION if self._happens(self.rates.by_station) else kinds[0].receiver
        lines = [
            _line(kind, mass, drawn, to=receiver)
            for kind, mass, drawn in zip(kinds, masses, draws, strict=True)
        ]
        yield from self._journey(login, stream, (yard, receiver), lines)

    def _named(self, lots: list[int], masses: list[int]) -> list[tuple[tuple[int, int], ...]]:
        """The lots that were registered for these lines, if no other manifest was faster."""
        found = {lot.id: lot.grams - lot.held_g for lot in self.play.books.holdings(lots)}
        if any(found.get(lot, 0) < mass for lot, mass in zip(lots, masses, strict=False)) or not lots:
            return [()] * len(masses)
        return [((lot, mass),) for lot, mass in zip(lots, masses, strict=True)]

    def _onward(self) -> Life | None:
        """What lies at the station goes to who treats it; ash from the furnace to the landfill."""
        chance, books = self.chance, self.play.books
        kind = chance.choice(KINDS[chance.choice(self.streams)])
        if ASH.stream in self.streams and self._happens(0.3):
            kind = ASH
        source = "SIM-FIRE" if kind is ASH else STATION
        lots = [
            (lot, lot.grams - lot.held_g)
            for lot in islice(books.open_lots(self.play.place(source).id, kind.code), 40)
            if lot.grams > lot.held_g
        ]
        if not lots:
            return None
        # A fraction of the last of several lots stays behind.
        taken = lots[: chance.randint(1, 20 if kind is ASH else 8)]
        draws = [(lot.id, free) for lot, free in taken]
        last, free = draws[-1]
        if len(draws) > 1 and free > 2:
            draws[-1] = last, max(1, free * chance.randint(3, 10) // 10)
        line = _line(kind, sum(grams for _, grams in draws), tuple(draws), to=kind.receiver)
        login = self.cast.operators[source]
        return self._journey(login, kind.stream, (source, kind.receiver), [line])

    def _journey(self, login: str, stream: str, way: tuple[str, str], lines: list[LineRequest]) -> Life:
        play, actors = self.play, self.cast.actors
        legs = [self._lorry(stream)]
        if stream in ("hazardous", "construction") and self._happens(self.rates.two_legs):
            legs.append(self._lorry(stream, beside=legs[0].carrier))
        bill = play.file(
            actors[login], stream, way, lines, legs, planned_at=play.now + self._span(0.2, 20),
        )  # fmt: skip
        yield from self._course(login, way, bill, legs, lines)
        play.books.close(bill.subject)

    def _course(
        self,
        login: str,
        way: tuple[str, str],
        bill: Waybill,
        legs: list[LegRequest],
        lines: list[LineRequest],
    ) -> Life:
        rates, play = self.rates, self.play
        if self._happens(rates.called_off):
            yield self._later(0.5, 10)
            play.act(self.cast.actors[login], bill, Act.CANCEL, reason="计划变更")
            return
        loading = self._later(0.5, 30)
        if self._happens(rates.forgotten) or loading > bill.state.expires_at:
            yield bill.state.expires_at + self._span(0.1, 1)
            play.expire(bill)
            return
        yield loading
        yield from self._ride(bill, legs, lines)
        if self._happens(rates.lost) and self._may_go_missing(bill.state.stream.code, legs[-1]):
            self._missing.add(legs[-1].vehicle)
            return
        yield self._later(0.3, 6)
        yield from self._gate(login, way, bill, legs[-1])

    def _ride(self, bill: Waybill, legs: list[LegRequest], lines: list[LineRequest]) -> Life:
        play, actors = self.play, self.cast.actors
        said = []
        if self._happens(self.rates.scales):
            said = [
                LineReport(at, mass_g=_rounded(line.mass_g * self.chance.randint(970, 1000) // 1000))
                for at, line in enumerate(lines, start=1)
            ]
        play.act(actors[legs[0].driver], bill, Act.PICKUP, said)
        if self._happens(self.rates.twice):  # refused, and kept
            yield self._later(0.01, 0.1)
            play.act(actors[legs[0].driver], bill, Act.PICKUP)
        for number, leg in enumerate(legs[1:], start=2):
            yield self._later(0.5, 5)
            play.act(actors[leg.driver], bill, Act.HANDOVER, leg=number)

    def _gate(self, login: str, way: tuple[str, str], bill: Waybill, leg: LegRequest) -> Life:
        chance, play, actors = self.chance, self.play, self.cast.actors
        operator = actors[self.cast.operators[way[1]]]
        travelling = {line.number: line.travelling_g for line in bill.state.lines}
        net = sum(travelling.values()) * chance.randint(994, 1004) // 1000
        number = f"W{chance.randrange(10**8):08d}"
        ticket = {"number": number, "gross_g": net + EMPTY_G, "tare_g": EMPTY_G, "net_g": net}
        play.act(actors[leg.driver], bill, Act.ARRIVE, ticket=ticket)
        yield self._later(0.2, 8)
        if self._happens(self.rates.refused):
            yield from self._part(login, way, bill, leg)
        elif self._happens(self.rates.differs):
            yield from self._differ(login, way, bill)
        else:
            play.act(operator, bill, Act.ACCEPT)
        self._perhaps_treat(way[1])

    def _part(self, login: str, way: tuple[str, str], bill: Waybill, leg: LegRequest) -> Life:
        """A part is refused, and goes home."""
        play, actors = self.play, self.cast.actors
        operator = actors[self.cast.operators[way[1]]]
        said = []
        for line in bill.state.lines:
            came = line.received_g or line.travelling_g
            refused = came * self.chance.randint(1, 10) // 10
            said.append(LineReport(line.number, received_g=came, accepted_g=came - refused,
                                   refused_g=refused, reason="packaging"))  # fmt: skip
        play.act(operator, bill, Act.ACCEPT, said)
        if self._happens(self.rates.left):
            return
        yield self._later(2, 40)
        play.act(operator, bill, Act.RETURN)
        yield self._later(1, 8)
        play.act(actors[login], bill, Act.RECEIVE_BACK)

    def _differ(self, login: str, way: tuple[str, str], bill: Waybill) -> Life:
        """Much less came than was loaded: both sides say what they make of it."""
        play, actors = self.play, self.cast.actors
        operator = actors[self.cast.operators[way[1]]]
        said = []
        for line in bill.state.lines:
            came = line.travelling_g * self.chance.randint(800, 930) // 1000
            said.append(LineReport(line.number, received_g=came, accepted_g=came))
        play.act(operator, bill, Act.ACCEPT, said)
        if bill.state.settled:
            return
        yield self._later(4, 60)
        play.act(actors[login], bill, Act.OPINION)
        yield self._later(4, 60)
        play.act(operator, bill, Act.OPINION)

    def _perhaps_treat(self, site: str) -> None:
        """A plant that has enough treats it in the hours that follow."""
        if site == STATION:
            return
        self._came[site] = self._came.get(site, 0) + 1
        if self._came[site] >= self.chance.randint(5, 10):
            self._came[site] = 0
            self.due.append(self._treat(site))

    def _treat(self, site: str) -> Life:
        yield self._later(1, 6)
        books, place = self.play.books, self.play.place(site)
        stock: dict[str, list[tuple[int, int]]] = {}
        for code, operation in TREATED[site]:
            found = islice(books.open_lots(place.id, code), MOST_IN_BATCH)
            free = [(lot.id, lot.grams - lot.held_g) for lot in found if lot.grams > lot.held_g]
            stock.setdefault(operation, []).extend(free)
        for operation, lots in stock.items():
            inputs = lots[:MOST_IN_BATCH]
            if not inputs:
                continue
            weight = sum(grams for _, grams in inputs)
            outputs = [
                Output(out.kind, weight * share // 1000, out.stream, out.waste_code, out.name)
                for share, out in YIELDS[operation]
                if weight * share // 1000
            ]
            additives = [("石灰", weight // 50)] if operation == "D10" and weight >= 50 else []
            operator = self.cast.actors[self.cast.operators[site]]
            self.play.treat(operator, site, operation, inputs, outputs=outputs, additives=additives)

    def _happens(self, rate: float) -> bool:
        return self.chance.random() < rate

    def _lorry(self, stream: str, beside: str = "") -> LegRequest:
        fits = [
            leg
            for leg in self.cast.fleet[stream]
            if leg.carrier != beside and leg.vehicle not in self._missing
        ]
        return self.chance.choice(fits)

    def _may_go_missing(self, stream: str, gone: LegRequest) -> bool:
        """Half of a carrier's lorries of each stream go on, whatever happens."""
        ours = [leg.vehicle for leg in self.cast.fleet[stream] if leg.carrier == gone.carrier]
        return 2 * len(self._missing.intersection(ours)) < len(ours)

    def _span(self, least_h: float, most_h: float) -> timedelta:
        return timedelta(seconds=self.chance.randint(int(least_h * 3600), int(most_h * 3600)))

    def _later(self, least_h: float, most_h: float) -> datetime:
        return self.play.now + self._span(least_h, most_h)


def _line(kind: Kind, mass: int, draws: tuple[tuple[int, int], ...], *, to: str) -> LineRequest:
    return LineRequest(
        waste_code=kind.code,
        mass_g=mass,
        basis="scale",
        packages=-(-mass // kind.package_g) if kind.package_g else 0,
        packaging="吨袋" if kind.package_g else "",
        operation="S1" if to == STATION else kind.operation,
        draws=draws,
    )


def _rounded(grams: int) -> int:
    """As a scale of a hundred grams shows it."""
    return max(100, grams // 100 * 100)
