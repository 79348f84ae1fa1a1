"""How one signs in safely: the second factor with its recovery codes, and passkeys."""

import json
from collections.abc import Sequence
from typing import Any

from flask import Response, request
from markupsafe import Markup

from zerowaste.documents.qr import qr_svg
from zerowaste.errors import Problem, Refusal
from zerowaste.services.identity import factors, passkeys
from zerowaste.services.identity.logins import confirm_password
from zerowaste.web.forms import Typed
from zerowaste.web.known_devices import device_for
from zerowaste.web.pages.drawing import page, say, sentence
from zerowaste.web.pages.session import go_on, passkeys_possible, told
from zerowaste.web.pages.shown_once import go_on_showing, once
from zerowaste.web.signing_in import party_of
from zerowaste.web.views import EVERY_ROLE, JSON, TYPED, Call, NoQuery, Views

views = Views("factor_pages", prefix="", page=True)
ADDRESS, CODES = "/account/factors", "/account/codes"
LONGEST_NAME = 60


@views.get(ADDRESS, allow=EVERY_ROLE)
def show_factors(call: Call[None, NoQuery]) -> Response:
    """What one may show beside, or instead of, a password."""
    return _show(call)


def _show(call: Call[Any, Any], problems: Sequence[Problem] = ()) -> Response:
    user_id = call.actor.user_id
    factor = factors.factor_of(call.session, user_id)
    return page(
        "factors/show.html",
        status=422 if problems else 200,
        on=factor is not None,
        codes_left=factors.codes_left(call.session, user_id) if factor else 0,
        passkeys=passkeys.passkeys_of(call.session, user_id),
        possible=passkeys_possible(call.service),
        problems=problems,
    )


@views.post("/account/authenticator/begin", allow=EVERY_ROLE, body=TYPED)
def begin(call: Call[Typed, NoQuery]) -> Response:
    """The code to be scanned with the app. Only for who knows the password: whoever finds the browser open
    would otherwise lock its owner out with an app of his own."""
    if factors.factor_of(call.session, call.actor.user_id) is not None:
        return go_on(ADDRESS)
    wrong = wrong_password(call, "on_password")
    if wrong:
        return _show(call, wrong)
    key, secret = factors.begin_setting_up(
        call.session, call.service.authenticators, call.actor.user_id, now=call.now
    )
    return _setting_up(call, key, secret)


@views.post("/account/authenticator", allow=EVERY_ROLE, body=TYPED)
def turn_on(call: Call[Typed, NoQuery]) -> Response:
    """The app shows the right code: from now on one is asked for. The recovery codes, this once."""
    key, user_id = call.body.one("key"), call.actor.user_id
    try:
        codes = factors.turn_on(
            call.session, call.service.authenticators, user_id, key, call.body.one("code"), now=call.now
        )
    except Refusal as refusal:
        if refusal.code != "invalid":
            return _show(call, [refusal.headline])
        secret = factors.secret_being_set_up(call.session, user_id, key, now=call.now)
        return _setting_up(call, key, secret, refusal.problems)
    return _codes(call, codes)


def _setting_up(
    call: Call[Typed, NoQuery], key: str, secret: str, problems: Sequence[Problem] = ()
) -> Response:
    reads, login = call.service.authenticators, call.actor.login
    title = say("用验证器扫描的二维码", "The code to scan with the app")
    return page(
        "factors/set_up.html",
        status=422 if problems else 200,
        key=key,
        code=Markup(qr_svg(reads.address(secret, login), title).decode()),  # noqa: S704 - our own drawing
        spelled=reads.spelled(secret),
        problems=problems,
    )


def _codes(call: Call[Any, Any], codes: Sequence[str]) -> Response:
    return go_on_showing(call, CODES, " ".join(codes))


@views.get(CODES, allow=EVERY_ROLE)
def show_codes(call: Call[None, NoQuery]) -> Response:
    """Recovery codes that were made a moment ago."""
    return once(
        call,
        CODES,
        lambda codes: page("factors/codes.html", codes=codes.split()) if codes else go_on(ADDRESS),
    )


@views.post("/account/authenticator/off", allow=EVERY_ROLE, body=TYPED)
def turn_off(call: Call[Typed, NoQuery]) -> Response:
    """A password is enough again."""
    wrong = wrong_password(call, "off_password")
    if wrong:
        return _show(call, wrong)
    factors.turn_off(call.session, call.actor.user_id, now=call.now)
    return go_on(ADDRESS)


@views.post(CODES, allow=EVERY_ROLE, body=TYPED)
def renew_codes(call: Call[Typed, NoQuery]) -> Response:
    """New recovery codes, this once; the old ones are good no more."""
    wrong = wrong_password(call, "codes_password")
    if wrong:
        return _show(call, wrong)
    return _codes(call, factors.renew_codes(call.session, call.actor.user_id, now=call.now))


@views.post("/account/passkeys/options", allow=EVERY_ROLE, body=TYPED)
def begin_passkey(call: Call[Typed, NoQuery]) -> Response:
    """What the browser must know to make a passkey, as JSON for our own script."""
    wrong = wrong_password(call, "passkey_password")
    if wrong:
        said = {"message": " ".join(sentence(problem) for problem in wrong)}
        return Response(json.dumps(said, ensure_ascii=False), status=422, content_type=JSON)
    ceremony = passkeys.begin_adding(
        call.session, call.actor.user_id, call.actor.login, party_of(call.service), now=call.now
    )
    return told(ceremony)


@views.post("/account/passkeys", allow=EVERY_ROLE, body=TYPED)
def add_passkey(call: Call[Typed, NoQuery]) -> Response:
    """Keep the passkey the browser made."""
    name = call.body.one("passkey_name")
    name = name if name.isprintable() and name else say("通行密钥", "Passkey")
    try:
        passkeys.add_passkey(
            call.session, call.actor.user_id, call.body.one("key"), call.body.one("answer"),
            name[:LONGEST_NAME], party_of(call.service), now=call.now,
        )  # fmt: skip
    except Refusal as refusal:
        return _show(call, refusal.problems)
    return go_on(ADDRESS)


@views.post("/account/passkeys/<int:passkey_id>/remove", allow=EVERY_ROLE, body=TYPED)
def remove_passkey(call: Call[Typed, NoQuery], passkey_id: int) -> Response:
    """Nobody signs in with it any more."""
    if not passkeys.remove_passkey(call.session, call.actor.user_id, passkey_id, now=call.now):
        raise Refusal("not_found")
    return go_on(ADDRESS)


def wrong_password(call: Call[Typed, Any], field: str) -> list[Problem]:
    """What is wrong with the password in a field, by which somebody shows that it is still him."""
    problem = confirm_password(
        call.session,
        call.actor.login,
        request.remote_addr or "",
        call.body.one(field),
        passwords=call.service.passwords,
        limits=call.service.settings.login_limits,
        now=call.now,
        device=device_for(call.service, call.actor.login),
    )
    return [Problem(problem.code, field, problem.params)] if problem else []
