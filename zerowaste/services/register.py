"""The register: sites, papers, vehicles and people as the law sees them, remembered between requests.

Master data change rarely and are asked for by every act. Each change bumps one revision row in its own
transaction; a process forgets what it knew as soon as it sees a new revision."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, bindparam, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from zerowaste.models.tables import (
    MEMBERSHIP,
    ORGANISATION,
    PERMIT,
    QUOTA,
    SERIES,
    SITE,
    TERM,
    USER,
    VEHICLE,
)
from zerowaste.rules.parties import Carriage, Lorry, Paper, Person, Place, Term
from zerowaste.rules.quotas import Counter, Window
from zerowaste.services import register_rows
from zerowaste.services.together import ask

REVISION = "revision"
_CHANGED_HERE = "master data changed here"
CURRENT_REVISION = select(SERIES.c.next).where(SERIES.c.key == REVISION)
_FRESH = "quotas made in this transaction"
_QUOTAS = (
    select(QUOTA)
    .where(tuple_(QUOTA.c.term_id, QUOTA.c.starts).in_(bindparam("windows", expanding=True)))
    .order_by(QUOTA.c.id)
)
_QUOTAS_LOCKED = _QUOTAS.with_for_update(key_share=True)


@dataclass(slots=True)
class _Memory:
    revision: int = -1
    places: dict[int, Place] = field(default_factory=dict)
    place_ids: dict[str, int] = field(default_factory=dict)
    papers: dict[int, tuple[Paper, ...]] = field(default_factory=dict)
    lorries: dict[str, Lorry] = field(default_factory=dict)
    plates: dict[int, str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    logins: dict[int, str] = field(default_factory=dict)
    organisations: dict[int, tuple[str, str]] = field(default_factory=dict)
    organisation_ids: dict[str, int] = field(default_factory=dict)
    quotas: dict[Window, int] = field(default_factory=dict)


_memories: "WeakKeyDictionary[Engine, _Memory]" = WeakKeyDictionary()


def bump(session: Session) -> None:
    """Say that master data changed: every process will read them afresh once this commits."""
    session.info.pop(REVISION, None)
    session.info[_CHANGED_HERE] = True
    changed = session.execute(update(SERIES).where(SERIES.c.key == REVISION).values(next=SERIES.c.next + 1))
    if not changed.rowcount:  # type: ignore[attr-defined]
        session.execute(insert(SERIES).values(key=REVISION, next=1))


def quota_row(paper: Paper, term: Term, window: Window) -> dict[str, Any]:
    """A counter that nobody has charged yet."""
    return {
        "term_id": term.id,
        "site_id": paper.site_id,
        "period": term.period,
        "starts": window.starts,
        "ends": window.ends,
        "unit": term.unit,
        "limit_g": term.limit or 0,
        "hard_limit_g": term.hard_limit if term.hard_limit is not None else 0,
        "reserved_g": 0,
        "used_g": 0,
    }


class Register:
    """What one session knows of the city's master data. Unknown codes and ids give None."""

    def __init__(self, session: Session) -> None:
        self.session = session
        engine = session.get_bind()
        engine = engine if isinstance(engine, Engine) else engine.engine
        if REVISION in session.info:  # read with the token, a moment ago
            revision = session.info.pop(REVISION)
        else:
            revision = session.execute(CURRENT_REVISION).scalar_one_or_none()
        memory = _memories.get(engine)
        if _CHANGED_HERE in session.info:
            # It may yet be rolled back, and the next change gets the same revision.
            memory = _Memory(revision or 0)
        elif memory is None or memory.revision != (revision or 0):
            memory = _memories[engine] = _Memory(revision or 0)
        self._memory = memory

    def place(self, site_id: int) -> Place:
        """The site with this id, which exists: rows refer to it."""
        if site_id not in self._memory.places:
            self._load_place(SITE.c.id == site_id)
        return self._memory.places[site_id]

    def place_called(self, code: str) -> Place | None:
        """The site with this code."""
        if code not in self._memory.place_ids:
            self._load_place(SITE.c.code == code)
        site_id = self._memory.place_ids.get(code)
        return None if site_id is None else self._memory.places[site_id]

    def _load_place(self, condition: Any) -> None:
        row = self.session.execute(
            select(SITE, ORGANISATION.c.name.label("organisation"))
            .join(ORGANISATION, ORGANISATION.c.id == SITE.c.organisation_id)
            .where(condition)
        ).one_or_none()
        if row is not None:
            self._memory.places[row.id] = register_rows.place_of(row)
            self._memory.place_ids[row.code] = row.id

    def papers(self, place: Place) -> tuple[Paper, ...]:
        """The papers that hold for a site: its own and those of its organisation as a whole."""
        return tuple(
            paper for paper in self.papers_of(place.organisation_id) if paper.site_id in (None, place.id)
        )

    def papers_of(self, organisation_id: int) -> tuple[Paper, ...]:
        """Every paper an organisation holds."""
        known = self._memory.papers
        if organisation_id not in known:
            rows = self.session.execute(
                select(PERMIT).where(PERMIT.c.organisation_id == organisation_id).order_by(PERMIT.c.id)
            ).all()
            terms = self._terms([row.id for row in rows])
            known[organisation_id] = tuple(register_rows.paper_of(row, terms.get(row.id, ())) for row in rows)
        return known[organisation_id]

    def _terms(self, permits: Sequence[int]) -> dict[int, tuple[Term, ...]]:
        found: dict[int, tuple[Term, ...]] = {}
        rows = self.session.execute(select(TERM).where(TERM.c.permit_id.in_(permits)).order_by(TERM.c.id))
        for row in rows:
            found[row.permit_id] = (*found.get(row.permit_id, ()), register_rows.term_of(row))
        return found

    def organisation(self, organisation_id: int) -> tuple[str, str]:
        """(credit code, name) of an organisation."""
        known = self._memory.organisations
        if organisation_id not in known:
            row = self.session.execute(select(ORGANISATION).where(ORGANISATION.c.id == organisation_id)).one()
            known[organisation_id] = (row.credit_code, row.name)
            self._memory.organisation_ids[row.credit_code] = row.id
        return known[organisation_id]

    def organisation_with(self, credit_code: str) -> int | None:
        """The id of the organisation with this credit code."""
        known = self._memory.organisation_ids
        if credit_code not in known:
            row = self.session.execute(
                select(ORGANISATION).where(ORGANISATION.c.credit_code == credit_code)
            ).one_or_none()
            if row is None:
                return None
            known[credit_code] = row.id
            self._memory.organisations[row.id] = (row.credit_code, row.name)
        return known[credit_code]

    def lorry(self, plate: str) -> Lorry | None:
        """The vehicle with this plate."""
        if plate not in self._memory.lorries:
            self._load_lorry(VEHICLE.c.plate == plate)
        return self._memory.lorries.get(plate)

    def lorry_with(self, vehicle_id: int) -> Lorry:
        if vehicle_id not in self._memory.plates:
            self._load_lorry(VEHICLE.c.id == vehicle_id)
        return self._memory.lorries[self._memory.plates[vehicle_id]]

    def _load_lorry(self, condition: Any) -> None:
        row = self.session.execute(select(VEHICLE).where(condition)).one_or_none()
        if row is not None:
            self._memory.lorries[row.plate] = register_rows.lorry_of(row)
            self._memory.plates[row.id] = row.plate

    def person(self, login: str) -> Person | None:
        """The account with this login."""
        if login not in self._memory.people:
            self._load_person(USER.c.login == login)
        return self._memory.people.get(login)

    def person_with(self, user_id: int) -> Person:
        if user_id not in self._memory.logins:
            self._load_person(USER.c.id == user_id)
        return self._memory.people[self._memory.logins[user_id]]

    def _load_person(self, condition: Any) -> None:
        row = self.session.execute(select(USER).where(condition)).one_or_none()
        if row is None:
            return
        organisations = self.session.execute(
            select(MEMBERSHIP.c.organisation_id).where(
                MEMBERSHIP.c.user_id == row.id, MEMBERSHIP.c.organisation_id.is_not(None)
            )
        ).scalars()
        self._memory.people[row.login] = register_rows.person_of(row, frozenset(organisations))
        self._memory.logins[row.id] = row.login

    def carriage(self, leg: Any) -> Carriage:
        """A stored leg (number, carrier_id, vehicle_id, driver_id, back) as the law sees it."""
        return Carriage(
            number=leg["number"],
            carrier_id=leg["carrier_id"],
            carrier=self.organisation(leg["carrier_id"])[1],
            lorry=self.lorry_with(leg["vehicle_id"]),
            driver=self.person_with(leg["driver_id"]),
            licences=self.papers_of(leg["carrier_id"]),
            back=bool(leg.get("back")),
        )

    def glimpse(self, terms: Iterable[tuple[Paper, Term, Window]]) -> list[Counter]:
        """The counters of these terms for reading only: one that nobody has charged yet is at zero."""
        wanted = {window: (paper, term) for paper, term, window in terms}
        rows = self._quota_rows(wanted, lock=False) if wanted else {}
        found = []
        for window, (paper, term) in wanted.items():
            row = rows.get((window.term, window.starts))
            taken = (row.id, row.reserved_g, row.used_g) if row else (0, 0, 0)
            found.append(Counter(taken[0], term, paper, window.starts, window.ends, *taken[1:]))
        return found

    def counters(self, terms: Iterable[tuple[Paper, Term, Window]], *, lock: bool = False) -> list[Counter]:
        """The quota rows of these terms, made where they are missing, in the order of their ids."""
        wanted = {window: (paper, term) for paper, term, window in terms}
        if not wanted:
            return []
        rows = self._quota_rows(wanted, lock)
        missing = [w for w in wanted if (w.term, w.starts) not in rows]
        if missing:
            for window in sorted(missing):  # in one order, or two who make the same ones block each other
                self._make_quota(*wanted[window], window)
            rows = self._quota_rows(wanted, lock)
        counters = []
        for window, (paper, term) in wanted.items():
            row = rows[window.term, window.starts]
            counters.append(Counter(row.id, term, paper, row.starts, row.ends, row.reserved_g, row.used_g))
        return sorted(counters, key=lambda counter: counter.id)

    def quota(self, term: tuple[Paper, Term, Window]) -> int:
        """The id of a term's counter, made where it is missing; remembered, for it never changes."""
        known = self._memory.quotas
        window = term[2]
        if window in known:
            return known[window]
        quota = self.counters([term])[0].id
        if not self.session.info.get(_FRESH):  # one that this transaction made may yet be rolled back
            known[window] = quota
        return quota

    def _quota_rows(self, wanted: Iterable[Window], lock: bool) -> dict[tuple[int, date], Any]:
        windows = [(window.term, window.starts) for window in wanted]
        statement = _QUOTAS_LOCKED if lock else _QUOTAS
        (rows,) = ask(self.session, (statement, {"windows": windows}))
        return {(row.term_id, row.starts): row for row in rows}

    def _make_quota(self, paper: Paper, term: Term, window: Window) -> None:
        """A fresh counter. Two may try at once; the second one finds the first one's."""
        self.session.info[_FRESH] = True
        try:
            with self.session.begin_nested():
                self.session.execute(insert(QUOTA).values(quota_row(paper, term, window)))
        except IntegrityError:
            return
