"""Browsers in which somebody was let in before: a signed cookie that gives each its own count of failures.

It opens nothing. Who has none, or a forged one, is counted with every stranger who tries that login."""

import secrets
from datetime import timedelta

from flask import Response, request
from itsdangerous import BadData, URLSafeSerializer

from zerowaste.services.identity.accounts import login_of
from zerowaste.services.identity.tokens import digest
from zerowaste.web.service import Service

KEPT = timedelta(days=365)
MOST = 8  # people who share a browser


def device_for(service: Service, login: str) -> str:
    """By which name this browser is known for a login; empty: he was never let in here."""
    return _known(service).get(_of(login), "")


def remember(answer: Response, service: Service, login: str) -> None:
    """He was let in: from now on he is counted by himself in this browser."""
    known = _known(service)
    name = known.pop(_of(login), "") or secrets.token_urlsafe(16)
    kept = dict([*known.items(), (_of(login), name)][-MOST:])
    answer.set_cookie(
        service.device_cookie, str(_serializer(service).dumps(kept)), max_age=KEPT, secure=service.https,
        httponly=True, samesite="Lax", path="/",
    )  # fmt: skip


def _known(service: Service) -> dict[str, str]:
    try:
        found: dict[str, str] = _serializer(service).loads(request.cookies.get(service.device_cookie, ""))
    except BadData:
        return {}
    return found


def _of(login: str) -> str:
    """A login as the cookie writes it: nobody who finds it reads a name."""
    return digest(login_of(login))[:16]


def _serializer(service: Service) -> URLSafeSerializer:
    return URLSafeSerializer(service.settings.secret_key, salt="known device")
