"""Accounts: who may be made, with which password, and what ends when one is changed or shut."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import Session

from tests.cast import FAY, PAULA, RITA
from tests.city import CLINIC, NOW, City
from zerowaste.config import PasswordCost
from zerowaste.errors import Refusal
from zerowaste.services.booking.ledger import SERIES
from zerowaste.services.identity.accounts import (
    Belonging,
    NewAccount,
    add_account,
    describe,
    set_password,
    shut_account,
)
from zerowaste.services.identity.passwords import Passwords
from zerowaste.services.identity.tokens import Scope, authenticate, issue_token
from zerowaste.services.register import MEMBERSHIP, REVISION, USER
from zerowaste.vocabulary import Role

PASSWORDS = Passwords(PasswordCost(rounds=1, memory_kib=8, lanes=1))
PIA = NewAccount(login=" Pia ", name="皮雅", role=Role.ADMINISTRATOR, password="correct horse battery")


def codes(session: Session, new: NewAccount) -> set[tuple[str, str]]:
    with pytest.raises(Refusal) as refused:
        add_account(session, new, passwords=PASSWORDS)
    return {(problem.path, problem.code) for problem in refused.value.problems}


def token_for(session: Session, user_id: int) -> str:
    return issue_token(session, user_id, scope=Scope.WRITE, name="t", expires_at=NOW + timedelta(1), now=NOW)[
        1
    ]


def test_an_account_is_kept_with_a_hash_and_a_tidy_login(session: Session, city: City) -> None:
    user_id = add_account(session, PIA, passwords=PASSWORDS)
    row = session.execute(select(USER).where(USER.c.id == user_id)).one()
    assert (row.login, row.name, row.active) == ("pia", "皮雅", True)
    assert row.password.startswith("$argon2id$")
    assert PASSWORDS.verify("correct horse battery", row.password)


def test_master_data_are_read_afresh_after_a_change(session: Session, city: City) -> None:
    def revision() -> int:
        found = session.execute(select(SERIES.c.next).where(SERIES.c.key == REVISION)).scalar_one_or_none()
        return int(found or 0)

    before = revision()
    user_id = add_account(session, PIA, passwords=PASSWORDS)
    shut_account(session, user_id, now=NOW)
    assert revision() == before + 2


def test_a_person_may_belong_to_one_site_of_an_organisation(session: Session, city: City) -> None:
    belonging = Belonging(organisation_id=city.organisations["producer"], site_id=city.sites[CLINIC])
    nurse = replace(PIA, role=Role.PRODUCER, belongings=(belonging,))
    user_id = add_account(session, nurse, passwords=PASSWORDS)
    _, token = issue_token(
        session, user_id, scope=Scope.WRITE, name="t", expires_at=NOW + timedelta(1), now=NOW
    )
    credential = authenticate(session, token, now=NOW)
    assert credential is not None
    assert credential.actor.sites == {city.sites[CLINIC]}
    assert credential.actor.organisations == {city.organisations["producer"]}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"login": "paula"}, ("login", "login_taken")),
        ({"login": "PAULA"}, ("login", "login_taken")),
        ({"login": "x"}, ("login", "login_form")),
        ({"login": "two words"}, ("login", "login_form")),
        ({"login": "x" * 65}, ("login", "login_form")),
        ({"login": "nul\0"}, ("login", "login_form")),
        ({"password": "short"}, ("password", "password_short")),
        ({"password": "x" * 201}, ("password", "password_long")),
        ({"password": "aaaaaaaaaaaaaaa"}, ("password", "password_guessable")),
        ({"password": "i am PIA, let me in"}, ("password", "password_guessable")),
        ({"language": "fr"}, ("language", "language_unknown")),
        ({"role": Role.PRODUCER}, ("belongings", "account_of_producer")),
        ({"role": Role.FACILITY}, ("belongings", "account_of_facility")),
        ({"role": Role.DISPATCHER}, ("belongings", "account_of_dispatcher")),
        ({"role": Role.DRIVER}, ("belongings", "account_of_driver")),
        ({"role": Role.REGULATOR}, ("belongings", "account_of_regulator")),
        ({"belongings": (Belonging(region="3601"),)}, ("belongings", "account_of_administrator")),
    ],
)
def test_a_wrong_account_is_refused_with_the_reason(
    session: Session, city: City, change: dict[str, object], problem: tuple[str, str]
) -> None:
    assert problem in codes(session, replace(PIA, **change))  # type: ignore[arg-type]


def test_a_driver_needs_his_licence(session: Session, city: City) -> None:
    carrier = Belonging(organisation_id=city.organisations["carrier"])
    driver = replace(PIA, role=Role.DRIVER, belongings=(carrier,))
    assert codes(session, driver) == {("licence_to", "driver_needs_licence")}
    assert add_account(session, replace(driver, licence_to=date(2030, 1, 1)), passwords=PASSWORDS)


def test_all_reasons_come_at_once(session: Session, city: City) -> None:
    wrong = replace(PIA, login="x", password="short", language="fr", role=Role.REGULATOR)
    assert len(codes(session, wrong)) == 4


def test_a_refused_account_leaves_nothing_behind(session: Session, city: City) -> None:
    codes(session, replace(PIA, role=Role.DRIVER))
    assert session.execute(select(USER).where(USER.c.login == "pia")).first() is None
    assert len(session.execute(select(MEMBERSHIP)).all()) == len(
        session.execute(select(USER).where(USER.c.role != Role.ADMINISTRATOR)).all()
    )


def test_a_new_password_ends_every_token_and_session(session: Session, city: City) -> None:
    user_id = city.users[PAULA.login]
    _, token = issue_token(
        session, user_id, scope=Scope.WRITE, name="t", expires_at=NOW + timedelta(1), now=NOW
    )
    before = session.execute(select(USER).where(USER.c.id == user_id)).one()
    set_password(session, user_id, "a whole new sentence", passwords=PASSWORDS, now=NOW)
    after = session.execute(select(USER).where(USER.c.id == user_id)).one()
    assert after.fs_uniquifier != before.fs_uniquifier
    assert PASSWORDS.verify("a whole new sentence", after.password)
    assert authenticate(session, token, now=NOW) is None


def test_a_weak_new_password_changes_nothing(session: Session, city: City) -> None:
    user_id = city.users[PAULA.login]
    with pytest.raises(Refusal):
        set_password(session, user_id, "paula", passwords=PASSWORDS, now=NOW)


def test_a_shut_account_is_let_in_nowhere(session: Session, city: City) -> None:
    user_id = city.users[FAY.login]
    _, token = issue_token(
        session, user_id, scope=Scope.WRITE, name="t", expires_at=NOW + timedelta(1), now=NOW
    )
    assert authenticate(session, token, now=NOW) is not None
    shut_account(session, user_id, now=NOW)
    assert authenticate(session, token, now=NOW) is None


def test_one_may_know_of_oneself_where_one_belongs(session: Session, city: City) -> None:
    paula = describe(session, city.actor(PAULA))
    assert (paula.name, paula.role) == ("彭拉", Role.PRODUCER)
    assert CLINIC in [site.code for site in paula.sites]
    assert describe(session, city.actor(RITA)).organisation is None
