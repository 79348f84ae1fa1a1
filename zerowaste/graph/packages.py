"""Packages that were loaded and never received."""

from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlmodel import Session

from zerowaste.graph.touched import in_parts
from zerowaste.models.tables import LINE, LINE_PACKAGE, MANIFEST, ORGANISATION, SITE
from zerowaste.vocabulary import Status

_DECIDED = (Status.ACCEPTED, Status.PARTLY_ACCEPTED, Status.SETTLED)


class Astray(NamedTuple):
    """A package that was loaded and that the gate did not receive, though it received others."""

    manifest: UUID
    number: str
    line: int
    tag: str
    holder: str


def astray(session: Session, manifests: Collection[UUID] | None = None) -> list[Astray]:
    """Of all manifests, or only of these."""
    received = LINE_PACKAGE.alias("received")
    others = exists().where(
        received.c.manifest_id == LINE_PACKAGE.c.manifest_id,
        received.c.line == LINE_PACKAGE.c.line,
        received.c.received,
    )
    statement = (
        select(
            MANIFEST.c.id, func.coalesce(MANIFEST.c.number, ""), LINE_PACKAGE.c.line, LINE_PACKAGE.c.tag,
            ORGANISATION.c.name,
        )
        .select_from(
            LINE_PACKAGE.join(MANIFEST, MANIFEST.c.id == LINE_PACKAGE.c.manifest_id)
            .join(
                LINE, (LINE.c.manifest_id == MANIFEST.c.id) & (LINE.c.number == LINE_PACKAGE.c.line)
            )
            .join(SITE, SITE.c.id == MANIFEST.c.consignee_id)
            .join(ORGANISATION, ORGANISATION.c.id == SITE.c.organisation_id)
        )
        .where(
            LINE_PACKAGE.c.loaded,
            ~LINE_PACKAGE.c.received,
            MANIFEST.c.status.in_(_DECIDED),
            LINE.c.accepted_g > 0,
            others,
        )
        .order_by(MANIFEST.c.id, LINE_PACKAGE.c.line, LINE_PACKAGE.c.tag)
    )  # fmt: skip
    return [Astray(*row) for row in _of(session, statement, manifests)]


def _of(session: Session, statement: Select[Any], manifests: Collection[UUID] | None) -> list[Any]:
    if manifests is None:
        return list(session.execute(statement))
    return [
        row
        for some in in_parts(manifests)
        for row in session.execute(statement.where(MANIFEST.c.id.in_(some)))
    ]
