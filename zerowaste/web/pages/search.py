"""Search: one field, on every page."""

from typing import Annotated

from flask import Response

from zerowaste.services.queries.names import site_names
from zerowaste.services.queries.search import search
from zerowaste.web.pages.drawing import page
from zerowaste.web.pages.session import go_on
from zerowaste.web.schemas.base import PRINTABLE, Query, sized
from zerowaste.web.views import EVERY_ROLE, Call, Views

views = Views("search_pages", prefix="", page=True)


class Wanted(Query):
    """`q`: a number, a plate, a credit code, a waste code, or part of a site's name."""

    q: Annotated[str, sized(100, shortest=0), PRINTABLE] = ""


@views.get("/search", allow=EVERY_ROLE, query=Wanted)
def find(call: Call[None, Wanted]) -> Response:
    """Straight to the one thing that is so numbered; else what is called so."""
    found = search(call.desk(), call.query.q, now=call.now)
    if found.exact is not None:
        return go_on(f"/manifests/{found.exact.number or found.exact.id}")
    codes = [code for each in found.manifests for code in (each.consignor, each.consignee)]
    return page("search.html", wanted=call.query.q, found=found, names=site_names(call.session, codes))
