"""One's own account: who one is here, where one is signed in, tokens for programs, the password."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Response

from zerowaste.errors import Problem, Refusal
from zerowaste.services.identity import factors, invitations, signed_in
from zerowaste.services.identity.account_events import changes_of
from zerowaste.services.identity.accounts import change_password, describe
from zerowaste.services.identity.tokens import tokens_of
from zerowaste.web.forms import Typed
from zerowaste.web.pages.drawing import learn_names, page
from zerowaste.web.pages.factors import wrong_password
from zerowaste.web.pages.session import go_on
from zerowaste.web.pages.shown_once import go_on_showing, once
from zerowaste.web.schemas.accounts import TokenBody
from zerowaste.web.views import EVERY_ROLE, PUBLIC, TYPED, Call, NoQuery, Views

views = Views("account_pages", prefix="", page=True)
ADDRESS = "/account"
MOST_TOKENS, LAST_CHANGES = 100, 10
NOTHING = Typed({})


@views.get(ADDRESS, allow=EVERY_ROLE)
def show_account(call: Call[None, NoQuery]) -> Response:
    """Who is signed in, and everything that may act in his name."""
    return once(call, ADDRESS, lambda token: _show(call, token=token))


def _show(
    call: Call[Any, Any], *, typed: Typed = NOTHING, problems: Sequence[Problem] = (), token: str = ""
) -> Response:
    tokens = tokens_of(call.session, call.actor.user_id, after=0, limit=MOST_TOKENS, now=call.now)
    me = describe(call.session, call.actor)
    learn_names(
        call.session, [site.name for site in me.sites] + [me.organisation[1] if me.organisation else None]
    )
    return page(
        "account/show.html",
        status=422 if problems else 200,
        me=me,
        sign_ins=[each for each in tokens if each.client is not None],
        tokens=[each for each in tokens if each.client is None],
        own=call.credential.token_id if call.credential else None,
        two_steps=factors.factor_of(call.session, call.actor.user_id) is not None,
        changes=changes_of(call.session, call.actor.login, limit=LAST_CHANGES),
        typed=typed,
        problems=problems,
        token=token,
    )


@views.post("/account/tokens", allow=EVERY_ROLE, body=TYPED)
def make_token(call: Call[Typed, NoQuery]) -> Response:
    """A token for a program; it is shown once."""
    try:
        body = call.body.read(TokenBody)
    except Refusal as refusal:
        return _show(call, typed=call.body, problems=refusal.problems)
    _, token, _ = signed_in.make_token(
        call.session, call.actor.user_id, scope=body.scope, name=body.name,
        lasts=timedelta(days=body.days), now=call.now,
    )  # fmt: skip
    return go_on_showing(call, ADDRESS, token)


@views.post("/account/tokens/<int:token_id>/revoke", allow=EVERY_ROLE, body=TYPED)
def revoke(call: Call[Typed, NoQuery], token_id: int) -> Response:
    """Whoever holds it is signed out."""
    if not signed_in.take_back(call.session, call.actor.user_id, token_id, now=call.now):
        raise Refusal("not_found")
    return go_on(ADDRESS)


@views.post("/account/sign-out-everywhere", allow=EVERY_ROLE, body=TYPED)
def sign_out_everywhere(call: Call[Typed, NoQuery]) -> Response:
    """Every browser and phone is out, this one too."""
    signed_in.sign_out_everywhere(call.session, call.actor.user_id, now=call.now)
    return go_on("/sign-in")


@views.post("/account/password", allow=EVERY_ROLE, body=TYPED)
def set_password(call: Call[Typed, NoQuery]) -> Response:
    """A new password, for who knows the old one; everybody signed in under this account is out."""
    problems = [*wrong_password(call, "old"), *_differing(call.body)]
    if not problems:
        try:
            change_password(
                call.session, call.actor.user_id, call.body.one("password"),
                passwords=call.service.passwords, now=call.now,
            )  # fmt: skip
            return go_on("/sign-in")
        except Refusal as refusal:
            problems = list(refusal.problems)
    return _show(call, problems=problems)


@views.get("/invitation/<key>", allow=PUBLIC)
def show_invitation(call: Call[None, NoQuery], key: str) -> Response:
    """Whoever was given this link sets his password."""
    return _invitation(call, key)


@views.post("/invitation/<key>", allow=PUBLIC, body=TYPED)
def take_up_invitation(call: Call[Typed, NoQuery], key: str) -> Response:
    """The password is set, and the link used up."""
    problems = _differing(call.body)
    try:
        if not problems:
            password = call.body.one("password")
            invitations.take_up(call.session, key, password, passwords=call.service.passwords, now=call.now)
            return go_on("/sign-in")
    except Refusal as refusal:
        if refusal.code != "invalid":
            raise
        problems = list(refusal.problems)
    return _invitation(call, key, problems)


def _invitation(call: Call[Any, Any], key: str, problems: Sequence[Problem] = ()) -> Response:
    invited = invitations.read_invitation(call.session, key, now=call.now)
    return page(
        "account/invitation.html",
        status=422 if problems else 200,
        invited=invited,
        key=key,
        problems=problems,
    )


def _differing(typed: Typed) -> list[Problem]:
    """A new password must be written the same way twice."""
    same = typed.one("password") == typed.one("again")
    return [] if same else [Problem("passwords_differ", "again")]
