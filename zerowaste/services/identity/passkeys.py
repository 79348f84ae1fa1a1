"""Passkeys (WebAuthn): added by who is signed in, and a way in without login or password.

A passkey proves a device and, by its PIN or finger, its owner: it needs no second factor beside it."""

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import webauthn
from cryptography.exceptions import UnsupportedAlgorithm
from sqlalchemy import delete, insert, select, update
from sqlmodel import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from zerowaste.errors import Problem, Refusal
from zerowaste.models.tables import PASSKEY, USER
from zerowaste.services.identity import errands
from zerowaste.services.identity.account_events import AccountAct, record
from zerowaste.services.identity.errands import Purpose

CEREMONY = timedelta(minutes=5)
MOST = 20
LONGEST_ID = 1400
# What the library lets through of what it reads with, where an answer is not made as the standard says.
MISMADE = (
    WebAuthnException, UnsupportedAlgorithm, ValueError, TypeError, LookupError, AttributeError,
    ArithmeticError, RecursionError, struct.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Party:
    """Who asks for a passkey: the host it is tied to, and the origin its pages come from."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What the browser is to be told, and the key under which its answer is expected."""

    key: str
    options: dict[str, Any]


def passkeys_of(session: Session, user_id: int) -> Sequence[Any]:
    """An account's passkeys, oldest first: id, credential, name, created_at, used_at."""
    return session.execute(
        select(PASSKEY.c.id, PASSKEY.c.credential, PASSKEY.c.name, PASSKEY.c.created_at, PASSKEY.c.used_at)
        .where(PASSKEY.c.user_id == user_id)
        .order_by(PASSKEY.c.id)
        .limit(MOST)
    ).all()


def begin_adding(session: Session, user_id: int, login: str, party: Party, *, now: datetime) -> Ceremony:
    """Ask the browser for a new passkey; of a device that has one already it makes none."""
    known = [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.credential))
        for row in passkeys_of(session, user_id)
    ]
    if len(known) >= MOST:
        raise Refusal("passkeys_enough", most=MOST)
    options = webauthn.generate_registration_options(
        rp_id=party.host,
        rp_name="zerowaste",
        user_id=f"account {user_id}".encode(),
        user_name=login,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=known,
    )
    return _ceremony(session, Purpose.PASSKEY_NEW, user_id, options, now=now)


def add_passkey(
    session: Session, user_id: int, key: str, answer: str, name: str, party: Party, *, now: datetime
) -> None:
    """Keep the passkey a browser made. `answer`: its JSON. Raises `passkey_refused`."""
    errand = errands.finish_errand(session, key, Purpose.PASSKEY_NEW, now=now)
    if errand is None or errand.user_id != user_id:
        raise Refusal("invalid", Problem("passkey_refused"))
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(errand.content),
            expected_rp_id=party.host,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except MISMADE as error:
        raise Refusal("invalid", Problem("passkey_refused")) from error
    credential = bytes_to_base64url(made.credential_id)
    known = session.execute(select(PASSKEY.c.id).where(PASSKEY.c.credential == credential)).first()
    if known or len(credential) > LONGEST_ID:
        raise Refusal("invalid", Problem("passkey_refused"))
    session.execute(
        insert(PASSKEY).values(
            user_id=user_id,
            credential=credential,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=name,
            created_at=now,
        )
    )
    record(session, user_id, AccountAct.PASSKEY_ADDED, now=now, told={"name": name})


def remove_passkey(session: Session, user_id: int, passkey_id: int, *, now: datetime) -> bool:
    """Nobody signs in with it any more; False where the account has none with this id."""
    mine = PASSKEY.c.id == passkey_id, PASSKEY.c.user_id == user_id
    name = session.execute(select(PASSKEY.c.name).where(*mine)).scalar_one_or_none()
    if name is None:
        return False
    session.execute(delete(PASSKEY).where(*mine))
    record(session, user_id, AccountAct.PASSKEY_REMOVED, now=now, told={"name": name})
    return True


def begin_sign_in(session: Session, party: Party, *, now: datetime) -> Ceremony:
    """Ask the browser for any passkey it has for us."""
    options = webauthn.generate_authentication_options(
        rp_id=party.host, user_verification=UserVerificationRequirement.REQUIRED
    )
    return _ceremony(session, Purpose.PASSKEY_SIGN_IN, None, options, now=now)


def owner_of(session: Session, key: str, answer: str, party: Party, *, now: datetime) -> int | None:
    """Whose passkey signed the challenge behind this key; None where nobody's did."""
    errand = errands.finish_errand(session, key, Purpose.PASSKEY_SIGN_IN, now=now)
    row = _signing(session, answer)
    if errand is None or row is None:
        return None
    try:
        proof = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(errand.content),
            expected_rp_id=party.host,
            expected_origin=party.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except MISMADE:
        return None
    session.execute(
        update(PASSKEY).where(PASSKEY.c.id == row.id).values(sign_count=proof.new_sign_count, used_at=now)
    )
    return int(row.user_id)


def _signing(session: Session, answer: str) -> Any | None:
    """The passkey an answer names, if its account is open."""
    try:
        credential = str(json.loads(answer)["id"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not credential.isascii() or not credential.isprintable():
        return None
    return session.execute(
        select(PASSKEY)
        .join(USER, USER.c.id == PASSKEY.c.user_id)
        .where(PASSKEY.c.credential == credential, USER.c.active)
    ).one_or_none()


def _ceremony(
    session: Session, purpose: Purpose, user_id: int | None, options: Any, *, now: datetime
) -> Ceremony:
    key = errands.begin_errand(
        session, purpose, user_id, lasts=CEREMONY, now=now, content=bytes_to_base64url(options.challenge)
    )
    return Ceremony(key, json.loads(options_to_json(options)))
