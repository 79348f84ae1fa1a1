"""A round: what time brings about reaches people's mailboxes and programs, once, through every failure."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlmodel import Session

from tests.cast import ADA, FAY, OLAF, PAULA, RITA, Person
from tests.city import CANTEEN, PLANT, City
from tests.receivers import Certificate, Mailboxes, Program, certificate, mail_server, program
from tests.story import Story
from tests.web.conftest import settings
from zerowaste.cli.rounds import Did, Round
from zerowaste.config import MailSettings, Settings
from zerowaste.db import Database
from zerowaste.models.tables import DELIVERY, MAILBOX, NUDGE, USER, WEBHOOK
from zerowaste.rules.nudges import MOST_ATTEMPTS
from zerowaste.services import deliveries, incidents
from zerowaste.services.choices import choose, give_address
from zerowaste.services.secret_box import SecretBox
from zerowaste.services.webhook_calls import signature
from zerowaste.services.webhooks import add_webhook, remove_webhook, webhooks_of
from zerowaste.vocabulary import Channel, IncidentKind, NudgeKind, Pace

FOOD = "KW-1"


@dataclass
class Town:
    """A city whose clock the teller moves, and the rounds of its service."""

    story: Story
    database: Database
    settings: Settings

    @property
    def session(self) -> Session:
        return self.story.session

    def round(self, settings: Settings | None = None) -> Did:
        self.session.commit()
        told = Round(
            self.database, self.story.law, settings or self.settings, now=lambda: self.story.now
        ).run()
        self.session.rollback()
        return told

    def reads_mail(self, person: Person, pace: Pace = Pace.AT_ONCE, language: str = "zh") -> None:
        user = self.story.city.actor(person)
        self.session.execute(insert(MAILBOX).values(
            user_id=user.user_id, address=f"{person.login}@example.org", confirmed_at=self.story.now,
            quiet_from=0, quiet_to=0,
        ))  # fmt: skip
        self.session.execute(update(USER).where(USER.c.id == user.user_id).values(language=language))
        paces = {(Channel.EMAIL, kind): pace for kind in NudgeKind if kind is not NudgeKind.INCIDENT}
        choose(self.session, user.user_id, user.role, paces, (0, 0), now=self.story.now)

    def hook(self, person: Person, url: str) -> str:
        return add_webhook(
            self.session, self.story.city.actor(person), SecretBox(self.settings.factor_keys), url=url,
            kinds=list(NudgeKind), city="3601", loopback=True, now=self.story.now,
        )  # fmt: skip

    def states(self) -> list[tuple[str, int]]:
        rows = self.session.execute(select(DELIVERY.c.state, DELIVERY.c.attempts).order_by(DELIVERY.c.id))
        return [(row.state, row.attempts) for row in rows]


@pytest.fixture
def town(session: Session, city: City, database: Database, database_url: str, tmp_path: Path) -> Town:
    chosen = settings(tmp_path, database_url, base_url="https://city.example.org", webhook_loopback=True)
    return Town(Story(session, city), database, chosen)


@pytest.fixture
def tls(tmp_path: Path) -> Certificate:
    return certificate(tmp_path)


@pytest.fixture
def boxes(town: Town, tls: Certificate) -> Iterator[Mailboxes]:
    with mail_server(tls) as (boxes, mail):
        town.settings = replace(town.settings, mail=mail)
        yield boxes


@pytest.fixture
def told() -> Iterator[Program]:
    with program() as listening:
        yield listening


def overdue(town: Town, lots: int = 1) -> None:
    for _ in range(lots):
        town.story.lot(PAULA, CANTEEN, FOOD, 80_000)
    town.story.wait(hours=25)


def bodies(mail: Any) -> tuple[str, str]:
    return mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()


def test_an_overdue_lot_is_a_mail_in_the_readers_language(town: Town, boxes: Mailboxes) -> None:
    town.reads_mail(PAULA, language="en")
    overdue(town)
    did = town.round()
    assert (did.nudges, did.sent, did.failed) == (2, 1, 0)
    (mail,) = boxes.arrived
    assert (mail["To"], mail["From"]) == ("paula@example.org", "zerowaste <city@example.org>")
    assert mail["Subject"] == "[zerowaste] 2 messages"  # the lot's and the collector's
    plain, html = bodies(mail)
    for said in ("Overdue: waste must leave its store or be treated", "Due 2026-03-03 09:00", FOOD, "80 kg",
                 f"https://city.example.org/sites/{CANTEEN}/stores",
                 "https://city.example.org/account/notifications"):  # fmt: skip
        assert said in plain, said
        assert said in html, said
    assert mail["Auto-Submitted"] == "auto-generated"
    assert town.round().sent == 0
    assert len(boxes.arrived) == 1


def test_what_people_write_does_no_harm_in_a_mail(town: Town, boxes: Mailboxes) -> None:
    town.reads_mail(PAULA)
    overdue(town)
    town.round()
    boxes.arrived.clear()
    evil = {"deadline": "store", "due_at": town.story.now.isoformat(), "holder": "<script>x</script>",
            "place": "a\r\nBcc: x@example.org"}  # fmt: skip
    from zerowaste.models.tables import MESSAGE

    town.session.execute(update(MESSAGE).values(content=evil))
    town.session.execute(update(DELIVERY).values(state="waiting", next_at=town.story.now))
    town.round()
    plain, html = bodies(boxes.arrived[0])
    assert "<script>" in plain
    assert "<script>" not in html
    assert boxes.arrived[0]["Bcc"] is None


def test_a_daily_digest_is_one_mail_in_the_morning(town: Town, boxes: Mailboxes) -> None:
    town.reads_mail(PAULA, Pace.DAILY)
    overdue(town, lots=60)  # ten in the morning
    assert town.round().sent == 0
    town.story.wait(hours=21, minutes=59)
    assert town.round().sent == 0
    town.story.wait(minutes=1)
    did = town.round()
    mails = [bodies(mail)[0] for mail in boxes.arrived]
    assert did.sent == len(mails) <= 2, "forty to a mail"
    assert sum(text.count("已逾期") for text in mails) == 61


def test_what_was_collected_in_the_meantime_is_not_in_the_digest(town: Town, boxes: Mailboxes) -> None:
    town.reads_mail(PAULA, Pace.DAILY)
    overdue(town)
    town.round()
    town.session.execute(update(NUDGE).values(due_at=town.story.now))  # as if it were met
    town.story.wait(days=1)
    did = town.round()
    assert (did.withdrawn, did.sent) == (2, 0)
    assert boxes.arrived == []


def test_a_mail_server_that_is_away_is_tried_again_with_the_same_id(town: Town, boxes: Mailboxes) -> None:
    town.reads_mail(PAULA)
    overdue(town)
    boxes.down = True
    assert town.round().failed == 1
    first = {batch for (batch,) in town.session.execute(select(DELIVERY.c.batch))}
    assert town.round().failed == 0, "not at once"
    boxes.down = False
    town.story.wait(minutes=2)
    assert town.round().sent == 1
    assert [mail["Message-ID"] for mail in boxes.arrived] == [
        f"<{batch}@city.example.org>" for batch in first
    ]


def test_a_mailbox_that_does_not_exist_is_given_up(town: Town, boxes: Mailboxes) -> None:
    town.reads_mail(PAULA)
    boxes.unknown.add("paula@example.org")
    overdue(town)
    did = town.round()
    assert (did.failed, did.given_up) == (1, 1)


def test_a_wrong_password_or_certificate_sends_nothing(town: Town, boxes: Mailboxes) -> None:
    town.reads_mail(PAULA)
    overdue(town)
    mail = town.settings.mail
    for wrong in (
        replace(mail, password="x"),
        replace(mail, ca_file=""),
        replace(mail, security="none", user=""),
    ):
        assert town.round(replace(town.settings, mail=wrong)).failed == 1
        town.story.wait(hours=12)
    assert boxes.arrived == []


def test_nothing_is_mailed_before_the_address_was_confirmed(town: Town, boxes: Mailboxes) -> None:
    user = town.story.city.actor(PAULA).user_id
    give_address(town.session, user, "paula@example.org", now=town.story.now)
    overdue(town)
    assert town.round().sent == 1
    (mail,) = boxes.arrived
    assert "https://city.example.org/account/mailbox/" in bodies(mail)[0]
    assert town.session.execute(select(DELIVERY.c.content)).scalar_one() == {}, "the key is not kept"


def test_without_a_mail_server_mails_wait(town: Town) -> None:
    town.reads_mail(PAULA)
    overdue(town)
    assert town.round(replace(town.settings, mail=MailSettings())).sent == 0
    assert {state for state, _ in town.states()} == {"waiting"}


def test_a_program_is_told_and_verifies_it(town: Town, told: Program) -> None:
    secret = town.hook(PAULA, told.url)
    overdue(town)
    assert town.round().sent == 2
    for headers, body in told.heard:
        stamp = int(headers["Zerowaste-Timestamp"])
        assert stamp == int(town.story.now.timestamp())
        assert headers["Zerowaste-Signature"] == signature(secret, stamp, body)
        said = json.loads(body)
        assert said["id"] == headers["Zerowaste-Id"]
        assert (said["kind"], said["place"], said["step"]) == ("overdue", CANTEEN, "due")
    assert {json.loads(body)["deadline"] for _, body in told.heard} == {"store", "visit"}
    assert town.round().sent == 0


def test_programs_of_others_are_told_nothing(town: Town, told: Program) -> None:
    for stranger in (OLAF, FAY):
        town.hook(stranger, told.url)
    overdue(town)
    assert town.round().sent == 0
    assert told.heard == []


def test_the_authoritys_program_hears_what_the_authority_hears(town: Town, told: Program) -> None:
    town.hook(RITA, told.url)
    town.hook(ADA, told.url)
    overdue(town)
    assert town.round().sent == 0
    town.story.wait(hours=24)
    assert town.round().sent == 4
    desk = town.story.desk(FAY)
    import uuid

    request = incidents.IncidentRequest(uuid.uuid4(), PLANT, IncidentKind.FIRE, True, town.story.now, "", {})
    incidents.report(desk, request)
    assert town.round().sent == 2
    said = json.loads(told.heard[-1][1])
    assert (said["kind"], said["incident"], said["place"]) == ("incident", "fire", PLANT)


def test_a_program_that_is_down_is_called_later_and_later_under_the_same_id(
    town: Town, told: Program
) -> None:
    town.hook(PAULA, told.url)
    town.session.execute(update(WEBHOOK).values(kinds="reminder"))
    town.story.lot(PAULA, CANTEEN, FOOD, 80_000)
    town.story.wait(hours=21)
    told.answers = [500] * 100
    town.round()
    pauses = []
    for _ in range(3):
        due = town.session.execute(
            select(DELIVERY.c.next_at).order_by(DELIVERY.c.next_at).limit(1)
        ).scalar_one()
        pauses.append(due - town.story.now)
        town.story.now = due
        town.round()
    assert pauses[0] < pauses[1] < pauses[2] or sum(pauses, timedelta()) > timedelta(minutes=1)
    told.answers = []
    town.story.wait(minutes=10)
    assert town.round().sent == 2
    ids = [headers["Zerowaste-Id"] for headers, _ in told.heard]
    assert len(set(ids)) == 2
    assert len(ids) > 4


def test_after_many_attempts_it_is_given_up_and_its_keepers_see_it(town: Town, told: Program) -> None:
    town.hook(PAULA, told.url)
    town.session.execute(update(WEBHOOK).values(kinds="overdue"))
    overdue(town)
    told.answers = [503] * 100
    town.round()
    waiting = {"attempts": MOST_ATTEMPTS - 1, "next_at": town.story.now}
    town.session.execute(update(DELIVERY).values(**waiting))
    assert town.round().given_up == 2
    assert town.states() == [("given_up", MOST_ATTEMPTS)] * 2
    (listed,) = webhooks_of(town.session, town.story.city.actor(PAULA), now=town.story.now)
    assert (listed.counts, listed.last_error) == ({"given_up": 2}, "answered 503")
    assert webhooks_of(town.session, town.story.city.actor(OLAF), now=town.story.now) == []


def test_a_removed_webhook_is_called_no_more(town: Town, told: Program) -> None:
    town.hook(PAULA, told.url)
    overdue(town)
    town.round()
    told.heard.clear()
    actor = town.story.city.actor(PAULA)
    (listed,) = webhooks_of(town.session, actor, now=town.story.now)
    town.story.lot(PAULA, CANTEEN, FOOD, 1_000)
    town.story.wait(hours=25)
    remove_webhook(town.session, actor, listed.id, now=town.story.now)
    assert town.round().sent == 0
    assert told.heard == []


def test_whoever_dies_between_sending_and_marking_repeats_the_same_call(town: Town, told: Program) -> None:
    town.hook(PAULA, told.url)
    town.session.execute(update(WEBHOOK).values(kinds="overdue"))
    overdue(town)
    runner = Round(town.database, town.story.law, town.settings, now=lambda: town.story.now)
    town.session.commit()
    runner.bring_about()
    now = town.story.now
    claimed = town.database.transact(
        lambda session: deliveries.claim(session, now=now, channels=[Channel.WEBHOOK])
    )
    for batch in claimed:
        assert runner._call(batch)  # sent, and then the machine stops
    assert town.round().sent == 0, "somebody else has claimed it"
    town.story.wait(minutes=6)
    assert town.round().sent == 2
    ids = [headers["Zerowaste-Id"] for headers, _ in told.heard]
    assert sorted(ids[:2]) == sorted(ids[2:])


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_two_runners_share_the_work(town: Town, told: Program) -> None:
    import threading

    town.hook(PAULA, told.url)
    overdue(town, lots=30)
    town.session.commit()

    def run() -> None:
        Round(town.database, town.story.law, town.settings, now=lambda: town.story.now).run()

    runners = [threading.Thread(target=run) for _ in range(3)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    ids = [headers["Zerowaste-Id"] for headers, _ in told.heard]
    assert len(ids) == len(set(ids)) == 31
