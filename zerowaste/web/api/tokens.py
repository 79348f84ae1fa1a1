"""Tokens for one's own programs: scoped, expiring, shown once."""

from datetime import timedelta

from zerowaste.errors import Refusal
from zerowaste.services.identity import signed_in
from zerowaste.services.identity.tokens import tokens_of
from zerowaste.web.paging import number_after, page
from zerowaste.web.schemas.accounts import (
    Done,
    TokenBody,
    TokenItem,
    TokenReply,
)
from zerowaste.web.schemas.paging import Page, PageQuery
from zerowaste.web.views import EVERY_ROLE, Call, NoQuery, Reply, Views

views = Views("tokens")


@views.post("/tokens", allow=EVERY_ROLE, body=TokenBody, replies={201: TokenReply})
def make_token(call: Call[TokenBody, NoQuery]) -> Reply:
    """Make a token for a program of yours. Only its hash is kept: it is shown this once."""
    token_id, token, expires_at = signed_in.make_token(
        call.session,
        call.actor.user_id,
        scope=call.body.scope,
        name=call.body.name,
        lasts=timedelta(days=call.body.days),
        now=call.now,
    )
    return Reply(201, TokenReply(id=token_id, token=token, scope=call.body.scope, expires_at=expires_at))


@views.get("/tokens", allow=EVERY_ROLE, query=PageQuery, replies={200: Page[TokenItem]})
def list_tokens(call: Call[None, PageQuery]) -> Reply:
    """Your tokens that are accepted now, log-ins among them; never the tokens themselves."""
    after = number_after(call.query.cursor) or 0
    found = tokens_of(call.session, call.actor.user_id, after=after, limit=call.query.limit + 1, now=call.now)
    items, following = page(found, call.query, lambda token: str(token.id))
    listed = [
        TokenItem(
            id=token.id, name=token.name, scope=token.scope, client=token.client,
            created_at=token.created_at, expires_at=token.expires_at,
        )
        for token in items
    ]  # fmt: skip
    return Reply(200, Page[TokenItem](items=listed, next=following))


@views.post("/tokens/<ref>/revoke", allow=EVERY_ROLE, replies={200: Done})
def revoke_token(call: Call[None, NoQuery], ref: str) -> Reply:
    """Take a token of yours back; from the next request on it is not accepted."""
    if not _is_id(ref) or not signed_in.take_back(call.session, call.actor.user_id, int(ref), now=call.now):
        raise Refusal("not_found")
    return Reply(200, Done())


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
