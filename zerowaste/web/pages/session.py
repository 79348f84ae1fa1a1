"""Signing in and out of the pages, and choosing their language.

Who has a second factor gets nothing for his password but the second step. A browser's session is a
bearer token like any other (it can be listed and revoked), kept where no
script can read it."""

import json
from typing import Annotated, Any, cast
from urllib.parse import urlencode

from flask import Response, redirect, request
from pydantic import Field

from zerowaste.errors import LANGUAGES, Refusal
from zerowaste.services.demo import LOGINS, PASSWORD, is_demo
from zerowaste.services.identity import passkeys, tokens
from zerowaste.services.identity.passkeys import Ceremony
from zerowaste.web import language as languages
from zerowaste.web.forms import Typed
from zerowaste.web.known_devices import remember
from zerowaste.web.pages.drawing import page
from zerowaste.web.reading import host_of
from zerowaste.web.schemas.base import Query
from zerowaste.web.service import Service
from zerowaste.web.signing_in import (
    Entered,
    is_number,
    party_of,
    show_code,
    sign_in,
    sign_in_with_passkey,
)
from zerowaste.web.transaction import in_transaction
from zerowaste.web.views import EVERY_ROLE, JSON, PUBLIC, TYPED, Call, NoQuery, Views

views = Views("session", prefix="", page=True)
LANGUAGE_KEPT_S = 365 * 24 * 3600


class Back(Query):
    """`next`: the page to go on to. `as`: the login that is filled in already."""

    next: str = "/"
    login: Annotated[str, Field(alias="as", max_length=64)] = ""


@views.get("/sign-in", allow=PUBLIC, query=Back, transaction=False)
def show_sign_in(call: Call[None, Back]) -> Response:
    """The door."""
    return _door(call.service, call.query.next, login=call.query.login)


@views.post("/sign-in", allow=PUBLIC, body=TYPED, query=Back, transaction=False)
def enter(call: Call[Typed, Back]) -> Response:
    """Sign in; on to the page that was asked for."""
    login = call.body.one("login")
    try:
        entered = sign_in(call.service, login, call.body.one("password"), now=call.now)
    except Refusal as refusal:
        return _door(call.service, call.query.next, login=login, refusal=refusal)
    if entered.step:
        answer = go_on(f"/sign-in/code?{urlencode({'next': _local(call.query.next)})}")
        _keep(answer, call.service, call.service.step_cookie, entered)
        return answer
    return _let_in(call, entered)


@views.get("/sign-in/code", allow=PUBLIC, query=Back, transaction=False)
def ask_code(call: Call[None, Back]) -> Response:
    """The second step: the password was right."""
    if call.service.step_cookie not in request.cookies:
        return go_on(f"/sign-in?{urlencode({'next': _local(call.query.next)})}")
    return _second_step(call.query.next)


@views.post("/sign-in/code", allow=PUBLIC, body=TYPED, query=Back, transaction=False)
def enter_code(call: Call[Typed, Back]) -> Response:
    """The code of the app, or a recovery code."""
    step = request.cookies.get(call.service.step_cookie, "")
    try:
        entered = show_code(call.service, step, call.body.one("code"), now=call.now)
    except Refusal as refusal:
        if refusal.code == "second_step_over":
            return _door(call.service, call.query.next, refusal=refusal)
        return _second_step(call.query.next, refusal)
    return _let_in(call, entered)


@views.post("/sign-in/passkey/options", allow=PUBLIC, body=TYPED)
def ask_passkey(call: Call[Typed, NoQuery]) -> Response:
    """What the browser must know to ask for a passkey, as JSON for our own script."""
    ceremony = passkeys.begin_sign_in(call.session, party_of(call.service), now=call.now)
    return told(ceremony)


@views.post("/sign-in/passkey", allow=PUBLIC, body=TYPED, query=Back, transaction=False)
def enter_with_passkey(call: Call[Typed, Back]) -> Response:
    """Sign in with what the passkey signed; no password and no code are asked for."""
    try:
        entered = sign_in_with_passkey(
            call.service, call.body.one("key"), call.body.one("answer"), now=call.now
        )
    except Refusal as refusal:
        return _door(call.service, call.query.next, refusal=refusal)
    return _let_in(call, entered)


def told(ceremony: Ceremony) -> Response:
    """A ceremony as our script reads it."""
    content = json.dumps({"key": ceremony.key, "options": ceremony.options})
    return Response(content, content_type=JSON)


def _let_in(call: Call[Any, Back], entered: Entered) -> Response:
    answer = go_on(call.query.next)
    keep_token(answer, call.service, entered)
    if entered.login:  # a passkey is asked for no password
        remember(answer, call.service, entered.login)
    answer.delete_cookie(call.service.step_cookie, path="/", secure=call.service.https)
    return answer


def _second_step(following: str, refusal: Refusal | None = None) -> Response:
    return page(
        "session/second_step.html",
        status=200 if refusal is None else 401,
        following=_local(following),
        problem=refusal.headline if refusal else None,
    )


def keep_token(answer: Response, service: Service, entered: Entered) -> None:
    """Let the browser keep the token until it expires."""
    _keep(answer, service, service.cookie, entered)


def _keep(answer: Response, service: Service, cookie: str, entered: Entered) -> None:
    answer.set_cookie(
        cookie, entered.token, expires=entered.expires_at, secure=service.https, httponly=True,
        samesite="Lax", path="/",
    )  # fmt: skip


def _door(service: Service, following: str, *, login: str = "", refusal: Refusal | None = None) -> Response:
    return page(
        "session/sign_in.html",
        status=200 if refusal is None else 401,
        login=login,
        following=_local(following),
        problem=refusal.headline if refusal else None,
        named=passkeys_possible(service),
        demo=LOGINS if in_transaction(is_demo, write=False) else {},
        demo_password=PASSWORD,
    )


def passkeys_possible(service: Service) -> bool:
    """Whether this page was reached under a name: browsers tie passkeys to names, not to numbers."""
    return not is_number(party_of(service).host)


@views.get("/signed-in", allow=EVERY_ROLE)
def show_signed_in(call: Call[None, NoQuery]) -> Response:
    """For whoever signed in beside a form that waits in another window."""
    return page("session/signed_in.html")


@views.post("/sign-out", allow=PUBLIC, body=TYPED)
def leave(call: Call[Typed, NoQuery]) -> Response:
    """The token is given back, and the browser forgets it."""
    if call.credential is not None:
        tokens.revoke_token(call.session, call.credential.token_id, now=call.now)
    answer = go_on("/")
    answer.delete_cookie(call.service.cookie, path="/", secure=call.service.https)
    return answer


@views.get("/language/<chosen>", allow=PUBLIC, query=Back, transaction=False)
def choose_language(call: Call[None, Back], chosen: str) -> Response:
    """Chinese or English, from now on in this browser."""
    if chosen not in LANGUAGES:
        raise Refusal("not_found")
    answer = go_on(call.query.next)
    answer.set_cookie(
        languages.COOKIE, chosen, max_age=LANGUAGE_KEPT_S, secure=call.service.https, httponly=True,
        samesite="Lax",
    )  # fmt: skip
    return answer


def go_on(address: str) -> Response:
    """On to another page of ours."""
    return cast(Response, redirect(_local(address), 303))


def _local(address: str) -> str:
    """The address, if it is one of ours: a path, and nothing a browser would take for a host."""
    strange = host_of(address) != "" or not address.startswith("/") or address.startswith(("//", "/\\"))
    return "/" if strange or not address.isprintable() else address
