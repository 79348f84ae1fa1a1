"""Secrets that are shown once: who made one is led on to the page that shows it, so that reloading it makes
no second one. On that way the browser carries it, signed, for a minute, and gives it up where it is shown."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Response, request
from itsdangerous import BadData, URLSafeTimedSerializer

from zerowaste.web.pages.session import go_on
from zerowaste.web.views import Call

KEPT = timedelta(minutes=1)


def go_on_showing(call: Call[Any, Any], address: str, secret: str) -> Response:
    """On to the page at `address`, which shows it (`once`)."""
    answer = go_on(address)
    answer.set_cookie(
        call.service.secret_cookie, str(_serializer(call, address).dumps(secret)), max_age=KEPT,
        secure=call.service.https, httponly=True, samesite="Strict", path="/",
    )  # fmt: skip
    return answer


def once(call: Call[Any, Any], address: str, draw: Callable[[str], Response]) -> Response:
    """The page at `address`, drawn with what it is to show; with nothing where that was shown already."""
    secret = _carried(call, address)
    answer = draw(secret)
    if secret:
        answer.delete_cookie(call.service.secret_cookie, path="/", secure=call.service.https)
    return answer


def _carried(call: Call[Any, Any], address: str) -> str:
    carried = request.cookies.get(call.service.secret_cookie, "")
    try:
        return str(_serializer(call, address).loads(carried, max_age=int(KEPT.total_seconds())))
    except BadData:
        return ""


def _serializer(call: Call[Any, Any], address: str) -> URLSafeTimedSerializer:
    """What was made by somebody for one page is shown on no other, and to nobody else."""
    salt = f"shown once: {address} for {call.actor.login}"
    return URLSafeTimedSerializer(call.service.settings.secret_key, salt=salt)
