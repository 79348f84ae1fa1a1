"""What is open in a region, added up by stream, place, kind, age and holder: one look at an index."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, text, true
from sqlmodel import Session

from zerowaste.errors import Problem, Refusal
from zerowaste.models.tables import HOLDING, MANIFEST, ORGANISATION, SITE
from zerowaste.rules.access import Actor
from zerowaste.rules.regions import DIGITS
from zerowaste.services.queries.overview import AGES
from zerowaste.vocabulary import Role

MOST_SUMS = 5_000
_STREET_DIGITS = 9
_CONSIGNOR, _CONSIGNEE = SITE.alias("consignor"), SITE.alias("consignee")
# Word for word the condition of the partial indexes.
_OPEN = text("holding.grams > 0 AND holding.kind IN ('lot', 'load', 'batch')")


class OpenSums(NamedTuple):
    """Rows of {dimension: value, mass_g, overdue_g, holdings}, the largest first; `whole`: all there are."""

    rows: Sequence[dict[str, Any]]
    whole: bool


def open_sums(
    session: Session, actor: Actor, by: Sequence[str], *, now: datetime, stream: str | None = None,
    region: str | None = None,
) -> OpenSums:  # fmt: skip
    """Sums over the actor's region. What is on the road counts where its way began. Raises `invalid`."""
    dimensions = _dimensions(by, now)
    mass, overdue = func.sum(HOLDING.c.grams), case((HOLDING.c.due_at < now, HOLDING.c.grams), else_=0)
    statement = (
        select(
            *(column.label(name) for name, column in dimensions.items()),
            mass.label("mass_g"), func.sum(overdue).label("overdue_g"), func.count().label("holdings"),
        )
        .select_from(HOLDING)
        .outerjoin(SITE, SITE.c.id == HOLDING.c.site_id)
        .outerjoin(MANIFEST, and_(HOLDING.c.site_id.is_(None), MANIFEST.c.id == HOLDING.c.manifest_id))
        .outerjoin(_CONSIGNOR, _CONSIGNOR.c.id == MANIFEST.c.consignor_id)
        .outerjoin(_CONSIGNEE, _CONSIGNEE.c.id == MANIFEST.c.consignee_id)
        .where(_OPEN, _overseen(actor), true() if stream is None else HOLDING.c.stream == stream)
        .group_by(*dimensions.values())
        .order_by(mass.desc(), *dimensions.values())
        .limit(MOST_SUMS + 1)
    )  # fmt: skip
    if "holder" in dimensions:
        statement = statement.join(ORGANISATION, ORGANISATION.c.id == HOLDING.c.organisation_id)
    if region is not None:
        statement = statement.where(_in(region))
    rows = [_row(row) for row in session.execute(statement)]
    return OpenSums(rows[:MOST_SUMS], len(rows) <= MOST_SUMS)


def _row(row: Any) -> dict[str, Any]:
    """Sums are whole numbers; an age is told in days."""
    values: dict[str, Any] = row._asdict()
    values |= {name: int(values[name] or 0) for name in ("mass_g", "overdue_g", "holdings")}
    if "age" in values:
        values["age"] = ([0] + [age.days for age in AGES])[int(values["age"])]
    return values


def _dimensions(by: Sequence[str], now: datetime) -> dict[str, ColumnElement[Any]]:
    street = func.coalesce(SITE.c.street, _CONSIGNOR.c.street, "")
    passed = case(
        *((HOLDING.c.since > now - age, number) for number, age in enumerate(AGES)), else_=len(AGES)
    )
    known: dict[str, ColumnElement[Any]] = {
        "stream": HOLDING.c.stream,
        "district": func.substr(street, 1, DIGITS),
        "street": func.substr(street, 1, _STREET_DIGITS),
        "kind": HOLDING.c.kind,
        "age": passed,
        "holder": ORGANISATION.c.name,
    }
    unknown = [name for name in by if name not in known]
    if unknown:
        said = ", ".join(known)
        raise Refusal(
            "invalid", *(Problem("dimension_unknown", "by", {"name": n, "known": said}) for n in unknown)
        )
    return {name: known[name] for name in dict.fromkeys(by)}


def _overseen(actor: Actor) -> ColumnElement[bool]:
    if actor.role is Role.ADMINISTRATOR:
        return true()
    return or_(false(), *(_in(region) for region in actor.regions))


def _in(region: str) -> ColumnElement[bool]:
    """On a site there; or on the road from or to one."""
    return or_(
        SITE.c.street.startswith(region, autoescape=True),
        *(end.c.street.startswith(region, autoescape=True) for end in (_CONSIGNOR, _CONSIGNEE)),
    )
