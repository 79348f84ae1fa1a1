"""Invitations: a link is good once, for a week, and until there is a newer one."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from tests.cast import PASSWORD
from tests.city import NOW, City
from zerowaste.config import PasswordCost
from zerowaste.errors import Refusal
from zerowaste.services.history.verify_heads import without_events
from zerowaste.services.identity.account_events import Doer, changes_of
from zerowaste.services.identity.accounts import change_password, shut_account
from zerowaste.services.identity.invitations import invite, read_invitation, take_up
from zerowaste.services.identity.logins import begin_login
from zerowaste.services.identity.passwords import Passwords

PASSWORDS = Passwords(PasswordCost(rounds=1, memory_kib=8, lanes=1))
ADA = Doer("ada", "administrator")
FRESH = "a long and new sentence"


def knows(session: Session, login: str, password: str) -> bool:
    attempt = begin_login(session, login, "here", passwords=PASSWORDS, now=NOW)
    return PASSWORDS.verify(password, attempt.kept)


def test_who_holds_the_link_sets_the_password_once(session: Session, city: City) -> None:
    key = invite(session, city.users["paula"], by=ADA, now=NOW)
    assert read_invitation(session, key, now=NOW).login == "paula"
    assert knows(session, "paula", PASSWORD)
    take_up(session, key, FRESH, passwords=PASSWORDS, now=NOW)
    assert knows(session, "paula", FRESH)
    with pytest.raises(Refusal, match="invitation_over"):
        take_up(session, key, FRESH + "!", passwords=PASSWORDS, now=NOW)
    told = [(each.kind, each.actor) for each in changes_of(session, "paula", limit=9)]
    assert told == [("password_changed", "paula"), ("invited", "ada")]
    assert list(without_events(session)) == []


def test_a_weak_password_leaves_the_link_good(session: Session, city: City) -> None:
    key = invite(session, city.users["paula"], by=ADA, now=NOW)
    with pytest.raises(Refusal, match="invalid"):
        take_up(session, key, "short", passwords=PASSWORDS, now=NOW)
    assert read_invitation(session, key, now=NOW).login == "paula"


def test_a_link_ends_after_a_week_or_with_a_newer_one(session: Session, city: City) -> None:
    first = invite(session, city.users["paula"], by=ADA, now=NOW)
    with pytest.raises(Refusal, match="invitation_over"):
        read_invitation(session, first, now=NOW + timedelta(days=7))
    second = invite(session, city.users["paula"], by=ADA, now=NOW)
    with pytest.raises(Refusal, match="invitation_over"):
        read_invitation(session, first, now=NOW)
    assert read_invitation(session, second, now=NOW).login == "paula"


def test_who_found_his_password_again_and_changed_it_ends_the_link(session: Session, city: City) -> None:
    key = invite(session, city.users["paula"], by=ADA, now=NOW)
    change_password(session, city.users["paula"], FRESH, passwords=PASSWORDS, now=NOW)
    with pytest.raises(Refusal, match="invitation_over"):
        take_up(session, key, FRESH + "!", passwords=PASSWORDS, now=NOW)
    assert knows(session, "paula", FRESH)


def test_a_shut_account_is_not_invited(session: Session, city: City) -> None:
    key = invite(session, city.users["paula"], by=ADA, now=NOW)
    shut_account(session, city.users["paula"], now=NOW)
    with pytest.raises(Refusal, match="invitation_over"):
        read_invitation(session, key, now=NOW)
    with pytest.raises(Refusal, match="not_found"):
        invite(session, city.users["paula"], by=ADA, now=NOW)
