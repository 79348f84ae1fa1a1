"""Where capacity is missing: what is generated against what is permitted, now and if things were otherwise.

Generation is what producers filed in the last year, by district and waste group; capacity what permits grant
for treating (not for storing), by facility and term. Both are brought to the days that are asked about."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import cos, hypot, radians
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from zerowaste.errors import Problem, Refusal
from zerowaste.graph.allocation import Allocation, Supply, allocate
from zerowaste.models.tables import LINE, MANIFEST, SITE
from zerowaste.rules.access import Actor
from zerowaste.rules.law import Law
from zerowaste.rules.regions import DIGITS
from zerowaste.rules.waste_codes import covers
from zerowaste.services.room.rooms import GRAMS_A_KILOGRAM, YEAR_DAYS, Room, granted, nested, rooms
from zerowaste.vocabulary import NEVER_LEFT, Instrument, SiteKind

KM_PER_DEGREE = 111.32


@dataclass(frozen=True, slots=True)
class Extra:
    """Capacity that only an emergency opens: a co-disposal plant takes so much of a stream a day."""

    site: str
    stream: str
    kg_a_day: int


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Over how many days; which facilities stand still; streams → how much of the usual is generated
    (in percent); `emergency`: the plants of the co-disposal list take what it says; `extra`: others too."""

    days: int = YEAR_DAYS
    down: tuple[str, ...] = ()
    percent: Mapping[str, int] = field(default_factory=dict)
    emergency: bool = False
    extra: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """`allocation`: supplies are (district, "stream group"), capacities the keys of rooms."""

    supplies: Mapping[Supply, int]
    capacities: Mapping[str, int]
    allocation: Allocation

    @property
    def unserved_kg(self) -> int:
        """What finds no place, in all."""
        return sum(self.allocation.unserved.values())


@dataclass(frozen=True, slots=True)
class Generated:
    """A year of filed waste, grouped by the database: (district, stream, code, grams) over `days`."""

    rows: Sequence[tuple[str, str, str, int]]
    days: int


def gap(session: Session, law: Law, what_if: WhatIf, *, now: datetime) -> tuple[Gap, Gap]:
    """Who could take what in the whole city: if it were so, and as things are. Changes nothing. Raises
    `invalid` with every site and stream that nobody knows."""
    sites = {row.code: row for row in session.execute(select(SITE))}
    _require_known(law, sites, what_if)
    generated = _generated(session, now)
    found, usual = (
        _shared_out(session, law, each, sites, generated, now) for each in (what_if, WhatIf(what_if.days))
    )
    return found, usual


def _shared_out(
    session: Session, law: Law, what_if: WhatIf, sites: Mapping[str, Any], generated: Generated, now: datetime
) -> Gap:
    open_rooms = [
        room
        for room in _opened(session, what_if, now)
        if room.site not in what_if.down and _ends_there(law, room.operation)
    ]
    supplies = _supplies(law, what_if, generated, {(room.stream, room.pattern) for room in open_rooms})
    wastes = {supply[1] for supply in supplies}
    covered = {room: frozenset(each for each in wastes if _speaks_of(law, room, each)) for room in open_rooms}
    found = nested(open_rooms, covered)
    most = sum(supplies.values())
    capacities = {room.key: most if room.kg is None else room.kg for room in open_rooms}
    plants = {room.key: sites[room.site] for room in open_rooms}
    ways = {
        (supply, key): _distance(sites, supply[0], plants[key])
        for key, wanted in found.doors.items()
        for supply in supplies
        if supply[1] in wanted
    }
    return Gap(supplies, capacities, allocate(supplies, capacities, ways, found.within))


def _opened(session: Session, what_if: WhatIf, now: datetime) -> list[Room]:
    """What permits grant, and what an emergency opens beside them: of its list, what has a figure."""
    found = rooms(session, Instrument.PERMIT, what_if.days, now)
    if what_if.emergency:
        listed = rooms(session, Instrument.STANDBY, what_if.days, now)
        found += [room for room in listed if room.kg is not None]
    more: dict[tuple[str, str], int] = defaultdict(int)
    for each in what_if.extra:
        more[each.site, each.stream] += each.kg_a_day * what_if.days
    return found + [Room(site, "", "*", stream, kg, "extra") for (site, stream), kg in more.items()]


def _ends_there(law: Law, operation: str) -> bool:
    """Whether it is more than storing."""
    known = law.catalogue.operation(operation)
    return known is None or known.terminal


def _speaks_of(law: Law, room: Room, waste: str) -> bool:
    stream, _, group = waste.partition(" ")
    return room.stream in ("", stream) and covers(room.pattern, group, _category(law, stream, group))


def in_region(found: Gap, actor: Actor) -> Gap:
    """What of it is waste of the districts that the actor oversees; who is full stays as it is."""
    mine = {supply for supply in found.supplies if actor.oversees(supply[0])}
    taken = {way: kg for way, kg in found.allocation.taken.items() if way[0] in mine}
    unserved = {supply: kg for supply, kg in found.allocation.unserved.items() if supply in mine}
    return Gap(
        {supply: kg for supply, kg in found.supplies.items() if supply in mine}, found.capacities,
        Allocation(taken, unserved, found.allocation.full if unserved else ()),
    )  # fmt: skip


def _require_known(law: Law, sites: Mapping[str, Any], what_if: WhatIf) -> None:
    named = [(f"down.{at}", code) for at, code in enumerate(what_if.down)]
    named += [(f"extra.{at}.site", each.site) for at, each in enumerate(what_if.extra)]
    streams = [(f"percent.{stream}", stream) for stream in what_if.percent]
    streams += [(f"extra.{at}.stream", each.stream) for at, each in enumerate(what_if.extra)]
    problems = [Problem("site_unknown", path, {"site": code}) for path, code in named if code not in sites]
    problems += [
        Problem("stream_unknown", path, {"stream": stream})
        for path, stream in streams
        if stream not in law.streams
    ]
    if problems:
        raise Refusal("invalid", *problems)


def _generated(session: Session, now: datetime) -> Generated:
    since = now - timedelta(days=YEAR_DAYS)
    filed = (
        select(MANIFEST.c.consignor_id, MANIFEST.c.stream, LINE.c.waste_code,
               func.sum(LINE.c.declared_g).label("declared_g"), func.min(MANIFEST.c.filed_at).label("began"))
        .select_from(MANIFEST)
        .join(LINE, LINE.c.manifest_id == MANIFEST.c.id)
        .where(MANIFEST.c.filed_at >= since, MANIFEST.c.status.not_in(NEVER_LEFT))
        .group_by(MANIFEST.c.consignor_id, MANIFEST.c.stream, LINE.c.waste_code)
        .subquery()
    )  # fmt: skip
    district = func.substr(SITE.c.street, 1, DIGITS)
    rows = session.execute(
        select(district, filed.c.stream, filed.c.waste_code, func.sum(filed.c.declared_g),
               func.min(filed.c.began))
        .join(SITE, SITE.c.id == filed.c.consignor_id)
        .where(SITE.c.kind == SiteKind.PRODUCER)
        .group_by(district, filed.c.stream, filed.c.waste_code)
        .order_by(district, filed.c.stream, filed.c.waste_code)  # the same places for the same waste
    ).all()  # fmt: skip
    began = min((row[4] for row in rows), default=now)
    return Generated(
        [(place, stream, code, int(grams)) for place, stream, code, grams, _ in rows],
        max(1, (now - began).days),
    )


def _supplies(
    law: Law, what_if: WhatIf, generated: Generated, patterns: Collection[tuple[str, str]]
) -> dict[Supply, int]:
    found: dict[Supply, int] = defaultdict(int)
    for place, stream, code, grams in generated.rows:
        group = _group(law, stream, code, patterns)
        share = what_if.percent.get(stream, 100)
        kilograms = grams * what_if.days * share // (generated.days * 100 * GRAMS_A_KILOGRAM)
        found[place, f"{stream} {group}"] += kilograms
    return dict(found)


def _category(law: Law, stream: str, group: str) -> str:
    waste = law.catalogue.waste(stream, group)
    return waste.category if waste and waste.category else group


def _group(law: Law, stream: str, code: str, patterns: Collection[tuple[str, str]]) -> str:
    """The category of a waste, or its code where a permit tells it from others of its category."""
    waste = law.catalogue.waste(stream, code)
    if waste is None or not waste.category:
        return code
    of_stream = [pattern for known, pattern in patterns if known in ("", stream)]
    alike = all(
        covers(pattern, code, waste.category) == covers(pattern, waste.category, waste.category)
        for pattern in of_stream
    )
    return waste.category if alike else code


def standby(session: Session, *, now: datetime) -> Sequence[Any]:
    """The co-disposal list as it stands today (S2): `code`, `stream`, `pattern`, `operation`, `period`,
    `limit_g`."""
    return [row for row in granted(session, Instrument.STANDBY, now=now) if row.limit_g is not None]


def _distance(sites: Mapping[str, Any], district: str, plant: Any) -> int:
    """Kilometres from the middle of a district's sites to a plant; 0 where nobody knows."""
    there = [
        (each.lat_e6, each.lon_e6)
        for each in sites.values()
        if each.street.startswith(district) and each.lat_e6 is not None
    ]
    if not there or plant.lat_e6 is None:
        return 0
    lat = sum(each[0] for each in there) / len(there)
    lon = sum(each[1] for each in there) / len(there)
    north = (lat - plant.lat_e6) / 1e6 * KM_PER_DEGREE
    east = (lon - plant.lon_e6) / 1e6 * KM_PER_DEGREE * cos(radians(lat / 1e6))
    return round(hypot(north, east))


def bottlenecks(found: Gap) -> Sequence[str]:
    """The sites whose lack of room leaves something unserved."""
    return sorted({key.partition("|")[0] for key in found.allocation.full})
