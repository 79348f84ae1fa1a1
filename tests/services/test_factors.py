"""Second factors: a code is taken once, of the app or from paper, and every change is an event."""

from datetime import datetime, timedelta

import pytest
from passlib.totp import TOTP
from sqlalchemy import select
from sqlmodel import Session

from tests.cast import PASSWORD
from tests.city import NOW, City
from zerowaste.config import LoginLimits, PasswordCost
from zerowaste.errors import Refusal
from zerowaste.models.tables import AUTHENTICATOR, RECOVERY_CODE
from zerowaste.services.identity import factors
from zerowaste.services.identity.account_events import Doer, changes_of
from zerowaste.services.identity.accounts import set_password
from zerowaste.services.identity.factors import Authenticators
from zerowaste.services.identity.logins import (
    Entry,
    begin_login,
    confirm_password,
    finish_login,
    resume_login,
)
from zerowaste.services.identity.passwords import Passwords

KEYS = {1: "a key of the tests, long enough to be one"}
APPS = Authenticators(KEYS)
PASSWORDS = Passwords(PasswordCost(rounds=1, memory_kib=8, lanes=1))
LIMITS = LoginLimits(failures=3)
STEP = timedelta(seconds=30)


def shown(secret: str, now: datetime) -> str:
    """What the app shows at a moment."""
    return str(TOTP.using(secrets=KEYS).from_source(secret).generate(time=now).token)


def turned_on(session: Session, user_id: int) -> tuple[str, list[str]]:
    """(the app's secret, recovery codes) of somebody who turned it on at NOW."""
    key, secret = factors.begin_setting_up(session, APPS, user_id, now=NOW)
    return secret, list(factors.turn_on(session, APPS, user_id, key, shown(secret, NOW), now=NOW))


def enter(session: Session, code: str, *, now: datetime, step: str = "", password: str = PASSWORD) -> Entry:
    """Paula logs in, with a code at once, or at the second step."""
    if step:
        attempt = resume_login(session, step, "here", now=now)
        assert attempt is not None
    else:
        attempt = begin_login(session, "paula", "here", passwords=PASSWORDS, now=now)
    if attempt.locked_until:
        return Entry(locked_until=attempt.locked_until)
    verified = bool(step) or PASSWORDS.verify(password, attempt.kept)
    answer = factors.read_answer(APPS, attempt.factor, code, now=now) if code and attempt.factor else None
    return finish_login(
        session,
        attempt,
        verified=verified,
        fresh_hash=None,
        lifetime=STEP,
        limits=LIMITS,
        now=now,
        answer=answer,
    )


def kinds(session: Session) -> list[str]:
    return [change.kind for change in changes_of(session, "paula", limit=20)][::-1]


def test_a_password_alone_opens_only_the_second_step(session: Session, city: City) -> None:
    secret, _ = turned_on(session, city.users["paula"])
    later = NOW + 10 * STEP
    entry = enter(session, "", now=later)
    assert entry.step
    assert not entry.token
    assert enter(session, shown(secret, later), now=later, step=entry.step).token


def test_a_second_step_ends_with_its_use_and_its_time(session: Session, city: City) -> None:
    secret, _ = turned_on(session, city.users["paula"])
    later = NOW + 10 * STEP
    step = enter(session, "", now=later).step
    assert resume_login(session, step, "here", now=later + timedelta(minutes=6)) is None
    assert enter(session, shown(secret, later), now=later, step=step).token
    assert resume_login(session, step, "here", now=later) is None


def test_a_second_step_ends_with_the_password_that_began_it(session: Session, city: City) -> None:
    turned_on(session, city.users["paula"])
    later = NOW + 10 * STEP
    step = enter(session, "", now=later).step
    set_password(session, city.users["paula"], "a long and new sentence", passwords=PASSWORDS, now=later)
    assert resume_login(session, step, "here", now=later) is None


def test_no_code_is_taken_twice_nor_an_earlier_one(session: Session, city: City) -> None:
    secret, _ = turned_on(session, city.users["paula"])
    assert not enter(session, shown(secret, NOW), now=NOW).token  # taken when it was turned on
    later = NOW + 10 * STEP
    assert enter(session, shown(secret, later), now=later).token
    assert not enter(session, shown(secret, later), now=later).token
    assert not enter(session, shown(secret, later - STEP), now=later).token


def test_of_two_at_once_with_the_same_code_one_is_in(session: Session, city: City) -> None:
    user_id = city.users["paula"]
    secret, _ = turned_on(session, user_id)
    later = NOW + 10 * STEP
    factor = factors.factor_of(session, user_id)
    assert factor is not None
    answers = [factors.read_answer(APPS, factor, shown(secret, later), now=later) for _ in range(2)]
    assert [factors.accept(session, user_id, answer, now=later) for answer in answers] == [True, False]


def test_wrong_codes_lock_and_a_right_password_between_does_not_forget_them(
    session: Session, city: City
) -> None:
    turned_on(session, city.users["paula"])
    outcomes = []
    for _ in range(3):
        step = enter(session, "", now=NOW).step
        outcomes.append(enter(session, "000000", now=NOW, step=step))
    assert [each.code for each in outcomes] == [True] * 3
    assert outcomes[-1].locked_until is not None
    assert enter(session, "", now=NOW).locked_until is not None


def test_a_recovery_code_works_once(session: Session, city: City) -> None:
    _, codes = turned_on(session, city.users["paula"])
    assert enter(session, codes[3].upper(), now=NOW).token
    assert not enter(session, codes[3], now=NOW).token
    assert factors.codes_left(session, city.users["paula"]) == 9
    assert kinds(session) == ["factor_on", "code_used"]


def test_somebody_elses_recovery_code_is_no_use(session: Session, city: City) -> None:
    turned_on(session, city.users["paula"])
    _, olafs = turned_on(session, city.users["olaf"])
    assert not enter(session, olafs[0], now=NOW).token


def test_neither_secret_nor_codes_can_be_read_from_the_database(session: Session, city: City) -> None:
    secret, codes = turned_on(session, city.users["paula"])
    plain = TOTP.using(secrets=KEYS).from_source(secret).base32_key
    stored = str(session.execute(select(AUTHENTICATOR)).all()) + str(
        session.execute(select(RECOVERY_CODE)).all()
    )
    assert plain not in stored
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)


def test_a_newer_key_encrypts_and_the_old_one_still_reads(session: Session, city: City) -> None:
    secret, _ = turned_on(session, city.users["paula"])
    both = Authenticators(KEYS | {2: "another key, which is just as long as the first"})
    later = NOW + 10 * STEP
    assert both.step(secret, shown(secret, later), after=None, now=later) is not None
    assert '"t":"2"' in both.fresh()


def test_nothing_is_asked_for_before_the_app_showed_a_code(session: Session, city: City) -> None:
    user_id = city.users["paula"]
    key, secret = factors.begin_setting_up(session, APPS, user_id, now=NOW)
    with pytest.raises(Refusal, match="invalid"):
        factors.turn_on(session, APPS, user_id, key, "000000", now=NOW)
    assert enter(session, "", now=NOW).token
    with pytest.raises(Refusal, match="setting_up_over"):
        factors.turn_on(session, APPS, city.users["olaf"], key, shown(secret, NOW), now=NOW)
    with pytest.raises(Refusal, match="setting_up_over"):
        factors.turn_on(session, APPS, user_id, key, shown(secret, NOW), now=NOW + timedelta(hours=1))


def test_turned_off_a_password_is_enough_and_the_codes_are_gone(session: Session, city: City) -> None:
    user_id = city.users["paula"]
    _, codes = turned_on(session, user_id)
    assert factors.turn_off(session, user_id, now=NOW, by=Doer("ada", "administrator"))
    assert not factors.turn_off(session, user_id, now=NOW)
    assert enter(session, "", now=NOW).token
    turned_on(session, user_id)
    assert not enter(session, codes[0], now=NOW).token
    assert kinds(session) == ["factor_on", "factor_off", "factor_on"]
    assert [change.actor for change in changes_of(session, "paula", limit=9)] == ["paula", "ada", "paula"]


def test_renewed_codes_replace_the_old_ones(session: Session, city: City) -> None:
    _, old = turned_on(session, city.users["paula"])
    fresh = factors.renew_codes(session, city.users["paula"], now=NOW)
    assert not set(fresh) & set(old)
    assert not enter(session, old[0], now=NOW).token
    assert enter(session, fresh[0], now=NOW).token
    with pytest.raises(Refusal, match="not_found"):
        factors.renew_codes(session, city.users["olaf"], now=NOW)


def test_guessing_the_password_of_an_open_session_locks_too(session: Session, city: City) -> None:
    def told(password: str) -> str | None:
        problem = confirm_password(
            session, "paula", "here", password, passwords=PASSWORDS, limits=LIMITS, now=NOW
        )
        return problem.code if problem else None

    assert told(PASSWORD) is None
    assert [told("x") for _ in range(3)] == ["password_wrong", "password_wrong", "login_locked"]
    assert told(PASSWORD) == "login_locked"
