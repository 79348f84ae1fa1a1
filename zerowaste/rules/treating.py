"""What the law says of a batch: what may be treated so, here, together, and what may come out.

Law: 法典 534 (HW-PERMIT), 535 (HW-MIX); GB 39707-2020; HJ 1033 附录F (operations)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from zerowaste.clock import local_day
from zerowaste.rules import permits
from zerowaste.rules.catalogue import WasteCode
from zerowaste.rules.law import Law
from zerowaste.rules.mixing import incompatible
from zerowaste.rules.parties import Paper, Place
from zerowaste.rules.state import Findings
from zerowaste.vocabulary import Instrument

MOST_TIMES_OUT = 10


@dataclass(frozen=True, slots=True)
class Input:
    """Grams taken from one lot. `path`: where the request named it; `since`: when the lot came."""

    lot: int
    stream: str
    waste_code: str
    grams: int
    path: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Output:
    """What came out: a `product` (it has a name and is waste no more) or a `residue` (waste again)."""

    kind: str
    mass_g: int
    stream: str = ""
    waste_code: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """An open batch: its holding, what is in it, and how it is treated."""

    holding: int
    grams: int
    operation: str
    stream: str
    waste_code: str


def judge_inputs(
    law: Law,
    place: Place,
    papers: Sequence[Paper],
    operation: str,
    at: datetime,
    inputs: Sequence[Input],
    found: Findings,
) -> None:
    """Whether these wastes may be treated so on that day, and together."""
    known = law.catalogue.operation(operation)
    if known is None:
        found.error("operation_unknown", "operation", operation=operation)
        return
    if not known.terminal:
        found.error("operation_not_a_fate", "operation", operation=operation)
        return
    if not inputs and not found.errors:
        found.error("inputs_missing", "inputs")
    wastes = [_allowed(law, place, papers, operation, local_day(at), lot, found) for lot in inputs]
    for first, second, danger in incompatible(wastes):
        found.error("incompatible", "inputs", first=first, second=second, danger=danger)


def _allowed(
    law: Law, place: Place, papers: Sequence[Paper], operation: str, day: date, lot: Input, found: Findings
) -> WasteCode:
    """The waste of a lot, after asking whether catalogue and permit let it be treated so."""
    waste = law.catalogue.waste(lot.stream, lot.waste_code)
    if waste is None:  # a lot exists only under a code that was known when it was made
        raise LookupError(lot.waste_code)
    if not law.catalogue.allows(waste, operation):
        found.error("operation_not_for_waste", lot.path, operation=operation, waste_code=lot.waste_code)
    wanted = permits.Wanted(lot.stream, waste, operation, day, place.id)
    problem = permits.refusal(papers, Instrument.PERMIT, wanted, holder=place.name, path=lot.path)
    if problem:
        found.errors.append(problem)
    return waste


def judge_residues(put_in: Collection[tuple[str, str]], outputs: Sequence[Output], found: Findings) -> None:
    """A residue under a code that was put in (stream, code) was not treated: its storage clock would begin
    anew, and its chain look treated."""
    for index, output in enumerate(outputs):
        if output.kind == "residue" and (output.stream, output.waste_code) in put_in:
            found.find("residue_as_put_in", f"outputs.{index}.waste_code", waste_code=output.waste_code,
                       mass_g=output.mass_g)  # fmt: skip


def judge_additives(waste_g: int, additives_g: int, found: Findings) -> None:
    """Lime and water dilute waste. Many times as much of them is a slip of the unit, and would let waste
    come out that never went in."""
    if waste_g and additives_g > MOST_TIMES_OUT * waste_g:
        found.error("additives_beyond_input", "additives", added_g=additives_g, in_g=waste_g,
                    times=MOST_TIMES_OUT)  # fmt: skip


def judge_yield(went_in_g: int, came_out_g: int, outputs: Sequence[Output], found: Findings) -> None:
    """More may come out than went in (water, lime nobody named): a finding. Many times as much is a slip
    of the unit, and refused, in however many acts it is told (`came_out_g`: in those before)."""
    out_g = came_out_g + sum(output.mass_g for output in outputs)
    if went_in_g and out_g > MOST_TIMES_OUT * went_in_g:
        found.error("output_beyond_input", "outputs", out_g=out_g, in_g=went_in_g, times=MOST_TIMES_OUT)


def judge_outputs(law: Law, outputs: Sequence[Output], day: date, found: Findings) -> tuple[Output, ...]:
    """A product has a name; a residue has a code, and the stream that code belongs to. Gives the outputs
    with their streams."""
    outputs = tuple(_placed(law, output, day) for output in outputs)
    for index, output in enumerate(outputs):
        path = f"outputs.{index}"
        if output.kind == "product":
            if not output.name:
                found.error("product_name_missing", f"{path}.name")
            continue
        stream = law.streams.find(output.stream, on=day)
        if not output.stream:
            found.error("residue_unplaced", f"{path}.waste_code", waste_code=output.waste_code)
        elif stream is None:
            found.error("stream_unknown", f"{path}.stream", stream=output.stream)
        elif law.catalogue.waste(output.stream, output.waste_code, on=day) is None:
            found.error("waste_code_unknown", f"{path}.waste_code",
                        waste_code=output.waste_code, stream=stream.names)  # fmt: skip
    return outputs


def _placed(law: Law, output: Output, day: date) -> Output:
    """A residue that does not say its stream is of the one stream that knows its code."""
    if output.kind == "product" or output.stream:
        return output
    known = [
        stream.code
        for stream in law.streams.current(day)
        if law.catalogue.waste(stream.code, output.waste_code, on=day) is not None
    ]
    return replace(output, stream=known[0]) if len(known) == 1 else output
