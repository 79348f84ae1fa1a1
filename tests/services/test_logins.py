"""Logging in: counting failures, and forgetting them again."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session

from tests.cast import PASSWORD, PAULA
from tests.city import NOW, City
from zerowaste.config import LoginLimits, PasswordCost
from zerowaste.models.tables import LOGIN_FAILURE
from zerowaste.services.identity.accounts import set_password, shut_account
from zerowaste.services.identity.logins import Entry, begin_login, finish_login
from zerowaste.services.identity.passwords import Passwords
from zerowaste.services.register import USER

PASSWORDS = Passwords(PasswordCost(rounds=1, memory_kib=8, lanes=1))
LIMITS = LoginLimits(failures=3, address_failures=5, forget_minutes=15, lock_minutes=15)
MINUTE = timedelta(minutes=1)


def enter(
    session: Session,
    login: str,
    password: str,
    *,
    now: datetime = NOW,
    address: str = "here",
    device: str = "",
    fresh_hash: str | None = None,
) -> Entry:
    attempt = begin_login(session, login, address, passwords=PASSWORDS, now=now, device=device)
    if attempt.locked_until:
        return Entry(locked_until=attempt.locked_until)
    return finish_login(
        session,
        attempt,
        verified=PASSWORDS.verify(password, attempt.kept),
        fresh_hash=fresh_hash,
        lifetime=timedelta(hours=1),
        limits=LIMITS,
        now=now,
    )


def test_the_right_password_gives_a_token(session: Session, city: City) -> None:
    entry = enter(session, "paula", PASSWORD)
    assert entry.token
    assert entry.expires_at == NOW + timedelta(hours=1)


def test_the_third_failure_locks_for_a_quarter_of_an_hour(session: Session, city: City) -> None:
    assert [enter(session, "paula", "x").locked_until for _ in range(3)] == [None, None, NOW + 15 * MINUTE]
    assert enter(session, "paula", PASSWORD, now=NOW + 14 * MINUTE).token == ""
    assert enter(session, "paula", PASSWORD, now=NOW + 15 * MINUTE).token


def test_a_guess_already_under_way_is_too_late_when_the_lock_falls(session: Session, city: City) -> None:
    early = begin_login(session, "paula", "there", passwords=PASSWORDS, now=NOW)
    for _ in range(3):
        enter(session, "paula", "x")
    entry = finish_login(
        session, early, verified=True, fresh_hash=None, lifetime=MINUTE, limits=LIMITS, now=NOW
    )
    assert entry.token == ""
    assert entry.locked_until == NOW + 15 * MINUTE


def test_a_password_that_was_changed_while_it_was_looked_at_is_wrong(session: Session, city: City) -> None:
    early = begin_login(session, "paula", "there", passwords=PASSWORDS, now=NOW)
    set_password(session, city.users["paula"], "a long and new sentence", passwords=PASSWORDS, now=NOW)
    entry = finish_login(
        session, early, verified=True, fresh_hash=None, lifetime=MINUTE, limits=LIMITS, now=NOW
    )
    assert entry == Entry()


def test_who_was_shut_out_while_his_password_was_looked_at_is_out(session: Session, city: City) -> None:
    early = begin_login(session, "paula", "there", passwords=PASSWORDS, now=NOW)
    shut_account(session, city.users["paula"], now=NOW)
    entry = finish_login(
        session, early, verified=True, fresh_hash=None, lifetime=MINUTE, limits=LIMITS, now=NOW
    )
    assert entry == Entry()


def test_old_failures_are_forgotten(session: Session, city: City) -> None:
    later = NOW + 16 * MINUTE
    for moment in (NOW, NOW, later, later):
        assert enter(session, "paula", "x", now=moment).locked_until is None
    assert enter(session, "paula", "x", now=later).locked_until == later + 15 * MINUTE


def test_after_a_lock_counting_begins_anew(session: Session, city: City) -> None:
    for _ in range(3):
        enter(session, "paula", "x")
    later = NOW + 20 * MINUTE
    assert enter(session, "paula", "x", now=later).locked_until is None


def test_an_address_is_locked_for_all_logins(session: Session, city: City) -> None:
    outcomes = [enter(session, f"somebody-{turn}", "x").locked_until for turn in range(5)]
    assert outcomes[-1] == NOW + 15 * MINUTE
    assert enter(session, "paula", PASSWORD).token == ""
    assert enter(session, "paula", PASSWORD, address="elsewhere").token


def test_what_was_typed_is_kept_only_as_a_hash_and_for_a_day(session: Session, city: City) -> None:
    enter(session, "my-password-by-mistake", "x")
    rows = session.execute(select(LOGIN_FAILURE)).all()
    assert len(rows) == 2
    assert "my-password-by-mistake" not in str(rows)
    enter(session, "another", "x", now=NOW + timedelta(days=2), address="elsewhere")
    assert len(session.execute(select(LOGIN_FAILURE)).all()) == 2


def test_a_shut_account_looks_like_one_nobody_has(session: Session, city: City) -> None:
    session.execute(update(USER).where(USER.c.login == PAULA.login).values(active=False))
    attempt = begin_login(session, "paula", "here", passwords=PASSWORDS, now=NOW)
    assert attempt.user_id is None
    assert not PASSWORDS.verify(PASSWORD, attempt.kept)


def test_an_outdated_hash_is_made_again_at_the_next_login(session: Session, city: City) -> None:
    stronger = Passwords(PasswordCost(rounds=2, memory_kib=16, lanes=1))
    kept = session.execute(select(USER.c.password).where(USER.c.login == "paula")).scalar_one()
    assert stronger.outdated(kept)
    enter(session, "paula", PASSWORD, fresh_hash=stronger.hash(PASSWORD))
    renewed = session.execute(select(USER.c.password).where(USER.c.login == "paula")).scalar_one()
    assert not stronger.outdated(renewed)
    assert stronger.verify(PASSWORD, renewed)


def test_who_is_locked_out_by_strangers_comes_in_where_he_always_does(session: Session, city: City) -> None:
    for _ in range(3):
        enter(session, "paula", "guess", address="elsewhere")
    assert enter(session, "paula", PASSWORD).locked_until == NOW + 15 * MINUTE
    assert enter(session, "paula", PASSWORD, device="her desk").token
    assert enter(session, "paula", PASSWORD, address="elsewhere").locked_until  # strangers go on waiting


def test_a_known_device_may_not_guess_either(session: Session, city: City) -> None:
    waits = [enter(session, "paula", "x", device="stolen").locked_until for _ in range(3)]
    assert waits == [None, None, NOW + 15 * MINUTE]
    assert enter(session, "paula", PASSWORD, device="stolen").token == ""
    assert enter(session, "paula", PASSWORD, device="her desk").token
