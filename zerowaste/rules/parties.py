"""What the law needs to know of people, places, papers and vehicles: plain values, no tables."""

from dataclasses import dataclass
from datetime import date

from zerowaste.vocabulary import Instrument, Period, Role, SiteKind, Unit

PROVINCE_DIGITS = 2
CITY_DIGITS = 4
MOST_LEGS = 10


@dataclass(frozen=True, slots=True)
class Place:
    """A site as the law sees it. `street` is its nine-digit grid code (or six or four digits outside)."""

    id: int
    code: str
    name: str
    kind: SiteKind
    organisation_id: int
    organisation: str
    street: str
    outside: bool = False
    storage: str = "warm"
    beds: int | None = None
    lat_e6: int | None = None
    lon_e6: int | None = None
    name_en: str = ""

    @property
    def province(self) -> str:
        return self.street[:PROVINCE_DIGITS]

    @property
    def generates(self) -> bool:
        """Only a producer's yard makes waste by filing it; others can pass on only what they hold."""
        return self.kind is SiteKind.PRODUCER


@dataclass(frozen=True, slots=True)
class Term:
    """What a paper covers and how much of it. `limit` and `hard_limit` in `unit`; None: no limit.
    `price_fen`: the published price of a tonne."""

    id: int
    stream: str
    pattern: str
    operation: str
    period: Period
    unit: Unit
    limit: int | None = None
    hard_limit: int | None = None
    price_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """An instrument: who holds it, for which site (None: all of his), for which receiver, until when."""

    id: int
    kind: Instrument
    number: str
    organisation_id: int
    site_id: int | None
    counterpart_id: int | None
    valid_from: date
    valid_to: date
    terms: tuple[Term, ...] = ()
    suspended: bool = False
    collecting: bool = False

    def valid_on(self, day: date) -> bool:
        return not self.suspended and self.valid_from <= day <= self.valid_to


@dataclass(frozen=True, slots=True)
class Lorry:
    id: int
    plate: str
    organisation_id: int
    streams: frozenset[str]
    licence_to: date
    dedicated: bool = False
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """A driver: an account with memberships in carriers and a licence (道路危险货物运输驾驶员从业资格)."""

    id: int
    login: str
    name: str
    role: Role
    organisations: frozenset[int]
    licence_to: date | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Carriage:
    """One leg as filed: carrier, vehicle, driver, with the carrier's licences."""

    number: int
    carrier_id: int
    carrier: str
    lorry: Lorry
    driver: Person
    licences: tuple[Paper, ...] = ()
    back: bool = False

    @property
    def path(self) -> str:
        """Where a request speaks of it: the way home is the one leg that a return names."""
        return "leg" if self.back else f"legs.{self.number - 1}"

    @property
    def who(self) -> tuple[int, int, int]:
        """Carrier, vehicle and driver, by id."""
        return self.carrier_id, self.lorry.id, self.driver.id
