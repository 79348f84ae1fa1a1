"""Errands: what was begun and must be finished soon, once, and by whoever holds its key."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, insert, select
from sqlmodel import Session

from zerowaste.models.tables import ERRAND
from zerowaste.services.identity.tokens import digest

KEY_BYTES = 32
KEPT_AFTER_THE_END = timedelta(hours=1)


class Purpose(StrEnum):
    """What is to be finished."""

    SECOND_STEP = "second_step"  # the password was right, the code is still to come
    PASSKEY_SIGN_IN = "passkey_sign_in"  # a challenge for nobody in particular
    PASSKEY_NEW = "passkey_new"  # a challenge for one account's new passkey
    AUTHENTICATOR = "authenticator"  # the secret of an app that has shown no code yet
    MAILBOX = "mailbox"  # who holds the link reads mail at that address
    INVITATION = "invitation"  # who holds the link sets the account's password


@dataclass(frozen=True, slots=True)
class Errand:
    """What was begun: for whom (None: for whoever comes), and what must be remembered of it."""

    user_id: int | None
    content: str
    expires_at: datetime


def begin_errand(
    session: Session,
    purpose: Purpose,
    user_id: int | None,
    *,
    lasts: timedelta,
    now: datetime,
    content: str = "",
) -> str:
    """Begin one; gives its key, shown to whoever is to finish it. What is long over is forgotten."""
    key = secrets.token_urlsafe(KEY_BYTES)
    session.execute(delete(ERRAND).where(ERRAND.c.expires_at < now - KEPT_AFTER_THE_END))
    session.execute(
        insert(ERRAND).values(
            hash=digest(key), purpose=purpose, user_id=user_id, content=content, expires_at=now + lasts
        )
    )
    return key


def find_errand(session: Session, key: str, purpose: Purpose, *, now: datetime) -> Errand | None:
    """The errand this key belongs to; None where there is none, or it is over or done."""
    row = session.execute(
        select(ERRAND).where(
            ERRAND.c.hash == digest(key), ERRAND.c.purpose == purpose, ERRAND.c.expires_at > now
        )
    ).one_or_none()
    return Errand(row.user_id, row.content, row.expires_at) if row else None


def finish_errand(session: Session, key: str, purpose: Purpose, *, now: datetime) -> Errand | None:
    """The same, and it is done: of two that come with one key, one gets it."""
    found = find_errand(session, key, purpose, now=now)
    if found is None:
        return None
    gone = session.execute(delete(ERRAND).where(ERRAND.c.hash == digest(key)))
    return found if gone.rowcount else None  # type: ignore[attr-defined]  # a delete counts


def forget_errands(session: Session, purpose: Purpose, user_id: int) -> None:
    """None of an account's errands of this kind can be finished any more."""
    session.execute(delete(ERRAND).where(ERRAND.c.purpose == purpose, ERRAND.c.user_id == user_id))
