"""Tokens: who acts with one, and when it stops counting."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import Session

from tests.cast import CAST, DAN, PAULA, Person
from tests.city import NOW, City
from tests.heard import statements
from zerowaste.services.identity.tokens import (
    TOKEN,
    Scope,
    authenticate,
    issue_token,
    revoke_token,
    revoke_tokens_of,
)


def issue(session: Session, city: City, person: Person, scope: Scope = Scope.WRITE) -> str:
    return issue_token(
        session,
        city.users[person.login],
        scope=scope,
        name="test",
        expires_at=NOW + timedelta(hours=1),
        now=NOW,
    )[1]


@pytest.mark.parametrize("person", CAST, ids=lambda person: person.login)
def test_a_token_stands_for_its_person_wherever_he_belongs(
    session: Session, city: City, person: Person
) -> None:
    credential = authenticate(session, issue(session, city, person), now=NOW)
    assert credential is not None
    expected = city.actor(person)
    actor = credential.actor
    assert (actor.user_id, actor.login, actor.role) == (expected.user_id, person.login, person.role)
    assert actor.organisations == expected.organisations
    assert actor.sites == expected.sites
    assert actor.regions == expected.regions
    assert actor.credential == f"token-{credential.token_id}"


def test_finding_out_who_acts_takes_one_query(session: Session, city: City) -> None:
    token = issue(session, city, PAULA)
    session.flush()
    with statements(session.get_bind().engine) as asked:
        assert authenticate(session, token, now=NOW) is not None
    assert len(asked) == 1


def test_scope_and_hash_are_kept_and_the_token_is_not(session: Session, city: City) -> None:
    token = issue(session, city, DAN, Scope.READ)
    row = session.execute(select(TOKEN)).one()
    assert (row.scope, len(row.hash)) == ("read", 64)
    assert token not in str(row)
    credential = authenticate(session, token, now=NOW)
    assert credential is not None
    assert credential.scope is Scope.READ


def test_no_two_tokens_are_alike(session: Session, city: City) -> None:
    issued = {issue(session, city, DAN) for _ in range(20)}
    assert len(issued) == 20
    assert all(len(token) >= 4 + 43 for token in issued)


def test_a_token_ends_at_its_time_and_not_before(session: Session, city: City) -> None:
    token = issue(session, city, DAN)
    assert authenticate(session, token, now=NOW + timedelta(minutes=59)) is not None
    assert authenticate(session, token, now=NOW + timedelta(hours=1)) is None


def test_revoking_one_leaves_the_others(session: Session, city: City) -> None:
    first, second = issue(session, city, DAN), issue(session, city, DAN)
    credential = authenticate(session, first, now=NOW)
    assert credential is not None
    revoke_token(session, credential.token_id, now=NOW)
    assert authenticate(session, first, now=NOW) is None
    assert authenticate(session, second, now=NOW) is not None
    revoke_tokens_of(session, city.users[DAN.login], now=NOW)
    assert authenticate(session, second, now=NOW) is None


@pytest.mark.parametrize("token", ["", "zwt_", "x" * 10_000, "\ud800", "zwt_\0"])
def test_what_was_never_issued_stands_for_nobody(session: Session, city: City, token: str) -> None:
    assert authenticate(session, token, now=NOW) is None
