"""Papers that run out, for whoever holds or oversees them: permits, approvals, licences."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, exists, false, null, or_, select, true

from zerowaste.models.tables import LEG, MANIFEST, MEMBERSHIP, ORGANISATION, PERMIT, SITE, TERM, USER, VEHICLE
from zerowaste.rules import papers_due
from zerowaste.rules.access import Actor
from zerowaste.services.regions import inside
from zerowaste.vocabulary import Instrument, Role

_NEWER = PERMIT.alias("newer")
# A paper that ran out longer ago than this, and was not replaced, is not waited for any more.
_LOOKED_AT = timedelta(days=365)


class Scope(NamedTuple):
    """Whose deadlines (None: everybody's, for the service itself), where, and as of when."""

    actor: Actor | None
    now: datetime
    site: str | None = None


def owned(statement: Select[Any], scope: Scope, owner: Any) -> Select[Any]:
    """Papers of the actor's organisations; for a regulator, of those with a site in his region or nowhere."""
    if scope.site is not None:
        statement = statement.where(SITE.c.code == scope.site)
    actor = scope.actor
    if actor is None or actor.role is Role.ADMINISTRATOR:
        return statement
    if actor.role is Role.REGULATOR:
        some = SITE.alias("some")
        there = exists().where(some.c.organisation_id == owner, inside(actor, some))
        nowhere = ~exists().where(some.c.organisation_id == owner)
        return statement.where(or_(SITE.c.id.is_not(None) & inside(actor, SITE),
                                   SITE.c.id.is_(None) & or_(there, nowhere)))  # fmt: skip
    return statement.where(owner.in_(sorted(actor.organisations)))


def brought_by(site_id: ColumnElement[Any]) -> Any:
    """The carrier of the latest manifest that has set out for a site: latest by filing, for those have an
    index, and a landfill's loads do not wait for each other. Who fetches refused waste brings nothing."""
    loads = (
        select(LEG.c.carrier_id)
        .select_from(MANIFEST.join(LEG, LEG.c.manifest_id == MANIFEST.c.id))
        .where(MANIFEST.c.consignee_id == site_id, LEG.c.began_at.is_not(None), ~LEG.c.back)
    )
    latest = loads.order_by(MANIFEST.c.filed_at.desc(), LEG.c.number.desc()).limit(1)
    return latest.correlate_except(MANIFEST, LEG).scalar_subquery()


def papers(kinds: Sequence[Instrument], *, landfills: bool | None = None) -> Callable[[Scope], Select[Any]]:
    """Papers nobody has replaced yet. `landfills`: only of those that may landfill."""

    def statement(scope: Scope) -> Select[Any]:
        replaced = exists().where(
            _NEWER.c.organisation_id == PERMIT.c.organisation_id,
            _NEWER.c.kind == PERMIT.c.kind,
            _NEWER.c.site_id.is_not_distinct_from(PERMIT.c.site_id),
            _NEWER.c.counterpart_id.is_not_distinct_from(PERMIT.c.counterpart_id),
            _NEWER.c.streams == PERMIT.c.streams,
            _NEWER.c.suspended.is_(False),
            _NEWER.c.valid_to > PERMIT.c.valid_to,
        )
        landfilling = exists().where(
            TERM.c.permit_id == PERMIT.c.id, TERM.c.operation.in_(papers_due.LANDFILLING)
        )
        found = (
            select(
                PERMIT.c.id.label("key"), PERMIT.c.valid_to.label("raw"), PERMIT.c.number,
                PERMIT.c.kind.label("paper"), PERMIT.c.organisation_id, PERMIT.c.site_id,
                SITE.c.code.label("site"), SITE.c.street, ORGANISATION.c.name.label("holder"),
                (brought_by(PERMIT.c.site_id) if landfills else null()).label("carrier_id"),
            )
            .select_from(PERMIT)
            .join(ORGANISATION, ORGANISATION.c.id == PERMIT.c.organisation_id)
            .outerjoin(SITE, SITE.c.id == PERMIT.c.site_id)
            .where(PERMIT.c.kind.in_(kinds), PERMIT.c.suspended.is_(False), ~replaced,
                   PERMIT.c.valid_to >= papers_due.first_to_end(scope.now - _LOOKED_AT),
                   landfilling if landfills else true())
        )  # fmt: skip
        return owned(found, scope, PERMIT.c.organisation_id)

    return statement


def vehicles(scope: Scope) -> Select[Any]:
    """Licences of vehicles that were not withdrawn."""
    found = (
        select(
            VEHICLE.c.id.label("key"), VEHICLE.c.licence_to.label("raw"), VEHICLE.c.plate.label("number"),
            VEHICLE.c.organisation_id, ORGANISATION.c.name.label("holder"),
        )
        .select_from(VEHICLE)
        .join(ORGANISATION, ORGANISATION.c.id == VEHICLE.c.organisation_id)
        .outerjoin(SITE, false())
        .where(VEHICLE.c.withdrawn.is_(False),
               VEHICLE.c.licence_to >= papers_due.first_to_end(scope.now - _LOOKED_AT))
    )  # fmt: skip
    return owned(found, scope, VEHICLE.c.organisation_id)


def drivers(scope: Scope) -> Select[Any]:
    """Licences of drivers who may sign in."""
    found = (
        select(
            USER.c.id.label("key"), USER.c.licence_to.label("raw"), USER.c.name.label("number"),
            USER.c.id.label("driver_id"), MEMBERSHIP.c.organisation_id, ORGANISATION.c.name.label("holder"),
        )
        .select_from(USER)
        .join(MEMBERSHIP, MEMBERSHIP.c.user_id == USER.c.id)
        .join(ORGANISATION, ORGANISATION.c.id == MEMBERSHIP.c.organisation_id)
        .outerjoin(SITE, false())
        .where(USER.c.role == Role.DRIVER, USER.c.active,
               USER.c.licence_to >= papers_due.first_to_end(scope.now - _LOOKED_AT))
    )  # fmt: skip
    if scope.actor is not None and scope.actor.role is Role.DRIVER:
        return found.where(USER.c.id == scope.actor.user_id)
    return owned(found, scope, MEMBERSHIP.c.organisation_id)
