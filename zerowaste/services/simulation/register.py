"""The register of bulk history: master data as ever, the counters of quotas in memory."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session

from zerowaste.models.tables import ORGANISATION, QUOTA, SITE, USER, VEHICLE
from zerowaste.rules.decision import Decision
from zerowaste.rules.evolving import replace
from zerowaste.rules.parties import Paper, Place, Term
from zerowaste.rules.quotas import Counter, Window
from zerowaste.services.register import Register, quota_row
from zerowaste.services.simulation.rows import Sheaf

_id = attrgetter("id")


class Known(NamedTuple):
    """All master data of a city, and the counters stored: (term, start) → (id, reserved, used)."""

    memory: Any
    quotas: Mapping[tuple[int, date], tuple[int, int, int]]


class MemoryRegister(Register):
    """Counters that nobody else charges. A new one is written at once, its totals at the end.

    Whatever is asked for is known: no stored table is ever asked."""

    def __init__(self, known: Known, sheaf: Sheaf, number: Callable[[int], int]) -> None:
        self.session = Session()
        self._memory = known.memory
        self._stored = known.quotas
        self._last_stored = max((quota for quota, _, _ in known.quotas.values()), default=0)
        self.sheaf, self.number = sheaf, number
        self.quotas: dict[tuple[int, date], Counter] = {}
        self.by_id: dict[int, Counter] = {}
        self.made = 0
        self._papers: dict[int, tuple[Paper, ...]] = {}

    @staticmethod
    def read(session: Session) -> Known:
        """Everything that is in the register now."""
        register = Register(session)
        for code in session.execute(select(SITE.c.code)).scalars():
            register.place_called(code)
        for organisation in session.execute(select(ORGANISATION.c.id)).scalars():
            register.organisation(organisation)
            register.papers_of(organisation)
        for plate in session.execute(select(VEHICLE.c.plate)).scalars():
            register.lorry(plate)
        for login in session.execute(select(USER.c.login)).scalars():
            register.person(login)
        quotas = session.execute(
            select(QUOTA.c.term_id, QUOTA.c.starts, QUOTA.c.id, QUOTA.c.reserved_g, QUOTA.c.used_g)
        )
        return Known(register._memory, {(term, starts): (*rest,) for term, starts, *rest in quotas})

    def papers(self, place: Place) -> tuple[Paper, ...]:
        known = self._papers.get(place.id)
        if known is None:
            known = self._papers[place.id] = super().papers(place)
        return known

    def counters(self, terms: Iterable[tuple[Paper, Term, Window]], *, lock: bool = False) -> list[Counter]:
        wanted = {window: (paper, term) for paper, term, window in terms}
        found = {}
        for window in wanted:
            counter = self.quotas.get((window.term, window.starts))
            if counter is not None:
                found[window] = counter
        for window in sorted(wanted.keys() - found.keys()):
            found[window] = self._new(*wanted[window], window)
        return sorted(found.values(), key=_id)

    def quota(self, term: tuple[Paper, Term, Window]) -> int:
        return self.counters((term,))[0].id

    def glimpse(self, terms: Iterable[tuple[Paper, Term, Window]]) -> list[Counter]:
        return [
            self.quotas.get((window.term, window.starts))
            or Counter(0, term, paper, window.starts, window.ends, 0, 0)
            for paper, term, window in terms
        ]

    def _new(self, paper: Paper, term: Term, window: Window) -> Counter:
        stored = self._stored.get((window.term, window.starts))
        if stored is None:
            self.made += 1
            stored = self.last, 0, 0
            self.sheaf.add("quota", [{"id": self.last, **quota_row(paper, term, window)}])
        quota, *taken = stored
        counter = Counter(quota, term, paper, window.starts, window.ends, *taken)
        self.quotas[window.term, window.starts] = self.by_id[counter.id] = counter
        return counter

    @property
    def last(self) -> int:
        """The id of the counter made last."""
        return self._last_stored + (self.number(self.made) if self.made else 0)

    def charge(self, decision: Decision) -> None:
        """Change the counters a decision charges. The history keeps within the papers it makes."""
        for row in decision.charges:
            old = self.by_id[row.quota]
            counter = replace(old, reserved=old.reserved + row.reserved, used=old.used + row.used)
            self.by_id[row.quota] = self.quotas[old.term.id, old.starts] = counter
