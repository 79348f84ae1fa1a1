"""The register of findings, kept up: the whole city audited, or only what acts have touched since.

An audit is examined in a session that sees one moment, and kept in a transaction of its own; the same
audit kept twice changes nothing, and an older one never overwrites a newer."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import ColumnElement, and_, insert, select, update
from sqlmodel import Session

from zerowaste.audits import ALL, Finding, Grain
from zerowaste.graph.city import City
from zerowaste.graph.city_reading import read_city
from zerowaste.graph.touched import Touched, events_since, in_parts, touched_since
from zerowaste.models.tables import AUDIT_RUN, FINDING, SITE
from zerowaste.rules.law import Law
from zerowaste.services.findings.cases import Case, cases_of
from zerowaste.services.findings.judging import judge, rank
from zerowaste.services.history.proofs import unproved, unproved_chains
from zerowaste.services.history.replay_events import Watch, unwatched
from zerowaste.services.regions import lies_in

MOST_TOUCHED = 20_000  # events
FINDINGS = uuid5(NAMESPACE_URL, "zerowaste:finding")
_COMPARED = tuple(
    column.name for column in FINDING.columns if column.name not in ("id", "found_at", "gone_at")
)


@dataclass(frozen=True, slots=True)
class Examined:
    """What an audit found at a moment. `anchors`: what was judged, by grain; None: everything."""

    at: datetime
    cases: Sequence[Case]
    anchors: dict[Grain, frozenset[str]] | None
    judged: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """What keeping an audit changed."""

    whole: bool
    found: int
    new: int
    gone: int


def last_audit(session: Session) -> Any | None:
    """The last run: `at`, `whole`, `judged`, `findings`; None: never yet."""
    return session.execute(select(AUDIT_RUN).order_by(AUDIT_RUN.c.id.desc()).limit(1)).one_or_none()


def examine_whole(
    session: Session, law: Law, *, now: datetime, proof: bool = False, watch: Watch[Any] = unwatched
) -> Examined:
    """Audit the whole city. `proof`: also prove every chain of events and every table by them."""
    found = unproved(session, law, watch) if proof else ()
    city = read_city(session, law, now=now, unproved=found)
    return Examined(now, cases_of(session, judge(session, city, watch)), None)


def examine(
    session: Session, law: Law, *, now: datetime, since: datetime | None = None, watch: Watch[Any] = unwatched
) -> Examined:
    """Audit what was touched since then, or since the last audit; everything, if there was none or if
    more has happened than is worth being picked out."""
    last = last_audit(session)
    moment = since or (last.at if last else None)
    if moment is None or events_since(session, moment) > MOST_TOUCHED:
        return examine_whole(session, law, now=now, watch=watch)
    touched = touched_since(session, law, moment, now=now)
    doubted = _in_doubt(session)
    city = read_city(
        session, law, now=now, touched=touched, in_doubt=doubted,
        unproved=unproved_chains(session, law, touched.chains),
    )  # fmt: skip
    cases = cases_of(session, judge(session, city, watch))
    return Examined(now, cases, _anchors(city, touched, doubted), touched.events)


def keep(session: Session, examined: Examined) -> Kept:
    """Write down what was found, and what is no longer."""
    last = session.execute(
        select(AUDIT_RUN).order_by(AUDIT_RUN.c.id.desc()).limit(1).with_for_update()
    ).one_or_none()
    if last is not None and last.at > examined.at:
        return Kept(examined.anchors is None, len(examined.cases), 0, 0)
    rows = {row["id"]: row for row in map(_row, examined.cases)}
    standing = {row.id: row for row in _in_scope(session, examined)}
    known = standing | {row.id: row for row in _by_id(session, rows.keys() - standing.keys())}
    new = [row | {"found_at": examined.at, "gone_at": None} for key, row in rows.items() if key not in known]
    again = [
        row | {"gone_at": None} for key, row in rows.items() if key in known and _differs(row, known[key])
    ]
    gone = [key for key in standing if key not in rows]
    if new:
        session.execute(insert(FINDING), new)
    for row in again:
        session.execute(update(FINDING).where(FINDING.c.id == row["id"]).values(row))
    for some in in_parts(gone):
        session.execute(update(FINDING).where(FINDING.c.id.in_(some)).values(gone_at=examined.at))
    session.execute(
        insert(AUDIT_RUN).values(
            at=examined.at, whole=examined.anchors is None, judged=examined.judged, findings=len(rows)
        )
    )
    return Kept(examined.anchors is None, len(rows), len(new), len(gone))


def finding_id(finding: Finding) -> UUID:
    """The same in every run and every copy of the city."""
    return uuid5(FINDINGS, finding.key)


def _anchors(city: City, touched: Touched, doubted: Collection[int]) -> dict[Grain, frozenset[str]]:
    sites = {*touched.sites, *doubted, *(books.site for books in city.books or ())}
    holdings = {*touched.holdings, *(holding.id for holding in city.standing)}
    return {
        Grain.HOLDING: frozenset(f"holding:{each}" for each in holdings),
        Grain.SITE: frozenset(f"site:{city.sites[each].code}" for each in sites if each in city.sites),
        Grain.CHAIN: frozenset(f"{subject}:{key}" for subject, key in touched.chains),
        Grain.DAY: frozenset(f"{kind}:{who}:{day.isoformat()}" for kind, who, day in touched.days),
        Grain.TRIP: frozenset(f"trip:{each}" for each in touched.trips),
        Grain.MONTH: frozenset(f"month:{each:%Y-%m}" for each in city.judged or ()),
        Grain.HAUL: frozenset(haul.anchor for haul in touched.hauls),
        Grain.LANE: frozenset(lane.anchor for lane in touched.lanes),
        Grain.REGISTER: frozenset({"register"}),
    }


def _in_doubt(session: Session) -> set[int]:
    """Sites whose books did not balance at the last audit."""
    unbalanced = select(SITE.c.id).join(FINDING, FINDING.c.place == SITE.c.code)
    return set(
        session.execute(unbalanced.where(FINDING.c.gone_at.is_(None), FINDING.c.audit == "balance")).scalars()
    )


def _in_scope(session: Session, examined: Examined) -> Iterator[Any]:
    """The standing findings that this audit has judged again."""
    stands = FINDING.c.gone_at.is_(None)
    if examined.anchors is None:
        yield from session.execute(select(FINDING).where(stands))
        return
    for grain, anchors in examined.anchors.items():
        names = [audit.name for audit in ALL if audit.grain is grain]
        for some in in_parts(anchors):
            judged = and_(stands, FINDING.c.audit.in_(names), FINDING.c.anchor.in_(some))
            yield from session.execute(select(FINDING).where(judged))


def _by_id(session: Session, ids: Iterable[UUID]) -> Iterator[Any]:
    for some in in_parts(ids):
        yield from session.execute(select(FINDING).where(FINDING.c.id.in_(some)))


def _differs(row: dict[str, Any], known: Any) -> bool:
    return known.gone_at is not None or any(row[name] != getattr(known, name) for name in _COMPARED)


def _row(case: Case) -> dict[str, Any]:
    finding, streets = case.finding, (*case.streets, "", "")
    return {
        "id": finding_id(finding),
        "key": finding.key,
        "anchor": finding.anchor,
        "audit": finding.audit,
        "rule": finding.rule,
        "severity": str(finding.severity),
        "rank": rank(finding.severity),
        "subject": finding.subject,
        "detail": finding.detail,
        "grams": finding.grams,
        "holder": finding.holder,
        "due_at": finding.due_at,
        "since": case.since,
        "place": case.place,
        "from_street": streets[0],
        "to_street": streets[1],
        "stream": case.stream,
        "waste_code": case.waste_code,
        "manifest": case.manifest,
        "treatment": case.treatment,
        "evidence": {
            "events": [str(event) for event in finding.events],
            "holdings": list(finding.holdings),
            "lines": [[str(manifest), number] for manifest, number in finding.lines],
        },
    }


def overseen(regions: Iterable[str]) -> ColumnElement[bool]:
    """Findings one of whose ends lies in one of the regions."""
    return lies_in(regions, FINDING.c.from_street, FINDING.c.to_street)
