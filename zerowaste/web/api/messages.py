"""Messages: what you were told, and what you have read."""

from collections.abc import Mapping, Sequence

from zerowaste.errors import Refusal
from zerowaste.services.booking.manifest_state import as_uuid
from zerowaste.services.messaging.message_texts import text_of
from zerowaste.services.messaging.messages import MessageListed, mark_read, messages_of
from zerowaste.services.queries.names import site_names
from zerowaste.web.language import language
from zerowaste.web.paging import filed_after, page
from zerowaste.web.schemas.deadlines import MessageItem, MessageQuery
from zerowaste.web.schemas.paging import Page
from zerowaste.web.views import EVERY_ROLE, Call, NoQuery, Reply, Views

views = Views("messages")


@views.get("/messages", allow=EVERY_ROLE, query=MessageQuery, replies={200: Page[MessageItem]})
def list_messages(call: Call[None, MessageQuery]) -> Reply:
    """Your messages, the latest first, in the language of the request."""
    query = call.query
    found = messages_of(
        call.session, call.actor.user_id, unread=query.unread == "true", kind=query.kind,
        after=filed_after(query.cursor), limit=query.limit + 1,
    )  # fmt: skip
    items, following = page(found, query, lambda each: f"{each.at.isoformat()} {each.id}")
    names = site_names(call.session, (each.content.get("place") for each in items))
    return Reply(200, Page[MessageItem](items=_items(items, names), next=following))


@views.post("/messages/<ref>/read", allow=EVERY_ROLE, replies={200: MessageItem})
def read_message(call: Call[None, NoQuery], ref: str) -> Reply:
    """You have read it."""
    message = as_uuid(ref)
    found = mark_read(call.session, call.actor.user_id, message, now=call.now) if message else None
    if found is None:
        raise Refusal("not_found")
    names = site_names(call.session, [found.content.get("place")])
    return Reply(200, _items([found], names)[0])


def _items(found: Sequence[MessageListed], names: Mapping[str, tuple[str, str]]) -> list[MessageItem]:
    listed = []
    for each in found:
        text = text_of(each.kind, each.content, names, language())
        listed.append(
            MessageItem(
                id=each.id, kind=each.kind, headline=text.headline, lines=list(text.lines), link=each.link,
                at=each.at, read_at=each.read_at, withdrawn_at=each.withdrawn_at, content=dict(each.content),
            )
        )  # fmt: skip
    return listed
