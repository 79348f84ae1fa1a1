"""Deadlines: what must be done by when."""

from zerowaste.services.deadlines.deadlines import deadlines, read_place
from zerowaste.web.paging import page, place_of
from zerowaste.web.schemas.deadlines import DeadlineItem, DeadlineQuery
from zerowaste.web.schemas.paging import Page
from zerowaste.web.views import EVERY_ROLE, Call, Reply, Views

views = Views("deadlines")


@views.get("/deadlines", allow=EVERY_ROLE, query=DeadlineQuery, replies={200: Page[DeadlineItem]})
def list_deadlines(call: Call[None, DeadlineQuery]) -> Reply:
    """What must be done by when, the first due first: stores, loads, gates, batches, filed manifests, visits,
    permits, papers and licences of yours; of your region; of your loads."""
    query = call.query
    found = deadlines(
        call.session, call.service.law, call.actor, query.wanted(), now=call.now,
        after=read_place(place_of(query.cursor)), limit=query.limit + 1,
    )  # fmt: skip
    items, following = page(found, query, lambda each: str(each.place))
    listed = [
        DeadlineItem(**{name: getattr(each.deadline, name) for name in DeadlineItem.model_fields})
        for each in items
    ]
    return Reply(200, Page[DeadlineItem](items=listed, next=following))
