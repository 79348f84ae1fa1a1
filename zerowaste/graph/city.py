"""The whole city in columns: every holding and every flow, read once, for the audits.

Four million holdings and five million flows are some 200 MB. What audits need to know in words (who,
which code, until when) is read only for what is open or differs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

import numpy as np
import numpy.typing as npt

from zerowaste.clock import local_day
from zerowaste.graph.city_rows import Difference, SitePlace, Standing
from zerowaste.graph.columns import Integers
from zerowaste.graph.journeys import Leap
from zerowaste.graph.overdrawn import Overdrawn
from zerowaste.graph.packages import Astray
from zerowaste.graph.remarks import Remark
from zerowaste.graph.touched import Haul, Lane
from zerowaste.graph.tours import Tour
from zerowaste.graph.traffic import Month, Ways, Weighed
from zerowaste.graph.yields import OddYield
from zerowaste.rules.law import Law
from zerowaste.rules.streams import Stream, Streams
from zerowaste.vocabulary import HoldingKind, SiteKind


class Unproved(NamedTuple):
    """A fault in a chain of events, or between the events and the tables. `code`: as in errors.toml."""

    subject: str
    key: str
    name: str
    code: str
    events: tuple[UUID, ...] = ()
    lines: tuple[tuple[UUID, int], ...] = ()


Positions = npt.NDArray[np.int32]
NOWHERE = -1
AT_ONCE = 500_000


def _no_integers() -> Integers:
    return np.empty(0, np.int64)


def _no_positions() -> Positions:
    return np.empty(0, np.int32)


def _no_flags() -> npt.NDArray[np.bool_]:
    return np.empty(0, np.bool_)


@dataclass(frozen=True, slots=True)
class City:
    """All holdings and flows (in no order) of a city as they stood at `now`.

    `ids`, `grams` (balances), `site` (its id, 0: on the road), `residue` (a lot that a treatment
    left): one entry a holding. `origin` and `target` (positions in `ids`, NOWHERE: no holding),
    `moved` (grams, corrections negative): one entry a flow. `standing`: what is open. `differences`:
    lines whose mass changed on the way by more than their stream lets pass. `pickups`: (site, stream) →
    the last one in the past month, of sites where waste waits that must be fetched regularly. `months` (but
    the present one), `weighed` and `ways`: what carriers and others did, month by month. `remarks`, `astray`,
    `overdrawn`, `leaps`, `tours`, `odd_yields` and `unproved`: what their own modules say, the suspects only.

    A city may hold only what is touched: then the arrays know some holdings and all that flowed into and
    out of these, `books` the sites that may be in doubt, and of `months` those `judged` are judged."""

    now: datetime
    law: Law
    ids: Integers = field(default_factory=_no_integers)
    grams: Integers = field(default_factory=_no_integers)
    site: Positions = field(default_factory=_no_positions)
    residue: npt.NDArray[np.bool_] = field(default_factory=_no_flags)
    origin: Positions = field(default_factory=_no_positions)
    target: Positions = field(default_factory=_no_positions)
    moved: Integers = field(default_factory=_no_integers)
    sites: Mapping[int, SitePlace] = field(default_factory=dict)
    standing: Sequence[Standing] = ()
    differences: Sequence[Difference] = ()
    pickups: Mapping[tuple[int, str], datetime] = field(default_factory=dict)
    remarks: Sequence[Remark] = ()
    astray: Sequence[Astray] = ()
    overdrawn: Sequence[Overdrawn] = ()
    leaps: Sequence[Leap] = ()
    tours: Sequence[Tour] = ()
    odd_yields: Sequence[OddYield] = ()
    months: Mapping[date, Month] = field(default_factory=dict)
    weighed: Mapping[Haul, Sequence[Weighed]] = field(default_factory=dict)
    ways: Mapping[Lane, Ways] = field(default_factory=dict)
    unproved: Sequence[Unproved] = ()
    books: Sequence["SiteBalance"] | None = None
    judged: frozenset[date] | None = None

    def judged_months(self) -> list[Month]:
        """The months to be judged, in order."""
        return [
            self.months[first] for first in sorted(self.months) if self.judged is None or first in self.judged
        ]

    def stream(self, code: str, at: datetime) -> Stream:
        """The stream's edition of that day (of waste older than the stream itself: the newest)."""
        return _edition(self.law.streams, code, local_day(at))

    def waiting(self) -> dict[tuple[int, str], list[Standing]]:
        """(site, stream) → the lots that wait at a producer's, oldest id first."""
        return waiting_at_producers(self.standing, self.sites)


@lru_cache(maxsize=4_096)
def _edition(streams: Streams, code: str, day: date) -> Stream:
    known = any(stream.code == code for stream in streams.current(day))
    return streams.get(code, on=day if known else None)


def waiting_at_producers(
    standing: Iterable[Standing], sites: Mapping[int, SitePlace]
) -> dict[tuple[int, str], list[Standing]]:
    """(site, stream) → open lots on producers' sites, in the order given."""
    found: dict[tuple[int, str], list[Standing]] = {}
    for holding in standing:
        if holding.site is None or holding.kind is not HoldingKind.LOT:
            continue
        if sites[holding.site].kind is SiteKind.PRODUCER:
            found.setdefault((holding.site, holding.stream), []).append(holding)
    return found


def conservation(city: City) -> Integers:
    """For every holding: what came in − what went out − its balance. 0 everywhere, or the ledger is
    broken."""
    missing = np.zeros(len(city.grams) + 1, np.int64)  # NOWHERE is the last place: none
    np.negative(city.grams, out=missing[:-1])
    for some in _slices(len(city.moved)):
        np.add.at(missing, city.target[some], city.moved[some])
        np.subtract.at(missing, city.origin[some], city.moved[some])
    return missing[:-1]


def _slices(length: int) -> Iterator[slice]:
    """A long column piece by piece: what is made of it on the way stays small."""
    return (slice(start, start + AT_ONCE) for start in range(0, length, AT_ONCE))


@dataclass(frozen=True, slots=True)
class SiteBalance:
    """One site's ledger since its first day, net grams: `opening + came − went = closing`, or not."""

    site: int
    came_g: int
    went_g: int
    closing_g: int
    opening_g: int = 0

    @property
    def missing_g(self) -> int:
        return self.opening_g + self.came_g - self.went_g - self.closing_g


def site_balances(city: City) -> list[SiteBalance]:
    """The balance of every site that has seen waste. What moves within a site is neither in nor out;
    ends (fates, variances) are part of the site's closing."""
    came, went, closing = np.zeros((3, int(city.site.max(initial=0)) + 1), np.int64)
    place = np.append(city.site, 0)  # NOWHERE is the last place: none
    for some in _slices(len(city.moved)):
        origin, target = place[city.origin[some]], place[city.target[some]]
        moved = np.where(origin != target, city.moved[some], 0)
        np.add.at(came, target, moved)
        np.add.at(went, origin, moved)
    for some in _slices(len(city.grams)):
        np.add.at(closing, city.site[some], city.grams[some])
    seen = np.nonzero(came | went | closing)[0]
    return [
        SiteBalance(int(site), int(came[site]), int(went[site]), int(closing[site])) for site in seen if site
    ]
