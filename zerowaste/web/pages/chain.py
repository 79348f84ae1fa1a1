"""One chain: is it closed, and if not, where is every gram, who holds it, since when, until when."""

from flask import Response

from zerowaste.services.queries.chains import chain
from zerowaste.services.queries.manifests import visible
from zerowaste.services.queries.names import site_names
from zerowaste.web.pages.chain_drawing import HEIGHT, WIDTH, draw
from zerowaste.web.pages.drawing import learn_names, page
from zerowaste.web.views import EVERY_ROLE, Call, NoQuery, Views

views = Views("chain_pages", prefix="", page=True)


@views.get("/manifests/<ref>/chain", allow=EVERY_ROLE)
def show_chain(call: Call[None, NoQuery], ref: str) -> Response:
    """The chain of one manifest, as each party may see it."""
    row = visible(call.session, call.actor, ref)
    found = chain(call.session, call.service.law, call.actor, ref, now=call.now)
    learn_names(call.session, (name for node in found.nodes for name in (node.holder, node.name)))
    return page(
        "chain/show.html",
        row=row,
        found=found,
        drawing=draw(found),
        box=(WIDTH, HEIGHT),
        names=site_names(call.session, (each.place for each in found.open)),
    )
