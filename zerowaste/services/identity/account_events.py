"""What is changed at an account is an event of that account: who changed what, never the secret itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import uuid_utils.compat as uuid7
from sqlalchemy import select
from sqlmodel import Session

from zerowaste.models.tables import EVENT, USER
from zerowaste.rules.decision import Decision
from zerowaste.services.booking import ledger
from zerowaste.services.booking.ledger import Act, Chain

SUBJECT = "account"


class AccountAct(StrEnum):
    """What may be done to an account."""

    INVITED = "invited"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an act
    FACTOR_ON = "factor_on"
    FACTOR_OFF = "factor_off"
    CODES_RENEWED = "codes_renewed"
    CODE_USED = "code_used"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    TOKEN_MADE = "token_made"  # noqa: S105
    TOKEN_REVOKED = "token_revoked"  # noqa: S105
    SIGNED_OUT = "signed_out_everywhere"
    NOTICES_CHOSEN = "notices_chosen"
    ADDRESS_GIVEN = "address_given"
    ADDRESS_CONFIRMED = "address_confirmed"
    ADDRESS_REMOVED = "address_removed"
    WEBHOOK_ADDED = "webhook_added"
    WEBHOOK_REMOVED = "webhook_removed"


@dataclass(frozen=True, slots=True)
class Doer:
    """Who changes something at an account: himself, or an administrator."""

    login: str
    role: str
    credential: str = ""


def record(
    session: Session,
    user_id: int,
    kind: AccountAct,
    *,
    now: datetime,
    by: Doer | None = None,
    told: Mapping[str, Any] | None = None,
) -> None:
    """Write the event. `by` None: the account's owner did it. `told`: what else is to be known of it."""
    row = session.execute(
        select(USER.c.login, USER.c.role, USER.c.events, USER.c.head)
        .where(USER.c.id == user_id)
        .with_for_update(key_share=True)
    ).one()
    doer = by or Doer(row.login, row.role)
    act = Act(
        id=uuid7.uuid7(), kind=kind, at=now, actor=doer.login, role=doer.role,
        credential=doer.credential, body=dict(told or {}),
    )  # fmt: skip
    ledger.append(session, Chain(SUBJECT, row.login, row.events, row.head), act, Decision(), now=now)


@dataclass(frozen=True, slots=True)
class Changed:
    """One change of an account, as its owner reads it."""

    kind: str
    at: datetime
    actor: str
    name: str


def changes_of(session: Session, login: str, *, limit: int) -> Sequence[Changed]:
    """What was changed at an account last, newest first."""
    rows = session.execute(
        select(EVENT.c.kind, EVENT.c.at, EVENT.c.actor, EVENT.c.text)
        .where(EVENT.c.subject == SUBJECT, EVENT.c.key == login)
        .order_by(EVENT.c.number.desc())
        .limit(limit)
    )
    return [
        Changed(row.kind, row.at, row.actor, str(ledger.content_of(row)["act"].get("name", "")))
        for row in rows
    ]
