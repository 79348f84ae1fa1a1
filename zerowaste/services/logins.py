"""Logging in: who is trying, whether he failed too often, and the token he gets.

Locks count what was typed, not accounts: a login that nobody has is locked out the same way."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from zerowaste.config import LoginLimits
from zerowaste.models.account import LoginFailure
from zerowaste.models.tables import USER, table
from zerowaste.services import tokens
from zerowaste.services.accounts import login_of
from zerowaste.services.passwords import Passwords
from zerowaste.services.tokens import Scope

FAILURE = table(LoginFailure)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody trying to log in, and what is known of him before his password is checked.

    `user_id` None: nobody has this login; `kept` is then a decoy that no password fits."""

    login: str
    address: str
    user_id: int | None
    kept: str
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class Entry:
    """The outcome of an attempt: a token, or how long to wait (None: wrong, try again)."""

    token: str = ""
    expires_at: datetime | None = None
    locked_until: datetime | None = None


def begin_login(
    session: Session, login: str, address: str, *, passwords: Passwords, now: datetime
) -> Attempt:
    """Look up who is trying. Reads only: checking the password takes long and must hold no lock."""
    login = login_of(login)
    row = session.execute(
        select(USER.c.id, USER.c.password).where(USER.c.login == login, USER.c.active)
    ).one_or_none()
    return Attempt(
        login=login,
        address=address,
        user_id=row.id if row else None,
        kept=row.password if row else passwords.decoy,
        locked_until=locked_until(session, login, address, now=now),
    )


def finish_login(
    session: Session,
    attempt: Attempt,
    *,
    fresh_hash: str | None,
    verified: bool,
    lifetime: timedelta,
    limits: LoginLimits,
    now: datetime,
) -> Entry:
    """Count a failure, or give a token. Returned, never raised: failures must be remembered.

    `fresh_hash`: the password hashed at today's cost, where the kept one is outdated."""
    # Judged again under lock: the other guesses of a burst have been counted by now.
    until = locked_until(session, attempt.login, attempt.address, now=now, lock=True)
    if until is not None:
        return Entry(locked_until=until)
    if not verified or attempt.user_id is None:
        return Entry(locked_until=_count_failure(session, attempt, limits, now))
    session.execute(delete(FAILURE).where(FAILURE.c.key == _failure_keys(attempt.login, "")[0]))
    if fresh_hash:
        session.execute(update(USER).where(USER.c.id == attempt.user_id).values(password=fresh_hash))
    expires_at = now + lifetime
    _, token = tokens.issue_token(
        session, attempt.user_id, scope=Scope.WRITE, name="login", expires_at=expires_at, now=now
    )
    return Entry(token=token, expires_at=expires_at)


def _failure_keys(login: str, address: str) -> tuple[str, str]:
    return tokens.digest(f"login:{login}"), tokens.digest(f"address:{address}")


def locked_until(
    session: Session, login: str, address: str, *, now: datetime, lock: bool = False
) -> datetime | None:
    """Until when this login or this address must wait; None: it may try."""
    statement = (
        select(FAILURE.c.locked_until)
        .where(FAILURE.c.key.in_(_failure_keys(login, address)))
        .order_by(FAILURE.c.key)
    )
    if lock:
        statement = statement.with_for_update()
    waits = session.execute(statement).scalars()
    return max((until for until in waits if until is not None and until > now), default=None)


def _count_failure(session: Session, attempt: Attempt, limits: LoginLimits, now: datetime) -> datetime | None:
    """One more failure of this login and of this address; until when either is now locked."""
    session.execute(delete(FAILURE).where(FAILURE.c.since < now - timedelta(days=1)))
    keys = zip(
        _failure_keys(attempt.login, attempt.address),
        (limits.failures, limits.address_failures),
        strict=True,
    )
    waits = [_count(session, key, most, limits, now) for key, most in sorted(keys)]
    return max((until for until in waits if until is not None), default=None)


def _count(session: Session, key: str, most: int, limits: LoginLimits, now: datetime) -> datetime | None:
    row = session.execute(select(FAILURE).where(FAILURE.c.key == key).with_for_update()).one_or_none()
    if row is None:
        session.execute(insert(FAILURE).values(key=key, failures=1, since=now))
        return None
    stale = row.since < now - timedelta(minutes=limits.forget_minutes)
    failures = 1 if stale or row.locked_until is not None else row.failures + 1
    locked = now + timedelta(minutes=limits.lock_minutes) if failures >= most else None
    session.execute(
        update(FAILURE)
        .where(FAILURE.c.key == key)
        .values(failures=failures, since=now if failures == 1 else row.since, locked_until=locked)
    )
    return locked
