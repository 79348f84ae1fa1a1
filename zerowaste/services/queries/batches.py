"""Treatments to look at: what went into a batch, what came out, what is still in it; and what may go in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlmodel import Session

from zerowaste.clock import local_day
from zerowaste.errors import Problem, Refusal
from zerowaste.models.tables import EVENT, FLOW, HOLDING, SITE, TREATMENT
from zerowaste.rules import permits
from zerowaste.rules.access import Actor
from zerowaste.rules.code_lists import Operation
from zerowaste.rules.decision import problems_of
from zerowaste.services.acts.taking_back import standing
from zerowaste.services.booking.manifest_state import as_uuid
from zerowaste.services.desk import Desk
from zerowaste.services.regions import seen_by
from zerowaste.vocabulary import HoldingKind, Role, Verdict


@dataclass(frozen=True, slots=True)
class BatchInput:
    lot: int
    stream: str
    waste_code: str
    mass_g: int


@dataclass(frozen=True, slots=True)
class BatchOutput:
    """A product, a residue (with its lot), or the fate of the rest."""

    kind: str
    stream: str | None
    waste_code: str | None
    name: str | None
    mass_g: int
    lot: int | None


@dataclass(frozen=True, slots=True)
class BatchView:
    """A treatment, whole. `site`, `site_names`: its code, and its names in Chinese and English;
    `additives`: (name, grams); `rest_g`: what is still in the batch; `doubts`: warnings and findings of
    all that was reported of it."""

    row: Any
    site: str
    site_names: tuple[str, str]
    inputs: Sequence[BatchInput]
    additives: Sequence[tuple[str, int]]
    outputs: Sequence[BatchOutput]
    rest_g: int
    doubts: Sequence[Problem]


def read_batch(session: Session, actor: Actor, ref: str) -> BatchView:
    """A treatment by id. Raises `not_found` where there is none, or it is neither the actor's site's nor
    in his region."""
    identity = as_uuid(ref)
    row = session.execute(
        select(TREATMENT, SITE.c.code, SITE.c.street, SITE.c.name, SITE.c.name_en)
        .join(SITE, SITE.c.id == TREATMENT.c.site_id)
        .where(TREATMENT.c.id == identity)
    ).one_or_none()
    if row is None or not _concerns(actor, row):
        raise Refusal("not_found")
    said = _said(session, row.id)
    return BatchView(
        row=row,
        site=row.code,
        site_names=(row.name, row.name_en or row.name),
        inputs=_inputs(session, row.batch_id),
        additives=[
            (added["name"], added["mass_g"]) for each in said for added in each["act"].get("additives", ())
        ],
        outputs=_outputs(session, row.batch_id),
        rest_g=session.execute(select(HOLDING.c.grams).where(HOLDING.c.id == row.batch_id)).scalar_one(),
        doubts=[
            doubt
            for each in said
            for doubt in problems_of([*each.get("warnings", ()), *each.get("findings", ())])
        ],
    )


def ways_of_treating(desk: Desk, code: str) -> list[Operation]:
    """The operations that end a waste's life and that the permits of a site of the actor's name today; all
    of them where a permit leaves the operation open. Raises `not_found`."""
    place = desk.register.place_called(code)
    if place is None or place.id not in desk.actor.sites:
        raise Refusal("not_found")
    named = permits.operations_named(desk.register.papers(place), local_day(desk.now))
    known = desk.law.catalogue.operations.values()
    return [each for each in known if each.terminal and ("" in named or each.code in named)]


class BatchListed(NamedTuple):
    """A treatment in a list. `input_g`: what went in, without additives; `rest_g`: what is still in it."""

    id: UUID
    at: datetime
    site: str
    site_name: str
    operation: str
    input_g: int
    rest_g: int
    done: bool


def find_batches(
    session: Session, actor: Actor, *, site: str | None, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[BatchListed]:
    """Treatments at the actor's sites or in his region, the latest first, `limit` of them after the one
    with this moment and id. `site`: only at the site with this code."""
    listed = select(TREATMENT, SITE.c.code, SITE.c.name).join(SITE, SITE.c.id == TREATMENT.c.site_id)
    listed = listed.where(seen_by(actor, SITE))
    if site is not None:
        listed = listed.where(SITE.c.code == site)
    if after is not None:
        moment, identity = after
        later = and_(TREATMENT.c.at == moment, TREATMENT.c.id < identity)
        listed = listed.where(or_(TREATMENT.c.at < moment, later))
    few = listed.order_by(TREATMENT.c.at.desc(), TREATMENT.c.id.desc()).limit(limit).subquery()
    # Only for these few the flows are added up.
    into = select(func.sum(FLOW.c.grams)).join(HOLDING, HOLDING.c.id == FLOW.c.from_id)
    into = into.where(FLOW.c.to_id == few.c.batch_id, HOLDING.c.kind == HoldingKind.LOT)
    batch = HOLDING.alias("batch")
    rows = session.execute(
        select(few, batch.c.grams, into.scalar_subquery().label("input_g"))
        .join(batch, batch.c.id == few.c.batch_id)
        .order_by(few.c.at.desc(), few.c.id.desc())
    )
    return [
        BatchListed(
            row.id, row.at, row.code, row.name, row.operation, int(row.input_g or 0), row.grams, row.done
        )
        for row in rows
    ]


def _concerns(actor: Actor, row: Any) -> bool:
    return (actor.role is Role.FACILITY and row.site_id in actor.sites) or actor.oversees(row.street)


def _inputs(session: Session, batch: int) -> list[BatchInput]:
    rows = session.execute(
        select(HOLDING.c.id, HOLDING.c.stream, HOLDING.c.waste_code, func.sum(FLOW.c.grams))
        .join(HOLDING, HOLDING.c.id == FLOW.c.from_id)
        .where(FLOW.c.to_id == batch)
        .group_by(HOLDING.c.id, HOLDING.c.stream, HOLDING.c.waste_code)
        .having(func.sum(FLOW.c.grams) != 0)
        .order_by(HOLDING.c.id)
    )
    return [BatchInput(lot, stream, code, int(grams)) for lot, stream, code, grams in rows]


def _said(session: Session, treatment: UUID) -> list[dict[str, Any]]:
    """What was reported of a batch and not taken back, in its order. The names of additives are there only:
    in the books they are nothing but mass."""
    texts = session.execute(
        select(EVENT.c.text)
        .where(EVENT.c.subject == "treatment", EVENT.c.key == str(treatment))
        .where(EVENT.c.verdict == Verdict.APPLIED)
        .order_by(EVENT.c.number)
    ).scalars()
    return standing(texts.all())


def _outputs(session: Session, batch: int) -> list[BatchOutput]:
    rows = session.execute(
        select(HOLDING, func.sum(FLOW.c.grams).label("came"))
        .join(HOLDING, HOLDING.c.id == FLOW.c.to_id)
        .where(FLOW.c.from_id == batch)
        .group_by(*HOLDING.c)
        .having(func.sum(FLOW.c.grams) != 0)
        .order_by(HOLDING.c.id)
    )
    return [_output(row) for row in rows]


def _output(row: Any) -> BatchOutput:
    residue = row.kind == HoldingKind.LOT
    return BatchOutput(
        kind=row.part,
        stream=row.stream if residue else None,
        waste_code=row.waste_code if residue else None,
        name=row.name or None,
        mass_g=int(row.came),
        lot=row.id if residue else None,
    )
