"""Treatments: which lots went into a batch, what came out, and what is still in it."""

from collections.abc import Sequence
from typing import Annotated, Any

import uuid_utils.compat as uuid7
from flask import Response
from pydantic import Field

from zerowaste.clock import local, local_day
from zerowaste.errors import Problem, Refusal
from zerowaste.services.acts.batches_undone import take_back
from zerowaste.services.acts.lots import list_lots
from zerowaste.services.acts.treatments import Treated, add_outputs, treat
from zerowaste.services.booking.manifest_state import as_uuid
from zerowaste.services.identity.accounts import OwnSite, describe
from zerowaste.services.queries.batches import BatchListed, find_batches, read_batch, ways_of_treating
from zerowaste.services.queries.firstpage import stock_of
from zerowaste.services.queries.names import site_names
from zerowaste.vocabulary import HoldingKind, Role, SiteKind
from zerowaste.web.forms import STEP, Typed
from zerowaste.web.pages.drawing import kilograms, page, say
from zerowaste.web.pages.session import go_on
from zerowaste.web.pages.sheets import SHEETS, sheet
from zerowaste.web.paging import page as part
from zerowaste.web.paging import treated_after, treated_place
from zerowaste.web.schemas.base import Query, SiteCode
from zerowaste.web.schemas.treatments import OutputKind, OutputsBody, TreatmentBody, TreatmentQuery, UndoBody
from zerowaste.web.streaming import Cell
from zerowaste.web.views import TYPED, Call, NoQuery, Views

views = Views("treatment_pages", prefix="", page=True)
READERS = (Role.FACILITY, Role.REGULATOR, Role.ADMINISTRATOR)
MOST_LOTS, MOST_CODES = 100, 600
# The button for one more row → the rows, and the field a new one begins with.
MORE = {"add-output": ("outputs", "kind", OutputKind.RESIDUE), "add-additive": ("additives", "name", "")}
DRAWN_ANEW = (*MORE, "draw")
OUTPUT_KEYS = ("name", "waste_code", "mass_kg")
BY_AGE = "0"  # the row of inputs that names a code; all others are numbered as their lots
HEADINGS = (
    ("时间", "at"), ("场所", "site"), ("名称", "name"), ("方式", "operation"), ("投入（克）", "went in (g)"),
    ("尚在处理（克）", "still in it (g)"), ("已完成", "done"),
)  # fmt: skip


@views.get("/treatments", allow=READERS, query=TreatmentQuery)
def list_treatments(call: Call[None, TreatmentQuery]) -> Response:
    """The latest first."""
    items, following = _found(call)
    sites = _treating(call)
    named = [each.site for each in items] + [site.code for site in sites]
    return page(
        "treatments/list.html",
        items=items,
        names=site_names(call.session, named),
        next=following,
        query=call.query.model_dump(mode="json", exclude={"cursor"}, exclude_defaults=True),
        operations=call.service.law.catalogue.operations,
        sites=sites,
        may_report=call.actor.role is Role.FACILITY,
    )


@views.get("/treatments.<any(csv, xlsx):kind>", allow=READERS, query=TreatmentQuery, replies=SHEETS)
def save_treatments(call: Call[None, TreatmentQuery], kind: str) -> Response:
    """The list as it is shown, for a spreadsheet."""
    return sheet("treatments", kind, HEADINGS, (_cells(each) for each in _found(call)[0]))


def _found(call: Call[None, TreatmentQuery]) -> tuple[Sequence[BatchListed], str | None]:
    query = call.query
    found = find_batches(
        call.session, call.actor, site=query.site, after=treated_after(query.cursor), limit=query.limit + 1
    )
    return part(found, query, treated_place)


def _cells(each: BatchListed) -> list[Cell]:
    at = local(each.at).isoformat(timespec="minutes")
    done = say("是", "yes") if each.done else ""
    return [at, each.site, each.site_name, each.operation, each.input_g, each.rest_g, done]


class Where(Query):
    """`site`: where it was treated; left out: the first site that treats. `lots`: to be ticked already
    (numbers with commas between)."""

    site: SiteCode | None = None
    lots: Annotated[str, Field(pattern=r"^[0-9]{1,15}(,[0-9]{1,15}){0,199}$")] | None = None


@views.get("/treatments/new", allow=[Role.FACILITY], query=Where)
def begin(call: Call[None, Where]) -> Response:
    """The form: what lies here, to be put in."""
    ticked = (call.query.lots or "").split(",")
    begun = {f"inputs.{lot}.lot": [lot] for lot in ticked if lot} | {"site": [call.query.site or ""]}
    return _form(call, _fresh(call).with_values(begun))


@views.post("/treatments/new", allow=[Role.FACILITY], body=TYPED)
def report(call: Call[Typed, NoQuery]) -> Response:
    """Another row, or the report itself."""
    typed = call.body
    if typed.one(STEP) in DRAWN_ANEW:
        return _form(call, _one_more(typed))
    taken = _taken(typed)
    try:
        body = taken.read(TreatmentBody, done=bool(typed.one("done")))
        treated = treat(call.desk(), body.request())
    except Refusal as refusal:
        return _form(call, typed, refusal.headline, _beside(taken, refusal.problems))
    if treated.errors:
        return _form(call, _renewed(typed), Problem(treated.code), _beside(taken, treated.errors))
    return go_on(f"/treatments/{treated.id}")


def _beside(taken: Typed, problems: Sequence[Problem]) -> list[Problem]:
    """The problems at the rows they were typed in."""
    for rows in ("inputs", "additives", "outputs"):
        problems = taken.placed(rows, problems)
    return list(problems)


def _taken(typed: Typed) -> Typed:
    """The form without the rows that were offered and not used."""
    mass = f"inputs.{BY_AGE}.mass_kg"
    slip = {mass: [typed.one(mass)]} if typed.one(mass) else {}  # of no waste: to be told, not dropped
    chosen = typed.chosen("inputs", "lot", "waste_code").with_values(slip)
    return chosen.chosen("outputs", *OUTPUT_KEYS).chosen("additives", "name", "mass_kg")


def _one_more(typed: Typed) -> Typed:
    """The form with the row more that was asked for, if one was."""
    if typed.one(STEP) not in MORE:
        return typed
    rows, first, value = MORE[typed.one(STEP)]
    return typed.with_values({f"{rows}.{max(typed.numbers(rows)) + 1}.{first}": [value]})


def _fresh(call: Call[Any, Any]) -> Typed:
    return Typed({"id": [str(uuid7.uuid7())], "at": [f"{local(call.now):%Y-%m-%dT%H:%M}"]})


def _renewed(typed: Typed) -> Typed:
    """The form under another id: what was refused stays refused under its own."""
    return typed.with_values({"id": [str(uuid7.uuid7())]})


def _treating(call: Call[Any, Any]) -> list[OwnSite]:
    return [site for site in describe(call.session, call.actor).sites if site.kind != SiteKind.PRODUCER]


def _form(
    call: Call[Any, Any], typed: Typed, problem: Problem | None = None, problems: Sequence[Problem] = ()
) -> Response:
    sites = _treating(call)
    chosen = typed.one("site") or _first(call, sites)
    own = any(site.code == chosen for site in sites)
    lots, all_shown = _lots(call, chosen, typed) if own else ([], True)
    gone = _left_out(call, chosen, typed, lots) if own and problem is None else []
    whole = {f"inputs.{lot.id}.mass_kg": [kilograms(lot.grams - lot.held_g)] for lot in lots}
    typed = Typed({**whole, **typed.values, "site": [chosen]})
    return page(
        "treatments/new.html",
        status=200 if problem is None else 422,
        typed=typed,
        problem=problem,
        problems=problems,
        sites=sites,
        names=site_names(call.session, (site.code for site in sites)),
        lots=lots,
        left_out=gone,
        all_shown=all_shown,
        codes=sorted({lot.waste_code for lot in lots}),
        known=call.service.law.catalogue.waste,
        operations=ways_of_treating(call.desk(), chosen) if own else [],
        streams=call.service.law.streams.current(local_day(call.now)),
        residues=_residues(call),
        by_age=BY_AGE,
    )


def _first(call: Call[Any, Any], sites: Sequence[OwnSite]) -> str:
    """The site that is most likely meant: the first at which something lies."""
    lying = {each.site for each in stock_of(call.session, call.actor, limit=MOST_LOTS)}
    return next((site.code for site in sites if site.code in lying), sites[0].code if sites else "")


def _left_out(call: Call[Any, Any], site: str, typed: Typed, lots: Sequence[Any]) -> list[Problem]:
    """Why ticked lots are not among those that can be treated."""
    offered = {lot.id for lot in lots}
    ticked = {lot for lot in typed.numbers("inputs") if typed.one(f"inputs.{lot}.lot")} - offered
    if not ticked:
        return []
    known = list_lots(call.desk(), site, None, named=ticked, after=None, limit=len(ticked))
    refused = {lot.id for lot in known if lot.kind == HoldingKind.LOAD}
    return [
        Problem("lot_refused_here" if lot in refused else "lot_unknown", "", {"lot": lot, "site": site})
        for lot in sorted(ticked)
    ]


def _lots(call: Call[Any, Any], site: str, typed: Typed) -> tuple[list[Any], bool]:
    """The oldest lots with grams to spare and those that are ticked; and whether these are all."""
    desk = call.desk()
    found = list_lots(desk, site, None, after=None, limit=MOST_LOTS)
    ticked = {lot for lot in typed.numbers("inputs") if typed.one(f"inputs.{lot}.lot")}
    younger = ticked - {lot.id for lot in found}
    all_shown = len(found) < MOST_LOTS
    if younger and not all_shown:
        found += list_lots(desk, site, None, named=younger, after=None, limit=MOST_LOTS)
    return [lot for lot in found if lot.kind == HoldingKind.LOT and lot.grams > lot.held_g], all_shown


def _residues(call: Call[Any, Any]) -> list[Any]:
    """What a residue may be called: every waste of every stream."""
    day, law = local_day(call.now), call.service.law
    streams = law.streams.current(day)
    return [waste for each in streams for waste in law.catalogue.search(each.code, "", MOST_CODES, on=day)]


@views.get("/treatments/<ref>", allow=READERS)
def show(call: Call[None, NoQuery], ref: str) -> Response:
    """What went in, what came out, what is still in it."""
    return _account(call, ref, _fresh(call))


@views.post("/treatments/<ref>", allow=[Role.FACILITY], body=TYPED)
def add(call: Call[Typed, NoQuery], ref: str) -> Response:
    """What came out later."""
    typed, identity = call.body, as_uuid(ref)
    if identity is None:
        raise Refusal("not_found")
    if typed.one(STEP) in DRAWN_ANEW:
        return _account(call, ref, _one_more(typed))
    taken = typed.chosen("outputs", *OUTPUT_KEYS)
    try:
        nothing: dict[str, Any] = {} if taken.any_of("outputs") else {"outputs": []}
        body = taken.read(OutputsBody, done=bool(typed.one("done")), **nothing)
        treated: Treated = add_outputs(call.desk(), identity, body.request())
    except Refusal as refusal:
        return _account(call, ref, typed, refusal.headline, _beside(taken, refusal.problems))
    if treated.errors:
        problems = _beside(taken, treated.errors)
        return _account(call, ref, _renewed(typed), Problem(treated.code), problems)
    return go_on(f"/treatments/{ref}")


@views.post("/treatments/<ref>/reverse", allow=[Role.FACILITY], body=TYPED)
def undo(call: Call[Typed, NoQuery], ref: str) -> Response:
    """What was reported last was wrong."""
    typed, identity = call.body, as_uuid(ref)
    if identity is None:
        raise Refusal("not_found")
    try:
        undone = take_back(call.desk(), identity, typed.read(UndoBody).request())
    except Refusal as refusal:
        return _account(call, ref, _fresh(call), refusal.headline, refusal.problems)
    if undone.errors:
        return _account(call, ref, _fresh(call), Problem(undone.code), undone.errors)
    return go_on(f"/treatments/{ref}")


def _account(
    call: Call[Any, Any], ref: str, typed: Typed, problem: Problem | None = None,
    problems: Sequence[Problem] = (),
) -> Response:  # fmt: skip
    found = read_batch(call.session, call.actor, ref)
    operation = call.service.law.catalogue.operation(found.row.operation)
    put_in = sum(each.mass_g for each in found.inputs) + sum(grams for _, grams in found.additives)
    total = sum(each.mass_g for each in found.outputs) + found.rest_g
    return page(
        "treatments/show.html",
        status=200 if problem is None else 422,
        found=found,
        operation=operation,
        total_g=total,
        gain_g=total - put_in,
        typed=typed,
        problem=problem,
        problems=problems,
        known=call.service.law.catalogue.waste,
        streams=call.service.law.streams.current(local_day(call.now)),
        residues=_residues(call) if not found.row.done else (),
        may_add=not found.row.done and found.row.site_id in call.actor.sites,
        may_undo=bool(found.inputs) and found.row.site_id in call.actor.sites,
        undoing=_fresh(call),
    )
