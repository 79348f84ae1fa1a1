"""The second factor: codes of an app (TOTP, RFC 6238) and recovery codes, each taken once."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from passlib.exc import TokenError
from passlib.totp import TOTP
from sqlalchemy import delete, func, insert, select, update
from sqlmodel import Session

from zerowaste.errors import Problem, Refusal
from zerowaste.models.tables import AUTHENTICATOR, RECOVERY_CODE, USER
from zerowaste.services.identity import errands
from zerowaste.services.identity.account_events import AccountAct, Doer, record
from zerowaste.services.identity.errands import Purpose
from zerowaste.services.identity.tokens import digest

ISSUER = "zerowaste"
SETTING_UP = timedelta(minutes=15)
CODES = 10
# 32 signs nobody mixes up when copying by hand; sixteen of them are 80 random bits.
SIGNS = "abcdefghijkmnpqrstuvwxyz23456789"
GROUPS, GROUP = 4, 4
DIGITS = 6


class Authenticators:
    """Makes, encrypts and reads the secrets of apps that show codes."""

    def __init__(self, keys: Mapping[int, str]) -> None:
        self._totp = TOTP.using(issuer=ISSUER, secrets=dict(keys))

    def fresh(self) -> str:
        """A new secret, encrypted."""
        return str(self._totp.new().to_json(encrypt=True))

    def address(self, secret: str, login: str) -> str:
        """What the app scans: `otpauth://totp/…`."""
        return str(self._totp.from_source(secret).to_uri(login))

    def spelled(self, secret: str) -> str:
        """The secret as it is typed into an app that cannot scan."""
        return str(self._totp.from_source(secret).pretty_key())

    def step(self, secret: str, code: str, *, after: int | None, now: datetime) -> int | None:
        """The 30-second step this code belongs to (the present one or a neighbour); None where it is
        wrong, or of step `after` or an earlier one."""
        try:
            match = self._totp.from_source(secret).match(code, time=now, last_counter=after)
        except (TokenError, ValueError):
            return None
        return int(match.counter)


@dataclass(frozen=True, slots=True)
class Factor:
    """An account's app: its encrypted secret, and the step of the last code that was taken."""

    secret: str
    counter: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered when asked for a code: its step if it is one of the app's, and its text."""

    step: int | None
    text: str


def factor_of(session: Session, user_id: int) -> Factor | None:
    """The account's app; None where a password is enough."""
    row = session.execute(select(AUTHENTICATOR).where(AUTHENTICATOR.c.user_id == user_id)).one_or_none()
    return Factor(row.secret, row.counter) if row else None


def read_answer(authenticators: Authenticators, factor: Factor, code: str, *, now: datetime) -> Answer:
    """Look at a code. Takes a while (the secret is decrypted), and needs no session."""
    plain = "".join(sign for sign in code.lower() if not sign.isspace() and sign != "-")
    digits = len(plain) == DIGITS and plain.isascii() and plain.isdigit()
    step = authenticators.step(factor.secret, plain, after=factor.counter, now=now) if digits else None
    return Answer(step, plain)


def accept(session: Session, user_id: int, answer: Answer, *, now: datetime) -> bool:
    """Take a code; False where it is wrong or was taken before. Of two that come at once one is taken."""
    if answer.step is not None:
        newer = AUTHENTICATOR.c.user_id == user_id, AUTHENTICATOR.c.counter < answer.step
        taken = session.execute(update(AUTHENTICATOR).where(*newer).values(counter=answer.step))
        return bool(taken.rowcount)  # type: ignore[attr-defined]  # an update counts
    unused = (
        RECOVERY_CODE.c.hash == digest(answer.text),
        RECOVERY_CODE.c.user_id == user_id,
        RECOVERY_CODE.c.used_at.is_(None),
    )
    taken = session.execute(update(RECOVERY_CODE).where(*unused).values(used_at=now))
    if not taken.rowcount:  # type: ignore[attr-defined]
        return False
    record(session, user_id, AccountAct.CODE_USED, now=now)
    return True


def begin_setting_up(
    session: Session, authenticators: Authenticators, user_id: int, *, now: datetime
) -> tuple[str, str]:
    """(key, encrypted secret) of an app that has shown no code yet; nothing is asked for until it has."""
    errands.forget_errands(session, Purpose.AUTHENTICATOR, user_id)
    secret = authenticators.fresh()
    key = errands.begin_errand(
        session, Purpose.AUTHENTICATOR, user_id, lasts=SETTING_UP, now=now, content=secret
    )
    return key, secret


def secret_being_set_up(session: Session, user_id: int, key: str, *, now: datetime) -> str:
    """The secret that belongs to this key. Raises `setting_up_over`."""
    errand = errands.find_errand(session, key, Purpose.AUTHENTICATOR, now=now)
    if errand is None or errand.user_id != user_id:
        raise Refusal("setting_up_over")
    return errand.content


def turn_on(
    session: Session, authenticators: Authenticators, user_id: int, key: str, code: str, *, now: datetime
) -> Sequence[str]:
    """From now on a code of the app is asked for; gives the recovery codes, shown this once.

    Raises `setting_up_over`, `factor_on_already`, or `invalid` where the code is not the app's."""
    secret = secret_being_set_up(session, user_id, key, now=now)
    answer = read_answer(authenticators, Factor(secret, -1), code, now=now)
    if answer.step is None:
        raise Refusal("invalid", Problem("code_wrong", "code"))
    session.execute(select(USER.c.id).where(USER.c.id == user_id).with_for_update(key_share=True))
    if factor_of(session, user_id) is not None:
        raise Refusal("factor_on_already")
    errands.finish_errand(session, key, Purpose.AUTHENTICATOR, now=now)
    session.execute(
        insert(AUTHENTICATOR).values(user_id=user_id, secret=secret, counter=answer.step, since=now)
    )
    record(session, user_id, AccountAct.FACTOR_ON, now=now)
    return _fresh_codes(session, user_id)


def turn_off(session: Session, user_id: int, *, now: datetime, by: Doer | None = None) -> bool:
    """A password is enough again; False where it was."""
    gone = session.execute(delete(AUTHENTICATOR).where(AUTHENTICATOR.c.user_id == user_id))
    session.execute(delete(RECOVERY_CODE).where(RECOVERY_CODE.c.user_id == user_id))
    if not gone.rowcount:  # type: ignore[attr-defined]
        return False
    record(session, user_id, AccountAct.FACTOR_OFF, now=now, by=by)
    return True


def renew_codes(session: Session, user_id: int, *, now: datetime) -> Sequence[str]:
    """New recovery codes, shown this once; the old ones are not taken any more. Raises `not_found`
    where the account has no second factor."""
    if factor_of(session, user_id) is None:
        raise Refusal("not_found")
    record(session, user_id, AccountAct.CODES_RENEWED, now=now)
    return _fresh_codes(session, user_id)


def codes_left(session: Session, user_id: int) -> int:
    """How many recovery codes were not used yet."""
    unused = RECOVERY_CODE.c.user_id == user_id, RECOVERY_CODE.c.used_at.is_(None)
    return int(session.execute(select(func.count()).select_from(RECOVERY_CODE).where(*unused)).scalar_one())


def _fresh_codes(session: Session, user_id: int) -> Sequence[str]:
    session.execute(delete(RECOVERY_CODE).where(RECOVERY_CODE.c.user_id == user_id))
    plain = ["".join(secrets.choice(SIGNS) for _ in range(GROUPS * GROUP)) for _ in range(CODES)]
    session.execute(
        insert(RECOVERY_CODE), [{"hash": digest(code), "user_id": user_id, "used_at": None} for code in plain]
    )
    return ["-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP)) for code in plain]
