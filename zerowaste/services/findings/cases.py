"""Where a finding is: its place, waste and paper, since when, and in which streets its ends lie."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session

from zerowaste.audits import Finding
from zerowaste.graph.touched import in_parts
from zerowaste.models.tables import EVENT, HOLDING, LINE, MANIFEST, SITE
from zerowaste.services.findings.loads_behind import with_loads
from zerowaste.vocabulary import HoldingKind

_AT_ONCE = 5_000
CITY_DIGITS = 4
_CONSIGNOR, _CONSIGNEE = SITE.alias("consignor"), SITE.alias("consignee")
_LYING = select(
    HOLDING.c.id, HOLDING.c.stream, HOLDING.c.waste_code, HOLDING.c.treatment_id, SITE.c.code,
    SITE.c.street, MANIFEST.c.id.label("manifest"), MANIFEST.c.number,
    _CONSIGNOR.c.street.label("from_street"), _CONSIGNEE.c.street.label("to_street"),
).select_from(
    HOLDING.outerjoin(SITE, SITE.c.id == HOLDING.c.site_id)
    .outerjoin(MANIFEST, MANIFEST.c.id == HOLDING.c.manifest_id)
    .outerjoin(_CONSIGNOR, _CONSIGNOR.c.id == MANIFEST.c.consignor_id)
    .outerjoin(_CONSIGNEE, _CONSIGNEE.c.id == MANIFEST.c.consignee_id)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """A finding and what it is about. `place`: a site's code ("" on the road); `manifest`: the number (or
    id) of its paper, `treatment` its batch's id, "" where it has none; `since`: when what it is about
    began; `streets`: codes of its ends, at least the city's."""

    finding: Finding
    place: str = ""
    stream: str = ""
    waste_code: str = ""
    manifest: str = ""
    treatment: str = ""
    since: datetime | None = None
    streets: tuple[str, ...] = ()


class _About(NamedTuple):
    """What one holding, line or site tells of a finding."""

    place: str
    stream: str
    waste_code: str
    manifest: str
    treatment: str
    streets: tuple[str, ...]
    grams: int = 0


def cases_of(session: Session, found: Sequence[Finding]) -> list[Case]:
    """The findings with their whereabouts, in the same order."""
    about: dict[Any, _About] = {}
    about |= _lines(session, {each for finding in found for each in finding.lines[:1]})
    about |= _holdings(session, {each for finding in found for each in finding.holdings[:1]})
    about |= _batches(session, {finding.anchor for finding in found})
    sites = _sites(session, {code for finding in found if (code := _site_of(finding))})
    alone = [finding for finding in found if finding.since is None and finding.loads is None]
    bare = {event for finding in alone for event in finding.events}
    began, city = _began(session, bare), (_city(session),)
    return [_case(finding, about, sites, began, city) for finding in with_loads(session, found)]


def _case(
    finding: Finding,
    about: Mapping[Any, _About],
    sites: Mapping[str, str],
    began: Mapping[UUID, datetime],
    city: tuple[str, ...],
) -> Case:
    since = finding.since or min((began[event] for event in finding.events if event in began), default=None)
    if code := _site_of(finding):
        kind, _, batch = finding.subject.partition(":")
        stream = finding.detail.partition(" ")[0] if kind == "site" else ""
        street = sites.get(code) or city[0]
        return Case(finding, code, stream, treatment=batch if kind == "treatment" else "", since=since,
                    streets=(street,))  # fmt: skip
    told = (*finding.lines, *finding.holdings, finding.anchor)
    first = next((about[each] for each in told if each in about), None)
    if first is None:
        return Case(finding, since=since, streets=city)
    if not finding.grams:
        finding = replace(finding, grams=first.grams)
    return Case(
        finding, first.place, first.stream, first.waste_code, first.manifest, first.treatment, since,
        first.streets or city,
    )  # fmt: skip


def _site_of(finding: Finding) -> str:
    """The code of the site that a finding is about as a whole."""
    kind, _, code = finding.subject.partition(":")
    return code if kind == "site" else finding.place


def _holdings(session: Session, ids: Iterable[int]) -> dict[int, _About]:
    return {row.id: _lying(row) for row in _some(session, _LYING, HOLDING.c.id, ids)}


def _batches(session: Session, anchors: Iterable[str]) -> dict[str, _About]:
    """By the chain of their events, `treatment:ID`."""
    ids = [UUID(key) for kind, _, key in (each.partition(":") for each in anchors) if kind == "treatment"]
    batches = _LYING.where(HOLDING.c.kind == HoldingKind.BATCH)
    found = _some(session, batches, HOLDING.c.treatment_id, ids)
    return {f"treatment:{row.treatment_id}": _lying(row) for row in found}


def _lying(row: Any) -> _About:
    ends = (row.street,) if row.code else (row.from_street, row.to_street)
    return _About(
        row.code or "", row.stream, row.waste_code, str(row.number or row.manifest or ""),
        str(row.treatment_id or ""), tuple(end for end in ends if end),
    )  # fmt: skip


def _lines(session: Session, keys: Iterable[tuple[UUID, int]]) -> dict[tuple[UUID, int], _About]:
    """Where a line's mass differs is found out at the receiver's."""
    wanted = set(keys)
    columns = select(
        MANIFEST.c.id, MANIFEST.c.number, MANIFEST.c.stream, LINE.c.number.label("line"), LINE.c.waste_code,
        func.coalesce(LINE.c.loaded_g, LINE.c.declared_g).label("grams"),
        _CONSIGNEE.c.code, _CONSIGNOR.c.street.label("from_street"), _CONSIGNEE.c.street.label("to_street"),
    ).select_from(
        MANIFEST.join(LINE, LINE.c.manifest_id == MANIFEST.c.id)
        .join(_CONSIGNOR, _CONSIGNOR.c.id == MANIFEST.c.consignor_id)
        .outerjoin(_CONSIGNEE, _CONSIGNEE.c.id == MANIFEST.c.consignee_id)
    )  # fmt: skip
    rows = _some(session, columns, MANIFEST.c.id, {manifest for manifest, _ in wanted})
    return {
        (row.id, row.line): _About(
            row.code or "", row.stream, row.waste_code, str(row.number or row.id), "",
            tuple(street for street in (row.from_street, row.to_street) if street), row.grams,
        )
        for row in rows
        if (row.id, row.line) in wanted
    }  # fmt: skip


def _sites(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """Code → street."""
    rows = _some(session, select(SITE.c.code, SITE.c.street), SITE.c.code, codes)
    return {row.code: row.street for row in rows}


def _city(session: Session) -> str:
    """The code of the city most sites lie in: where a finding lies that has no other place."""
    code = func.substr(SITE.c.street, 1, CITY_DIGITS)
    most = select(code).where(~SITE.c.outside).group_by(code).order_by(func.count().desc(), code).limit(1)
    return session.execute(most).scalar_one_or_none() or ""


def _began(session: Session, events: Iterable[UUID]) -> dict[UUID, datetime]:
    rows = _some(session, select(EVENT.c.id, EVENT.c.at), EVENT.c.id, events)
    return {row.id: row.at for row in rows}


def _some(session: Session, columns: Any, key: ColumnElement[Any], values: Iterable[Any]) -> Iterator[Any]:
    """The rows with these keys, a bounded number a statement."""
    for some in in_parts(values, _AT_ONCE):
        yield from session.execute(columns.where(key.in_(some)))
