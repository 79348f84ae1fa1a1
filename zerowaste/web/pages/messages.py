"""Messages: what one was told, the latest first."""

from typing import Annotated, Literal
from uuid import UUID

from flask import Response
from pydantic import Field

from zerowaste.errors import Refusal
from zerowaste.services.messaging.message_texts import text_of
from zerowaste.services.messaging.messages import mark_all_read, mark_read, messages_of
from zerowaste.services.queries.names import site_names
from zerowaste.vocabulary import NudgeKind
from zerowaste.web.forms import Typed
from zerowaste.web.language import language
from zerowaste.web.pages.drawing import page
from zerowaste.web.pages.session import go_on
from zerowaste.web.paging import filed_after
from zerowaste.web.paging import page as cut
from zerowaste.web.schemas.paging import PageQuery
from zerowaste.web.views import EVERY_ROLE, TYPED, Call, NoQuery, Views

views = Views("message_pages", prefix="", page=True)


class Asked(PageQuery):
    """What the list is narrowed to."""

    unread: Literal["true"] | None = None
    kind: NudgeKind | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 30


@views.get("/messages", allow=EVERY_ROLE, query=Asked)
def list_messages(call: Call[None, Asked]) -> Response:
    """What I was told."""
    query = call.query
    found = messages_of(
        call.session, call.actor.user_id, unread=query.unread is not None, kind=query.kind,
        after=filed_after(query.cursor), limit=query.limit + 1,
    )  # fmt: skip
    items, following = cut(found, query, lambda each: f"{each.at.isoformat()} {each.id}")
    names = site_names(call.session, (each.content.get("place") for each in items))
    return page(
        "messages/list.html",
        items=[(each, text_of(each.kind, each.content, names, language())) for each in items],
        next=following,
        query=query.model_dump(mode="json", exclude={"cursor"}, exclude_defaults=True),
        kinds=list(NudgeKind),
    )


@views.post("/messages/<uuid:message_id>/read", allow=EVERY_ROLE, body=TYPED)
def read_message(call: Call[Typed, NoQuery], message_id: UUID) -> Response:
    """It was read; on to what it is about."""
    found = mark_read(call.session, call.actor.user_id, message_id, now=call.now)
    if found is None:
        raise Refusal("not_found")
    return go_on(found.link or "/messages")


@views.post("/messages/read", allow=EVERY_ROLE, body=TYPED)
def read_all(call: Call[Typed, NoQuery]) -> Response:
    """All that there is now was read."""
    mark_all_read(call.session, call.actor.user_id, now=call.now, until=call.now)
    return go_on("/messages")
