"""Logging in and out, and who one is."""

from zerowaste.errors import Refusal
from zerowaste.services.identity import accounts, tokens
from zerowaste.vocabulary import SiteKind
from zerowaste.web.schemas.accounts import (
    Done,
    LoginReply,
    LoginRequest,
    MeReply,
    OwnOrganisation,
    OwnSite,
)
from zerowaste.web.signing_in import sign_in
from zerowaste.web.views import EVERY_ROLE, PUBLIC, Call, NoQuery, Reply, Views

views = Views("accounts")


@views.post(
    "/login",
    allow=PUBLIC,
    body=LoginRequest,
    replies={200: LoginReply},
    refusals=(401, 429),
    transaction=False,
)
def log_in(call: Call[LoginRequest, NoQuery]) -> Reply:
    """Log in and get a bearer token.

    A wrong password and a login nobody has get the same answer in the same time. Who fails too often
    in a row must wait (429, with Retry-After). An account with a second factor also needs `code`: the
    app's six digits, or a recovery code; without it the answer is `second_factor_needed`."""
    entry = sign_in(
        call.service, call.body.login, call.body.password, now=call.now, code=call.body.code or ""
    )
    if entry.step:
        raise Refusal("second_factor_needed")
    return Reply(200, LoginReply(token=entry.token, expires_at=entry.expires_at))


@views.post("/logout", allow=EVERY_ROLE, replies={200: Done})
def log_out(call: Call[None, NoQuery]) -> Reply:
    """Give the token back; it is not accepted any more."""
    if call.credential is not None:
        tokens.revoke_token(call.session, call.credential.token_id, now=call.now)
    return Reply(200, Done())


@views.get("/me", allow=EVERY_ROLE, replies={200: MeReply})
def show_me(call: Call[None, NoQuery]) -> Reply:
    """Who is logged in, and for which places he acts."""
    me = accounts.describe(call.session, call.actor)
    organisation = me.organisation
    return Reply(
        200,
        MeReply(
            login=me.login,
            role=me.role,
            name=me.name,
            sites=[OwnSite(code=s.code, name=s.name, kind=SiteKind(s.kind)) for s in me.sites],
            organisation=OwnOrganisation(code=organisation[0], name=organisation[1])
            if organisation
            else None,
            regions=list(me.regions),
        ),
    )
