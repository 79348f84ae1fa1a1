"""The whole city in columns: every holding and every flow, read once, for the audits.

Four million holdings and five million flows are some 200 MB. What audits need to know in words (who,
which code, until when) is read only for what is open or differs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from sqlmodel import Session

from zerowaste.clock import local_day
from zerowaste.graph.city_rows import (
    Allowance,
    Difference,
    SitePlace,
    Standing,
    differences,
    pickups,
    site_places,
    standing,
)
from zerowaste.graph.columns import Integers, integer_columns
from zerowaste.rules.law import Law
from zerowaste.rules.streams import Stream, Streams
from zerowaste.vocabulary import HoldingKind, SiteKind

Positions = npt.NDArray[np.int32]
NOWHERE = -1
_SPARSE = 16  # ids this much thinner than a full table are looked up by search


@dataclass(frozen=True, slots=True)
class City:
    """All holdings (by rising id) and flows of a city as they stood at `now`.

    `ids`, `grams` (balances), `site` (its id, 0: on the road), `residue` (a lot that a treatment
    left): one entry a holding. `origin` and `target` (positions in `ids`, NOWHERE: no holding),
    `moved` (grams, corrections negative): one entry a flow. `standing`: what is open. `differences`:
    lines whose mass changed on the way by more than their stream lets pass. `pickups`: (site, stream) →
    the last one in the past month, of sites where waste waits that must be fetched regularly."""

    now: datetime
    law: Law
    ids: Integers
    grams: Integers
    site: Positions
    residue: npt.NDArray[np.bool_]
    origin: Positions
    target: Positions
    moved: Integers
    sites: Mapping[int, SitePlace] = field(default_factory=dict)
    standing: Sequence[Standing] = ()
    differences: Sequence[Difference] = ()
    pickups: Mapping[tuple[int, str], datetime] = field(default_factory=dict)

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


def read_city(session: Session, law: Law, *, now: datetime) -> City:
    """Reads everything. Use one session that sees one moment (on PostgreSQL: REPEATABLE READ)."""
    ids, grams, place = _holdings(session)
    origin, target, moved = _flows(session, ids)
    sites, still_open = site_places(session, now), standing(session)
    visited = {stream.code for stream in law.streams if stream.clocks.collect_every}
    waiting = waiting_at_producers(still_open, sites)
    allowances = [
        Allowance(stream.code, stream.edition, stream.tolerance_ppm, stream.tolerance_min_g)
        for stream in law.streams
    ]
    return City(
        now=now,
        law=law,
        ids=ids,
        grams=grams,
        site=(place >> 1).astype(np.int32),
        residue=(place & 1).astype(np.bool_),
        origin=origin,
        target=target,
        moved=moved,
        sites=sites,
        standing=still_open,
        differences=differences(session, allowances),
        pickups=pickups(session, {site for site, code in waiting if code in visited}, now),
    )


def _holdings(session: Session) -> tuple[Integers, Integers, Integers]:
    columns = ("id", "grams", "coalesce(site_id, 0) * 2 + CASE part WHEN 'residue' THEN 1 ELSE 0 END")
    parts = list(integer_columns(session, "holding", columns))
    table = np.concatenate(parts) if parts else np.empty((0, 3), np.int64)
    parts.clear()
    if (table[1:, 0] < table[:-1, 0]).any():
        table = table[np.argsort(table[:, 0], kind="stable")]
    return table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy()


def _flows(session: Session, ids: Integers) -> tuple[Positions, Positions, Integers]:
    """Each range is turned into positions at once, so that the wide form never stands whole."""
    position = _position_of(ids)
    origins, targets, grams = [], [], []
    for rows in integer_columns(session, "flow", ("coalesce(from_id, 0)", "to_id", "grams")):
        origins.append(position(rows[:, 0]))
        targets.append(position(rows[:, 1]))
        grams.append(rows[:, 2].copy())
    if not grams:
        return np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int64)
    return np.concatenate(origins), np.concatenate(targets), np.concatenate(grams)


def _position_of(ids: Integers) -> Callable[[Integers], Positions]:
    """From ids to positions in the sorted `ids`; NOWHERE for 0 and for what is not there."""
    last = int(ids[-1]) if len(ids) else 0
    if last <= _SPARSE * len(ids):
        table = np.full(last + 1, NOWHERE, np.int32)
        table[ids] = np.arange(len(ids), dtype=np.int32)

        def look_up(wanted: Integers) -> Positions:
            return np.where(wanted <= last, table[np.minimum(wanted, last)], NOWHERE)

        return look_up

    def search(wanted: Integers) -> Positions:
        found = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
        return np.where(ids[found] == wanted, found, NOWHERE).astype(np.int32)

    return search


def conservation(city: City) -> Integers:
    """For every holding: what came in − what went out − its balance. 0 everywhere, or the ledger is
    broken. Exact while no holding has seen more than 2^53 g (nine thousand million tonnes)."""
    count, moved = len(city.ids), city.moved.astype(np.float64)
    into, out = city.target != NOWHERE, city.origin != NOWHERE
    came = np.bincount(city.target[into], moved[into], count)
    went = np.bincount(city.origin[out], moved[out], count)
    return (came - went).astype(np.int64) - city.grams


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
    count = int(city.site.max(initial=0)) + 1
    place = np.append(city.site, 0)  # NOWHERE is the last place: none
    origin, target = place[city.origin], place[city.target]
    moved = np.where(origin != target, city.moved, 0).astype(np.float64)
    came = np.bincount(target, moved, count).astype(np.int64)
    went = np.bincount(origin, moved, count).astype(np.int64)
    closing = np.bincount(city.site, city.grams.astype(np.float64), count).astype(np.int64)
    seen = np.nonzero(came | went | closing)[0]
    return [
        SiteBalance(int(site), int(came[site]), int(went[site]), int(closing[site])) for site in seen if site
    ]
