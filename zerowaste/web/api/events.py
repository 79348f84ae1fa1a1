"""Acts on a manifest: pickup, handover, arrival, acceptance and all the others."""

from zerowaste.services.acts.custody import Recorded, record_act
from zerowaste.vocabulary import Verdict
from zerowaste.web.api.notices import offered, told
from zerowaste.web.problems import Refused
from zerowaste.web.schemas.events import EventBody, EventReply
from zerowaste.web.views import EVERY_ROLE, Call, NoQuery, Reply, Views

views = Views("manifests")


@views.post(
    "/manifests/<ref>/events", allow=EVERY_ROLE, body=EventBody,
    replies={200: EventReply, 201: EventReply}, refusals=(409,),
)  # fmt: skip
def record_an_act(call: Call[EventBody, NoQuery], ref: str) -> Reply | Refused:
    """Record one act on a manifest.

    Every act is kept, refused ones too (422 if the law refuses it, 409 if it is not legal now). What a
    device scanned without network (`offline`) is not refused for what it could not know: its faults come
    back as `findings`. The same id again answers 200 with the first result."""
    recorded = record_act(call.desk(), ref, call.body.request())
    if recorded.verdict is Verdict.REFUSED:
        return Refused(recorded.code, recorded.errors, recorded.warnings)
    return Reply(201 if recorded.created else 200, _reply(recorded))


def _reply(recorded: Recorded) -> EventReply:
    return EventReply(
        id=recorded.id,
        number=recorded.number,
        verdict=recorded.verdict,
        status=recorded.status,
        warnings=told(recorded.warnings),
        findings=told(recorded.findings),
        actions=offered(recorded.actions),
    )
