"""Treatment: lots and additives go into a batch; products, residues and at last a fate come out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from zerowaste.clock import local_day
from zerowaste.errors import Problem, Refusal
from zerowaste.models.tables import HOLDING, TREATMENT
from zerowaste.rules import dues
from zerowaste.rules.decision import Decision, problems_of
from zerowaste.rules.parties import Place
from zerowaste.rules.state import Findings
from zerowaste.rules.treating import (
    Batch,
    Input,
    judge_additives,
    judge_inputs,
    judge_outputs,
    judge_residues,
    judge_yield,
)
from zerowaste.services import naming
from zerowaste.services.acts import lots
from zerowaste.services.acts.batch_booking import came_out, codes_in, open_batch, put_out, went_in
from zerowaste.services.booking import ledger
from zerowaste.services.booking.ledger import Act, Chain
from zerowaste.services.desk import Desk
from zerowaste.services.requests import OutputsRequest, TreatmentRequest
from zerowaste.services.room import capacity
from zerowaste.vocabulary import HoldingKind, Role, Verdict


@dataclass(frozen=True, slots=True)
class Treated:
    """The answer: the batch, the lots its residues became, and what is wrong or doubtful."""

    id: UUID
    event: UUID
    number: int
    created: bool
    done: bool
    residues: Sequence[int] = ()
    warnings: Sequence[Problem] = ()
    findings: Sequence[Problem] = ()
    code: str = ""
    errors: Sequence[Problem] = ()


def treat(desk: Desk, request: TreatmentRequest) -> Treated:
    """Report a batch. Raises `not_found`, `forbidden`, `id_reused`; what the law refuses is returned."""
    place = _own_place(desk, request.site)
    act = act_of(desk, request.id, "treat", request.at, request.body)
    stored = ledger.find(desk.session, request.id)
    refused = stored is not None and stored.subject == "site"  # a refused batch is an event of its site
    subject = ("site", place.code) if refused else ("treatment", str(request.id))
    if ledger.repeated(stored, act, *subject):
        return first_answer(request.id, stored)
    found = Findings()
    decision, residues = decide(desk, place, request, found)
    if found.errors:
        return _keep_refusal(desk, place, act, found)
    begun = Chain("treatment", str(request.id), 0, "")
    chain, _ = ledger.append(desk.session, begun, act, decision, now=desk.now)
    return Treated(
        request.id, request.id, chain.events, True, request.done, residues,
        decision.warnings, decision.findings,
    )  # fmt: skip


def decide(
    desk: Desk, place: Place, request: TreatmentRequest, found: Findings
) -> tuple[Decision, list[int]]:
    """What a batch books, and the lots its residues become; with errors in `found`, nothing."""
    inputs = _inputs(desk, place, request, found)
    papers = desk.register.papers(place)
    judge_inputs(desk.law, place, papers, request.operation, request.at, inputs, found)
    outputs = judge_outputs(desk.law, request.outputs, local_day(request.at), found)
    waste_g, added_g = sum(lot.grams for lot in inputs), sum(grams for _, grams in request.additives)
    judge_additives(waste_g, added_g, found)
    judge_yield(waste_g + added_g, 0, outputs, found)
    judge_residues({(lot.stream, lot.waste_code) for lot in inputs}, outputs, found)
    request = replace(request, outputs=outputs)
    if request.at > desk.now + dues.CLOCK_SKEW:
        found.error("at_in_future", "at")
    if found.errors:
        return Decision(), []
    decision = Decision(warnings=found.warnings, findings=found.findings)
    batch = open_batch(desk, place, request, inputs, decision)
    residues = put_out(desk, place, batch, request, decision)
    decision.put["treatment"] = [
        {
            "site_id": place.id,
            "operation": request.operation,
            "at": request.at,
            "batch_id": batch.holding,
            "done": request.done,
        }
    ]
    capacity.follow_stock(desk, decision, place)
    return decision, residues


def add_outputs(desk: Desk, treatment_id: UUID, request: OutputsRequest) -> Treated:
    """Report what came out of a batch. Raises `not_found`, `forbidden`, `id_reused`."""
    row = locked(desk, treatment_id)
    place = desk.register.place(row.site_id)
    act = act_of(desk, request.id, "outputs", request.at, request.body)
    stored = ledger.find(desk.session, request.id)
    if ledger.repeated(stored, act, "treatment", str(treatment_id)):
        return first_answer(treatment_id, stored)
    found = Findings()
    outputs = judge_outputs(desk.law, request.outputs, local_day(request.at), found)
    judge_yield(went_in(desk, row.batch_id), came_out(desk, row.batch_id), outputs, found)
    judge_residues(codes_in(desk, row.batch_id), outputs, found)
    request = replace(request, outputs=outputs)
    if request.at > desk.now + dues.CLOCK_SKEW:
        found.error("at_in_future", "at")
    elif request.at < row.at - dues.CLOCK_SKEW:
        found.error("output_before_batch", "at")
    chain = Chain("treatment", str(treatment_id), row.events, row.head)
    if row.done or found.errors:
        code = "not_legal_now" if row.done else "invalid"
        if row.done:
            found.error("treatment_done")
        decision = Decision(verdict=Verdict.REFUSED, code=code, errors=found.errors)
        after, _ = ledger.append(desk.session, chain, act, decision, now=desk.now)
        return Treated(treatment_id, request.id, after.events, True, row.done, code=code, errors=found.errors)
    decision = Decision(warnings=found.warnings, findings=found.findings)
    content = desk.session.execute(
        select(HOLDING.c.grams, HOLDING.c.waste_code, HOLDING.c.stream).where(HOLDING.c.id == row.batch_id)
    ).one()
    batch = Batch(row.batch_id, content.grams, row.operation, content.stream, content.waste_code)
    residues = put_out(desk, place, batch, request, decision)
    if request.done:
        decision.set["treatment"] = [{"done": True}]
    capacity.follow_stock(desk, decision, place)
    after, _ = ledger.append(desk.session, chain, act, decision, now=desk.now)
    return Treated(
        treatment_id, request.id, after.events, True, request.done, residues,
        decision.warnings, decision.findings,
    )  # fmt: skip


def _own_place(desk: Desk, code: str) -> Place:
    place = desk.register.place_called(code)
    if place is None:
        raise Refusal("not_found")
    if desk.actor.role is not Role.FACILITY or place.id not in desk.actor.sites or place.generates:
        raise Refusal("forbidden")
    return place


def locked(desk: Desk, treatment_id: UUID) -> Any:
    """The row of one's own batch. Raises `not_found`, `forbidden`."""
    row = desk.session.execute(
        select(TREATMENT).where(TREATMENT.c.id == treatment_id).with_for_update(key_share=True)
    ).one_or_none()
    if row is None or row.site_id not in desk.actor.sites:
        raise Refusal("not_found")
    if desk.actor.role is not Role.FACILITY:
        raise Refusal("forbidden")
    return row


def act_of(desk: Desk, act_id: UUID, kind: str, at: datetime, body: dict[str, Any]) -> Act:
    return Act(
        id=act_id, kind=kind, at=at, actor=desk.actor.login, role=desk.actor.role, body=body,
        credential=desk.actor.credential,
    )  # fmt: skip


def first_answer(treatment_id: UUID, stored: Any) -> Treated:
    """What was answered when this act was told first."""
    content = ledger.content_of(stored)
    changes = {**content.get("put", {}), **content.get("set", {})}.get("treatment", [{}])[0]
    return Treated(
        id=treatment_id,
        event=stored.id,
        number=stored.number,
        created=False,
        done=changes.get("done", content.get("code") == "not_legal_now"),  # refused because it was done
        residues=[o[0] for o in content.get("open", ()) if o[2] == "residue"],
        warnings=problems_of(content.get("warnings", ())),
        findings=problems_of(content.get("findings", ())),
        code=content.get("code", ""),
        errors=problems_of(content.get("errors", ())),
    )


def _keep_refusal(desk: Desk, place: Place, act: Act, found: Findings) -> Treated:
    """A refused batch is an event of the site; its id stays refused."""
    chain = lots.lock_site(desk.session, place.code)
    decision = Decision(verdict=Verdict.REFUSED, code="invalid", errors=found.errors)
    after, _ = ledger.append(desk.session, chain, act, decision, now=desk.now)
    return Treated(act.id, act.id, after.events, True, False, code="invalid", errors=found.errors)


def _inputs(desk: Desk, place: Place, request: TreatmentRequest, found: Findings) -> list[Input]:
    """The lots that go in: those named, or the oldest of a code (first in, first out)."""
    taken: dict[int, Input] = {}
    called = naming.numbers_of_lots(desk, [lot for lot, _, _ in request.inputs if lot is not None])
    for index, (lot, code, mass) in enumerate(request.inputs):
        path = f"inputs.{index}"
        named = None if lot is None else _named(desk, place, called.get(lot))
        rest = _take(desk.books.open_lots(place.id, code) if named is None else named, taken, mass, path)
        if lot is not None and not named:
            found.error("lot_unknown", f"{path}.lot", lot=str(lot), site=place.code)
            continue
        if any(row.path == path and row.since > request.at + dues.CLOCK_SKEW for row in taken.values()):
            found.find("treated_before_arrival", path)
        if rest and len(taken) == lots.MOST_DRAWN:
            found.error("lots_too_many", f"{path}.mass_g", most=lots.MOST_DRAWN, mass_g=mass - rest)
        elif rest:
            found.error("lot_short", f"{path}.mass_g", lot=str(lot or code), left_g=mass - rest, asked_g=mass)
    return [taken[lot] for lot in sorted(taken)]


def _take(rows: Iterable[Any], taken: dict[int, Input], mass: int, path: str) -> int:
    """Adds to what is taken, row by row, until there is so much; gives what is lacking."""
    rest = mass
    for row in rows:
        if not rest or len(taken) == lots.MOST_DRAWN:
            break
        known = taken[row.id].grams if row.id in taken else 0
        free = min(row.grams - row.held_g - known, rest)
        if free > 0:
            taken[row.id] = Input(row.id, row.stream, row.waste_code, known + free, path, row.since)
            rest -= free
    return rest


def _named(desk: Desk, place: Place, lot: int | None) -> list[Any]:
    rows = desk.books.holdings([] if lot is None else [lot])
    return [row for row in rows if row.site_id == place.id and row.kind == HoldingKind.LOT]
