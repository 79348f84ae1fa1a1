"""A round's mails: what time brings about reaches mailboxes, once, through every failure."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select, update

from tests.cast import PAULA
from tests.city import CANTEEN
from tests.cli.town import FOOD, Town, overdue
from tests.cli.town import boxes as boxes  # fixtures
from tests.cli.town import tls as tls
from tests.cli.town import told as told
from tests.cli.town import town as town
from tests.receivers import Mailboxes
from zerowaste.config import MailSettings
from zerowaste.models.tables import DELIVERY, NUDGE
from zerowaste.services.messaging.choices import give_address
from zerowaste.vocabulary import Pace


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
    assert town.round().sent == 1
    (mail,) = [bodies(mail)[0] for mail in boxes.arrived]
    assert mail.count("已逾期") == 50
    assert "另有 11 条" in mail
    assert town.round().sent == 0


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
