"""Signing in: a password is checked outside any transaction, its outcome kept inside one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import request

from zerowaste.errors import Refusal
from zerowaste.services import logins
from zerowaste.web.service import Service
from zerowaste.web.transaction import in_transaction


@dataclass(frozen=True, slots=True)
class Entered:
    """A bearer token, and until when it is accepted."""

    token: str
    expires_at: datetime


def sign_in(service: Service, login: str, password: str, *, now: datetime) -> Entered:
    """Give a token for a login and its password.

    Raises `login_failed`, or `login_locked` for who failed too often in a row."""
    address = request.remote_addr or ""
    attempt = in_transaction(
        lambda session: logins.begin_login(session, login, address, passwords=service.passwords, now=now),
        write=False,
    )
    if attempt.locked_until is not None:
        raise _wait(attempt.locked_until - now)
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
            now=now,
        ),
        write=True,
    )
    if entry.locked_until is not None:
        raise _wait(entry.locked_until - now)
    if entry.expires_at is None:
        raise Refusal("login_failed")
    return Entered(entry.token, entry.expires_at)


def _wait(time: timedelta) -> Refusal:
    seconds = max(1, int(time.total_seconds()))
    return Refusal("login_locked", wait_s=seconds, minutes=-(-seconds // 60))
