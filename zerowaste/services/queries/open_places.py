"""What is open, told by where it lies or between which two sites it is on the road: ids only. A city has many
open holdings and few names, so add these up first and look up names of the sums."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Subquery,
    case,
    func,
    null,
    select,
    true,
    type_coerce,
    union_all,
)

from zerowaste.models.conditions import OPEN_HOLDING
from zerowaste.models.tables import HOLDING, MANIFEST, SITE
from zerowaste.services.queries.overview import AGES

PLACE, GOAL = SITE.alias("place"), SITE.alias("goal")


def open_sums_by_place(now: datetime, *by: str, stream: str | None = None) -> Subquery:
    """Sums (`mass_g`, `overdue_g`, `holdings`) by `place_id`, `goal_id` (where it is on the road to) and
    any of `stream`, `kind`, `organisation_id`, `age` (how many of AGES have passed)."""
    rows = _open_rows(true() if stream is None else HOLDING.c.stream == stream)
    keys = [rows.c.place_id, rows.c.goal_id]
    keys += [_age(rows.c.since, now).label(name) if name == "age" else rows.c[name] for name in by]
    return (
        select(
            *keys,
            func.sum(rows.c.grams).label("mass_g"),
            func.sum(case((rows.c.due_at < now, rows.c.grams), else_=0)).label("overdue_g"),
            func.count().label("holdings"),
        )
        .group_by(*keys)
        .subquery("sums")
    )


def _open_rows(wanted: ColumnElement[bool]) -> Subquery:
    """A load's two ends are looked up one by one: there are few loads on the road among all manifests, which
    a database's own estimate does not know, and would rather read every manifest."""
    said = [HOLDING.c[name] for name in ("stream", "kind", "organisation_id", "since", "due_at", "grams")]
    none = type_coerce(null(), SITE.c.id.type)
    at_a_place = select(*said, HOLDING.c.site_id.label("place_id"), none.label("goal_id"))
    on_the_road = select(
        *said,
        _end(MANIFEST.c.consignor_id).label("place_id"),
        _end(MANIFEST.c.consignee_id).label("goal_id"),
    )
    return union_all(
        at_a_place.where(OPEN_HOLDING, wanted, HOLDING.c.site_id.is_not(None)),
        on_the_road.where(OPEN_HOLDING, wanted, HOLDING.c.site_id.is_(None)),
    ).subquery("open")


def _end(column: ColumnElement[Any]) -> ScalarSelect[Any]:
    return select(column).where(MANIFEST.c.id == HOLDING.c.manifest_id).scalar_subquery()


def _age(since: ColumnElement[Any], now: datetime) -> ColumnElement[int]:
    return case(*((since > now - age, number) for number, age in enumerate(AGES)), else_=len(AGES))
