"""Stored master data as rows of a file say it: the way back from the tables to what a form shows."""

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from zerowaste.errors import Refusal
from zerowaste.models.tables import MEMBERSHIP, ORGANISATION, PERMIT, SITE, TERM, USER, VEHICLE
from zerowaste.services.masterdata.rows import FEN
from zerowaste.vocabulary import Size, Unit

MILLION = 1_000_000
# Amounts are shown in the largest unit that papers use.
SHOWN = {Unit.GRAM: ("t", MILLION), Unit.LITRE: ("m3", 1_000)}
TABLES = {
    "organisation": ORGANISATION, "site": SITE, "permit": PERMIT, "vehicle": VEHICLE, "person": USER,
}  # fmt: skip


def id_of(session: Session, table: str, key: tuple[str, ...]) -> int | None:
    """The id of the row with this natural key."""
    target = TABLES[table]
    statement = select(target.c.id)
    if table == "permit":
        statement = statement.join(ORGANISATION, ORGANISATION.c.id == PERMIT.c.organisation_id).where(
            ORGANISATION.c.credit_code == key[0], PERMIT.c.kind == key[1], PERMIT.c.number == key[2]
        )
    else:
        name = {"organisation": "credit_code", "site": "code", "vehicle": "plate", "person": "login"}[table]
        statement = statement.where(target.c[name] == key[-1])
    found = session.execute(statement).scalar_one_or_none()
    return None if found is None else int(found)


def row_values(session: Session, table: str, row_id: int) -> dict[str, Any]:
    """What a file would say of this row. Raises `not_found`."""
    target = TABLES[table]
    row = session.execute(select(target).where(target.c.id == row_id)).one_or_none()
    if row is None:
        raise Refusal("not_found")
    return _READ[table](session, row)


def _organisation(_session: Session, row: Any) -> dict[str, Any]:
    names = ("credit_code", "name", "name_en", "address", "phone", "credit_code_reason")
    return {name: getattr(row, name) for name in names}


def _site(session: Session, row: Any) -> dict[str, Any]:
    names = (
        "code", "kind", "name", "name_en", "street", "address", "contact", "phone", "outside", "storage",
        *Size,
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in names},
        "organisation": _credit_code(session, row.organisation_id),
        "lat": _degrees(row.lat_e6),
        "lon": _degrees(row.lon_e6),
    }


def _vehicle(session: Session, row: Any) -> dict[str, Any]:
    names = ("plate", "licence_number", "licence_to", "dedicated", "withdrawn")
    return {
        **{name: getattr(row, name) for name in names},
        "organisation": _credit_code(session, row.organisation_id),
        "streams": row.streams.split(),
    }


def _person(session: Session, row: Any) -> dict[str, Any]:
    names = ("login", "name", "role", "phone", "language", "licence_number", "licence_to", "active")
    places = session.execute(
        select(MEMBERSHIP.c.region, ORGANISATION.c.credit_code, SITE.c.code)
        .outerjoin(ORGANISATION, ORGANISATION.c.id == MEMBERSHIP.c.organisation_id)
        .outerjoin(SITE, SITE.c.id == MEMBERSHIP.c.site_id)
        .where(MEMBERSHIP.c.user_id == row.id)
        .order_by(SITE.c.code, MEMBERSHIP.c.region)
    ).all()
    return {
        **{name: getattr(row, name) for name in names},
        "organisation": next((place.credit_code for place in places if place.credit_code), ""),
        "sites": [place.code for place in places if place.code],
        "regions": [place.region for place in places if place.region],
    }


def _permit(session: Session, row: Any) -> dict[str, Any]:
    names = ("kind", "number", "valid_from", "valid_to", "suspended", "collecting")
    codes = {
        site.id: site.code
        for site in session.execute(
            select(SITE.c.id, SITE.c.code).where(SITE.c.id.in_([row.site_id, row.counterpart_id]))
        )
    }
    terms = session.execute(select(TERM).where(TERM.c.permit_id == row.id).order_by(TERM.c.id))
    return {
        **{name: getattr(row, name) for name in names},
        "organisation": _credit_code(session, row.organisation_id),
        "site": codes.get(row.site_id, ""),
        "receiver": codes.get(row.counterpart_id, ""),
        "term": [_term(term) for term in terms],
    }


def _term(term: Any) -> dict[str, Any]:
    unit, each = SHOWN[Unit(term.unit)]
    return {
        "stream": term.stream,
        "pattern": term.pattern,
        "operation": term.operation,
        "period": term.period,
        "unit": unit,
        "limit": _amount(term.limit_g, each),
        "hard_limit": _amount(term.hard_limit_g, each),
        "price": _amount(term.price_fen, FEN),
    }


_READ = {
    "organisation": _organisation, "site": _site, "permit": _permit, "vehicle": _vehicle, "person": _person,
}  # fmt: skip


def _credit_code(session: Session, organisation_id: int) -> str:
    return str(
        session.execute(
            select(ORGANISATION.c.credit_code).where(ORGANISATION.c.id == organisation_id)
        ).scalar_one()
    )


def _degrees(millionths: int | None) -> str:
    return "" if millionths is None else _plain(Decimal(millionths) / MILLION)


def _amount(stored: int | None, each: int) -> str:
    return "" if stored is None else _plain(Decimal(stored) / each)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
