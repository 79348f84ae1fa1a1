"""What a batch books: what goes in, what comes out, and the rest that meets its fate."""

from datetime import datetime

from sqlalchemy import func, select

from zerowaste.clock import local_day
from zerowaste.errors import Problem
from zerowaste.models.tables import FLOW, HOLDING
from zerowaste.rules import dues
from zerowaste.rules.decision import Decision, Move, Opening
from zerowaste.rules.parties import Place
from zerowaste.rules.treating import Batch, Input, Output
from zerowaste.services.desk import Desk
from zerowaste.services.requests import OutputsRequest, TreatmentRequest
from zerowaste.vocabulary import Basis, HoldingKind, Source


def open_batch(
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


def went_in(desk: Desk, batch: int) -> int:
    """Grams of everything that was ever put into a batch, additives too."""
    came = select(func.sum(FLOW.c.grams)).where(FLOW.c.to_id == batch, FLOW.c.source != Source.GAIN)
    return int(desk.session.execute(came).scalar_one() or 0)


def codes_in(desk: Desk, batch: int) -> set[tuple[str, str]]:
    """(stream, waste code) of every lot that was put into a batch."""
    put = (
        select(HOLDING.c.stream, HOLDING.c.waste_code)
        .join(FLOW, FLOW.c.from_id == HOLDING.c.id)
        .where(FLOW.c.to_id == batch)
        .distinct()
    )
    return {(stream, code) for stream, code in desk.session.execute(put)}


def came_out(desk: Desk, batch: int) -> int:
    """Grams of everything that has been taken out of a batch so far."""
    went = select(func.sum(FLOW.c.grams)).where(FLOW.c.from_id == batch)
    return int(desk.session.execute(went).scalar_one() or 0)


def put_out(
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
