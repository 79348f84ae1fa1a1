"""How one is told: mailbox, quiet hours, the pace of each kind on each channel; and webhooks of programs."""

from collections.abc import Sequence
from typing import Any

from flask import Response

from zerowaste.errors import Problem, Refusal
from zerowaste.rules.nudges import must_know
from zerowaste.services.identity import errands
from zerowaste.services.identity.errands import Purpose
from zerowaste.services.messaging import choices, webhooks
from zerowaste.services.messaging.choices import CHANNELS, PACES
from zerowaste.services.messaging.secret_box import SecretBox
from zerowaste.vocabulary import Channel, NudgeKind, Pace
from zerowaste.web.forms import Typed
from zerowaste.web.pages.drawing import page
from zerowaste.web.pages.session import go_on
from zerowaste.web.pages.shown_once import go_on_showing, once
from zerowaste.web.views import EVERY_ROLE, PUBLIC, TYPED, Call, NoQuery, Views

views = Views("notification_pages", prefix="", page=True)
NOTHING = Typed({})
WEBHOOKS = "/webhooks"


@views.get("/account/notifications", allow=EVERY_ROLE)
def show_choices(call: Call[None, NoQuery]) -> Response:
    """What I am told, how fast, and where."""
    return _show(call)


def _show(
    call: Call[Any, Any], *, typed: Typed = NOTHING, problems: Sequence[Problem] = (), saved: bool = False
) -> Response:
    actor = call.actor
    return page(
        "notifications/show.html",
        status=422 if problems else 200,
        now=choices.choices_of(call.session, actor.user_id, actor.role),
        channels=CHANNELS,
        kinds=list(NudgeKind),
        paces=PACES,
        fixed={kind for kind in NudgeKind if must_know(actor.role, kind)},
        mail=bool(call.service.settings.mail.host),
        hours=range(24),
        typed=typed,
        problems=problems,
        saved=saved,
        keeper=actor.role in webhooks.KEEPERS,
    )


@views.post("/account/notifications", allow=EVERY_ROLE, body=TYPED)
def choose(call: Call[Typed, NoQuery]) -> Response:
    """As chosen from now on."""
    paces, problems = {}, []
    for channel in CHANNELS:
        for kind in NudgeKind:
            written = call.body.one(f"{channel}.{kind}")
            if written in tuple(Pace):
                paces[channel, kind] = Pace(written)
            elif written:
                problems.append(Problem("pace_unknown", f"{channel}.{kind}"))
    quiet = (_hour(call.body, "quiet_from"), _hour(call.body, "quiet_to"))
    try:
        if problems or not paces:
            raise Refusal("invalid", *(problems or [Problem("pace_unknown", Channel.IN_APP)]))
        choices.choose(call.session, call.actor.user_id, call.actor.role, paces, quiet, now=call.now)
    except Refusal as refusal:
        return _show(call, typed=call.body, problems=refusal.problems)
    return _show(call, saved=True)


def _hour(typed: Typed, name: str) -> int:
    text = typed.one(name)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else -1


@views.post("/account/mailbox", allow=EVERY_ROLE, body=TYPED)
def give_address(call: Call[Typed, NoQuery]) -> Response:
    """A link goes to the address; nothing else until it was opened."""
    try:
        choices.give_address(call.session, call.actor.user_id, call.body.one("address"), now=call.now)
    except Refusal as refusal:
        return _show(call, typed=call.body, problems=refusal.problems or [refusal.headline])
    return go_on("/account/notifications")


@views.post("/account/mailbox/remove", allow=EVERY_ROLE, body=TYPED)
def remove_address(call: Call[Typed, NoQuery]) -> Response:
    """No mail any more."""
    choices.remove_address(call.session, call.actor.user_id, now=call.now)
    return go_on("/account/notifications")


@views.get("/account/mailbox/<key>", allow=PUBLIC)
def show_confirmation(call: Call[None, NoQuery], key: str) -> Response:
    """Whoever reads mail there was sent here. Programs that look at links change nothing."""
    errand = errands.find_errand(call.session, key, Purpose.MAILBOX, now=call.now)
    if errand is None:
        raise Refusal("mailbox_over")
    return page("notifications/confirm.html", address=errand.content, key=key, done=False)


@views.post("/account/mailbox/<key>", allow=PUBLIC, body=TYPED)
def confirm_address(call: Call[Typed, NoQuery], key: str) -> Response:
    """Mail is sent there from now on."""
    address = choices.confirm_address(call.session, key, now=call.now)
    return page("notifications/confirm.html", address=address, key=key, done=True)


@views.get(WEBHOOKS, allow=webhooks.KEEPERS)
def list_webhooks(call: Call[None, NoQuery]) -> Response:
    """Where programs are told."""
    return once(call, WEBHOOKS, lambda secret: _hooks(call, secret=secret))


def _hooks(
    call: Call[Any, Any], *, typed: Typed = NOTHING, problems: Sequence[Problem] = (), secret: str = ""
) -> Response:
    return page(
        "notifications/webhooks.html",
        status=422 if problems else 200,
        items=webhooks.webhooks_of(call.session, call.actor, now=call.now),
        kinds=list(NudgeKind),
        typed=typed,
        problems=problems,
        secret=secret,
    )


@views.post(WEBHOOKS, allow=webhooks.KEEPERS, body=TYPED)
def add_webhook(call: Call[Typed, NoQuery]) -> Response:
    """A new one; its secret is shown once."""
    settings = call.service.settings
    try:
        secret = webhooks.add_webhook(
            call.session, call.actor, SecretBox(settings.factor_keys), url=call.body.one("url"),
            kinds=[kind for kind in NudgeKind if kind in call.body.all("kinds[]")], city=settings.city,
            loopback=settings.webhook_loopback, now=call.now,
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code == "forbidden":
            raise
        return _hooks(call, typed=call.body, problems=refusal.problems or [refusal.headline])
    return go_on_showing(call, WEBHOOKS, secret)


@views.post("/webhooks/<int:webhook_id>/remove", allow=webhooks.KEEPERS, body=TYPED)
def remove_webhook(call: Call[Typed, NoQuery], webhook_id: int) -> Response:
    """It is called no more."""
    if webhook_id >= 2**31:
        raise Refusal("not_found")
    webhooks.remove_webhook(call.session, call.actor, webhook_id, now=call.now)
    return go_on(WEBHOOKS)
