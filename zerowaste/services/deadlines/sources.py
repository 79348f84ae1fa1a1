"""Where deadlines come from: one scoped, ordered statement for each kind of row that has one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, literal, or_, select
from sqlmodel import Session

from zerowaste.clock import local_day
from zerowaste.models.conditions import FILED_MANIFEST, OPEN_HOLDING
from zerowaste.models.tables import (
    HOLDING,
    LEG,
    MANIFEST,
    ORGANISATION,
    SITE,
)
from zerowaste.rules import papers_due
from zerowaste.rules.law import Law
from zerowaste.services.deadlines import landfills
from zerowaste.services.deadlines.papers import Scope, drivers, papers, vehicles
from zerowaste.services.regions import inside
from zerowaste.vocabulary import DeadlineKind, HoldingKind, Instrument, Role, SiteKind

Kind = DeadlineKind
_CONSIGNOR, _CONSIGNEE = SITE.alias("consignor"), SITE.alias("consignee")
# A visit is due so long after the last one at most: older manifests tell nothing of it.
_VISITS_LOOKED_AT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Source:
    """Rows with a deadline. Sorted by their columns `raw` and `key` they are sorted by deadline: `due` gives
    the deadline of a raw value, `least` the smallest raw value whose deadline is at a moment or later."""

    name: str
    kinds: frozenset[DeadlineKind]
    roles: frozenset[Role]
    statement: Callable[[Scope], Select[Any]]
    due: Callable[[Any], datetime]
    least: Callable[[datetime], Any]


_ALL = frozenset(Role)
_NO_DRIVER = _ALL - {Role.DRIVER}


def _same(moment: datetime) -> datetime:
    return moment


def at_sites(scope: Scope) -> Select[Any]:
    """Open holdings on a site."""
    statement = (
        select(
            HOLDING.c.id.label("key"), HOLDING.c.due_at.label("raw"), HOLDING.c.kind, HOLDING.c.part,
            HOLDING.c.stream, HOLDING.c.waste_code, HOLDING.c.grams.label("mass_g"), HOLDING.c.since,
            HOLDING.c.organisation_id, HOLDING.c.site_id, HOLDING.c.treatment_id, SITE.c.code.label("site"),
            SITE.c.street, SITE.c.kind.label("site_kind"), SITE.c.storage,
            ORGANISATION.c.name.label("holder"), MANIFEST.c.number,
        )
        .select_from(HOLDING)
        .join(SITE, SITE.c.id == HOLDING.c.site_id)
        .join(ORGANISATION, ORGANISATION.c.id == HOLDING.c.organisation_id)
        .outerjoin(MANIFEST, MANIFEST.c.id == HOLDING.c.manifest_id)
        .where(OPEN_HOLDING, HOLDING.c.due_at.is_not(None))
    )  # fmt: skip
    return _at_place(statement, scope, HOLDING.c.site_id)


def _at_place(statement: Select[Any], scope: Scope, site_id: ColumnElement[Any]) -> Select[Any]:
    """Narrowed to the sites the actor works at or oversees, and to the one asked for."""
    if scope.site is not None:
        statement = statement.where(SITE.c.code == scope.site)
    actor = scope.actor
    if actor is None or actor.role is Role.ADMINISTRATOR:
        return statement
    if actor.role is Role.REGULATOR:
        return statement.where(inside(actor, SITE))
    return statement.where(site_id.in_(sorted(actor.sites)))


def on_the_road(scope: Scope) -> Select[Any]:
    """Loads on their way."""
    statement = (
        select(
            HOLDING.c.id.label("key"), HOLDING.c.due_at.label("raw"), HOLDING.c.kind, HOLDING.c.part,
            HOLDING.c.stream, HOLDING.c.waste_code, HOLDING.c.grams.label("mass_g"), HOLDING.c.since,
            HOLDING.c.organisation_id, HOLDING.c.manifest_id, ORGANISATION.c.name.label("holder"),
            MANIFEST.c.number, _CONSIGNOR.c.street, _CONSIGNEE.c.street.label("other_street"),
            MANIFEST.c.consignor_id, HOLDING.c.organisation_id.label("carrier_id"),
            _leg(LEG.c.driver_id, LEG.c.began_at.is_not(None)).label("driver_id"),
        )
        .select_from(HOLDING)
        .join(ORGANISATION, ORGANISATION.c.id == HOLDING.c.organisation_id)
        .join(MANIFEST, MANIFEST.c.id == HOLDING.c.manifest_id)
        .join(_CONSIGNOR, _CONSIGNOR.c.id == MANIFEST.c.consignor_id)
        .outerjoin(_CONSIGNEE, _CONSIGNEE.c.id == MANIFEST.c.consignee_id)
        .where(OPEN_HOLDING, HOLDING.c.due_at.is_not(None), HOLDING.c.site_id.is_(None))
    )  # fmt: skip
    return _between_places(statement, scope, HOLDING.c.organisation_id.in_)


def _leg(column: ColumnElement[Any], which: ColumnElement[bool]) -> Any:
    """Something of the last such leg of a manifest."""
    legs = select(column).where(LEG.c.manifest_id == MANIFEST.c.id, which)
    return legs.order_by(LEG.c.number.desc()).limit(1).correlate(MANIFEST).scalar_subquery()


def filed(scope: Scope) -> Select[Any]:
    """Filed manifests that wait to be picked up."""
    statement = (
        select(
            MANIFEST.c.id.label("key"), MANIFEST.c.expires_at.label("raw"), MANIFEST.c.stream,
            MANIFEST.c.number, MANIFEST.c.consignor_id, MANIFEST.c.consignor_id.label("site_id"),
            _CONSIGNOR.c.code.label("site"), _CONSIGNOR.c.street, _CONSIGNEE.c.street.label("other_street"),
            _CONSIGNOR.c.organisation_id, ORGANISATION.c.name.label("holder"),
            _leg(LEG.c.carrier_id, LEG.c.number == 1).label("carrier_id"),
        )
        .select_from(MANIFEST)
        .join(_CONSIGNOR, _CONSIGNOR.c.id == MANIFEST.c.consignor_id)
        .join(ORGANISATION, ORGANISATION.c.id == _CONSIGNOR.c.organisation_id)
        .outerjoin(_CONSIGNEE, _CONSIGNEE.c.id == MANIFEST.c.consignee_id)
        .where(FILED_MANIFEST, MANIFEST.c.expires_at >= scope.now)
    )  # fmt: skip
    return _between_places(statement, scope, _carried_by)


def _carried_by(organisations: Sequence[int]) -> ColumnElement[bool]:
    return exists().where(LEG.c.manifest_id == MANIFEST.c.id, LEG.c.carrier_id.in_(organisations))


def _between_places(
    statement: Select[Any], scope: Scope, held_by: Callable[[Sequence[int]], ColumnElement[bool]]
) -> Select[Any]:
    """Narrowed to the actor's own loads, or to those from or to his region."""
    if scope.site is not None:
        statement = statement.where(or_(_CONSIGNOR.c.code == scope.site, _CONSIGNEE.c.code == scope.site))
    actor = scope.actor
    if actor is None or actor.role is Role.ADMINISTRATOR:
        return statement
    if actor.role is Role.REGULATOR:
        return statement.where(inside(actor, _CONSIGNOR, _CONSIGNEE))
    if actor.role is Role.DRIVER:
        driven = exists().where(LEG.c.manifest_id == MANIFEST.c.id, LEG.c.driver_id == actor.user_id)
        return statement.where(driven)
    own = held_by(sorted(actor.organisations))
    return statement.where(or_(own, MANIFEST.c.consignor_id.in_(sorted(actor.sites))))


def visits(code: str) -> Callable[[Scope], Select[Any]]:
    """Producers' sites where waste of a stream waits for the collector."""

    def statement(scope: Scope) -> Select[Any]:
        began = (
            select(func.max(LEG.c.began_at))
            .select_from(MANIFEST.join(LEG, LEG.c.manifest_id == MANIFEST.c.id))
            .where(
                MANIFEST.c.consignor_id == HOLDING.c.site_id,
                MANIFEST.c.stream == code,
                MANIFEST.c.filed_at > scope.now - _VISITS_LOOKED_AT,
            )
            .correlate(HOLDING)
            .scalar_subquery()
        )
        oldest = func.min(HOLDING.c.since)
        waiting = (
            select(
                HOLDING.c.site_id.label("key"), func.coalesce(_later(oldest, began), oldest).label("raw"),
                func.sum(HOLDING.c.grams).label("mass_g"), func.min(HOLDING.c.waste_code).label("waste_code"),
            )
            .select_from(HOLDING.join(SITE, SITE.c.id == HOLDING.c.site_id))
            .where(OPEN_HOLDING, HOLDING.c.kind == HoldingKind.LOT, HOLDING.c.stream == code,
                   SITE.c.kind == SiteKind.PRODUCER)
            .group_by(HOLDING.c.site_id)
        )  # fmt: skip
        groups = _at_place(waiting, scope, HOLDING.c.site_id).subquery("waiting")
        return (
            select(
                groups, literal(code).label("stream"), SITE.c.id.label("site_id"), SITE.c.code.label("site"),
                SITE.c.street, SITE.c.organisation_id, ORGANISATION.c.name.label("holder"),
            )
            .select_from(groups)
            .join(SITE, SITE.c.id == groups.c.key)
            .join(ORGANISATION, ORGANISATION.c.id == SITE.c.organisation_id)
        )  # fmt: skip

    return statement


def _later(one: Any, other: Any) -> Any:
    """The later of two moments; nothing where either is."""
    return case((other > one, other), else_=one)


def sources(session: Session, law: Law, scope: Scope) -> Sequence[Source]:
    """All of them, in the order in which deadlines of one moment are listed."""
    full = landfills.filling(landfills.notice_days(session, scope))
    others = [kind for kind in Instrument if kind is not Instrument.PERMIT]
    day = papers_due.end_of, papers_due.first_to_end
    renewal = papers_due.renewal_due, papers_due.first_to_renew
    notice = papers_due.notice_due, papers_due.first_to_notify
    permit, landfill = papers([Instrument.PERMIT]), papers([Instrument.PERMIT], landfills=True)
    stored = frozenset({Kind.STORE, Kind.GATE, Kind.TREAT})
    found = [
        Source("site", stored, _NO_DRIVER, at_sites, _same, _same),
        Source("road", frozenset({Kind.TRANSIT}), _ALL, on_the_road, _same, _same),
        Source("manifest", frozenset({Kind.PICKUP}), _ALL, filed, _same, _same),
        Source("permit", frozenset({Kind.PERMIT}), _NO_DRIVER, permit, *renewal),
        Source("landfill", frozenset({Kind.LANDFILL}), _NO_DRIVER, landfill, *notice),
        Source(
            landfills.SOURCE,
            frozenset({Kind.LANDFILL}),
            _NO_DRIVER,
            full,
            landfills.begins,
            landfills.first_day,
        ),
        Source("paper", frozenset({Kind.PAPER}), _NO_DRIVER, papers(others), *day),
        Source("vehicle", frozenset({Kind.VEHICLE}), _NO_DRIVER, vehicles, *day),
        Source("driver", frozenset({Kind.DRIVER}), _ALL, drivers, *day),
    ]
    return [*found, *(_visits_of(stream.code, stream.clocks.collect_every.hours)
                      for stream in law.streams.current(local_day(scope.now))
                      if stream.clocks.collect_every and stream.clocks.collect_every.hours)]  # fmt: skip


def _visits_of(code: str, hours: int) -> Source:
    span = timedelta(hours=hours)
    return Source(
        f"visit-{code}", frozenset({Kind.VISIT}), _NO_DRIVER, visits(code),
        lambda since: since + span, lambda moment: moment - span,
    )  # fmt: skip
