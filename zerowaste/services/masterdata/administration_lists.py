"""Lists of master data for who administers it: searched, by the names people use, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlmodel import Session

from zerowaste.models.tables import (
    MEMBERSHIP,
    ORGANISATION,
    PERMIT,
    QUOTA,
    SITE,
    TERM,
    USER,
    VEHICLE,
)
from zerowaste.vocabulary import SiteKind

COUNTED = {
    "organisation": ORGANISATION, "site": SITE, "vehicle": VEHICLE, "person": USER, "permit": PERMIT,
    "quota": QUOTA,
}  # fmt: skip
_OWNER = (ORGANISATION.c.credit_code, ORGANISATION.c.name.label("organisation"))


@dataclass(frozen=True, slots=True)
class Listing:
    """How one table is listed: its statement, the column it goes by, those it is searched in, and the
    column that says whose a row is."""

    statement: Select[Any]
    by: Any
    searched: Sequence[Any]
    owner: Any = None


def _owned(*columns: Any) -> Select[Any]:
    table = columns[0].table
    return select(*columns, *_OWNER).join(ORGANISATION, ORGANISATION.c.id == table.c.organisation_id)


_QUOTAS = (
    select(
        QUOTA, TERM.c.stream, TERM.c.pattern, TERM.c.operation, TERM.c.permit_id,
        PERMIT.c.kind, PERMIT.c.number, SITE.c.code, SITE.c.name, *_OWNER,
    )
    .join(TERM, TERM.c.id == QUOTA.c.term_id)
    .join(PERMIT, PERMIT.c.id == TERM.c.permit_id)
    .join(ORGANISATION, ORGANISATION.c.id == PERMIT.c.organisation_id)
    .outerjoin(SITE, SITE.c.id == QUOTA.c.site_id)
)  # fmt: skip
LISTINGS: Mapping[str, Listing] = {
    "organisation": Listing(
        select(ORGANISATION),
        ORGANISATION.c.credit_code,
        (ORGANISATION.c.credit_code, ORGANISATION.c.name, ORGANISATION.c.name_en),
        ORGANISATION.c.id,
    ),
    "site": Listing(
        _owned(SITE.c.id, SITE.c.code, SITE.c.name, SITE.c.kind, SITE.c.street, SITE.c.outside),
        SITE.c.code,
        (SITE.c.code, SITE.c.name, SITE.c.name_en, SITE.c.street),
        SITE.c.organisation_id,
    ),
    "vehicle": Listing(
        _owned(
            VEHICLE.c.id, VEHICLE.c.plate, VEHICLE.c.streams, VEHICLE.c.licence_to, VEHICLE.c.dedicated,
            VEHICLE.c.withdrawn,
        ),
        VEHICLE.c.plate,
        (VEHICLE.c.plate,),
        VEHICLE.c.organisation_id,
    ),
    "person": Listing(
        select(USER.c.id, USER.c.login, USER.c.name, USER.c.role, USER.c.active, USER.c.licence_to),
        USER.c.login,
        (USER.c.login, USER.c.name),
    ),
    "permit": Listing(
        _owned(
            PERMIT.c.id, PERMIT.c.kind, PERMIT.c.number, PERMIT.c.valid_from, PERMIT.c.valid_to,
            PERMIT.c.suspended, SITE.c.code, SITE.c.name,
        ).outerjoin(SITE, SITE.c.id == PERMIT.c.site_id),
        PERMIT.c.id,
        (PERMIT.c.number, ORGANISATION.c.name, SITE.c.code, SITE.c.name),
        PERMIT.c.organisation_id,
    ),
    "quota": Listing(
        _QUOTAS,
        QUOTA.c.id,
        (PERMIT.c.number, ORGANISATION.c.name, SITE.c.code, SITE.c.name, TERM.c.pattern),
        PERMIT.c.organisation_id,
    ),
}  # fmt: skip


def counts(session: Session) -> dict[str, int]:
    """How many rows there are of each table; one statement."""
    columns = [select(func.count()).select_from(t).scalar_subquery().label(n) for n, t in COUNTED.items()]
    return dict(session.execute(select(*columns)).one()._mapping)


def find_rows(
    session: Session,
    table: str,
    *,
    q: str = "",
    organisation_id: int | None = None,
    after: str | int | None = None,
    day: date,
    limit: int,
) -> Sequence[Any]:
    """Up to `limit` rows of a table, in the order of its names (papers and quotas: of their ids); of
    quotas those whose window `day` is in."""
    listing = LISTINGS[table]
    statement = listing.statement
    if q:
        statement = statement.where(or_(*(c.icontains(q, autoescape=True) for c in listing.searched)))
    if organisation_id is not None:
        statement = statement.where(_belongs(listing, organisation_id))
    if table == "quota":
        statement = statement.where(QUOTA.c.starts <= day, QUOTA.c.ends >= day)
    if after is not None:
        statement = statement.where(listing.by > after)
    return session.execute(statement.order_by(listing.by).limit(limit)).all()


def _belongs(listing: Listing, organisation_id: int) -> Any:
    if listing.owner is not None:
        return listing.owner == organisation_id
    return exists().where(MEMBERSHIP.c.user_id == USER.c.id, MEMBERSHIP.c.organisation_id == organisation_id)


def workplaces(session: Session, people: Sequence[int]) -> dict[int, list[str]]:
    """Where each of these people acts: names of organisations, codes of sites and regions."""
    found: dict[int, list[str]] = {}
    rows = session.execute(
        select(MEMBERSHIP.c.user_id, MEMBERSHIP.c.region, ORGANISATION.c.name, SITE.c.code)
        .outerjoin(ORGANISATION, ORGANISATION.c.id == MEMBERSHIP.c.organisation_id)
        .outerjoin(SITE, SITE.c.id == MEMBERSHIP.c.site_id)
        .where(MEMBERSHIP.c.user_id.in_(people))
        .order_by(MEMBERSHIP.c.id)
    )
    for row in rows:
        place = " ".join(filter(None, (row.region, row.name, row.code)))
        found.setdefault(row.user_id, []).append(place)
    return found


def quotas_of(session: Session, permit_id: int, *, limit: int) -> Sequence[Any]:
    """What has been counted against one paper, the latest windows first."""
    statement = LISTINGS["quota"].statement.where(TERM.c.permit_id == permit_id)
    return session.execute(statement.order_by(QUOTA.c.starts.desc(), QUOTA.c.id).limit(limit)).all()


_NAMED = {"organisation": (ORGANISATION, ORGANISATION.c.credit_code), "site": (SITE, SITE.c.code)}


def organisations_named(session: Session, *, limit: int) -> Sequence[Any]:
    """(credit code, name) of all organisations by their names, to choose from."""
    statement = select(ORGANISATION.c.credit_code, ORGANISATION.c.name)
    return session.execute(statement.order_by(ORGANISATION.c.name).limit(limit)).all()


def sites_named(
    session: Session, *, limit: int, organisation: str = "", receiving: bool = False
) -> Sequence[Any]:
    """(code, name) of sites by their names, to choose from: of the organisation with this credit code, of
    those that take waste in, or of all."""
    statement = select(SITE.c.code, SITE.c.name)
    if organisation:
        statement = statement.join(ORGANISATION, ORGANISATION.c.id == SITE.c.organisation_id).where(
            ORGANISATION.c.credit_code == organisation
        )
    if receiving:
        statement = statement.where(SITE.c.kind != SiteKind.PRODUCER)
    return session.execute(statement.order_by(SITE.c.name, SITE.c.code).limit(limit)).all()


def names_of(session: Session, table: str, codes: Sequence[str]) -> dict[str, str]:
    """Code → name, of the codes that there are."""
    named, code = _NAMED[table]
    rows = session.execute(select(code.label("code"), named.c.name).where(code.in_(codes)))
    return {row.code: row.name for row in rows}


def codes_meant(session: Session, table: str, texts: Sequence[str]) -> dict[str, str]:
    """Text → the code it means, where it means one: itself, of the only one that is called so, or the
    code behind a name."""
    named, code = _NAMED[table]
    ends = {text: text.split()[-1] for text in texts}
    rows = session.execute(
        select(code.label("code"), named.c.name, named.c.name_en).where(
            or_(code.in_([*texts, *ends.values()]), named.c.name.in_(texts), named.c.name_en.in_(texts))
        )
    ).all()
    codes = {row.code for row in rows}
    meant: dict[str, str] = {}
    for text, end in ends.items():
        called = [row.code for row in rows if text in (row.name, row.name_en)]
        if text in codes or len(called) == 1:
            meant[text] = text if text in codes else str(called[0])
        elif end in codes:
            meant[text] = end
    return meant


def organisation_called(session: Session, credit_code: str) -> Any | None:
    """(id, name) of the organisation with this credit code."""
    return session.execute(
        select(ORGANISATION.c.id, ORGANISATION.c.name).where(ORGANISATION.c.credit_code == credit_code)
    ).one_or_none()
