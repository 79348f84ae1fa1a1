"""Treatment: lots and additives go into a batch; products, residues and at last a fate come out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from zerowaste.clock import local_day
from zerowaste.errors import Problem, Refusal
from zerowaste.models.tables import HOLDING, TREATMENT
from zerowaste.rules import dues
from zerowaste.rules.decision import Decision, Move, Opening, problems_of
from zerowaste.rules.parties import Place
from zerowaste.rules.state import Findings
from zerowaste.rules.treating import Batch, Input, Output, judge_inputs, judge_outputs
from zerowaste.services import capacity, ledger, lots, naming
from zerowaste.services.desk import Desk
from zerowaste.services.ledger import Act, Chain
from zerowaste.vocabulary import Basis, HoldingKind, Role, Source, Verdict


@dataclass(frozen=True, slots=True)
class TreatmentRequest:
    """A batch as it was reported. `inputs`: (lot, None, mass) or (None, waste code, mass)."""

    id: UUID
    site: str
    operation: str
    at: datetime
    inputs: tuple[tuple[int | UUID | None, str | None, int], ...]
    body: dict[str, Any]
    additives: tuple[tuple[str, int], ...] = ()
    outputs: tuple[Output, ...] = ()
    done: bool = False


@dataclass(frozen=True, slots=True)
class OutputsRequest:
    """Further outputs of a batch, or that nothing more will come (`done`)."""

    id: UUID
    at: datetime
    outputs: tuple[Output, ...]
    body: dict[str, Any]
    done: bool = False


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
        return _first_answer(request.id, stored)
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
    judge_outputs(desk.law, request.outputs, local_day(request.at), found)
    if request.at > desk.now + dues.CLOCK_SKEW:
        found.error("at_in_future", "at")
    if found.errors:
        return Decision(), []
    decision = Decision(warnings=found.warnings, findings=found.findings)
    batch = _open_batch(desk, place, request, inputs, decision)
    residues = _put_out(desk, place, batch, request, decision)
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
    row = _locked(desk, treatment_id)
    place = desk.register.place(row.site_id)
    act = act_of(desk, request.id, "outputs", request.at, request.body)
    stored = ledger.find(desk.session, request.id)
    if ledger.repeated(stored, act, "treatment", str(treatment_id)):
        return _first_answer(treatment_id, stored)
    found = Findings()
    judge_outputs(desk.law, request.outputs, local_day(request.at), found)
    if request.at > desk.now + dues.CLOCK_SKEW:
        found.error("at_in_future", "at")
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
    residues = _put_out(desk, place, batch, request, decision)
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


def _locked(desk: Desk, treatment_id: UUID) -> Any:
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


def _first_answer(treatment_id: UUID, stored: Any) -> Treated:
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
        rows = (
            _named(desk, place, called.get(lot)) if lot is not None else desk.books.open_lots(place.id, code)
        )
        rest = mass
        for row in rows:
            known = taken.get(row.id)
            free = min(row.grams - row.held_g - (known.grams if known else 0), rest)
            if free > 0:
                total = free + (known.grams if known else 0)
                taken[row.id] = Input(row.id, row.stream, row.waste_code, total, path)
                rest -= free
        if not rows and lot is not None:
            found.error("lot_unknown", f"{path}.lot", lot=str(lot), site=place.code)
        elif rest:
            found.error("lot_short", f"{path}.mass_g", lot=str(lot or code), left_g=mass - rest, asked_g=mass)
    return [taken[lot] for lot in sorted(taken)]


def _named(desk: Desk, place: Place, lot: int | None) -> list[Any]:
    rows = desk.books.holdings([] if lot is None else [lot])
    return [row for row in rows if row.site_id == place.id and row.kind == HoldingKind.LOT]


def _open_batch(
    desk: Desk, place: Place, request: TreatmentRequest, inputs: list[Input], decision: Decision
) -> Batch:
    """The batch, named after the waste that weighs most in it."""
    main = max(inputs, key=lambda lot: (lot.grams, -lot.lot))
    stream = desk.law.streams.get(main.stream, on=local_day(request.at))
    holding = desk.books.allot(1)[0]
    decision.edition = stream.edition
    decision.opens.append(
        Opening(
            holding, HoldingKind.BATCH, "batch", main.stream, main.waste_code, place.id,
            place.organisation_id, 0, request.at, dues.batch_due(stream, request.at), request.operation,
        )
    )  # fmt: skip
    for lot in inputs:
        decision.moves.append(Move(lot.lot, holding, lot.grams, Basis.SCALE))
    for _, grams in request.additives:
        decision.moves.append(Move(None, holding, grams, Basis.SCALE, Source.ADDITIVE))
    total = sum(lot.grams for lot in inputs) + sum(grams for _, grams in request.additives)
    return Batch(holding, total, request.operation, main.stream, main.waste_code)


def _put_out(
    desk: Desk,
    place: Place,
    batch: Batch,
    request: TreatmentRequest | OutputsRequest,
    decision: Decision,
) -> list[int]:
    """Products and residues; with `done` the rest meets its fate. More out than in is a gain."""
    out = sum(output.mass_g for output in request.outputs)
    if out > batch.grams:
        decision.moves.append(Move(None, batch.holding, out - batch.grams, Basis.SCALE, Source.GAIN))
        decision.findings.append(Problem("more_out_than_in", "outputs", {"gain_g": out - batch.grams}))
    rest = max(0, batch.grams - out)
    ends = bool(rest and request.done)
    ids = desk.books.allot(len(request.outputs) + ends)
    residues = []
    for holding, output in zip(ids, request.outputs, strict=False):
        decision.opens.append(_output(desk, place, batch, output, holding, request.at))
        decision.moves.append(Move(batch.holding, holding, output.mass_g, Basis.SCALE))
        if output.kind == "residue":
            residues.append(holding)
    if ends:
        decision.opens.append(
            Opening(
                ids[-1], HoldingKind.FATE, "fate", batch.stream, batch.waste_code, place.id,
                place.organisation_id, 0, request.at, None, batch.operation,
            )
        )  # fmt: skip
        decision.moves.append(Move(batch.holding, ids[-1], rest, Basis.SHARE))
    return residues


def _output(desk: Desk, place: Place, batch: Batch, output: Output, holding: int, at: datetime) -> Opening:
    if output.kind == "product":
        return Opening(
            holding, HoldingKind.FATE, "product", batch.stream, batch.waste_code, place.id,
            place.organisation_id, 0, at, None, batch.operation, output.name,
        )  # fmt: skip
    stream = desk.law.streams.get(output.stream, on=local_day(at))
    papers = desk.register.papers(place)
    due = dues.stored(stream, desk.law.catalogue, place, papers, output.waste_code, at)
    return Opening(
        holding, HoldingKind.LOT, "residue", output.stream, output.waste_code, place.id,
        place.organisation_id, 0, at, due, "", output.name,
    )  # fmt: skip
