"""One's own account: who one is here, where one is signed in, tokens for programs, the password."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Response

from zerowaste.errors import Problem, Refusal
from zerowaste.services.accounts import describe, password_of, set_password
from zerowaste.services.tokens import issue_token, revoke_own_token, tokens_of
from zerowaste.web.forms import Typed
from zerowaste.web.pages.drawing import page
from zerowaste.web.pages.session import go_on
from zerowaste.web.schemas.accounts import TokenBody
from zerowaste.web.views import EVERY_ROLE, TYPED, Call, NoQuery, Views

views = Views("account_pages", prefix="", page=True)
MOST_TOKENS = 100
NOTHING = Typed({})


@views.get("/account", allow=EVERY_ROLE)
def show_account(call: Call[None, NoQuery]) -> Response:
    """Who is signed in, and everything that may act in his name."""
    return _show(call)


def _show(
    call: Call[Any, Any], *, typed: Typed = NOTHING, problems: Sequence[Problem] = (), token: str = ""
) -> Response:
    tokens = tokens_of(call.session, call.actor.user_id, after=0, limit=MOST_TOKENS, now=call.now)
    return page(
        "account/show.html",
        status=422 if problems else 200,
        me=describe(call.session, call.actor),
        tokens=tokens,
        own=call.credential.token_id if call.credential else None,
        typed=typed,
        problems=problems,
        token=token,
    )


@views.post("/account/tokens", allow=EVERY_ROLE, body=TYPED)
def make_token(call: Call[Typed, NoQuery]) -> Response:
    """A token for a program; it is shown on this page and never again."""
    try:
        body = call.body.read(TokenBody)
    except Refusal as refusal:
        return _show(call, typed=call.body, problems=refusal.problems)
    _, token = issue_token(
        call.session, call.actor.user_id, scope=body.scope, name=body.name,
        expires_at=call.now + timedelta(days=body.days), now=call.now,
    )  # fmt: skip
    return _show(call, token=token)


@views.post("/account/tokens/<int:token_id>/revoke", allow=EVERY_ROLE, body=TYPED)
def revoke(call: Call[Typed, NoQuery], token_id: int) -> Response:
    """Whoever holds it is signed out."""
    if not revoke_own_token(call.session, call.actor.user_id, token_id, now=call.now):
        raise Refusal("not_found")
    return go_on("/account")


@views.post("/account/password", allow=EVERY_ROLE, body=TYPED)
def change_password(call: Call[Typed, NoQuery]) -> Response:
    """A new password, for who knows the old one; everybody signed in under this account is out."""
    fresh = call.body.one("password")
    problems = []
    if not call.service.passwords.verify(call.body.one("old"), password_of(call.session, call.actor.user_id)):
        problems.append(Problem("password_wrong", "old"))
    if fresh != call.body.one("again"):
        problems.append(Problem("passwords_differ", "again"))
    try:
        if not problems:
            set_password(
                call.session, call.actor.user_id, fresh, passwords=call.service.passwords, now=call.now
            )
            return go_on("/sign-in")
    except Refusal as refusal:
        problems = list(refusal.problems)
    return _show(call, problems=problems)
