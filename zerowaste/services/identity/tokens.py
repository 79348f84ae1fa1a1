"""Bearer tokens: giving them, taking them back, and who acts with one."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, bindparam, insert, or_, select, update
from sqlmodel import Session

from zerowaste import models
from zerowaste.models.tables import MEMBERSHIP, SITE, USER, table
from zerowaste.rules.access import Actor
from zerowaste.services.register import CURRENT_REVISION, REVISION
from zerowaste.services.together import ask
from zerowaste.vocabulary import Role

TOKEN = table(models.ApiToken)
MARK = "zwt_"  # lets scanners of leaked secrets recognise one
TOKEN_BYTES = 32


class Scope(StrEnum):
    """What a token may do."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Credential:
    """A token that was accepted: who acts with it, and what it may do."""

    actor: Actor
    scope: Scope
    language: str
    token_id: int


def issue_token(
    session: Session,
    user_id: int,
    *,
    scope: Scope,
    name: str,
    expires_at: datetime,
    now: datetime,
    client: str | None = None,
) -> tuple[int, str]:
    """(its id, a new bearer token). It is shown once; only its SHA-256 is kept. `client`: with what somebody
    signs in."""
    token = MARK + secrets.token_urlsafe(TOKEN_BYTES)
    made = (
        insert(TOKEN)
        .values(
            user_id=user_id,
            hash=digest(token),
            scope=scope,
            name=name,
            client=client,
            created_at=now,
            expires_at=expires_at,
        )
        .returning(TOKEN.c.id)
    )
    return int(session.execute(made).scalar_one()), token


def revoke_token(session: Session, token_id: int, *, now: datetime) -> None:
    """The token is no longer accepted, from the next request on."""
    session.execute(
        update(TOKEN).where(TOKEN.c.id == token_id, TOKEN.c.revoked_at.is_(None)).values(revoked_at=now)
    )


def revoke_own_token(session: Session, user_id: int, token_id: int, *, now: datetime) -> bool:
    """Revoke one of an account's tokens; False where it has no such token that is still accepted."""
    mine = TOKEN.c.id == token_id, TOKEN.c.user_id == user_id, TOKEN.c.revoked_at.is_(None)
    known = session.execute(select(TOKEN.c.id).where(*mine)).one_or_none()
    if known is None:
        return False
    revoke_token(session, token_id, now=now)
    return True


def tokens_of(session: Session, user_id: int, *, after: int, limit: int, now: datetime) -> Sequence[Any]:
    """An account's tokens that are accepted now, by id: name, scope, client, created_at, expires_at."""
    return session.execute(
        select(TOKEN.c.id, TOKEN.c.name, TOKEN.c.scope, TOKEN.c.client, TOKEN.c.created_at,
               TOKEN.c.expires_at)
        .where(
            TOKEN.c.user_id == user_id, TOKEN.c.id > after,
            TOKEN.c.revoked_at.is_(None), TOKEN.c.expires_at > now,
        )
        .order_by(TOKEN.c.id)
        .limit(limit)
    ).all()  # fmt: skip


def revoke_tokens_of(session: Session, user_id: int, *, now: datetime) -> None:
    """None of an account's tokens are accepted any more."""
    session.execute(
        update(TOKEN).where(TOKEN.c.user_id == user_id, TOKEN.c.revoked_at.is_(None)).values(revoked_at=now)
    )


def digest(text: str) -> str:
    """SHA-256, 64 hex digits: what is kept of a token. 256 random bits need no slow hash."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# One statement for the token, its account and everywhere it may act: this runs on every request.
_CREDENTIAL = (
    select(
        TOKEN.c.id, TOKEN.c.scope, TOKEN.c.expires_at, TOKEN.c.revoked_at, TOKEN.c.hash,
        USER.c.id.label("user_id"), USER.c.login, USER.c.role, USER.c.active, USER.c.language,
        MEMBERSHIP.c.organisation_id, MEMBERSHIP.c.region, SITE.c.id.label("site_id"),
        CURRENT_REVISION.scalar_subquery().label("revision"),
    )
    .join(USER, USER.c.id == TOKEN.c.user_id)
    .outerjoin(MEMBERSHIP, MEMBERSHIP.c.user_id == USER.c.id)
    .outerjoin(
        SITE,
        and_(
            SITE.c.organisation_id == MEMBERSHIP.c.organisation_id,
            or_(MEMBERSHIP.c.site_id.is_(None), MEMBERSHIP.c.site_id == SITE.c.id),
        ),
    )
    .where(TOKEN.c.hash == bindparam("digest"))
)  # fmt: skip


def authenticate(session: Session, token: str, *, now: datetime) -> Credential | None:
    """Who acts with this token; None where it is unknown, over or revoked, or its account shut."""
    (rows,) = ask(session, (_CREDENTIAL, {"digest": digest(token)}))
    if not rows:
        return None
    first = rows[0]
    if first.revoked_at is not None or first.expires_at <= now or not first.active:
        return None
    session.info[REVISION] = first.revision  # so that the register need not ask for it
    return Credential(
        _actor(first.user_id, first.login, first.role, rows, f"token-{first.id}"),
        Scope(first.scope),
        first.language,
        first.id,
    )


def _actor(user_id: int, login: str, role: str, rows: Iterable[Any], credential: str) -> Actor:
    places = [(row.organisation_id, row.site_id, row.region) for row in rows]
    return Actor(
        user_id=user_id,
        login=login,
        role=Role(role),
        organisations=frozenset(place[0] for place in places if place[0] is not None),
        sites=frozenset(place[1] for place in places if place[1] is not None),
        regions=tuple(sorted({place[2] for place in places if place[2]})),
        credential=credential,
    )
