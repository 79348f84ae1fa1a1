"""Judging a city: every audit over what was read of it, with the evidence of each finding."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from zerowaste.audits import ALL, Audit, Finding, Severity
from zerowaste.graph.city import City
from zerowaste.graph.touched import in_parts
from zerowaste.models.tables import HOLDING
from zerowaste.services.history.replay_events import Watch, unwatched

_ORDER = tuple(Severity)


def judge(session: Session, city: City, watch: Watch[Audit] = unwatched) -> list[Finding]:
    """What every audit says of a city, whole or in part: the most urgent first, then by rule and due date.
    `watch` sees the audits go by."""
    audits = watch(ALL, "核查 Auditing", len(ALL))
    found = [finding for audit in audits for finding in audit.find(city)]
    return sorted(_with_events(session, found), key=urgency)


def rank(severity: Severity) -> int:
    """How urgent it is, 0 first."""
    return _ORDER.index(severity)


def urgency(finding: Finding) -> tuple[int, str, str, str]:
    """What findings are put in order by."""
    due = finding.due_at.isoformat() if finding.due_at else "9"
    return rank(finding.severity), finding.rule, due, finding.key


def _with_events(session: Session, findings: Sequence[Finding]) -> Iterable[Finding]:
    """The findings, each with the events behind it."""
    bare = [finding for finding in findings if not finding.events]
    opened = _opening_events(session, {holding for f in bare for holding in f.holdings})
    weighed = _weighing_events(session, {line for f in bare for line in f.lines})
    for finding in findings:
        events = [opened[holding] for holding in finding.holdings if holding in opened]
        events += [weighed[line] for line in finding.lines if line in weighed]
        yield finding if finding.events else replace(finding, events=tuple(dict.fromkeys(events)))


def _opening_events(session: Session, holdings: Iterable[int]) -> dict[int, UUID]:
    found: dict[int, UUID] = {}
    for some in in_parts(holdings):
        rows = session.execute(select(HOLDING.c.id, HOLDING.c.event_id).where(HOLDING.c.id.in_(some)))
        found.update((row.id, row.event_id) for row in rows)
    return found


def _weighing_events(session: Session, lines: Iterable[tuple[UUID, int]]) -> dict[tuple[UUID, int], UUID]:
    """The event that brought each line to the gate, the last time."""
    found: dict[tuple[UUID, int], UUID] = {}
    for some in in_parts({manifest for manifest, _ in lines}):
        rows = session.execute(
            select(HOLDING.c.manifest_id, HOLDING.c.line, HOLDING.c.event_id)
            .where(HOLDING.c.manifest_id.in_(some), HOLDING.c.part == "gate")
            .order_by(HOLDING.c.id)
        )
        found.update(((row.manifest_id, row.line), row.event_id) for row in rows)
    return found
