"""Treatments: which lots went into a batch, what came out, and what is still in it."""

from collections.abc import Sequence
from typing import Any

import uuid_utils.compat as uuid7
from flask import Response

from zerowaste.clock import local, local_day
from zerowaste.errors import Problem, Refusal
from zerowaste.services.accounts import describe
from zerowaste.services.batches import find_batches, read_batch
from zerowaste.services.lots import list_lots
from zerowaste.services.manifest_state import as_uuid
from zerowaste.services.offers import capacity_of
from zerowaste.services.treatments import Treated, add_outputs, treat
from zerowaste.vocabulary import Role, SiteKind
from zerowaste.web.forms import STEP, Typed
from zerowaste.web.pages.drawing import kilograms, page
from zerowaste.web.pages.session import go_on
from zerowaste.web.paging import page as part
from zerowaste.web.paging import treated_after, treated_place
from zerowaste.web.schemas.base import Query, SiteCode
from zerowaste.web.schemas.treatments import OutputKind, OutputsBody, TreatmentBody, TreatmentQuery
from zerowaste.web.views import TYPED, Call, NoQuery, Views

views = Views("treatment_pages", prefix="", page=True)
READERS = (Role.FACILITY, Role.REGULATOR, Role.ADMINISTRATOR)
MOST_LOTS, MOST_CODES = 100, 600
ADD_OUTPUT = "add-output"
BY_AGE = "0"  # the row of inputs that names a code; all others are numbered as their lots


@views.get("/treatments", allow=READERS, query=TreatmentQuery)
def list_treatments(call: Call[None, TreatmentQuery]) -> Response:
    """The latest first."""
    query = call.query
    found = find_batches(
        call.session, call.actor, site=query.site, after=treated_after(query.cursor), limit=query.limit + 1
    )
    items, following = part(found, query, treated_place)
    return page(
        "treatments/list.html",
        items=items,
        next=following,
        query=query.model_dump(mode="json", exclude={"cursor"}, exclude_defaults=True),
        operations=call.service.law.catalogue.operations,
        may_report=call.actor.role is Role.FACILITY,
    )


class Where(Query):
    """`site`: where it was treated; left out: the first site that treats."""

    site: SiteCode | None = None


@views.get("/treatments/new", allow=[Role.FACILITY], query=Where)
def begin(call: Call[None, Where]) -> Response:
    """The form: what lies here, to be put in."""
    fresh = {"id": [str(uuid7.uuid7())], "at": [f"{local(call.now):%Y-%m-%dT%H:%M}"]}
    return _form(call, Typed(fresh | ({"site": [call.query.site]} if call.query.site else {})))


@views.post("/treatments/new", allow=[Role.FACILITY], body=TYPED)
def report(call: Call[Typed, NoQuery]) -> Response:
    """Another row, or the report itself."""
    typed = call.body
    if typed.one(STEP) != "report":
        return _form(call, _one_more(typed) if typed.one(STEP) == ADD_OUTPUT else typed)
    taken = _taken(typed)
    try:
        body = taken.read(TreatmentBody, done=bool(typed.one("done")))
        treated = treat(call.desk(), body.request())
    except Refusal as refusal:
        return _form(call, typed, refusal.headline, _beside(taken, refusal.problems))
    if treated.errors:
        fresh = typed.with_values({"id": [str(uuid7.uuid7())]})  # what was refused stays refused under its id
        return _form(call, fresh, Problem(treated.code), _beside(taken, treated.errors))
    return go_on(f"/treatments/{treated.id}")


def _beside(taken: Typed, problems: Sequence[Problem]) -> list[Problem]:
    """The problems at the rows they were typed in."""
    return taken.placed("outputs", taken.placed("inputs", problems))


def _taken(typed: Typed) -> Typed:
    """The form without the rows that were offered and not used."""
    return typed.chosen("inputs", "lot", "waste_code").chosen("outputs", "name", "waste_code", "mass_kg")


def _one_more(typed: Typed) -> Typed:
    return typed.with_values({f"outputs.{max(typed.numbers('outputs')) + 1}.kind": [OutputKind.RESIDUE]})


def _form(
    call: Call[Any, Any], typed: Typed, problem: Problem | None = None, problems: Sequence[Problem] = ()
) -> Response:
    sites = [site for site in describe(call.session, call.actor).sites if site.kind != SiteKind.PRODUCER]
    chosen = typed.one("site") or (sites[0].code if sites else "")
    own = any(site.code == chosen for site in sites)
    lots = list_lots(call.desk(), chosen, None, after=None, limit=MOST_LOTS) if own else []
    free = [lot for lot in lots if lot.kind == "lot" and lot.grams > lot.held_g]
    whole = {f"inputs.{lot.id}.mass_kg": [kilograms(lot.grams - lot.held_g)] for lot in free}
    typed = Typed({**whole, **typed.values, "site": [chosen]})
    operations = call.service.law.catalogue.operations
    named = {counter.term.operation for counter in capacity_of(call.desk(), chosen).quotas} if own else set()
    return page(
        "treatments/new.html",
        status=200 if problem is None else 422,
        typed=typed,
        problem=problem,
        problems=problems,
        sites=sites,
        lots=free,
        codes=sorted({lot.waste_code for lot in free}),
        known=call.service.law.catalogue.waste,
        operations=[each for each in operations.values() if each.code in named] or list(operations.values()),
        residues=_residues(call),
        by_age=BY_AGE,
    )


def _residues(call: Call[Any, Any]) -> list[Any]:
    """What a residue may be called: every waste of every stream."""
    day, law = local_day(call.now), call.service.law
    streams = law.streams.current(day)
    return [waste for each in streams for waste in law.catalogue.search(each.code, "", MOST_CODES, on=day)]


@views.get("/treatments/<ref>", allow=READERS)
def show(call: Call[None, NoQuery], ref: str) -> Response:
    """What went in, what came out, what is still in it."""
    return _account(
        call, ref, Typed({"id": [str(uuid7.uuid7())], "at": [f"{local(call.now):%Y-%m-%dT%H:%M}"]})
    )


@views.post("/treatments/<ref>", allow=[Role.FACILITY], body=TYPED)
def add(call: Call[Typed, NoQuery], ref: str) -> Response:
    """What came out later."""
    typed, identity = call.body, as_uuid(ref)
    if identity is None:
        raise Refusal("not_found")
    if typed.one(STEP) == ADD_OUTPUT:
        return _account(call, ref, _one_more(typed))
    try:
        rows = typed.chosen("outputs", "name", "waste_code", "mass_kg")
        nothing: dict[str, Any] = {} if rows.any_of("outputs") else {"outputs": []}
        body = rows.read(OutputsBody, done=bool(typed.one("done")), **nothing)
        treated: Treated = add_outputs(call.desk(), identity, body.request())
    except Refusal as refusal:
        return _account(call, ref, typed, refusal.headline, refusal.problems)
    if treated.errors:
        fresh = typed.with_values({"id": [str(uuid7.uuid7())]})
        return _account(call, ref, fresh, Problem(treated.code), treated.errors)
    return go_on(f"/treatments/{ref}")


def _account(
    call: Call[Any, Any], ref: str, typed: Typed, problem: Problem | None = None,
    problems: Sequence[Problem] = (),
) -> Response:  # fmt: skip
    found = read_batch(call.session, call.actor, ref)
    operation = call.service.law.catalogue.operation(found.row.operation)
    return page(
        "treatments/show.html",
        status=200 if problem is None else 422,
        found=found,
        operation=operation,
        total_g=sum(each.mass_g for each in found.inputs) + sum(grams for _, grams in found.additives),
        typed=typed,
        problem=problem,
        problems=problems,
        residues=_residues(call) if not found.row.done else (),
        may_add=not found.row.done and found.row.site_id in call.actor.sites,
    )
