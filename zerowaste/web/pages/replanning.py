"""Planning anew on a page: who carries each leg that has not begun; rows come and go as at filing."""

from collections.abc import Sequence
from typing import Any

import uuid_utils.compat as uuid7
from flask import Response

from zerowaste.errors import Problem, Refusal
from zerowaste.rules.parties import MOST_LEGS
from zerowaste.services.acts.custody import record_act
from zerowaste.services.desk import Desk
from zerowaste.services.queries.carriers import CarrierFound, find_carriers
from zerowaste.services.queries.manifests import Whole, actions_for, read_manifest
from zerowaste.vocabulary import Act, Role, Verdict
from zerowaste.web.forms import STEP, Typed, is_row, typed_of
from zerowaste.web.pages.drawing import learn_names, page
from zerowaste.web.pages.filing_choices import MOST_CARRIERS
from zerowaste.web.pages.manifests import was_said
from zerowaste.web.pages.session import go_on
from zerowaste.web.schemas.events import EventBody, EventKind
from zerowaste.web.schemas.filing import LegBody
from zerowaste.web.views import TYPED, Call, NoQuery, Views

PLANNERS = (Role.PRODUCER, Role.FACILITY, Role.DISPATCHER)
views = Views("replanning_pages", prefix="", page=True)
Rows = list[dict[str, str]]


@views.get("/manifests/<ref>/acts/replan", allow=PLANNERS)
def begin(call: Call[None, NoQuery], ref: str) -> Response:
    """The legs that have not begun, as they are planned now; one to fill in where all have."""
    found = read_manifest(call.desk(), ref)
    rows = [{name: getattr(leg, name) for name in LegBody.model_fields} for leg in _planned(found)]
    typed = Typed({"id": [str(uuid7.uuid7())], "expects": [str(found.row.events)]})
    return _form(call, ref, _with_rows(typed, rows or [{}]))


@views.post("/manifests/<ref>/acts/replan", allow=PLANNERS, body=TYPED)
def go_on_planning(call: Call[Typed, NoQuery], ref: str) -> Response:
    """Whatever was pressed: a leg more or fewer, another carrier, or the plan itself."""
    step = call.body.one(STEP)
    if step == "replan":
        return _plan(call, ref)
    rows, (act, _, at) = _rows(call.body), step.partition("-")
    if act == "add":
        rows.append({})
    elif act == "insert":
        rows.insert(0, {})
    elif act == "drop" and is_row(at):
        del rows[int(at) : int(at) + 1]
    return _form(call, ref, _with_rows(call.body, rows))


def _plan(call: Call[Typed, NoQuery], ref: str) -> Response:
    try:
        body = call.body.read(
            EventBody, kind=EventKind.REPLAN, at=call.now.isoformat(), legs=_rows(call.body)
        )
    except Refusal as refusal:
        return _form(call, ref, call.body, refusal.headline, refusal.problems)
    if was_said(call, ref, body):
        return go_on(f"/manifests/{ref}")
    try:
        recorded = record_act(call.desk(), ref, body.request())
    except Refusal as refusal:
        if refusal.code != "changed_meanwhile":
            raise
        return _form(call, ref, call.body, refusal.headline)
    if recorded.verdict is Verdict.REFUSED:
        return _form(call, ref, call.body, Problem(recorded.code), recorded.errors)
    return go_on(f"/manifests/{ref}")


def _rows(typed: Typed) -> Rows:
    """What is typed of each leg, one that is still empty among them."""
    return [
        {name: value for name in LegBody.model_fields if (value := typed.one(f"legs.{row}.{name}"))}
        for row in typed.numbers("legs")
    ]


def _with_rows(typed: Typed, rows: Rows) -> Typed:
    """The form with these legs; a carrier that is not chosen yet keeps its row."""
    others = {name: values for name, values in typed.values.items() if not name.startswith("legs.")}
    legs = typed_of({"legs": [{"carrier": "", **row} for row in rows]})
    return Typed({**others, **legs.values})


def _planned(found: Whole) -> list[Any]:
    return [leg for leg in found.legs if not leg.back and leg.number > found.row.carried]


def _firms(desk: Desk, found: Whole) -> list[CarrierFound]:
    """Who may be chosen: a dispatcher's own company; for a consignor all that are licensed, at least those
    that are planned."""

    def look(code: str, most: int) -> list[CarrierFound]:
        return find_carriers(desk, stream=found.row.stream, q=code, after="", limit=most)

    if desk.actor.role is Role.DISPATCHER:
        own = (desk.register.organisation(each)[0] for each in sorted(desk.actor.organisations))
        return [firm for code in own for firm in look(code, 1)]
    firms = look("", MOST_CARRIERS)
    missing = {leg.carrier for leg in _planned(found)} - {firm.code for firm in firms}
    return firms + [firm for code in sorted(missing) for firm in look(code, 1)]


def _form(
    call: Call[Any, Any], ref: str, typed: Typed, problem: Problem | None = None,
    problems: Sequence[Problem] = (),
) -> Response:  # fmt: skip
    desk = call.desk()
    found = read_manifest(desk, ref)
    firms, planned = _firms(desk, found), _planned(found)
    if problem is not None:  # what was refused stays refused under its id; and what it stood on is read now
        typed = typed.with_values({"id": [str(uuid7.uuid7())], "expects": [str(found.row.events)]})
    if problem is None and all(act != Act.REPLAN for act, _ in actions_for(desk, ref)):
        problem = Problem("not_legal_now", params={"kind": str(Act.REPLAN), "status": str(found.status)})
    if len(firms) == 1:  # nothing to choose
        typed = _with_rows(typed, [{"carrier": firms[0].code, **row} for row in _rows(typed)])
    learn_names(call.session, [leg.carrier_name for leg in found.legs] + [firm.name for firm in firms])
    only = desk.actor.role is Role.DISPATCHER
    own = {firm.code for firm in firms}
    return page(
        "manifests/replan.html",
        status=200 if problem is None else 422,
        found=found,
        typed=typed,
        problem=problem,
        problems=problems,
        firms=firms,
        rows=typed.numbers("legs"),
        begun=[leg for leg in found.legs if not leg.back and leg.number <= found.row.carried],
        others={leg.carrier: leg for leg in planned if only and leg.carrier not in own},
        planned=planned,
        fewest=max(1, len(planned)),
        most=MOST_LEGS - found.row.carried,
    )
