"""A city small enough to keep in mind: who lives there, what may go where, and how much of it.

Everything is valid from 2020 to 2099, so a test picks its own day; NOW is a Monday morning."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple

from argon2 import PasswordHasher
from sqlalchemy import inspect
from sqlmodel import Session, SQLModel
from stdnum.cn import uscc

from tests.cast import CAST, PASSWORD, Person
from zerowaste.models import Membership, Organisation, Permit, PermitTerm, Site, User, Vehicle
from zerowaste.rules.access import Actor
from zerowaste.vocabulary import Instrument, Period, SiteKind, Unit

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in the city
FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2099, 12, 31)
TONNE = 1_000_000

# Paula's four yards, one for each stream; Olaf's one; where waste goes.
WORKS, CLINIC, BUILDING, CANTEEN = "N-WORKS", "N-CLINIC", "N-BUILDING", "N-CANTEEN"
OTHER = "N-OTHER"
STATION, PLANT, SMALL, ABROAD = "N-STATION", "N-PLANT", "N-SMALL", "Z-PLANT"
# Dan's lorry for all but medical waste, his medical van, and Drew's lorry.
LORRY, VAN, SECOND_LORRY = "赣A10001", "赣A10002", "赣A20001"

STREETS = {"old_town": "360102002", "lake": "360111001", "other_province": "330110"}
ORGANISATIONS = {
    "producer": "彭氏实业（测试）",
    "outsider": "欧氏化工（测试）",
    "carrier": "单氏运输（测试）",
    "second_carrier": "杜氏物流（测试）",
    "plant": "费氏环保（测试）",
    "station": "陶氏转运（测试）",
    "abroad": "外省处置（测试）",
}


class Place(NamedTuple):
    organisation: str
    kind: SiteKind
    street: str
    beds: int | None = None
    outside: bool = False


SITES = {
    WORKS: Place("producer", SiteKind.PRODUCER, "old_town"),
    CLINIC: Place("producer", SiteKind.PRODUCER, "old_town", beds=120),
    BUILDING: Place("producer", SiteKind.PRODUCER, "lake"),
    CANTEEN: Place("producer", SiteKind.PRODUCER, "lake"),
    OTHER: Place("outsider", SiteKind.PRODUCER, "lake"),
    STATION: Place("station", SiteKind.TRANSFER, "lake"),
    PLANT: Place("plant", SiteKind.FACILITY, "lake"),
    SMALL: Place("plant", SiteKind.FACILITY, "old_town"),
    ABROAD: Place("abroad", SiteKind.FACILITY, "other_province", outside=True),
}
VEHICLES = {
    LORRY: ("carrier", "hazardous construction kitchen", False),
    VAN: ("carrier", "medical", True),
    SECOND_LORRY: ("second_carrier", "hazardous medical construction kitchen", True),
}


class Allowance(NamedTuple):
    """One term of a paper; without a limit it only says what is covered."""

    stream: str
    pattern: str = "*"
    operation: str = ""
    period: Period = Period.TERM
    limit: int | None = None
    hard: int | None = None


class Sheet(NamedTuple):
    """One paper: its kind, whose it is, for which site, for which receiver."""

    kind: Instrument
    organisation: str
    terms: tuple[Allowance, ...]
    site: str | None = None
    receiver: str | None = None
    collecting: bool = False


STREAMS = ("hazardous", "medical", "construction", "kitchen")
ANYTHING = tuple(Allowance(stream) for stream in STREAMS)
PAPERS = (
    Sheet(Instrument.LICENCE, "carrier", ANYTHING),
    Sheet(Instrument.LICENCE, "second_carrier", ANYTHING),
    Sheet(Instrument.PLAN, "producer", (Allowance("hazardous"), Allowance("medical"))),
    Sheet(Instrument.PLAN, "outsider", (Allowance("hazardous"), Allowance("medical"))),
    Sheet(
        Instrument.APPROVAL,
        "producer",
        (Allowance("construction", limit=50_000 * TONNE, hard=50_000 * TONNE),),
        site=BUILDING,
    ),
    Sheet(
        Instrument.CONSENT,
        "producer",
        (Allowance("hazardous", "HW08", limit=100 * TONNE, hard=100 * TONNE),),
        site=WORKS,
        receiver=ABROAD,
    ),
    Sheet(
        Instrument.PERMIT,
        "plant",
        (
            Allowance("hazardous", "*", "R9", Period.YEAR, 10_000 * TONNE, 12_000 * TONNE),
            Allowance("hazardous", "*", "D10", Period.YEAR, 10_000 * TONNE, 12_000 * TONNE),
            Allowance("medical", "*", "Y10", Period.YEAR, 5_000 * TONNE, 6_000 * TONNE),
            Allowance("construction", "*", "U1", Period.YEAR, 90_000 * TONNE, 90_000 * TONNE),
            Allowance("kitchen", "*", "K1", Period.YEAR, 20_000 * TONNE, 24_000 * TONNE),
            Allowance("kitchen", "KW-4", "K3", Period.YEAR, 1_000 * TONNE, 1_200 * TONNE),
            Allowance("hazardous", "*", "", Period.LEVEL, 500 * TONNE, 500 * TONNE),
        ),
        site=PLANT,
    ),
    # Ten tonnes of waste oil a year and twelve at most: small enough to fill in a test.
    Sheet(
        Instrument.PERMIT,
        "plant",
        (Allowance("hazardous", "HW08", "R9", Period.YEAR, 10 * TONNE, 12 * TONNE),),
        site=SMALL,
    ),
    Sheet(
        Instrument.PERMIT,
        "station",
        (
            Allowance("hazardous", "*", "S1", Period.YEAR, 1_000 * TONNE, 1_200 * TONNE),
            Allowance("medical", "*", "S1", Period.YEAR, 1_000 * TONNE, 1_200 * TONNE),
            Allowance("construction", "*", "S1", Period.YEAR, 9_000 * TONNE, 9_000 * TONNE),
            Allowance("kitchen", "*", "S1", Period.YEAR, 9_000 * TONNE, 9_000 * TONNE),
        ),
        site=STATION,
        collecting=True,
    ),
)


@dataclass(frozen=True, slots=True)
class City:
    """The ids the database gave: by key, site code, plate and login."""

    organisations: Mapping[str, int]
    sites: Mapping[str, int]
    vehicles: Mapping[str, int]
    users: Mapping[str, int]

    def actor(self, person: Person) -> Actor:
        """The person as the services know him: his organisation and its sites, or his region."""
        own = {self.organisations[person.organisation]} if person.organisation else set()
        sites = {
            self.sites[code] for code, place in SITES.items() if place.organisation == person.organisation
        }
        return Actor(
            user_id=self.users[person.login],
            login=person.login,
            role=person.role,
            organisations=frozenset(own),
            sites=frozenset(sites),
            regions=(person.region,) if person.region else (),
        )


def build(session: Session) -> City:
    """Puts the city into an empty database; flushes, does not commit."""
    organisations = _add(session, _organisations())
    sites = _add(session, _sites(organisations))
    vehicles = _add(session, _vehicles(organisations))
    users = _add(session, _users())
    _add(session, _memberships(organisations, users))
    for number, sheet in enumerate(PAPERS, start=1):
        _paper(session, number, sheet, organisations, sites)
    return City(organisations, sites, vehicles, users)


def _add(session: Session, rows: Mapping[str, SQLModel]) -> dict[str, int]:
    """Adds the rows in their order; their new ids by key."""
    session.add_all(rows.values())
    session.flush()
    return {key: inspect(row).identity[0] for key, row in rows.items()}


def _organisations() -> dict[str, Organisation]:
    rows = {}
    for number, (key, name) in enumerate(ORGANISATIONS.items(), start=1):
        code = f"91360100MA0CAT{number:03d}"
        rows[key] = Organisation(credit_code=code + uscc.calc_check_digit(code), name=name)
    return rows


def _sites(organisations: Mapping[str, int]) -> dict[str, Site]:
    return {
        code: Site(
            code=code,
            organisation_id=organisations[place.organisation],
            kind=place.kind,
            name=f"{ORGANISATIONS[place.organisation]}{code}",
            street=STREETS[place.street],
            beds=place.beds,
            outside=place.outside,
        )
        for code, place in SITES.items()
    }


def _vehicles(organisations: Mapping[str, int]) -> dict[str, Vehicle]:
    return {
        plate: Vehicle(
            plate=plate,
            organisation_id=organisations[carrier],
            streams=streams,
            licence_to=LAST_DAY,
            dedicated=dedicated,
        )
        for plate, (carrier, streams, dedicated) in VEHICLES.items()
    }


def _users() -> dict[str, User]:
    # The cheapest argon2 there is: everybody's password is in the open anyway.
    password = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    return {
        person.login: User(
            login=person.login,
            name=person.name,
            role=person.role,
            password=password,
            fs_uniquifier=f"cast-{person.login}",
            licence_number="360100000001",
            licence_to=LAST_DAY,
        )
        for person in CAST
    }


def _memberships(organisations: Mapping[str, int], users: Mapping[str, int]) -> dict[str, Membership]:
    return {
        person.login: Membership(
            user_id=users[person.login],
            organisation_id=organisations.get(person.organisation),
            region=person.region or None,
        )
        for person in CAST
        if person.organisation or person.region
    }


def _paper(
    session: Session,
    number: int,
    sheet: Sheet,
    organisations: Mapping[str, int],
    sites: Mapping[str, int],
) -> None:
    permit = Permit(
        kind=sheet.kind,
        number=f"测试-{number:02d}",
        organisation_id=organisations[sheet.organisation],
        site_id=sites[sheet.site] if sheet.site else None,
        counterpart_id=sites[sheet.receiver] if sheet.receiver else None,
        valid_from=FIRST_DAY,
        valid_to=LAST_DAY,
        collecting=sheet.collecting,
    )
    permit_id = _add(session, {"permit": permit})["permit"]
    _add(session, {str(at): term for at, term in enumerate(_terms(permit_id, sheet.terms))})


def _terms(permit_id: int, terms: Iterable[Allowance]) -> Iterable[PermitTerm]:
    for term in terms:
        yield PermitTerm(
            permit_id=permit_id,
            stream=term.stream,
            pattern=term.pattern,
            operation=term.operation,
            period=term.period,
            unit=Unit.GRAM,
            limit=term.limit,
            hard_limit=term.hard,
        )
