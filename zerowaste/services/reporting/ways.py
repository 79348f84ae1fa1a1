"""Who sent what to whom, and what became of it there, added up: the city as one graph for other programs.

From the registers of what was carried and what was treated, so that both tell the same."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session

from zerowaste.rules.access import Actor
from zerowaste.services.reporting.registers import RegisterKind, Wanted, register


class Way(NamedTuple):
    """All of one waste from one site to another, or into an operation there. `times`: lines of manifests,
    or batches; `mass_g`: what is known last of it (accepted, or else received, loaded, declared)."""

    source: str
    source_name: str
    target: str
    target_name: str
    operation: str
    stream: str
    waste_code: str
    times: int
    mass_g: int


def ways(session: Session, actor: Actor, wanted: Wanted) -> Iterator[Way]:
    """Those of the region in these days: between sites, then into operations (`target` is their code)."""
    carried = register(actor, RegisterKind.TRANSPORTED, wanted).order_by(None).subquery()
    mass = func.coalesce(carried.c.accepted_g, carried.c.received_g, carried.c.loaded_g, carried.c.declared_g)
    ends = (
        carried.c.consignor, carried.c.consignor_name, carried.c.consignee, carried.c.consignee_name,
        carried.c.stream, carried.c.waste_code,
    )  # fmt: skip
    for source, name, target, target_name, stream, code, times, grams in session.execute(
        select(*ends, func.count(), func.sum(mass))
        .where(carried.c.consignee != "")
        .group_by(*ends)
        .order_by(carried.c.consignor, carried.c.consignee, carried.c.waste_code)
    ):
        yield Way(source, name, target, target_name, "", stream, code, times, int(grams))
    treated = register(actor, RegisterKind.TREATED, wanted).order_by(None).subquery()
    there = (
        treated.c.consignor, treated.c.consignor_name, treated.c.operation, treated.c.stream,
        treated.c.waste_code,
    )  # fmt: skip
    for site, name, operation, stream, code, times, grams in session.execute(
        select(*there, func.count(), func.sum(treated.c.declared_g))
        .group_by(*there)
        .order_by(treated.c.consignor, treated.c.operation, treated.c.waste_code)
    ):
        yield Way(site, name, operation, operation, operation, stream, code, times, int(grams))
