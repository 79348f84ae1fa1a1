"""A look at the roadside: the driver makes a link that shows his load to whoever holds it, for a while.

The link is signed and carries its own time; nothing is kept, and nothing personal is shown."""

from base64 import b64encode

from flask import Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

from zerowaste.documents.qr import qr_svg
from zerowaste.errors import Refusal
from zerowaste.services.acts.expiry import SYSTEM
from zerowaste.services.desk import open_desk
from zerowaste.services.queries.manifests import read_manifest, visible
from zerowaste.vocabulary import Role
from zerowaste.web.forms import Typed
from zerowaste.web.pages.drawing import page
from zerowaste.web.service import Service
from zerowaste.web.views import PUBLIC, TYPED, Call, NoQuery, Views

views = Views("inspection_pages", prefix="", page=True)
VALID_MINUTES = 30


def _signer(service: Service) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(service.settings.secret_key, salt="inspection")


@views.post("/manifests/<ref>/inspection", allow=[Role.DRIVER, Role.DISPATCHER], body=TYPED)
def make_link(call: Call[Typed, NoQuery], ref: str) -> Response:
    """The link, as a code to be scanned off the driver's screen."""
    row = visible(call.session, call.actor, ref)
    token = _signer(call.service).dumps(str(row.id))
    address = f"{call.service.settings.base_url}/inspection/{token}"
    drawn = b64encode(qr_svg(address, row.number)).decode("ascii")
    return page(
        "inspection/link.html", number=row.number, address=address, drawn=drawn, minutes=VALID_MINUTES
    )


@views.get("/inspection/<token>", allow=PUBLIC)
def inspect(call: Call[None, NoQuery], token: str) -> Response:
    """The load: what it is, from where to where, and how it stands. Raises `inspection_over`."""
    try:
        identity = str(_signer(call.service).loads(token, max_age=VALID_MINUTES * 60))
    except BadSignature as error:  # forged, or too old
        raise Refusal("inspection_over") from error
    # Whoever holds the link sees what the driver may see: so the service looks it up itself.
    found = read_manifest(open_desk(call.session, call.service.law, SYSTEM, now=call.now), identity)
    known = call.service.law.catalogue.waste
    return page(
        "inspection/show.html",
        found=found,
        wastes={line.waste_code: known(found.row.stream, line.waste_code) for line in found.lines},
        stream=call.service.law.streams.get(found.row.stream, found.row.edition),
    )
