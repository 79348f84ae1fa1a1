"""Invitations: a link, good once and for a while, by which a person sets his account's password."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session

from zerowaste.errors import Refusal
from zerowaste.models.tables import USER
from zerowaste.services.identity import accounts, errands
from zerowaste.services.identity.account_events import AccountAct, Doer, record
from zerowaste.services.identity.errands import Purpose
from zerowaste.services.identity.passwords import Passwords

LASTS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom an invitation is for, and until when it is good."""

    user_id: int
    login: str
    name: str
    expires_at: datetime


def invite(session: Session, user_id: int, *, by: Doer, now: datetime) -> str:
    """The key of a new link; earlier ones are good no more. The password stays until it is used.

    Raises `not_found` for an account there is not, or that is shut."""
    known = session.execute(select(USER.c.id).where(USER.c.id == user_id, USER.c.active)).first()
    if known is None:
        raise Refusal("not_found")
    errands.forget_errands(session, Purpose.INVITATION, user_id)
    record(session, user_id, AccountAct.INVITED, now=now, by=by)
    return errands.begin_errand(session, Purpose.INVITATION, user_id, lasts=LASTS, now=now)


def read_invitation(session: Session, key: str, *, now: datetime) -> Invited:
    """Whom a link is for. Raises `invitation_over`."""
    errand = errands.find_errand(session, key, Purpose.INVITATION, now=now)
    row = (
        session.execute(
            select(USER.c.login, USER.c.name).where(USER.c.id == errand.user_id, USER.c.active)
        ).one_or_none()
        if errand
        else None
    )
    if errand is None or errand.user_id is None or row is None:
        raise Refusal("invitation_over")
    return Invited(errand.user_id, row.login, row.name, errand.expires_at)


def take_up(session: Session, key: str, password: str, *, passwords: Passwords, now: datetime) -> None:
    """Set the password; the link is used up. Raises `invitation_over`, or `invalid` with what is wrong
    with the password (the link is then still good)."""
    invited = read_invitation(session, key, now=now)
    accounts.refuse_weak(session, invited.user_id, password)
    if errands.finish_errand(session, key, Purpose.INVITATION, now=now) is None:
        raise Refusal("invitation_over")
    accounts.change_password(session, invited.user_id, password, passwords=passwords, now=now)
