"""A round's calls: programs are told what concerns them, once, through every failure."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.cast import ADA, FAY, OLAF, PAULA, RITA
from tests.city import CANTEEN, PLANT
from tests.cli.town import FOOD, Town, overdue
from tests.cli.town import boxes as boxes  # fixtures
from tests.cli.town import tls as tls
from tests.cli.town import told as told
from tests.cli.town import town as town
from tests.receivers import Program
from zerowaste.cli.rounds import Round
from zerowaste.models.tables import DELIVERY, WEBHOOK
from zerowaste.rules.nudges import MOST_ATTEMPTS
from zerowaste.services.acts import incidents
from zerowaste.services.messaging import deliveries
from zerowaste.services.messaging.webhook_calls import signature
from zerowaste.services.messaging.webhooks import remove_webhook, webhooks_of
from zerowaste.vocabulary import Channel, IncidentKind


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
    for half_minutes in (1, 2, 4):  # doubled each time, and spread by half either way
        due = town.session.execute(select(DELIVERY.c.next_at)).scalars().all()
        least, most = (timedelta(seconds=each * half_minutes) for each in (15, 45))
        assert [least <= at - town.story.now <= most for at in due] == [True, True]
        town.story.now += most
        town.round()
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
