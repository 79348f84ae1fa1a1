"""A part of bulk history that nothing joins to the others: its streams, told from what is known at first."""

import heapq
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from zerowaste.rules.law import Law
from zerowaste.services.booking.ledger import Chain
from zerowaste.services.simulation.books import MemoryBooks
from zerowaste.services.simulation.city import SHARES, Cast
from zerowaste.services.simulation.lives import Life, Lives, Rates
from zerowaste.services.simulation.play import Heard, Play
from zerowaste.services.simulation.register import Known, MemoryRegister
from zerowaste.services.simulation.rows import Rows, Sheaf

# Streams that have no yard, lorry, lot, quota or number series in common with the other part's. Hazardous
# and medical waste have: one series of numbers, and the ash of one furnace. Each part is half the work.
STREAMS_APART = (("hazardous", "medical"), ("construction", "kitchen"))


@dataclass(frozen=True, slots=True)
class Plan:
    """How much history, from when until when. The same seed and span give the same rows."""

    manifests: int
    seed: int
    begin: datetime
    end: datetime


class Part(NamedTuple):
    """Streams with so many manifests. Of every hundred ids the part has its own `share`, after those
    `before`, so that each row's id is the same whoever tells the other parts, and when."""

    streams: tuple[str, ...]
    manifests: int
    before: int
    share: int

    def number(self, nth: int) -> int:
        """The id of the nth row (from 1) of a table. They only grow: a holding takes from older ones."""
        hundreds, place = divmod(nth - 1, self.share)
        return hundreds * sum(SHARES.values()) + self.before + place + 1


def parts_of(manifests: int) -> list[Part]:
    """The parts of a history of so many manifests."""
    parts, before = [], 0
    for streams in STREAMS_APART:
        share = sum(SHARES[stream] for stream in streams)
        first, last = (manifests * edge // sum(SHARES.values()) for edge in (before, before + share))
        parts.append(Part(streams, last - first, before, share))
        before += share
    return parts


@dataclass(frozen=True, slots=True)
class Setting:
    """What every part is told from. `chains`: those of the sites, by code; `dialect`: whose rows to make."""

    law: Law
    plan: Plan
    rates: Rates
    cast: Cast
    known: Known
    chains: Mapping[str, Chain]
    dialect: str


class Closing(NamedTuple):
    """Where a part leaves what is counted: rows of changes to sites and quotas, the serial last given of
    each series, and the id last given in each table."""

    sites: list[dict[str, Any]]
    quotas: list[dict[str, Any]]
    serials: dict[str, int]
    last: dict[str, int]


class Batch(NamedTuple):
    """Rows to write, and how many manifests began meanwhile; `closing` with the last one."""

    begun: int
    rows: Rows
    closing: Closing | None = None


class Telling:
    """One part being told. It asks no stored table. `heard`: takes down every act."""

    def __init__(self, setting: Setting, part: Part, heard: list[Heard] | None = None) -> None:
        plan = setting.plan
        self.part, self.plan, self.chains = part, plan, setting.chains
        self.sheaf = Sheaf(setting.dialect, part.number)
        self.register = MemoryRegister(setting.known, self.sheaf, part.number)
        self.books = MemoryBooks(self.register, self.sheaf, setting.chains, part.number)
        chance = random.Random(f"{plan.seed} {part.streams}")  # noqa: S311 - a story, not a secret
        self.play = Play(setting.law, self.books, chance, plan.begin, heard)
        self.lives = Lives(self.play, setting.cast, part.streams, setting.rates)
        self._waiting: list[tuple[datetime, int, Life]] = []
        self._order = 0

    def tell(self) -> Iterator[Batch]:
        """The whole part, batch by batch."""
        told = 0
        for begun, moment in enumerate(self._moments(), start=1):
            self._go_on(moment)
            self.play.now = moment
            self._begin(self.lives.next_life())
            if self.sheaf.full:
                yield Batch(begun - told, self.sheaf.take())
                told = begun
        self._go_on(self.plan.end)
        self.books.close_all()
        yield Batch(self.part.manifests - told, self.sheaf.take(), self._closing())

    def _moments(self) -> Iterator[datetime]:
        """When each manifest begins."""
        span: timedelta = self.plan.end - self.plan.begin
        for nth in range(self.part.manifests):
            yield self.plan.begin + span * nth / self.part.manifests

    def _go_on(self, until: datetime) -> None:
        """Every act up to a moment, in order, and the lives they bring about."""
        while self._waiting and self._waiting[0][0] <= until:
            self.play.now, _, life = heapq.heappop(self._waiting)
            self._begin(life)

    def _begin(self, life: Life) -> None:
        lives = [life]
        while lives:
            current = lives.pop()
            moment = next(current, None)
            if moment is not None:
                self._order += 1
                heapq.heappush(self._waiting, (moment, self._order, current))
            lives += self.lives.due
            self.lives.due = []

    def _closing(self) -> Closing:
        numbered = {**self.sheaf.counts, "holding": self.books.opened}
        return Closing(
            [
                {"b_code": code, "events": chain.events, "head": chain.head}
                for code, chain in self.books.sites.items()
                if chain != self.chains[code]
            ],
            [
                {"b_id": counter.id, "reserved_g": counter.reserved, "used_g": counter.used}
                for counter in self.register.by_id.values()
            ],
            self.books.serials,
            {"quota": self.register.last}
            | {table: self.part.number(count) for table, count in numbered.items() if count},
        )
