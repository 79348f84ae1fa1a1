"""The gate: a code, a number or a plate → the load that was expected → the scale → accepted or not."""

from collections.abc import Sequence
from typing import Annotated, Any

import uuid_utils.compat as uuid7
from flask import Response

from zerowaste.errors import Problem, Refusal
from zerowaste.rules.token import TokenKind, verify
from zerowaste.services.acts.custody import Recorded, record_act
from zerowaste.services.queries.manifests import actions_for, read_manifest, visible
from zerowaste.services.room.arrivals import expected
from zerowaste.vocabulary import Act, RefusalReason, Role, Verdict
from zerowaste.web.forms import Typed
from zerowaste.web.pages.drawing import learn_names, page, term
from zerowaste.web.pages.manifests import was_said
from zerowaste.web.pages.session import go_on
from zerowaste.web.schemas.base import PRINTABLE, Query, sized
from zerowaste.web.schemas.events import EventBody, EventKind
from zerowaste.web.views import TYPED, Call, NoQuery, Views

views = Views("gate_pages", prefix="", page=True)
AT_GATES = [Role.FACILITY]
IN_A_CODE = "/Q/"
ARRIVAL = "arrival"  # the id of the arrival, in the form that decides


Scanned = Annotated[str, sized(400, shortest=0), PRINTABLE]


class Found(Query):
    """`find`: what was scanned or typed."""

    find: Scanned = ""


@views.get("/gate", allow=AT_GATES, query=Found)
def show_gate(call: Call[None, Found]) -> Response:
    """Everything that is coming; or straight to the load, where one answers to what was scanned."""
    asked = call.query.find.strip()
    plate = asked.upper().replace(" ", "")
    refs = _called(call, asked) if asked else []
    if not refs and asked:
        refs = [each.number for each in expected(call.session, call.actor, now=call.now, plate=plate)]
    if len(refs) == 1:
        return go_on(f"/gate/{refs[0]}")
    coming = expected(call.session, call.actor, now=call.now, plate=plate if refs else None)
    learn_names(call.session, (name for each in coming for name in (each.consignor, each.consignee)))
    return page("gate/list.html", asked=asked, coming=coming, unknown=bool(asked and not refs))


def _called(call: Call[None, Found], asked: str) -> list[str]:
    """The manifest a code or a number stands for, if the actor may see it."""
    ref = asked
    if IN_A_CODE in asked.upper():
        token = verify(
            asked[asked.upper().index(IN_A_CODE) + len(IN_A_CODE) :], call.service.settings.signing.public
        )
        if token is None or token.kind is not TokenKind.MANIFEST:
            return []
        ref = str(token.id)
    try:
        row = visible(call.session, call.actor, ref)
    except Refusal:
        return []
    return [row.number] if row.number else []


@views.get("/gate/<ref>", allow=AT_GATES)
def weigh(call: Call[None, NoQuery], ref: str) -> Response:
    """One load: what should be aboard, and room for what the scale says."""
    fresh = {"id": [str(uuid7.uuid7())], ARRIVAL: [str(uuid7.uuid7())]}
    return _form(call, ref, Typed(fresh))


@views.post("/gate/<ref>", allow=AT_GATES, body=TYPED)
def decide(call: Call[Typed, NoQuery], ref: str) -> Response:
    """Arrived, weighed and decided in one go. The arrival is true whatever becomes of the decision."""
    typed = call.body
    refuses = typed.one("step") == "refuse"
    try:
        arrival = _body(call, typed, EventKind.ARRIVE, identity=typed.one(ARRIVAL), lines=[])
        decision = _body(call, typed, EventKind.REFUSE if refuses else EventKind.ACCEPT)
    except Refusal as refusal:
        return _form(call, ref, typed, refusal.headline, refusal.problems)
    if was_said(call, ref, decision):
        return go_on(f"/manifests/{ref}")
    for body in (arrival, decision):
        if body.kind is EventKind.ARRIVE and not _open(call, ref, Act.ARRIVE, body):
            continue
        recorded: Recorded = record_act(call.desk(), ref, body.request())
        if recorded.verdict is Verdict.REFUSED:
            return _form(call, ref, typed, Problem(recorded.code), recorded.errors)
    return go_on(f"/manifests/{ref}")


def _body(
    call: Call[Typed, NoQuery], typed: Typed, kind: EventKind, *, identity: str = "", **more: Any
) -> EventBody:
    """One of the two acts the form stands for: that the load came, and what the scale said and the clerk
    decided, whoever has said before that it came."""
    fields = {name: values for name, values in typed.values.items() if name != ARRIVAL}
    if kind is EventKind.ARRIVE:
        fields = {name: values for name, values in fields.items() if not name.startswith("ticket.")}
    if identity:
        fields["id"] = [identity]
    return Typed(fields).read(EventBody, kind=kind, at=call.now.isoformat(), **more)


def _open(call: Call[Typed, NoQuery], ref: str, act: Act, body: EventBody) -> bool:
    """Whether the arrival is still to be said, or was said by this very form."""
    return not was_said(call, ref, body) and any(each is act for each, _ in actions_for(call.desk(), ref))


def _form(
    call: Call[Any, Any], ref: str, typed: Typed, problem: Problem | None = None,
    problems: Sequence[Problem] = (),
) -> Response:  # fmt: skip
    if problem is not None:  # what was refused stays refused under its id
        typed = typed.with_values({name: [str(uuid7.uuid7())] for name in ("id", ARRIVAL)})
    found = read_manifest(call.desk(), ref)
    law = call.service.law
    stream = law.streams.get(found.row.stream, found.row.edition)
    known = law.catalogue.waste
    acts = [act for act, _ in actions_for(call.desk(), ref)]
    return page(
        "gate/weigh.html",
        status=200 if problem is None else 422,
        found=found,
        typed=typed,
        problem=problem,
        problems=problems,
        stream=stream,
        wastes={line.waste_code: known(found.row.stream, line.waste_code) for line in found.lines},
        reasons=[(reason, term("reason", reason)) for reason in RefusalReason],
        may_decide=Act.ACCEPT in acts,
    )
