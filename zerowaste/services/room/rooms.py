"""What papers grant for treating, brought to the days that are asked about, and how grants lie within others.

A load is charged to every line of a permit that speaks of it (`services/room/capacity.py`), so a line for
HW08 within one for everything is no room of its own: what it takes, the wider one takes too. Lines that
overlap without one lying within the other are each counted by itself. A line without a figure bounds
nothing; what is left of a landfill's life bounds its years."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlmodel import Session

from zerowaste.clock import local_day
from zerowaste.models.tables import PERMIT, QUOTA, SITE, TERM
from zerowaste.vocabulary import Instrument, Period, SiteKind, Unit

YEAR_DAYS = 365
GRAMS_A_KILOGRAM = 1_000


@dataclass(frozen=True, slots=True)
class Room:
    """One line of a paper. `kg`: what it grants in the days asked about; None: as much as comes."""

    site: str
    operation: str
    pattern: str
    stream: str
    kg: int | None
    source: str = Instrument.PERMIT

    @property
    def key(self) -> str:
        """Its name among the capacities."""
        return "|".join((self.site, self.operation, self.pattern, self.stream, self.source))


def rooms(session: Session, kind: Instrument, days: int, now: datetime) -> list[Room]:
    """Every treating line of such papers; a year's, a day's and a life's limit of one line bind together."""
    found: dict[tuple[str, str, str, str], int | None] = {}
    for row in granted(session, kind, now=now):
        key = (row.code, row.operation, row.pattern, row.stream)
        known, granted_kg = found.get(key), _kilograms(row, days)
        both = [each for each in (known, granted_kg) if each is not None]
        found[key] = min(both, default=None)
    return [Room(*key, kg, kind) for key, kg in sorted(found.items())]


def _kilograms(row: Any, days: int) -> int | None:
    if row.limit_g is None:
        return None
    grams = int(row.limit_g)
    if row.period == Period.TERM:
        return max(0, grams - int(row.taken_g)) // GRAMS_A_KILOGRAM
    return grams * days // GRAMS_A_KILOGRAM // (1 if row.period == Period.DAY else YEAR_DAYS)


def granted(session: Session, kind: Instrument, *, now: datetime) -> Sequence[Any]:
    """The treating lines of such papers as they stand today: `code`, `operation`, `pattern`, `stream`,
    `period`, `limit_g`, and `taken_g` of what is used and promised."""
    today = local_day(now)
    counted = and_(QUOTA.c.term_id == TERM.c.id, QUOTA.c.starts <= today, QUOTA.c.ends >= today)
    return session.execute(
        select(SITE.c.code, TERM.c.operation, TERM.c.pattern, TERM.c.stream, TERM.c.period, TERM.c.limit_g,
               func.coalesce(QUOTA.c.used_g + QUOTA.c.reserved_g, 0).label("taken_g"))
        .select_from(TERM)
        .join(PERMIT, PERMIT.c.id == TERM.c.permit_id)
        .join(SITE, SITE.c.id == PERMIT.c.site_id)
        .outerjoin(QUOTA, counted)
        .where(
            PERMIT.c.kind == kind, ~PERMIT.c.suspended, PERMIT.c.valid_from <= today,
            PERMIT.c.valid_to >= today, or_(TERM.c.limit_g.is_(None), TERM.c.unit == Unit.GRAM),
            TERM.c.period != Period.LEVEL, SITE.c.kind == SiteKind.FACILITY, ~SITE.c.outside,
        )
        .order_by(SITE.c.code, TERM.c.stream, TERM.c.pattern, TERM.c.operation)
    ).all()  # fmt: skip


@dataclass(frozen=True, slots=True)
class Nested:
    """`doors`: room → the wastes that come in by it; `within`: room → the wider one that is charged too."""

    doors: Mapping[str, Collection[str]]
    within: Mapping[str, str]


def nested(found: Iterable[Room], covered: Mapping[Room, frozenset[str]]) -> Nested:
    """How the lines of each site's papers lie within each other; `covered`: the wastes each speaks of."""
    of_paper: dict[tuple[str, str], list[Room]] = {}
    for room in found:
        of_paper.setdefault((room.site, room.source), []).append(room)
    within: dict[str, str] = {}
    doors: dict[str, set[str]] = {}
    for lines in of_paper.values():
        # Narrow before wide; a line for any operation is wider than one that names it.
        lines.sort(key=lambda room: (len(covered[room]), room.operation == "", room.key))
        for at, room in enumerate(lines):
            wider = (
                other
                for other in lines[at + 1 :]
                if other.operation in ("", room.operation) and covered[other] >= covered[room]
            )
            if (next_wider := next(wider, None)) is not None:
                within[room.key] = next_wider.key
        for waste in frozenset[str]().union(*(covered[room] for room in lines)):
            speaking = [room for room in lines if waste in covered[room]]
            for operation in {room.operation for room in speaking}:
                door = next(room for room in speaking if room.operation in ("", operation))
                doors.setdefault(door.key, set()).add(waste)
    return Nested(doors, within)
