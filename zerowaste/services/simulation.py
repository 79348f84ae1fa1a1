"""Bulk history: a whole city's manifests with their lives, through the same rules as the services."""

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from zerowaste.config import PasswordCost
from zerowaste.errors import Refusal
from zerowaste.models.tables import EVENT, ORGANISATION, QUOTA, SERIES, SITE, USER
from zerowaste.rules.law import Law
from zerowaste.services import masterdata
from zerowaste.services.ledger import Chain
from zerowaste.services.passwords import Passwords
from zerowaste.services.simulation_books import MemoryBooks
from zerowaste.services.simulation_city import read_cast, rows
from zerowaste.services.simulation_lives import USUAL, Life, Lives, Rates
from zerowaste.services.simulation_play import Play
from zerowaste.services.simulation_register import MemoryRegister
from zerowaste.services.simulation_rows import Sheaf

# Nobody is told the passwords of these accounts: long random ones, which need no slow hash.
NO_COST = PasswordCost(rounds=1, memory_kib=8, lanes=1)
PREPARED = timedelta(days=3)  # the city is there so long before its first manifest


@dataclass(frozen=True, slots=True)
class Plan:
    """How much history, from when until when. The same seed and span give the same rows."""

    manifests: int
    seed: int
    begin: datetime
    end: datetime


def is_empty(session: Session) -> bool:
    """Whether nobody has put anything into this database yet."""
    return all(
        session.execute(select(column).limit(1)).first() is None
        for column in (ORGANISATION.c.id, USER.c.id, EVENT.c.id)
    )


def make_city(session: Session, law: Law, plan: Plan, *, city: str) -> None:
    """Load the master data of the simulated city. Raises `database_not_empty`."""
    if not is_empty(session):
        raise Refusal("database_not_empty")
    chance = random.Random(f"city {plan.seed}")  # noqa: S311 - a story, not a secret
    how = masterdata.Loading(
        city=city,
        passwords=Passwords(NO_COST),
        now=plan.begin - PREPARED,
        demo=True,
        new_id=lambda: UUID(int=chance.getrandbits(128), version=4),
    )
    masterdata.load_rows(session, law, rows(), how, [])


class Simulation:
    """One history being told. `sheaf` holds what is not yet written and counts what is."""

    def __init__(self, session: Session, law: Law, plan: Plan, rates: Rates = USUAL) -> None:
        self.session, self.plan = session, plan
        self.sheaf = Sheaf(session)
        self.register = MemoryRegister(session, self.sheaf)
        chains = {
            row.code: Chain("site", row.code, row.events, row.head)
            for row in session.execute(select(SITE.c.code, SITE.c.events, SITE.c.head))
        }
        self.books = MemoryBooks(self.register, self.sheaf, chains)
        chance = random.Random(plan.seed)  # noqa: S311 - a story, not a secret
        self.play = Play(law, self.books, chance, plan.begin)
        self.lives = Lives(self.play, read_cast(session), rates)

    def tell(self) -> Iterator[int]:
        """Tell and write it all, in batches; gives how many manifests have begun after each."""
        plan = self.plan
        step = (plan.end - plan.begin) / plan.manifests
        waiting: list[tuple[datetime, int, Life]] = []
        order = 0
        for begun in range(1, plan.manifests + 1):
            moment = plan.begin + step * (begun - 1)
            while waiting and waiting[0][0] <= moment:
                order = self._go_on(waiting, order)
            self.play.now = moment
            order = self._begin(waiting, self.lives.next_life(), order)
            if self.sheaf.full:
                self.sheaf.write()
                yield begun
        while waiting and waiting[0][0] <= plan.end:
            order = self._go_on(waiting, order)
        self._finish()
        yield plan.manifests

    def _go_on(self, waiting: list[tuple[datetime, int, Life]], order: int) -> int:
        """The next act of the life whose turn it is, and the lives it brings about."""
        self.play.now, _, life = heapq.heappop(waiting)
        return self._begin(waiting, life, order)

    def _begin(self, waiting: list[tuple[datetime, int, Life]], life: Life, order: int) -> int:
        lives = [life]
        while lives:
            current = lives.pop()
            moment = next(current, None)
            if moment is not None:
                order += 1
                heapq.heappush(waiting, (moment, order, current))
            lives += self.lives.due
            self.lives.due = []
        return order

    def _finish(self) -> None:
        """Write what stays open, and the counters as they stand."""
        self.books.close_all()
        self.sheaf.write()
        sites = [
            {"b_code": code, "events": chain.events, "head": chain.head}
            for code, chain in self.books.sites.items()
        ]
        self.session.execute(update(SITE).where(SITE.c.code == bindparam("b_code")), sites)
        quotas = [
            {"b_id": counter.id, "reserved_g": counter.reserved, "used_g": counter.used}
            for counter in self.register.by_id.values()
        ]
        if quotas:
            self.session.execute(update(QUOTA).where(QUOTA.c.id == bindparam("b_id")), quotas)
        series = [{"key": key, "next": serial + 1} for key, serial in self.books.serials.items()]
        self.session.execute(insert(SERIES), series)
        last = {**self.sheaf.last, "quota": self.register.last_quota, "holding": self.books.last_holding}
        self.sheaf.set_sequences(last)
