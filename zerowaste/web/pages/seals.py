"""The seals, for everybody: what they are, the latest ones, and how to check them."""

from flask import Response

from zerowaste.errors import Refusal
from zerowaste.services.history.sealing import latest, published, seal_numbered, seals_before
from zerowaste.web.pages.drawing import page
from zerowaste.web.paging import number_after
from zerowaste.web.paging import page as cut
from zerowaste.web.schemas.seals import SealsQuery
from zerowaste.web.views import JSON, PUBLIC, Call, Media, NoQuery, Views

views = Views("seal_pages", prefix="", page=True)


@views.get("/seals", allow=PUBLIC, query=SealsQuery)
def list_seals(call: Call[None, SealsQuery]) -> Response:
    """The latest first."""
    query = call.query
    found = seals_before(call.session, number_after(query.cursor), query.limit + 1)
    items, following = cut(found, query, lambda sealed: str(sealed.number))
    return page(
        "seals/list.html", items=items, next=following, last=latest(call.session),
        keys=sorted(call.service.settings.signing.public.items()),
        query=query.model_dump(mode="json", exclude={"cursor"}, exclude_defaults=True),
    )  # fmt: skip


@views.get("/seals/<int:number>.json", allow=PUBLIC, replies={200: Media(JSON)})
def save_seal(call: Call[None, NoQuery], number: int) -> Response:
    """One seal, to be kept."""
    found = seal_numbered(call.session, number)
    if found is None:
        raise Refusal("not_found")
    answer = Response(published(found), content_type=JSON)
    answer.headers["Content-Disposition"] = f'attachment; filename="seal-{number}.json"'
    return answer
