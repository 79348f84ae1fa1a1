"""Treatments: what goes into a batch, what comes out, and what became of it."""

from zerowaste.errors import Refusal
from zerowaste.services.acts.batches_undone import take_back
from zerowaste.services.acts.treatments import (
    Treated,
    add_outputs,
    treat,
)
from zerowaste.services.booking.manifest_state import as_uuid
from zerowaste.services.queries.batches import BatchView, read_batch
from zerowaste.vocabulary import Role
from zerowaste.web.api.notices import told
from zerowaste.web.problems import Refused
from zerowaste.web.schemas.treatments import (
    AdditiveItem,
    InputItem,
    OutputItem,
    OutputsBody,
    TreatmentBody,
    TreatmentReply,
    UndoBody,
)
from zerowaste.web.views import Call, NoQuery, Reply, Views

views = Views("treatments")


@views.post(
    "/treatments", allow=[Role.FACILITY], body=TreatmentBody,
    replies={200: TreatmentReply, 201: TreatmentReply}, refusals=(404, 409),
)  # fmt: skip
def report_treatment(call: Call[TreatmentBody, NoQuery]) -> Reply | Refused:
    """Report a batch: lots by choice, or grams of a waste code from the oldest lots first.

    Outputs may come now or later; with `done` the rest of the batch has met the fate of its operation.
    Residues become lots of this site, of whatever stream they belong to."""
    return _answer(call, treat(call.desk(), call.body.request()))


@views.post(
    "/treatments/<ref>/outputs", allow=[Role.FACILITY], body=OutputsBody,
    replies={200: TreatmentReply, 201: TreatmentReply}, refusals=(409,),
)  # fmt: skip
def report_outputs(call: Call[OutputsBody, NoQuery], ref: str) -> Reply | Refused:
    """Report what came out of a batch later, or with `done` that nothing more will."""
    treatment = as_uuid(ref)
    if treatment is None:
        raise Refusal("not_found")
    return _answer(call, add_outputs(call.desk(), treatment, call.body.request()))


@views.post(
    "/treatments/<ref>/reverse", allow=[Role.FACILITY], body=UndoBody,
    replies={200: TreatmentReply, 201: TreatmentReply}, refusals=(409,),
)  # fmt: skip
def take_a_report_back(call: Call[UndoBody, NoQuery], ref: str) -> Reply | Refused:
    """Take back what was reported last of a batch, if nothing hangs on it: first its outputs, then itself."""
    treatment = as_uuid(ref)
    if treatment is None:
        raise Refusal("not_found")
    return _answer(call, take_back(call.desk(), treatment, call.body.request()))


@views.get("/treatments/<ref>", allow=[Role.FACILITY, Role.REGULATOR, Role.ADMINISTRATOR],
           replies={200: TreatmentReply})  # fmt: skip
def show_treatment(call: Call[None, NoQuery], ref: str) -> Reply:
    """A batch as it now stands."""
    return Reply(200, _reply(read_batch(call.session, call.actor, ref), None))


def _answer(
    call: Call[TreatmentBody, NoQuery] | Call[OutputsBody, NoQuery] | Call[UndoBody, NoQuery],
    treated: Treated,
) -> Reply | Refused:
    if treated.errors:
        return Refused(treated.code, treated.errors, treated.warnings)
    found = read_batch(call.session, call.actor, str(treated.id))
    return Reply(201 if treated.created else 200, _reply(found, treated))


def _reply(found: BatchView, treated: Treated | None) -> TreatmentReply:
    return TreatmentReply(
        id=found.row.id,
        site=found.site,
        operation=found.row.operation,
        at=found.row.at,
        inputs=[
            InputItem(lot=each.lot, waste_code=each.waste_code, mass_g=each.mass_g) for each in found.inputs
        ],
        additives=[AdditiveItem(name=name, mass_g=grams) for name, grams in found.additives],
        outputs=[
            OutputItem(
                kind=output.kind,
                stream=output.stream,
                waste_code=output.waste_code,
                name=output.name,
                mass_g=output.mass_g,
                lot=output.lot,
            )
            for output in found.outputs
        ],
        rest_g=found.rest_g,
        done=found.row.done,
        warnings=told(treated.warnings) if treated else [],
        findings=told(treated.findings) if treated else [],
    )
