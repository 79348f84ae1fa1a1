"""What a person chose to be told, and where he reads mail."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import Session

from tests.cast import OLAF, PAULA, RITA
from tests.city import NOW, City
from zerowaste.errors import Refusal
from zerowaste.models.tables import DELIVERY, ERRAND
from zerowaste.services.identity.account_events import changes_of
from zerowaste.services.messaging.choices import (
    MOST_MAILS,
    choices_of,
    choose,
    confirm_address,
    give_address,
    remove_address,
)
from zerowaste.vocabulary import Channel, NudgeKind, Pace, Role

ADDRESS = "paula@example.org"


@pytest.fixture
def paula(city: City) -> int:
    return city.actor(PAULA).user_id


def key_of(session: Session) -> str:
    """What stands in the mail."""
    latest = select(DELIVERY.c.content).order_by(DELIVERY.c.made_at.desc(), DELIVERY.c.id.desc()).limit(1)
    link = session.execute(latest).scalar_one()["confirm"]
    return str(link.rpartition("/")[2])


def kinds(session: Session) -> list[str]:
    return [each.kind for each in changes_of(session, "paula", limit=10)]


def test_what_is_usual_until_somebody_chooses(session: Session, paula: int) -> None:
    usual = choices_of(session, paula, Role.PRODUCER)
    assert (usual.address, usual.confirmed, usual.quiet) == ("", False, (22, 7))
    assert usual.paces[Channel.EMAIL, NudgeKind.REMINDER] is Pace.DAILY
    paces = {
        (Channel.EMAIL, NudgeKind.REMINDER): Pace.WEEKLY,
        (Channel.IN_APP, NudgeKind.REMINDER): Pace.NEVER,
    }
    for _ in range(2):  # the same again changes nothing
        choose(session, paula, Role.PRODUCER, paces, (21, 6), now=NOW)
    now = choices_of(session, paula, Role.PRODUCER)
    assert now.paces[Channel.EMAIL, NudgeKind.REMINDER] is Pace.WEEKLY
    assert now.paces[Channel.IN_APP, NudgeKind.REMINDER] is Pace.NEVER
    assert now.paces[Channel.EMAIL, NudgeKind.OVERDUE] is Pace.DAILY
    assert now.quiet == (21, 6)
    assert kinds(session) == ["notices_chosen"]


@pytest.mark.parametrize(
    ("role", "choice", "pace", "code"),
    [
        (Role.REGULATOR, (Channel.EMAIL, NudgeKind.OVERDUE), Pace.NEVER, "must_be_told"),
        (Role.PRODUCER, (Channel.IN_APP, NudgeKind.INCIDENT), Pace.NEVER, "must_be_told"),
        (Role.PRODUCER, (Channel.IN_APP, NudgeKind.REMINDER), Pace.DAILY, "pace_unknown"),
        (Role.PRODUCER, (Channel.WEBHOOK, NudgeKind.REMINDER), Pace.AT_ONCE, "pace_unknown"),
    ],
)
def test_what_cannot_be_chosen(
    session: Session, city: City, role: Role, choice: tuple[Channel, NudgeKind], pace: Pace, code: str
) -> None:
    user = city.actor(RITA).user_id
    with pytest.raises(Refusal) as refused:
        choose(session, user, role, {choice: pace}, (22, 24), now=NOW)
    assert [problem.code for problem in refused.value.problems] == [code, "hour_wrong"]


def test_an_address_counts_once_somebody_there_opened_the_link(session: Session, paula: int) -> None:
    give_address(session, paula, ADDRESS, now=NOW)
    assert not choices_of(session, paula, Role.PRODUCER).confirmed
    key = key_of(session)
    assert confirm_address(session, key, now=NOW) == ADDRESS
    assert choices_of(session, paula, Role.PRODUCER).confirmed
    with pytest.raises(Refusal):
        confirm_address(session, key, now=NOW)
    remove_address(session, paula, now=NOW)
    remove_address(session, paula, now=NOW)
    assert choices_of(session, paula, Role.PRODUCER).address == ""
    assert kinds(session) == ["address_removed", "address_confirmed", "address_given"]


def test_a_link_for_another_address_or_another_day_confirms_nothing(session: Session, paula: int) -> None:
    give_address(session, paula, ADDRESS, now=NOW)
    old = key_of(session)
    give_address(session, paula, "other@example.org", now=NOW + timedelta(minutes=1))
    for key, moment in ((old, NOW), (key_of(session), NOW + timedelta(days=3)), ("x", NOW)):
        with pytest.raises(Refusal) as refused:
            confirm_address(session, key, now=moment)
        assert refused.value.code == "mailbox_over"
    assert not choices_of(session, paula, Role.PRODUCER).confirmed
    assert session.execute(select(ERRAND)).all()


def test_nobody_floods_somebody_elses_mailbox(session: Session, paula: int, city: City) -> None:
    for minute in range(MOST_MAILS):
        give_address(session, paula, ADDRESS, now=NOW + timedelta(minutes=minute))
    with pytest.raises(Refusal) as refused:
        give_address(session, paula, ADDRESS, now=NOW + timedelta(hours=1))
    assert refused.value.code == "mails_enough"
    give_address(session, city.actor(OLAF).user_id, ADDRESS, now=NOW + timedelta(hours=1))
    give_address(session, paula, ADDRESS, now=NOW + timedelta(days=2))


@pytest.mark.parametrize(
    "address",
    ["", "paula", "@example.org", "paula@", "paula@example", "a b@example.org", "p@example.org\nBcc: x@y.org",
     "p@example.org, q@example.org", "<p@example.org>", "p@exämple.org", f"{'p' * 65}@example.org"],
)  # fmt: skip
def test_addresses_that_are_none(session: Session, paula: int, address: str) -> None:
    with pytest.raises(Refusal) as refused:
        give_address(session, paula, address, now=NOW)
    assert [problem.code for problem in refused.value.problems] == ["address_wrong"]
