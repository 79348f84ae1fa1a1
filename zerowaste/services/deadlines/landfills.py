"""Landfills that fill up: since when they must say beforehand that they will be full (CW-FULL30).

When that is follows from how fast they are filled, and moves from day to day. What was told once stands until
there is room for twice the time of notice: taken back at each better day, it would be told again and again,
and the authority never. Until then the deadline is the day on which the notice was first due."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, Select, case, func, literal, select
from sqlmodel import Session

from zerowaste.clock import day_start, local_day
from zerowaste.models.tables import NUDGE, ORGANISATION, PERMIT, SITE, TERM
from zerowaste.services.deadlines.papers import Scope, brought_by, owned
from zerowaste.services.room.board import nearly_full

SOURCE = "full"
_INSTANT = timedelta(microseconds=1)


def notice_days(session: Session, scope: Scope) -> Mapping[int, date]:
    """Limit of a landfill → the day since which notice is due."""
    near = nearly_full(session, scope.actor, now=scope.now)
    told = select(NUDGE.c.subject, func.min(NUDGE.c.due_at).label("due_at")).where(
        NUDGE.c.source == SOURCE, NUDGE.c.withdrawn_at.is_(None), NUDGE.c.subject.in_(map(str, near))
    )
    rows = session.execute(told.group_by(NUDGE.c.subject)).all() if near else []
    since = {int(row.subject): local_day(row.due_at) for row in rows}
    today = local_day(scope.now)
    return {term: since.get(term, today) for term, due in near.items() if due or term in since}


def filling(days: Mapping[int, date]) -> Callable[[Scope], Select[Any]]:
    """The permits of these limits, each with its day."""
    known = [(TERM.c.id == term, literal(day, Date())) for term, day in sorted(days.items())]
    since = case(*known) if known else PERMIT.c.valid_to

    def statement(scope: Scope) -> Select[Any]:
        found = (
            select(
                TERM.c.id.label("key"), since.label("raw"), TERM.c.stream,
                PERMIT.c.number, PERMIT.c.kind.label("paper"), PERMIT.c.organisation_id, PERMIT.c.site_id,
                SITE.c.code.label("site"), SITE.c.street, ORGANISATION.c.name.label("holder"),
                brought_by(PERMIT.c.site_id).label("carrier_id"),
            )
            .select_from(TERM)
            .join(PERMIT, PERMIT.c.id == TERM.c.permit_id)
            .join(ORGANISATION, ORGANISATION.c.id == PERMIT.c.organisation_id)
            .join(SITE, SITE.c.id == PERMIT.c.site_id)
            .where(TERM.c.id.in_(sorted(days)))
        )  # fmt: skip
        return owned(found, scope, PERMIT.c.organisation_id)

    return statement


def first_day(since: datetime) -> date:
    """The earliest day that begins at `since` or later."""
    return local_day(since - _INSTANT) + timedelta(days=1)


def begins(day: date) -> datetime:
    """When notice is due that is due on this day: at once."""
    return day_start(day)
