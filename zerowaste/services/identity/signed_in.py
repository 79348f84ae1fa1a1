"""What somebody does to his own sign-ins and tokens, each of it recorded."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session

from zerowaste.services.identity import tokens
from zerowaste.services.identity.account_events import AccountAct, record
from zerowaste.services.identity.tokens import TOKEN, Scope


def make_token(
    session: Session, user_id: int, *, scope: Scope, name: str, lasts: timedelta, now: datetime
) -> tuple[int, str, datetime]:
    """(id, token, until when it is accepted) of a token for a program; it is shown once."""
    expires_at = now + lasts
    token_id, token = tokens.issue_token(
        session, user_id, scope=scope, name=name, expires_at=expires_at, now=now
    )
    told = {"name": name, "scope": str(scope), "token": token_id}
    record(session, user_id, AccountAct.TOKEN_MADE, now=now, told=told)
    return token_id, token, expires_at


def take_back(session: Session, user_id: int, token_id: int, *, now: datetime) -> bool:
    """Revoke one of an account's tokens; False where it has no such token that is still accepted."""
    name = session.execute(
        select(TOKEN.c.name).where(TOKEN.c.id == token_id, TOKEN.c.user_id == user_id)
    ).scalar_one_or_none()
    if not tokens.revoke_own_token(session, user_id, token_id, now=now):
        return False
    told = {"name": str(name), "token": token_id}
    record(session, user_id, AccountAct.TOKEN_REVOKED, now=now, told=told)
    return True


def sign_out_everywhere(session: Session, user_id: int, *, now: datetime) -> None:
    """Every browser and phone that is signed in is out; tokens made for programs stay."""
    session.execute(
        update(TOKEN)
        .where(TOKEN.c.user_id == user_id, TOKEN.c.revoked_at.is_(None), TOKEN.c.client.is_not(None))
        .values(revoked_at=now)
    )
    record(session, user_id, AccountAct.SIGNED_OUT, now=now)
