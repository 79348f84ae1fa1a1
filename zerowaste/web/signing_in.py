"""Signing in: passwords and codes are checked outside any transaction, their outcome kept inside one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import request
from sqlmodel import Session

from zerowaste.errors import Refusal
from zerowaste.services.identity import factors, logins, passkeys
from zerowaste.services.identity.logins import Attempt, Entry
from zerowaste.services.identity.passkeys import Party
from zerowaste.web.browser_names import browser_name
from zerowaste.web.known_devices import device_for
from zerowaste.web.service import Service
from zerowaste.web.transaction import in_transaction


@dataclass(frozen=True, slots=True)
class Entered:
    """A bearer token, and until when it is accepted. `step`: it is none yet, but the key of the second
    step, at which a code is asked for. `login`: of whoever gave his password."""

    token: str
    expires_at: datetime
    step: bool = False
    login: str = ""


def sign_in(service: Service, login: str, password: str, *, now: datetime, code: str = "") -> Entered:
    """Give a token for a login and its password; who has a second factor must show a `code` too, at
    once or at the second step.

    Raises `login_failed`, `code_failed`, or `login_locked` for who failed too often in a row."""
    device = device_for(service, login)
    attempt = in_transaction(
        lambda session: logins.begin_login(
            session, login, _address(), passwords=service.passwords, now=now, device=device
        ),
        write=False,
    )
    _refuse_locked(attempt.locked_until, now)
    # Between the transactions: hashing takes long, and must hold neither lock nor connection.
    verified = service.passwords.verify(password, attempt.kept)
    outdated = verified and service.passwords.outdated(attempt.kept)
    fresh_hash = service.passwords.hash(password) if outdated else None
    return _finish(service, attempt, verified=verified, fresh_hash=fresh_hash, code=code, now=now)


def show_code(service: Service, step: str, code: str, *, now: datetime) -> Entered:
    """The second step. Raises `second_step_over`, `code_failed` or `login_locked`."""
    attempt = in_transaction(
        lambda session: logins.resume_login(
            session, step, _address(), now=now, device_of=partial(device_for, service)
        ),
        write=False,
    )
    if attempt is None:
        raise Refusal("second_step_over")
    _refuse_locked(attempt.locked_until, now)
    return _finish(service, attempt, verified=True, fresh_hash=None, code=code or "-", now=now)


def _finish(
    service: Service, attempt: Attempt, *, verified: bool, fresh_hash: str | None, code: str, now: datetime
) -> Entered:
    answer = None
    if verified and code and attempt.factor is not None:
        answer = factors.read_answer(service.authenticators, attempt.factor, code, now=now)
    entry = in_transaction(
        lambda session: logins.finish_login(
            session,
            attempt,
            verified=verified,
            fresh_hash=fresh_hash,
            lifetime=timedelta(hours=service.settings.token_hours),
            limits=service.settings.login_limits,
            now=now,
            answer=answer,
            client=_client(),
        ),
        write=True,
    )
    return _entered(entry, now, login=attempt.login)


def _entered(entry: Entry, now: datetime, *, login: str = "") -> Entered:
    _refuse_locked(entry.locked_until, now)
    if entry.expires_at is None:
        raise Refusal("code_failed" if entry.code else "login_failed")
    return Entered(entry.token or entry.step, entry.expires_at, step=not entry.token, login=login)


def sign_in_with_passkey(service: Service, key: str, answer: str, *, now: datetime) -> Entered:
    """Give a token to whose passkey signed the challenge behind `key`. Raises `passkey_failed`."""
    party = party_of(service)
    lifetime = timedelta(hours=service.settings.token_hours)

    def work(session: Session) -> Entry | None:
        owner = passkeys.owner_of(session, key, answer, party, now=now)
        if owner is None:
            return None
        return logins.let_in(session, owner, lifetime=lifetime, now=now, client=_client())

    entry = in_transaction(work, write=True)
    if entry is None:
        raise Refusal("passkey_failed")
    return _entered(entry, now)


def party_of(service: Service) -> Party:
    """Who asks for passkeys: the public address; where that is a bare number, as on one's own machine,
    the name in the browser's address bar (browsers tie passkeys to names only)."""
    base = urlsplit(service.settings.base_url)
    if is_number(base.hostname or ""):
        base = urlsplit(request.host_url)
    return Party(base.hostname or "", f"{base.scheme}://{base.netloc}")


def is_number(host: str) -> bool:
    """Whether a host is an address in numbers."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _address() -> str:
    return request.remote_addr or ""


def _client() -> str:
    return browser_name(request.user_agent.string)


def _refuse_locked(until: datetime | None, now: datetime) -> None:
    if until is None:
        return
    seconds = max(1, int((until - now).total_seconds()))
    raise Refusal("login_locked", wait_s=seconds, minutes=-(-seconds // 60))
