"""The register of bulk history: master data as ever, the counters of quotas in memory."""

from collections.abc import Iterable
from datetime import date
from operator import attrgetter

from sqlalchemy import select
from sqlmodel import Session

from zerowaste.models.tables import QUOTA
from zerowaste.rules.decision import Decision
from zerowaste.rules.evolving import replace
from zerowaste.rules.parties import Paper, Place, Term
from zerowaste.rules.quotas import Counter, Window
from zerowaste.services.register import Register, quota_row
from zerowaste.services.simulation_rows import Sheaf

_id = attrgetter("id")


class MemoryRegister(Register):
    """Counters that nobody else charges. A new one is written at once, its totals at the end."""

    def __init__(self, session: Session, sheaf: Sheaf) -> None:
        super().__init__(session)
        self.sheaf = sheaf
        self.quotas: dict[tuple[int, date], Counter] = {}
        self.by_id: dict[int, Counter] = {}
        rows = session.execute(select(QUOTA)).all()
        self._stored = {(row.term_id, row.starts): row for row in rows}
        self.last_quota = max((row.id for row in rows), default=0)
        self._papers: dict[int, tuple[Paper, ...]] = {}

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
            self.last_quota += 1
            self.sheaf.add("quota", [{"id": self.last_quota, **quota_row(paper, term, window)}])
            taken = (self.last_quota, 0, 0)
        else:
            taken = (stored.id, stored.reserved_g, stored.used_g)
        counter = Counter(taken[0], term, paper, window.starts, window.ends, *taken[1:])
        self.quotas[window.term, window.starts] = self.by_id[counter.id] = counter
        return counter

    def charge(self, decision: Decision) -> None:
        """Change the counters a decision charges. The history keeps within the papers it makes."""
        for row in decision.charges:
            old = self.by_id[row.quota]
            counter = replace(old, reserved=old.reserved + row.reserved, used=old.used + row.used)
            self.by_id[row.quota] = self.quotas[old.term.id, old.starts] = counter
