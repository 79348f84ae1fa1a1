"""Who is told: the people of an organisation, the carrier who collects at a place, who oversees a place."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session

from zerowaste.models.tables import CHOICE, LEG, MAILBOX, MANIFEST, MEMBERSHIP, USER, WEBHOOK
from zerowaste.vocabulary import Audience, Channel, NudgeKind, Pace, Role

CITY_DIGITS = 4
_CLERKS = (Role.PRODUCER, Role.FACILITY, Role.DISPATCHER)
_CARRIERS_LOOKED_AT = timedelta(days=90)
QUIET = (22, 7)


class Concerned(NamedTuple):
    """Whom something concerns: the organisation that must act (and its site, where only the people of one
    are meant), the place waste is collected from and the carrier, where one is known (else whoever collected
    there last), codes of streets, people by themselves."""

    organisation: int | None = None
    site: int | None = None
    origin: int | None = None
    carrier: int | None = None
    streets: tuple[str, ...] = ()
    people: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be told, and how he wants it. `mail`: he reads mail here, and showed it."""

    id: int
    role: Role
    mail: bool
    quiet: tuple[int, int]
    choices: Mapping[tuple[Channel, NudgeKind], Pace]


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook and which kinds of nudges it is called for."""

    id: int
    organisation: int | None
    region: str | None
    kinds: frozenset[str]


class Directory:
    """Everybody whom a number of things may concern, read in a handful of statements."""

    def __init__(self, session: Session, concerned: Collection[Concerned], *, now: datetime) -> None:
        self._carriers = _carriers(session, {each.origin for each in concerned if each.origin}, now)
        parties = {each.organisation for each in concerned if each.organisation}
        carriers = {each.carrier for each in concerned if each.carrier} | set(self._carriers.values())
        self._members = _members(session, parties | carriers)
        self._overseers = _overseers(session)
        self.hooks = _hooks(session)
        named = {user for each in concerned for user in each.people}
        ids = {row.user_id for rows in self._members.values() for row in rows} | named
        self.people = _people(session, ids | {user for user, _ in self._overseers})

    def told(self, each: Concerned, audiences: Iterable[Audience]) -> list[Person]:
        """The people of these audiences, by id."""
        found: set[int] = set()
        for audience in audiences:
            match audience:
                case Audience.PARTY:
                    found |= self._party(each)
                case Audience.DISPATCHER:
                    found |= {row.user_id for row in self._members.get(self.carrier(each) or 0, ())
                              if row.role == Role.DISPATCHER}  # fmt: skip
                case Audience.REGULATOR:
                    found |= {user for user, region in self._overseers if _lies_in(each.streets, region)}
        return [self.people[user] for user in sorted(found) if user in self.people]

    def called(self, each: Concerned, audiences: Collection[Audience], kind: NudgeKind) -> list[Hook]:
        """The webhooks of these audiences that want to know of this kind."""
        organisations = set()
        if Audience.PARTY in audiences:
            organisations.add(each.organisation)
        if Audience.DISPATCHER in audiences:
            organisations.add(self.carrier(each))
        overseen = Audience.REGULATOR in audiences
        return [
            hook
            for hook in self.hooks
            if kind in hook.kinds
            and (
                (hook.organisation is not None and hook.organisation in organisations)
                or (overseen and hook.region is not None and _lies_in(each.streets, hook.region))
            )
        ]

    def carrier(self, each: Concerned) -> int | None:
        """Who carries it, or collected last at the place this waste comes from."""
        return each.carrier or self._carriers.get(each.origin or 0)

    def _party(self, each: Concerned) -> set[int]:
        rows = self._members.get(each.organisation or 0, ())
        clerks = {row.user_id for row in rows if row.role in _CLERKS and row.site_id in (None, each.site)}
        return clerks | set(each.people)


def _lies_in(streets: Collection[str], region: str) -> bool:
    """What lies nowhere concerns who oversees the whole city."""
    if not streets:
        return len(region) <= CITY_DIGITS
    return any(street.startswith(region) for street in streets)


def _carriers(session: Session, origins: Collection[int], now: datetime) -> dict[int, int]:
    latest = func.row_number().over(
        partition_by=MANIFEST.c.consignor_id, order_by=(MANIFEST.c.filed_at.desc(), MANIFEST.c.id)
    )
    ranked = (
        select(MANIFEST.c.consignor_id, LEG.c.carrier_id, latest.label("place"))
        .join(LEG, LEG.c.manifest_id == MANIFEST.c.id)
        .where(
            MANIFEST.c.consignor_id.in_(sorted(origins)),
            MANIFEST.c.filed_at > now - _CARRIERS_LOOKED_AT,
            LEG.c.number == 1,
        )
        .subquery()
    )
    if not origins:
        return {}
    rows = session.execute(select(ranked.c.consignor_id, ranked.c.carrier_id).where(ranked.c.place == 1))
    return {row.consignor_id: row.carrier_id for row in rows}


def _members(session: Session, organisations: Collection[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    rows = session.execute(
        select(MEMBERSHIP.c.organisation_id, MEMBERSHIP.c.site_id, MEMBERSHIP.c.user_id, USER.c.role)
        .join(USER, USER.c.id == MEMBERSHIP.c.user_id)
        .where(MEMBERSHIP.c.organisation_id.in_(sorted(organisations)), USER.c.active)
    )
    for row in rows:
        found.setdefault(row.organisation_id, []).append(row)
    return found


def _overseers(session: Session) -> list[tuple[int, str]]:
    """(regulator, region), every pair there is: they are few."""
    rows = session.execute(
        select(MEMBERSHIP.c.user_id, MEMBERSHIP.c.region)
        .join(USER, USER.c.id == MEMBERSHIP.c.user_id)
        .where(MEMBERSHIP.c.region.is_not(None), USER.c.role == Role.REGULATOR, USER.c.active)
    )
    return [(row.user_id, row.region) for row in rows]


def _hooks(session: Session) -> list[Hook]:
    rows = session.execute(
        select(WEBHOOK.c.id, WEBHOOK.c.organisation_id, WEBHOOK.c.region, WEBHOOK.c.kinds)
        .where(WEBHOOK.c.removed_at.is_(None))
        .order_by(WEBHOOK.c.id)
    )
    return [Hook(row.id, row.organisation_id, row.region, frozenset(row.kinds.split())) for row in rows]


def _people(session: Session, ids: Collection[int]) -> dict[int, Person]:
    wanted = sorted(ids)
    choices: dict[int, dict[tuple[Channel, NudgeKind], Pace]] = {}
    for row in session.execute(select(CHOICE).where(CHOICE.c.user_id.in_(wanted))):
        choices.setdefault(row.user_id, {})[Channel(row.channel), NudgeKind(row.kind)] = Pace(row.pace)
    rows = session.execute(
        select(USER.c.id, USER.c.role, MAILBOX.c.confirmed_at, MAILBOX.c.quiet_from, MAILBOX.c.quiet_to)
        .outerjoin(MAILBOX, MAILBOX.c.user_id == USER.c.id)
        .where(USER.c.id.in_(wanted), USER.c.active)
    )
    return {
        row.id: Person(
            id=row.id,
            role=Role(row.role),
            mail=row.confirmed_at is not None,
            quiet=QUIET if row.quiet_from is None else (row.quiet_from, row.quiet_to),
            choices=choices.get(row.id, {}),
        )
        for row in rows
    }
