"""What is open in a region, added up by stream, place, kind, age and holder: one look at an index."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Subquery, func, select
from sqlmodel import Session

from zerowaste.errors import Problem, Refusal
from zerowaste.models.tables import ORGANISATION
from zerowaste.rules.access import Actor
from zerowaste.rules.regions import DIGITS
from zerowaste.services.queries.open_places import GOAL, PLACE, open_sums_by_place
from zerowaste.services.queries.overview import AGES
from zerowaste.services.regions import inside, lies_in

MOST_SUMS = 5_000
_STREET_DIGITS = 9
# Which key of the sums by place a dimension is read from; the others are told by the place.
_KEYS = {"stream": "stream", "kind": "kind", "age": "age", "holder": "organisation_id"}
_DIMENSIONS = ("stream", "district", "street", "kind", "age", "holder")


class OpenSums(NamedTuple):
    """Rows of {dimension: value, mass_g, overdue_g, holdings}, the largest first; `whole`: all there are."""

    rows: Sequence[dict[str, Any]]
    whole: bool


def open_sums(
    session: Session, actor: Actor, by: Sequence[str], *, now: datetime, stream: str | None = None,
    region: str | None = None,
) -> OpenSums:  # fmt: skip
    """Sums over the actor's region. What is on the road counts where its way began. Raises `invalid`."""
    _require_known(by)
    sums = open_sums_by_place(
        now, *(_KEYS[name] for name in dict.fromkeys(by) if name in _KEYS), stream=stream
    )
    dimensions = {name: _dimension(name, sums) for name in dict.fromkeys(by)}
    mass = func.sum(sums.c.mass_g)
    statement = (
        select(
            *(column.label(name) for name, column in dimensions.items()),
            mass.label("mass_g"), func.sum(sums.c.overdue_g).label("overdue_g"),
            func.sum(sums.c.holdings).label("holdings"),
        )
        .select_from(sums)
        .outerjoin(PLACE, PLACE.c.id == sums.c.place_id)
        .outerjoin(GOAL, GOAL.c.id == sums.c.goal_id)
        .where(inside(actor, PLACE, GOAL))
        .group_by(*dimensions.values())
        .order_by(mass.desc(), *dimensions.values())
        .limit(MOST_SUMS + 1)
    )  # fmt: skip
    if "holder" in dimensions:
        statement = statement.join(ORGANISATION, ORGANISATION.c.id == sums.c.organisation_id)
    if region is not None:
        statement = statement.where(lies_in([region], PLACE.c.street, GOAL.c.street))
    rows = [_row(row) for row in session.execute(statement)]
    return OpenSums(rows[:MOST_SUMS], len(rows) <= MOST_SUMS)


def _row(row: Any) -> dict[str, Any]:
    """Sums are whole numbers; an age is told in days."""
    values: dict[str, Any] = row._asdict()
    values |= {name: int(values[name] or 0) for name in ("mass_g", "overdue_g", "holdings")}
    if "age" in values:
        values["age"] = ([0] + [age.days for age in AGES])[int(values["age"])]
    return values


def _require_known(by: Sequence[str]) -> None:
    said = ", ".join(_DIMENSIONS)
    unknown = [name for name in by if name not in _DIMENSIONS]
    if unknown:
        raise Refusal(
            "invalid", *(Problem("dimension_unknown", "by", {"name": n, "known": said}) for n in unknown)
        )


def _dimension(name: str, sums: Subquery) -> ColumnElement[Any]:
    street = func.coalesce(PLACE.c.street, "")
    told: dict[str, ColumnElement[Any]] = {
        "district": func.substr(street, 1, DIGITS),
        "street": func.substr(street, 1, _STREET_DIGITS),
        "holder": ORGANISATION.c.name,
    }
    return told[name] if name in told else sums.c[name]
