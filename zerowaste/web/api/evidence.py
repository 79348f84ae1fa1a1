"""Photos and files that acts refer to."""

from zerowaste.services.acts.evidence import LARGEST_BYTES, MEDIA_TYPES, store_evidence
from zerowaste.web.schemas.evidence import EvidenceReply
from zerowaste.web.views import EVERY_ROLE, Call, NoQuery, Reply, Upload, Views

views = Views("evidence")


@views.post(
    "/evidence",
    allow=EVERY_ROLE,
    body=Upload(MEDIA_TYPES, LARGEST_BYTES),
    replies={201: EvidenceReply},
)
def upload_evidence(call: Call[None, NoQuery]) -> Reply:
    """Send a photo (JPEG, PNG, WebP, HEIC) or a PDF of at most 8 MiB.

    The body is the file itself, or multipart/form-data with one file. The answer names it by its
    SHA-256, which acts then list under `evidence`. The same file again gives the same answer."""
    sha256 = store_evidence(call.session, call.actor, call.content, now=call.now)
    return Reply(201, EvidenceReply(sha256=sha256))
