"""Signing in and out of the pages, and choosing their language.

A browser's session is a bearer token like any other (it can be listed and revoked), kept where no
script can read it."""

from typing import cast
from urllib.parse import urlsplit

from flask import Response, redirect

from zerowaste.errors import LANGUAGES, Refusal
from zerowaste.services import tokens
from zerowaste.web import language as languages
from zerowaste.web.forms import Typed
from zerowaste.web.pages.drawing import page
from zerowaste.web.schemas.base import Query
from zerowaste.web.service import Service
from zerowaste.web.signing_in import Entered, sign_in
from zerowaste.web.views import EVERY_ROLE, PUBLIC, TYPED, Call, NoQuery, Views

views = Views("session", prefix="", page=True)
LANGUAGE_KEPT_S = 365 * 24 * 3600


class Back(Query):
    """`next`: the page to go on to."""

    next: str = "/"


@views.get("/sign-in", allow=PUBLIC, query=Back, transaction=False)
def show_sign_in(call: Call[None, Back]) -> Response:
    """The door."""
    return _door(call.service, call.query.next)


@views.post("/sign-in", allow=PUBLIC, body=TYPED, query=Back, transaction=False)
def enter(call: Call[Typed, Back]) -> Response:
    """Sign in; on to the page that was asked for."""
    login = call.body.one("login")
    try:
        entered = sign_in(call.service, login, call.body.one("password"), now=call.now)
    except Refusal as refusal:
        return _door(call.service, call.query.next, login=login, refusal=refusal)
    answer = go_on(call.query.next)
    keep_token(answer, call.service, entered)
    return answer


def keep_token(answer: Response, service: Service, entered: Entered) -> None:
    """Let the browser keep the token until it expires."""
    answer.set_cookie(
        service.cookie, entered.token, expires=entered.expires_at, secure=service.https, httponly=True,
        samesite="Lax", path="/",
    )  # fmt: skip


def _door(service: Service, following: str, *, login: str = "", refusal: Refusal | None = None) -> Response:
    return page(
        "session/sign_in.html",
        status=200 if refusal is None else 401,
        login=login,
        following=_local(following),
        problem=refusal.headline if refusal else None,
    )


@views.post("/sign-out", allow=EVERY_ROLE, body=TYPED)
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
    parts = urlsplit(address)
    strange = parts.scheme or parts.netloc or not address.startswith("/") or address.startswith(("//", "/\\"))
    return "/" if strange or not address.isprintable() else address
