"""Findings as overseers read them: what the audits found, where, since when, and on whose paper.

A finding belongs to every region that one of its ends lies in."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlmodel import Session

from zerowaste.audits import Finding, Severity
from zerowaste.models.tables import EVENT, HOLDING, LINE, MANIFEST, SITE
from zerowaste.rules.access import Actor
from zerowaste.rules.law import Law
from zerowaste.services.audit import run_audits, urgency
from zerowaste.vocabulary import Role

_AT_ONCE = 5_000
_CONSIGNOR, _CONSIGNEE = SITE.alias("consignor"), SITE.alias("consignee")
Urgency = tuple[int, str, str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """A finding and what it is about. `place`: a site's code ("" on the road); `manifest`: the number (or
    id) of its paper, `treatment` its batch's id, "" where it has none; `since`: when what it is about
    began; `streets`: codes of its ends."""

    finding: Finding
    place: str = ""
    stream: str = ""
    waste_code: str = ""
    manifest: str = ""
    treatment: str = ""
    since: datetime | None = None
    streets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Every finding in the city as it stood at that moment, the most urgent first."""

    at: datetime
    cases: Sequence[Case]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to; `region`: a prefix of the grid's codes."""

    severity: Severity | None = None
    audit: str | None = None
    stream: str | None = None
    region: str | None = None


class _About(NamedTuple):
    """What one holding, line or site tells of a finding."""

    place: str
    stream: str
    waste_code: str
    manifest: str
    treatment: str
    streets: tuple[str, ...]


def report_findings(session: Session, law: Law, *, now: datetime) -> Report:
    """Audits the whole city: reads each holding and flow once (`run_audits`), then where they are."""
    found = run_audits(session, law, now=now)
    holdings = _holdings(session, {each for finding in found for each in finding.holdings[:1]})
    lines = _lines(session, {each for finding in found for each in finding.lines[:1]})
    sites = _sites(session, {code for finding in found if (code := _site_of(finding))})
    began = _began(session, {event for finding in found for event in finding.events})
    return Report(now, [_case(finding, holdings, lines, sites, began) for finding in found])


def findings_for(
    report: Report, actor: Actor, wanted: Wanted, *, after: Urgency | None = None, limit: int
) -> Sequence[Case]:
    """The first of those the actor oversees, the most urgent first, from `after` on."""
    found: list[Case] = []
    for case in report.cases:
        if len(found) == limit:
            break
        if _meant(case, wanted) and _overseen(case, actor) and (not after or urgency(case.finding) > after):
            found.append(case)
    return found


def count_findings(report: Report, actor: Actor) -> Mapping[Severity, int]:
    """How many of each severity the actor oversees."""
    return Counter(case.finding.severity for case in report.cases if _overseen(case, actor))


def _overseen(case: Case, actor: Actor) -> bool:
    """What lies nowhere (a broken entry of the books) is the administrator's."""
    return actor.role is Role.ADMINISTRATOR or any(map(actor.oversees, case.streets))


def _meant(case: Case, wanted: Wanted) -> bool:
    return (
        wanted.severity in (None, case.finding.severity)
        and wanted.audit in (None, case.finding.audit)
        and wanted.stream in (None, case.stream)
        and (wanted.region is None or any(street.startswith(wanted.region) for street in case.streets))
    )


def _case(
    finding: Finding,
    holdings: Mapping[int, _About],
    lines: Mapping[tuple[UUID, int], _About],
    sites: Mapping[str, str],
    began: Mapping[UUID, datetime],
) -> Case:
    since = min((began[event] for event in finding.events if event in began), default=None)
    if code := _site_of(finding):
        return Case(finding, place=code, stream=finding.detail, since=since, streets=(sites.get(code, ""),))
    known = [lines[each] for each in finding.lines if each in lines]
    known += [holdings[each] for each in finding.holdings if each in holdings]
    if not known:
        return Case(finding, since=since)
    return Case(finding, *known[0][:-1], since, known[0].streets)


def _site_of(finding: Finding) -> str:
    """The code of the site that a finding is about as a whole."""
    kind, _, code = finding.subject.partition(":")
    return code if kind == "site" else ""


def _holdings(session: Session, ids: Iterable[int]) -> dict[int, _About]:
    columns = select(
        HOLDING.c.id, HOLDING.c.stream, HOLDING.c.waste_code, HOLDING.c.treatment_id, SITE.c.code,
        SITE.c.street, MANIFEST.c.id.label("manifest"), MANIFEST.c.number,
        _CONSIGNOR.c.street.label("from_street"), _CONSIGNEE.c.street.label("to_street"),
    ).select_from(
        HOLDING.outerjoin(SITE, SITE.c.id == HOLDING.c.site_id)
        .outerjoin(MANIFEST, MANIFEST.c.id == HOLDING.c.manifest_id)
        .outerjoin(_CONSIGNOR, _CONSIGNOR.c.id == MANIFEST.c.consignor_id)
        .outerjoin(_CONSIGNEE, _CONSIGNEE.c.id == MANIFEST.c.consignee_id)
    )  # fmt: skip
    found = {}
    for row in _some(session, columns, HOLDING.c.id, ids):
        ends = (row.street,) if row.code else (row.from_street, row.to_street)
        found[row.id] = _About(
            row.code or "", row.stream, row.waste_code, str(row.number or row.manifest or ""),
            str(row.treatment_id or ""), tuple(end for end in ends if end),
        )  # fmt: skip
    return found


def _lines(session: Session, keys: Iterable[tuple[UUID, int]]) -> dict[tuple[UUID, int], _About]:
    """Where a line's mass differs is found out at the receiver's."""
    wanted = set(keys)
    columns = select(
        MANIFEST.c.id, MANIFEST.c.number, MANIFEST.c.stream, LINE.c.number.label("line"), LINE.c.waste_code,
        _CONSIGNEE.c.code, _CONSIGNOR.c.street.label("from_street"), _CONSIGNEE.c.street.label("to_street"),
    ).select_from(
        MANIFEST.join(LINE, LINE.c.manifest_id == MANIFEST.c.id)
        .join(_CONSIGNOR, _CONSIGNOR.c.id == MANIFEST.c.consignor_id)
        .join(_CONSIGNEE, _CONSIGNEE.c.id == MANIFEST.c.consignee_id)
    )  # fmt: skip
    rows = _some(session, columns, MANIFEST.c.id, {manifest for manifest, _ in wanted})
    return {
        (row.id, row.line): _About(
            row.code, row.stream, row.waste_code, str(row.number or row.id), "",
            (row.from_street, row.to_street),
        )
        for row in rows
        if (row.id, row.line) in wanted
    }  # fmt: skip


def _sites(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """Code → street."""
    rows = _some(session, select(SITE.c.code, SITE.c.street), SITE.c.code, codes)
    return {row.code: row.street for row in rows}


def _began(session: Session, events: Iterable[UUID]) -> dict[UUID, datetime]:
    rows = _some(session, select(EVENT.c.id, EVENT.c.at), EVENT.c.id, events)
    return {row.id: row.at for row in rows}


def _some(session: Session, columns: Any, key: ColumnElement[Any], values: Iterable[Any]) -> Iterator[Any]:
    """The rows with these keys, a bounded number a statement."""
    ordered = sorted(values)
    for start in range(0, len(ordered), _AT_ONCE):
        yield from session.execute(columns.where(key.in_(ordered[start : start + _AT_ONCE])))
