"""What was weighed in a month: loads between sites, what plants put into batches and took out of them.

Sums grouped by the database, each with the squares that its variance is made of; a city-year of a
million manifests becomes a few thousand rows a month."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, Float, and_, case, cast, func, select, union_all
from sqlmodel import Session

from zerowaste.models.conditions import REMARKABLE_EVENT, RETURNED_HOLDING
from zerowaste.models.tables import EVENT, FLOW, HOLDING, LINE, MANIFEST, SITE, TREATMENT
from zerowaste.rules.precision import MILLION, Spread, precision
from zerowaste.services.reporting.indicator_rows import Window
from zerowaste.vocabulary import NEVER_LEFT, Basis, HoldingKind, SiteKind, Source


@dataclass(frozen=True, order=True, slots=True)
class Weighed:
    """A sum of weighings: grams, and the variance of the sum, g²."""

    grams: int
    variance: float

    def __add__(self, other: object) -> "Weighed":
        """Both together; their errors are independent."""
        if not isinstance(other, Weighed):
            return NotImplemented
        return Weighed(self.grams + other.grams, self.variance + other.variance)


class Load(NamedTuple):
    """Everything decided that went from one site to another: `declared`, `loaded` and `received` are of
    the same loads. `refused_g`: what of it was turned away."""

    origin: int
    target: int
    stream: str
    code: str
    loads: int
    declared: Weighed
    loaded: Weighed
    received: Weighed
    refused_g: int


class Fed(NamedTuple):
    """What a plant fed into batches; `loads`: how many weighings."""

    site: int
    stream: str
    code: str
    loads: int
    grams: int
    squares: float


class Output(NamedTuple):
    """What came out of a plant's batches: `part` is product, residue or fate."""

    site: int
    part: str
    stream: str
    code: str
    loads: int
    grams: int
    squares: float


class Added(NamedTuple):
    """What plants put into batches that is no waste, and what their books had to explain as a gain:
    in a batch (no code), or in a lot."""

    site: int
    source: str
    stream: str
    code: str
    grams: int
    squares: float


def loads(session: Session, window: Window) -> tuple[list[Load], int]:
    """(the loads of manifests filed in the month whose gate has decided, how many others there are)."""
    waste = func.coalesce(LINE.c.found_code, LINE.c.waste_code)
    decided = and_(LINE.c.loaded_g.is_not(None), LINE.c.received_g.is_not(None))
    received = func.coalesce(LINE.c.received_basis, LINE.c.basis)
    rows = session.execute(
        select(
            MANIFEST.c.consignor_id, MANIFEST.c.consignee_id, MANIFEST.c.stream, waste, decided,
            func.count(), *_weighing(LINE.c.declared_g, _told("declared", LINE.c.basis)),
            *_weighing(LINE.c.loaded_g, _by_basis(LINE.c.basis)),
            *_weighing(LINE.c.received_g, _by_basis(received)), func.sum(LINE.c.refused_g),
        )
        .join(LINE, LINE.c.manifest_id == MANIFEST.c.id)
        .where(
            MANIFEST.c.filed_at >= window.begins, MANIFEST.c.filed_at < window.ends,
            MANIFEST.c.status.not_in(NEVER_LEFT), MANIFEST.c.consignee_id.is_not(None),
        )
        .group_by(MANIFEST.c.consignor_id, MANIFEST.c.consignee_id, MANIFEST.c.stream, waste, decided)
    )  # fmt: skip
    found, others = [], 0
    for origin, target, stream, code, whole, count, *sums, refused in map(tuple, rows):
        if not whole:
            others += count
            continue
        declared, loaded, received_g = (_weighed(count, *sums[at : at + 3]) for at in (0, 3, 6))
        turned_away = int(refused or 0)
        found.append(Load(origin, target, stream, code, count, declared, loaded, received_g, turned_away))
    return found, others


def _by_basis(basis: Any) -> Mapping[str, ColumnElement[Any]]:
    """`each` and `bias` as the settings give them for a column's basis, as numbers of one."""
    known = precision().basis
    return {
        name: case(
            *((basis == word, getattr(known[word], name) / MILLION) for word in Basis),
            else_=getattr(known[Basis.ESTIMATE], name) / MILLION,
        )
        for name in ("each", "bias")
    }


def _told(name: str, basis: Any) -> Mapping[str, ColumnElement[Any]]:
    """What is only told is known no better than that, whatever it was found by."""
    told = precision().told[name]
    least = Spread(each=told.each, bias=told.bias)
    known = {word: precision().basis[word] for word in Basis}
    return {
        part: case(
            *(
                (basis == word, max(getattr(known[word], part), getattr(least, part)) / MILLION)
                for word in Basis
            ),
            else_=getattr(known[Basis.ESTIMATE], part) / MILLION,
        )
        for part in ("each", "bias")
    }


def _weighing(grams: Any, spread: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """Sum, sum of the squares of each one's deviation, sum of what they may have in common."""
    real = cast(grams, Float)
    return [
        func.sum(grams),
        func.sum(real * real * spread["each"] * spread["each"]),
        func.sum(real * spread["bias"]),
    ]


def _weighed(count: int, grams: Any, squares: Any, bias: Any) -> Weighed:
    least = count * precision().least_g ** 2
    return Weighed(int(grams), float(squares) + float(bias) ** 2 + least)


def put_in(session: Session, window: Window) -> tuple[list[Fed], list[Added]]:
    """What batches of the month took from lots; and what came into them from nowhere: additives, gains."""
    rows = session.execute(
        select(
            TREATMENT.c.site_id, FLOW.c.source, HOLDING.c.stream, HOLDING.c.waste_code, func.count(),
            func.sum(FLOW.c.grams), _squares(),
        )
        .select_from(TREATMENT)
        .join(FLOW, FLOW.c.to_id == TREATMENT.c.batch_id)
        .outerjoin(HOLDING, HOLDING.c.id == FLOW.c.from_id)
        .where(TREATMENT.c.at >= window.begins, TREATMENT.c.at < window.ends)
        .group_by(TREATMENT.c.site_id, FLOW.c.source, HOLDING.c.stream, HOLDING.c.waste_code)
    )  # fmt: skip
    fed, added = [], []
    for site, source, stream, code, count, grams, squares in rows:
        if source:
            added.append(Added(site, source, "", "", int(grams), float(squares)))
        else:
            fed.append(Fed(site, stream, code, count, int(grams), float(squares)))
    return fed, added


def outputs(session: Session, window: Window) -> list[Output]:
    """What came out of the batches of the month, up to now."""
    rows = session.execute(
        select(
            TREATMENT.c.site_id, HOLDING.c.part, HOLDING.c.stream, HOLDING.c.waste_code, func.count(),
            func.sum(FLOW.c.grams), _squares(),
        )
        .select_from(TREATMENT)
        .join(FLOW, FLOW.c.from_id == TREATMENT.c.batch_id)
        .join(HOLDING, HOLDING.c.id == FLOW.c.to_id)
        .where(TREATMENT.c.at >= window.begins, TREATMENT.c.at < window.ends)
        .group_by(TREATMENT.c.site_id, HOLDING.c.part, HOLDING.c.stream, HOLDING.c.waste_code)
    )  # fmt: skip
    return [
        Output(site, part, stream, code, count, int(grams), float(squares))
        for site, part, stream, code, count, grams, squares in rows
    ]


def gained(session: Session, window: Window) -> list[Added]:
    """Gains of the month in lots on receivers' sites."""
    found = _lots_gained(window).subquery().c
    keys = (found.site_id, found.stream, found.waste_code)
    rows = session.execute(select(*keys, func.sum(found.grams), _squares(found.grams)).group_by(*keys))
    return [
        Added(site, Source.GAIN, stream, code, int(grams), float(squares))
        for site, stream, code, grams, squares in rows
    ]


def _lots_gained(window: Window) -> CompoundSelect[Any]:
    """Gains of lots on receivers' sites, one by one. Nearly every gain there is is a gate's; a lot has one
    where more came home than was sent back, else where an act took more than was left, and then something
    was found at it: each way has an index, gains as such need none."""
    here = HOLDING.c.site_id.in_(select(SITE.c.id).where(SITE.c.kind != SiteKind.PRODUCER))
    within = and_(EVENT.c.at >= window.begins, EVENT.c.at < window.ends)
    gains = (
        select(HOLDING.c.site_id, HOLDING.c.stream, HOLDING.c.waste_code, FLOW.c.grams)
        .select_from(FLOW)
        .join(HOLDING, HOLDING.c.id == FLOW.c.to_id)
        .where(FLOW.c.source == Source.GAIN, HOLDING.c.kind == HoldingKind.LOT, here)
    )
    # Named by lists: SQLite would begin with every flow there is.
    came_home = select(HOLDING.c.id).where(RETURNED_HOLDING, here).correlate(None)
    remarked = select(EVENT.c.id).where(REMARKABLE_EVENT, within)
    return union_all(
        gains.join(EVENT, EVENT.c.id == FLOW.c.event_id).where(FLOW.c.to_id.in_(came_home), within),
        gains.where(FLOW.c.event_id.in_(remarked), HOLDING.c.part != "returned"),
    )


def _squares(grams: ColumnElement[Any] = FLOW.c.grams) -> ColumnElement[Any]:
    real = cast(grams, Float)
    return func.sum(real * real)
