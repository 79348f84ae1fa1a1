"""Bulk history: a whole city's manifests with their lives, through the same rules as the services."""

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from zerowaste.config import PasswordCost
from zerowaste.errors import Refusal
from zerowaste.models.tables import QUOTA, SERIES, SITE
from zerowaste.rules.law import Law
from zerowaste.services.booking.ledger import Chain
from zerowaste.services.demo import is_empty
from zerowaste.services.identity.passwords import Passwords
from zerowaste.services.masterdata import masterdata
from zerowaste.services.simulation.city import read_cast, rows
from zerowaste.services.simulation.lives import USUAL, Rates
from zerowaste.services.simulation.part import Batch, Closing, Part, Plan, Setting, Telling, parts_of
from zerowaste.services.simulation.play import Heard
from zerowaste.services.simulation.processes import told_at_once
from zerowaste.services.simulation.register import MemoryRegister
from zerowaste.services.simulation.rows import Writer

__all__ = ["Plan", "Simulation", "make_city"]

# Nobody is told the passwords of these accounts: long random ones, which need no slow hash.
NO_COST = PasswordCost(rounds=1, memory_kib=8, lanes=1)
PREPARED = timedelta(days=3)  # the city is there so long before its first manifest


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
    """One history being told, part by part or `at_once`: the rows are the same. `writer` counts what is
    written; `heard`, of parts told one after another, takes down every act."""

    def __init__(
        self,
        session: Session,
        law: Law,
        plan: Plan,
        rates: Rates = USUAL,
        *,
        parts: Sequence[Part] | None = None,
        at_once: bool = False,
        heard: list[Heard] | None = None,
    ) -> None:
        self.session, self.writer = session, Writer(session)
        chains = {
            row.code: Chain("site", row.code, row.events, row.head)
            for row in session.execute(select(SITE.c.code, SITE.c.events, SITE.c.head))
        }
        known = MemoryRegister.read(session)
        self.setting = Setting(law, plan, rates, read_cast(session), known, chains, self.writer.dialect)
        self.parts = parts_of(plan.manifests) if parts is None else parts
        self.at_once, self.heard = at_once, heard

    def tell(self) -> Iterator[int]:
        """Tell and write it all, in batches; gives how many manifests have begun after each."""
        begun = 0
        last: dict[str, int] = {}
        for batch in self._batches():
            self.writer.write(batch.rows)
            if batch.closing:
                self._close(batch.closing)
                last |= {name: max(last.get(name, 0), given) for name, given in batch.closing.last.items()}
            begun += batch.begun
            yield begun
        self.writer.set_sequences(last)

    def _batches(self) -> Iterator[Batch]:
        if self.at_once:
            return told_at_once(self.setting, self.parts)
        return (batch for part in self.parts for batch in Telling(self.setting, part, self.heard).tell())

    def _close(self, closing: Closing) -> None:
        """Write the counters as a part leaves them: nobody else counts there."""
        sites = update(SITE).where(SITE.c.code == bindparam("b_code"))
        quotas = update(QUOTA).where(QUOTA.c.id == bindparam("b_id"))
        series = [{"key": key, "next": serial + 1} for key, serial in closing.serials.items()]
        for statement, changes in (
            (sites, closing.sites), (quotas, closing.quotas), (insert(SERIES), series),
        ):  # fmt: skip
            if changes:
                self.session.execute(statement, changes)
