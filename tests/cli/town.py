"""A city whose service runs its rounds: the teller moves its clock, its mail server and programs are real."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update
from sqlmodel import Session

from tests.cast import PAULA, Person
from tests.city import CANTEEN, City
from tests.receivers import Certificate, Mailboxes, Program, certificate, mail_server, program
from tests.story import Story
from tests.web.conftest import settings
from zerowaste.cli.rounds import Did, Round
from zerowaste.config import Settings
from zerowaste.db import Database
from zerowaste.models.tables import DELIVERY, MAILBOX, USER
from zerowaste.services.messaging.choices import choose
from zerowaste.services.messaging.secret_box import SecretBox
from zerowaste.services.messaging.webhooks import add_webhook
from zerowaste.vocabulary import Channel, NudgeKind, Pace

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
