"""The history of the demo city: what happens on which day, up to the present moment."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session

from zerowaste.cli.demo_city import construction, faults, hazardous, kitchen, medical, open_ends
from zerowaste.cli.demo_city.agenda import Agenda, Story
from zerowaste.cli.demo_city.masterdata import load_city
from zerowaste.cli.demo_city.teller import Teller
from zerowaste.clock import day_start, local_day
from zerowaste.config import Settings
from zerowaste.models.tables import EVENT, MANIFEST
from zerowaste.rules.law import Law
from zerowaste.services.identity.passwords import Passwords
from zerowaste.services.messaging.notices import tell_notices
from zerowaste.services.messaging.nudging import make_nudges

SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Telling:
    """Which history: the seed of all chances, how many days, and the moment at which it ends."""

    seed: int
    days: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What there is now."""

    manifests: int
    events: int


# What happens beside the ordinary days: each story, and how long before the end it begins.
Stories = Callable[[Teller], Iterator[tuple[timedelta, Story]]]


def tell(
    session: Session,
    law: Law,
    settings: Settings,
    telling: Telling,
    *,
    told: Sequence[Stories] = (faults.stories, open_ends.stories),
    watch: Callable[[Iterable[int]], Iterable[int]] = iter,
) -> Told:
    """Load the city and let its history happen; does not commit. `told`: what happens beside the ordinary
    days. `watch` is told of every day."""
    chance = random.Random(telling.seed)  # noqa: S311 - a demo, not a secret
    today = local_day(telling.now)
    start = day_start(today - timedelta(days=telling.days))
    teller = Teller(session, law, chance, now=start)
    load_city(
        session,
        law,
        settings.manifests,
        city=settings.city,
        passwords=Passwords(settings.password_cost),
        at=start,
        today=today,
        new_id=teller.new_id,
    )
    agenda = Agenda()
    for ago, story in (each for stories in told for each in stories(teller)):
        if telling.now - ago >= start:
            agenda.begin(telling.now - ago, story)

    def turn_clock(moment: datetime) -> None:
        teller.now = moment

    for number in watch(range(telling.days + 1)):
        midnight = start + timedelta(days=number)
        for hours, story in day(teller, number, midnight):
            agenda.begin(midnight + timedelta(hours=hours), story)
        agenda.run(min(midnight + timedelta(days=1), telling.now), turn_clock)
    turn_clock(telling.now)
    teller.expire()
    remind(session, law, now=telling.now)
    return Told(_count(session, MANIFEST.c.id), _count(session, EVENT.c.id))


def remind(session: Session, law: Law, *, now: datetime) -> None:
    """What people were told by then: everybody finds messages when he signs in."""
    while make_nudges(session, law, now=now).more:
        continue
    while tell_notices(session, now=now):
        continue


def _count(session: Session, column: object) -> int:
    return int(session.execute(select(func.count(column))).scalar_one())  # type: ignore[arg-type]


def day(teller: Teller, number: int, midnight: datetime) -> Iterator[tuple[float, Story]]:
    """What an ordinary day brings, by the hour. `number` counts from the first day."""
    yield 0.5, tick(teller)
    yield from _medical(teller, number)
    yield from _kitchen(teller, number)
    yield from _hazardous(teller, number)
    if local_day(midnight).weekday() != SUNDAY:
        yield from _construction(teller, number)


def tick(teller: Teller) -> Story:
    """What cron does every night."""
    teller.expire()
    yield timedelta(days=1)


def _medical(teller: Teller, number: int) -> Iterator[tuple[float, Story]]:
    if number % 2 == 0:
        yield 17, medical.hospital(teller, "NC-HOSPITAL", medical.MAIN_SITE)
        yield 14, medical.burn(teller)
    else:
        yield 17.25, medical.hospital(teller, "NC-HOSPITAL-E", medical.EAST_SITE)
    if number % 4 == 1:
        yield 13, medical.clinics(teller)
    if number % 4 == 2:
        yield 7, medical.onward(teller, all_of_it=False)
    if number % 4 == 3:
        yield 7, medical.onward(teller, all_of_it=True)
    if number % 20 == 11:
        yield 10, medical.fly_ash(teller)


def _kitchen(teller: Teller, number: int) -> Iterator[tuple[float, Story]]:
    if number % 3 == 0:
        yield 20.5, kitchen.night(teller)
    if number % 3 == 1:
        yield 7, kitchen.digest(teller)
    if number % 3 == 2:
        yield 15, kitchen.incinerate(teller)
    if number % 9 == 4:
        yield 9, kitchen.waste_oil(teller)
    if number % 30 == 17:
        yield 11, kitchen.burner_ash(teller)


def _hazardous(teller: Teller, number: int) -> Iterator[tuple[float, Story]]:
    week = number % 7
    if week == 1:
        yield 15, hazardous.works(teller, "plating-1", "NC-PLATING", hazardous.NICKEL, 2_400)
    if week == 2:
        yield 15, hazardous.works(teller, "outsider", "NC-ALUMINIUM", hazardous.PICKLING, 1_800)
    if week == 3:
        yield 15, hazardous.works(teller, "producer", "NC-HOSPITAL", hazardous.LABORATORY, 130)
        yield 8, hazardous.machine_oil(teller)
    if week == 4:
        yield 13, hazardous.refine(teller)
        yield 8, hazardous.treat(teller)
    if number % 10 == 5:
        yield 9, hazardous.garages(teller)
    if number % 20 == 18:
        yield 9, hazardous.collected_oil(teller)
    if number % 30 == 22:
        yield 8, hazardous.abroad(teller)
        yield 9, hazardous.sludge(teller)


def _construction(teller: Teller, number: int) -> Iterator[tuple[float, Story]]:
    ways = (
        ("NC-BUILD-1", construction.EARTHWORKS, construction.SOIL),
        ("NC-BUILD-2", construction.RUBBLE, construction.DEMOLITION),
        ("NC-BUILD-1", construction.EARTHWORKS, construction.SOIL),
        ("NC-BUILD-1", construction.RUBBLE, construction.DEBRIS),
        ("NC-BUILD-2", construction.RUBBLE, construction.DECORATION),
    )
    yield 9.5, construction.trip(teller, *ways[number % 5], second=number % 3 == 0)
    if number % 2:
        yield 12.5, construction.trip(teller, *ways[(number + 2) % 5], second=number % 3 != 0)
    if number % 7 == 5:
        yield 18, construction.tip(teller)
        yield 18, construction.crush(teller)
