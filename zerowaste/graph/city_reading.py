"""A city as audits see it, read from the tables: whole, or only what acts have touched."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy import func, or_, select
from sqlmodel import Session

from zerowaste.graph.city import (
    NOWHERE,
    City,
    Positions,
    SiteBalance,
    Unproved,
    conservation,
    waiting_at_producers,
)
from zerowaste.graph.city_rows import (
    Allowance,
    SitePlace,
    Standing,
    differences,
    pickups,
    site_places,
    standing,
)
from zerowaste.graph.columns import Column, Integers, Part, integer_columns, stacked, whole_table
from zerowaste.graph.journeys import Mover, leaps
from zerowaste.graph.moment import beside
from zerowaste.graph.overdrawn import overdrawn
from zerowaste.graph.packages import astray
from zerowaste.graph.remarks import remarks
from zerowaste.graph.sightings import days_too_fast
from zerowaste.graph.touched import Touched, in_parts, months_from, months_up_to
from zerowaste.graph.tours import tours
from zerowaste.graph.traffic import is_over, months, ways, weighed
from zerowaste.graph.yields import (
    MADE,
    MARKS,
    OTHER_RESIDUE,
    mark_of,
    mark_sql,
    odd_yields,
    suspects,
    treatments_of,
)
from zerowaste.models.tables import FLOW, HOLDING, SITE
from zerowaste.rules.law import Law

_SPARSE = 16  # ids this much thinner than a full table are looked up by search
HISTORY = 6  # months before a month that it is judged by


class Holdings(NamedTuple):
    """In no order: ids, sites (0: on the road), marks (see yields.py), balances in grams."""

    ids: Integers
    site: Positions
    marks: npt.NDArray[np.int8]
    grams: Integers


class Flows(NamedTuple):
    """Positions in the holdings' ids (NOWHERE: no holding), and grams."""

    origin: Positions
    target: Positions
    moved: Integers


def read_city(
    session: Session,
    law: Law,
    *,
    now: datetime,
    touched: Touched | None = None,
    in_doubt: Collection[int] = (),
    unproved: Collection[Unproved] = (),
) -> City:
    """Everything, or what is `touched`. Use one session that sees one moment (on PostgreSQL: REPEATABLE
    READ). `in_doubt`: sites whose books did not balance before; `unproved`: what proofs have found."""
    with beside(session, lambda other: _told(other, law, now, touched)) as told:
        holdings, flows = _ledger(session, touched)
        odd = () if touched else holdings.ids[suspects(holdings.marks, *flows)].tolist()
        city = told()
    city = replace(
        city,
        ids=holdings.ids,
        grams=holdings.grams,
        site=holdings.site,
        residue=(holdings.marks >= OTHER_RESIDUE) & (holdings.marks < MADE),
        origin=flows.origin,
        target=flows.target,
        moved=flows.moved,
        odd_yields=odd_yields(session, touched.treatments if touched else treatments_of(session, odd)),
        unproved=tuple(unproved),
    )
    return city if touched is None else _with_books(session, city, in_doubt)


def _told(session: Session, law: Law, now: datetime, touched: Touched | None) -> City:
    """The city without its ledger: what statements tell of it."""
    days = days_too_fast(session) if touched is None else touched.days
    sites = site_places(session, now)
    still_open = standing(session, sites, touched)
    manifests = None if touched is None else touched.manifests
    judged = None if touched is None else frozenset(_judged(touched.months, now))
    return City(
        now=now,
        law=law,
        sites=sites,
        standing=still_open,
        differences=differences(session, _allowances(law), manifests),
        pickups=pickups(session, _to_be_visited(law, still_open, sites), now),
        remarks=remarks(session, None if touched is None else touched.chains),
        astray=astray(session, manifests),
        overdrawn=overdrawn(session),
        leaps=[leap for mover in Mover for leap in leaps(session, mover, days)],
        tours=tours(session, touched.trips if touched else None),
        months=months(session, now=now, wanted=None if judged is None else _with_history(judged)),
        weighed=weighed(session, touched.hauls if touched else None),
        ways=ways(session, touched.lanes if touched else None),
        judged=judged,
    )


def _allowances(law: Law) -> list[Allowance]:
    return [
        Allowance(stream.code, stream.edition, stream.tolerance_ppm, stream.tolerance_min_g)
        for stream in law.streams
    ]


def _to_be_visited(law: Law, still_open: Iterable[Standing], sites: Mapping[int, SitePlace]) -> set[int]:
    """Producers where waste waits that must be fetched regularly."""
    visited = {stream.code for stream in law.streams if stream.clocks.collect_every}
    return {site for site, code in waiting_at_producers(still_open, sites) if code in visited}


def _judged(touched: Iterable[date], now: datetime) -> set[date]:
    """A month that changed, and those that are judged by it: only what is over is judged."""
    later = {month for each in touched for month in months_from(each, HISTORY, now)}
    return {month for month in later if is_over(month, now)}


def _with_history(judged: Iterable[date]) -> set[date]:
    """What must be read to judge these."""
    return {month for each in judged for month in months_up_to(each, HISTORY)}


def _with_books(session: Session, city: City, in_doubt: Collection[int]) -> City:
    """The books of the sites where something does not add up: a site's books lack what its holdings lack."""
    broken = {int(site) for site in city.site[np.nonzero(conservation(city))[0]]} - {0}
    return replace(city, books=site_books(session, broken.union(in_doubt)))


def site_books(session: Session, sites: Collection[int]) -> list[SiteBalance]:
    """The books of some sites, added up by the database: the same as `site_balances` of a whole city."""
    if not sites:
        return []
    origin, target = HOLDING.alias("origin"), HOLDING.alias("target")
    ends = FLOW.join(target, target.c.id == FLOW.c.to_id).outerjoin(origin, origin.c.id == FLOW.c.from_id)
    here, there = func.coalesce(target.c.site_id, 0), func.coalesce(origin.c.site_id, 0)
    moved = select(func.sum(FLOW.c.grams)).select_from(ends).where(here != there)
    stored = select(func.sum(HOLDING.c.grams)).select_from(HOLDING)
    came, went, closing = (
        {
            site: int(session.execute(statement.where(place == site)).scalar_one() or 0)
            for site in sorted(sites)
        }
        for statement, place in ((moved, target.c.site_id), (moved, there), (stored, HOLDING.c.site_id))
    )
    return [SiteBalance(site, came[site], went[site], closing[site]) for site in sorted(sites)]


def _ledger(session: Session, touched: Touched | None) -> tuple[Holdings, Flows]:
    if touched is None:
        holdings = _holdings(session)
        return holdings, _flows(session, holdings.ids)
    columns = (
        HOLDING.c.id, HOLDING.c.site_id, HOLDING.c.part, HOLDING.c.waste_code, HOLDING.c.operation,
        HOLDING.c.grams,
    )  # fmt: skip
    known = sorted(
        (row.id, row.site_id or 0, mark_of(row.part, row.waste_code, row.operation), row.grams)
        for some in in_parts(touched.holdings)
        for row in session.execute(select(*columns).where(HOLDING.c.id.in_(some)))
    )
    holdings = _held([np.array(known, np.int64).reshape(-1, 4).T])
    flows: set[Any] = set()
    for some in in_parts(touched.holdings):
        ends = or_(FLOW.c.from_id.in_(some), FLOW.c.to_id.in_(some))
        rows = session.execute(select(FLOW.c.id, FLOW.c.from_id, FLOW.c.to_id, FLOW.c.grams).where(ends))
        flows.update((row.id, row.from_id or 0, row.to_id, row.grams) for row in rows)
    moved = np.array(sorted(flows), np.int64).reshape(-1, 4)
    position = _position_of(holdings.ids)
    return holdings, Flows(position(moved[:, 1]), position(moved[:, 2]), moved[:, 3])


def _holdings(session: Session) -> Holdings:
    last, most = (
        session.execute(select(func.coalesce(func.max(each), 0))).scalar_one()
        for each in (HOLDING.c.id, SITE.c.id)
    )
    columns = (
        Column("id", last.bit_length()),
        Column("coalesce(site_id, 0)", most.bit_length()),
        Column(mark_sql(), (MARKS - 1).bit_length()),
        Column("grams"),
    )
    return _held(rows.T for rows in integer_columns(session, whole_table("holding"), columns))


def _held(parts: Iterable[Part]) -> Holdings:
    return Holdings(*stacked(parts, np.int64, np.int32, np.int8, np.int64))


def _flows(session: Session, ids: Integers) -> Flows:
    """All flows; each stretch is turned into positions at once."""
    position = _position_of(ids)
    width = int(ids.max(initial=0)).bit_length()
    columns = (Column("coalesce(from_id, 0)", width), Column("to_id", width), Column("grams"))
    stretches = integer_columns(session, whole_table("flow"), columns)
    parts = ((position(rows[:, 0]), position(rows[:, 1]), rows[:, 2]) for rows in stretches)
    return Flows(*stacked(parts, np.int32, np.int32, np.int64))


def _position_of(ids: Integers) -> Callable[[Integers], Positions]:
    """From ids to positions in `ids`; NOWHERE for 0 and for what is not there."""
    if not len(ids):
        return lambda wanted: np.full(len(wanted), NOWHERE, np.int32)
    last = int(ids.max())
    if last <= _SPARSE * len(ids):
        table = np.full(last + 2, NOWHERE, np.int32)
        table[ids] = np.arange(len(ids), dtype=np.int32)
        # What lies beyond is cut to the last place, which is nowhere: one pass.
        return lambda wanted: table.take(wanted, mode="clip")
    order = np.argsort(ids).astype(np.int32)
    sorted_ids = ids[order]

    def search(wanted: Integers) -> Positions:
        found = np.minimum(np.searchsorted(sorted_ids, wanted), len(ids) - 1)
        return np.where(sorted_ids[found] == wanted, order[found], NOWHERE).astype(np.int32)

    return search
