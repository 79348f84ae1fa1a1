"""Logging in and out, and who one is."""

from datetime import timedelta

from flask import request

from zerowaste.errors import Refusal
from zerowaste.services import accounts, logins, tokens
from zerowaste.vocabulary import SiteKind
from zerowaste.web.api.schemas.accounts import (
    Done,
    LoginReply,
    LoginRequest,
    MeReply,
    OwnOrganisation,
    OwnSite,
)
from zerowaste.web.transaction import in_transaction
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
    in a row must wait (429, with Retry-After)."""
    service, password = call.service, call.body.password
    attempt = in_transaction(
        lambda session: logins.begin_login(
            session,
            call.body.login,
            request.remote_addr or "",
            passwords=service.passwords,
            now=call.now,
        ),
        write=False,
    )
    if attempt.locked_until is not None:
        raise _wait(attempt.locked_until - call.now)
    # Between the transactions: hashing takes long, and must hold neither lock nor connection.
    verified = service.passwords.verify(password, attempt.kept)
    outdated = verified and service.passwords.outdated(attempt.kept)
    fresh_hash = service.passwords.hash(password) if outdated else None
    entry = in_transaction(
        lambda session: logins.finish_login(
            session,
            attempt,
            verified=verified,
            fresh_hash=fresh_hash,
            lifetime=timedelta(hours=service.settings.token_hours),
            limits=service.settings.login_limits,
            now=call.now,
        ),
        write=True,
    )
    if entry.locked_until is not None:
        raise _wait(entry.locked_until - call.now)
    if entry.expires_at is None:
        raise Refusal("login_failed")
    return Reply(200, LoginReply(token=entry.token, expires_at=entry.expires_at))


def _wait(time: timedelta) -> Refusal:
    seconds = max(1, int(time.total_seconds()))
    return Refusal("login_locked", wait_s=seconds, minutes=-(-seconds // 60))


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
