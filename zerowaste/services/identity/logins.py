"""Logging in: who is trying, whether he failed too often, what else he must show, the token he gets.

Locks count what was typed, not accounts: a login that nobody has is locked out the same way. A device on
which somebody has been let in before has a count of its own for him: strangers who guess at a login lock
out strangers, and its owner comes in where he always does (OWASP: device cookies)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from zerowaste.config import LoginLimits
from zerowaste.errors import Problem
from zerowaste.models.tables import AUTHENTICATOR, LOGIN_FAILURE, USER
from zerowaste.services.identity import errands, factors, tokens
from zerowaste.services.identity.accounts import login_of
from zerowaste.services.identity.errands import Purpose
from zerowaste.services.identity.factors import Answer, Factor
from zerowaste.services.identity.passwords import Passwords
from zerowaste.services.identity.tokens import Scope

SECOND_STEP = timedelta(minutes=5)


def _unknown(_login: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody trying to log in, and what is known of him before his password is checked.

    `user_id` None: nobody has this login; `kept` is then a decoy that no password fits. `factor`: what
    he must show beside his password. `step`: the key of a second step, if the password was right before.
    `stamp`: it is another one once the password was changed or the account shut. `device`: known by
    this name since he was let in there; empty: an unknown one."""

    login: str
    address: str
    device: str
    user_id: int | None
    kept: str
    locked_until: datetime | None
    factor: Factor | None = None
    step: str = ""
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """The outcome of an attempt: a token, or the key of a second step (`step`), until when it is
    accepted; or how long to wait (None: wrong, try again; `code`: it was the code that was wrong)."""

    token: str = ""
    expires_at: datetime | None = None
    locked_until: datetime | None = None
    step: str = ""
    code: bool = False


def begin_login(
    session: Session, login: str, address: str, *, passwords: Passwords, now: datetime, device: str = ""
) -> Attempt:
    """Look up who is trying. Reads only: checking the password takes long and must hold no lock."""
    login = login_of(login)
    # One statement whoever it is: an account with a factor takes no longer than one nobody has.
    row = session.execute(
        select(
            USER.c.id, USER.c.password, USER.c.fs_uniquifier, AUTHENTICATOR.c.secret, AUTHENTICATOR.c.counter
        )
        .outerjoin(AUTHENTICATOR, AUTHENTICATOR.c.user_id == USER.c.id)
        .where(USER.c.login == login, USER.c.active)
    ).one_or_none()
    return Attempt(
        login=login,
        address=address,
        device=device,
        user_id=row.id if row else None,
        kept=row.password if row else passwords.decoy,
        locked_until=locked_until(session, login, address, device, now=now),
        factor=Factor(row.secret, row.counter) if row and row.secret else None,
        stamp=row.fs_uniquifier if row else "",
    )


def resume_login(
    session: Session, step: str, address: str, *, now: datetime, device_of: Callable[[str], str] = _unknown
) -> Attempt | None:
    """Whoever was asked for a code; None where the second step is over, or there was no first one.
    `device_of`: by which name this device is known for a login."""
    errand = errands.find_errand(session, step, Purpose.SECOND_STEP, now=now)
    if errand is None or errand.user_id is None:
        return None
    row = session.execute(
        select(USER.c.login, USER.c.fs_uniquifier).where(USER.c.id == errand.user_id, USER.c.active)
    ).one_or_none()
    factor = factors.factor_of(session, errand.user_id)
    if row is None or factor is None:
        return None
    device = device_of(row.login)
    until = locked_until(session, row.login, address, device, now=now)
    return Attempt(row.login, address, device, errand.user_id, "", until, factor, step, row.fs_uniquifier)


def finish_login(
    session: Session,
    attempt: Attempt,
    *,
    fresh_hash: str | None,
    verified: bool,
    lifetime: timedelta,
    limits: LoginLimits,
    now: datetime,
    answer: Answer | None = None,
    client: str = "",
) -> Entry:
    """Count a failure, ask for a code, or give a token. Returned, never raised: failures must be
    remembered, and are forgotten only by who is in.

    `fresh_hash`: the password hashed at today's cost, where the kept one is outdated. `verified`: it
    was right. `answer`: the code, if one was given. `client`: what he signs in with."""
    # Judged again under lock: the other guesses of a burst have been counted by now.
    until = locked_until(session, attempt.login, attempt.address, attempt.device, now=now, lock=True)
    if until is not None:
        return Entry(locked_until=until)
    if not verified or attempt.user_id is None or _changed(session, attempt):
        return Entry(locked_until=_count_failure(session, attempt, limits, now))
    if attempt.factor is not None and answer is None:
        return _ask_for_code(session, attempt.user_id, now)
    if attempt.factor is not None and answer is not None and not _shown(session, attempt, answer, now):
        return Entry(locked_until=_count_failure(session, attempt, limits, now), code=True)
    counted = _failure_keys(attempt.login, "", attempt.device)[0]
    session.execute(delete(LOGIN_FAILURE).where(LOGIN_FAILURE.c.key == counted))
    if fresh_hash:
        session.execute(update(USER).where(USER.c.id == attempt.user_id).values(password=fresh_hash))
    return let_in(session, attempt.user_id, lifetime=lifetime, now=now, client=client)


def _changed(session: Session, attempt: Attempt) -> bool:
    """Whether the account was shut or its password changed while the old one was looked at."""
    stamp = session.execute(
        select(USER.c.fs_uniquifier)
        .where(USER.c.id == attempt.user_id, USER.c.active)
        .with_for_update(key_share=True)
    ).scalar_one_or_none()
    return stamp != attempt.stamp


def let_in(session: Session, user_id: int, *, lifetime: timedelta, now: datetime, client: str) -> Entry:
    """A token for who has shown all he must."""
    expires_at = now + lifetime
    _, token = tokens.issue_token(
        session, user_id, scope=Scope.WRITE, name="login", expires_at=expires_at, now=now, client=client
    )
    return Entry(token=token, expires_at=expires_at)


def _ask_for_code(session: Session, user_id: int, now: datetime) -> Entry:
    step = errands.begin_errand(session, Purpose.SECOND_STEP, user_id, lasts=SECOND_STEP, now=now)
    return Entry(step=step, expires_at=now + SECOND_STEP)


def _shown(session: Session, attempt: Attempt, answer: Answer, now: datetime) -> bool:
    """Whether the code is right; then it is used up, and so is the second step it belongs to."""
    if attempt.user_id is None or not factors.accept(session, attempt.user_id, answer, now=now):
        return False
    return not attempt.step or bool(
        errands.finish_errand(session, attempt.step, Purpose.SECOND_STEP, now=now)
    )


def confirm_password(
    session: Session,
    login: str,
    address: str,
    password: str,
    *,
    passwords: Passwords,
    limits: LoginLimits,
    now: datetime,
    device: str = "",
) -> Problem | None:
    """Whether whoever is signed in knows his password; None: he does. A failure is counted as one of
    logging in, so a stolen session cannot guess."""
    attempt = begin_login(session, login, address, passwords=passwords, now=now, device=device)
    until = attempt.locked_until
    if until is None:
        if passwords.verify(password, attempt.kept):
            return None
        until = _count_failure(session, attempt, limits, now)
    if until is None:
        return Problem("password_wrong")
    seconds = max(1, int((until - now).total_seconds()))
    return Problem("login_locked", params={"wait_s": seconds, "minutes": -(-seconds // 60)})


def _failure_keys(login: str, address: str, device: str) -> tuple[str, str]:
    who = f"device:{login}:{device}" if device else f"login:{login}"
    return tokens.digest(who), tokens.digest(f"address:{address}")


def locked_until(
    session: Session, login: str, address: str, device: str = "", *, now: datetime, lock: bool = False
) -> datetime | None:
    """Until when this login (on a known device: there) or this address must wait; None: it may try."""
    statement = (
        select(LOGIN_FAILURE.c.locked_until)
        .where(LOGIN_FAILURE.c.key.in_(_failure_keys(login, address, device)))
        .order_by(LOGIN_FAILURE.c.key)
    )
    if lock:
        statement = statement.with_for_update()
    waits = session.execute(statement).scalars()
    return max((until for until in waits if until is not None and until > now), default=None)


def _count_failure(session: Session, attempt: Attempt, limits: LoginLimits, now: datetime) -> datetime | None:
    """One more failure of this login and of this address; until when either is now locked."""
    session.execute(delete(LOGIN_FAILURE).where(LOGIN_FAILURE.c.since < now - timedelta(days=1)))
    keys = zip(
        _failure_keys(attempt.login, attempt.address, attempt.device),
        (limits.failures, limits.address_failures),
        strict=True,
    )
    waits = [_count(session, key, most, limits, now) for key, most in sorted(keys)]
    return max((until for until in waits if until is not None), default=None)


def _count(session: Session, key: str, most: int, limits: LoginLimits, now: datetime) -> datetime | None:
    row = session.execute(
        select(LOGIN_FAILURE).where(LOGIN_FAILURE.c.key == key).with_for_update()
    ).one_or_none()
    if row is None:
        session.execute(insert(LOGIN_FAILURE).values(key=key, failures=1, since=now))
        return None
    stale = row.since < now - timedelta(minutes=limits.forget_minutes)
    failures = 1 if stale or row.locked_until is not None else row.failures + 1
    locked = now + timedelta(minutes=limits.lock_minutes) if failures >= most else None
    session.execute(
        update(LOGIN_FAILURE)
        .where(LOGIN_FAILURE.c.key == key)
        .values(failures=failures, since=now if failures == 1 else row.since, locked_until=locked)
    )
    return locked
