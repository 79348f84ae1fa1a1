"""The city of bulk history: invented firms of one pattern, with papers wide enough for any history."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import and_, or_, select
from sqlmodel import Session
from stdnum.cn import uscc

from zerowaste.models.tables import MEMBERSHIP, SITE, USER
from zerowaste.rules.access import Actor
from zerowaste.rules.treating import Output
from zerowaste.services.masterdata.files import RawRow
from zerowaste.services.requests import LegRequest
from zerowaste.vocabulary import Role

STREETS = ("360102002", "360111001", "360111003", "360113004")
FIRMS, YARDS = 8, 6  # producers of each stream, and yards of each producer
CARRIERS = 3
STREAMS = ("hazardous", "medical", "construction", "kitchen")
# Of a hundred manifests. Kitchens are emptied every night, and lorries leave a building site all day.
SHARES = dict(zip(STREAMS, (25, 20, 20, 35), strict=True))
# The lorries of each carrier by what they carry. None ever carries another stream's waste.
LORRIES = tuple(stream for stream in STREAMS for _ in range(4))
STATION = "SIM-STATION"
AMPLE_T = 900_000_000
FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2099, 12, 31)


class Kind(NamedTuple):
    """A waste as it is usual: its stream and code, grams a load, grams a package, receiver, operation."""

    stream: str
    code: str
    least_g: int
    most_g: int
    package_g: int
    receiver: str
    operation: str


KINDS: Mapping[str, Sequence[Kind]] = {
    "hazardous": (
        Kind("hazardous", "900-249-08", 400_000, 6_000_000, 180_000, "SIM-OIL", "R9"),
        Kind("hazardous", "900-041-49", 50_000, 2_000_000, 25_000, "SIM-FIRE", "D10"),
        Kind("hazardous", "336-064-17", 500_000, 9_000_000, 1_000_000, "SIM-FIRE", "D10"),
    ),
    "medical": (
        Kind("medical", "841-001-01", 20_000, 400_000, 9_000, "SIM-FIRE", "Y10"),
        Kind("medical", "841-002-01", 5_000, 60_000, 6_000, "SIM-FIRE", "Y10"),
    ),
    "construction": (
        Kind("construction", "CW-3", 5_000_000, 20_000_000, 0, "SIM-CRUSH", "U1"),
        Kind("construction", "CW-5", 3_000_000, 12_000_000, 0, "SIM-CRUSH", "U1"),
    ),
    "kitchen": (
        Kind("kitchen", "KW-1", 80_000, 1_500_000, 0, "SIM-BIOGAS", "K1"),
        Kind("kitchen", "KW-4", 20_000, 180_000, 0, "SIM-BIOGAS", "K3"),
    ),
}
ASH = Kind("hazardous", "772-003-18", 0, 0, 1_000_000, "SIM-FILL", "D1")
_ASHES = Output("residue", 0, ASH.stream, ASH.code)
# Operation → what a batch gives back, in thousandths of what went in; the rest meets its fate.
YIELDS: Mapping[str, Sequence[tuple[int, Output]]] = {
    "R9": ((870, Output("product", 0, name="再生基础油")),),
    "D10": ((210, _ASHES), (30, Output("residue", 0, "hazardous", "HW-R1"))),
    "Y10": ((40, _ASHES), (120, Output("residue", 0, "medical", "MW-R2"))),
    "U1": ((820, Output("product", 0, name="再生骨料")), (60, Output("residue", 0, "construction", "CW-R3"))),
    "K1": ((90, Output("product", 0, name="沼气")), (180, Output("residue", 0, "kitchen", "KW-R1"))),
    "K3": ((930, Output("product", 0, name="生物柴油")),),
    "D1": (), "D16": (), "E1": (), "L2": (), "K2": ((300, Output("product", 0, name="有机肥")),),
}  # fmt: skip
# How large its producers are, by what each stream is measured by.
SIZES: Mapping[str, Mapping[str, int]] = {
    "medical": {"beds": 200}, "kitchen": {"seats": 300}, "hazardous": {"product_t": 5_000},
}  # fmt: skip
FACILITIES: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "SIM-FIRE": (
        ("hazardous", "*", "D10"), ("hazardous", "HW-R", "D16"),
        ("medical", "*", "Y10"), ("medical", "MW-R", "L2"),
    ),
    "SIM-OIL": (("hazardous", "HW08", "R9"),),
    "SIM-FILL": (("hazardous", "HW18", "D1"),),
    "SIM-CRUSH": (("construction", "*", "U1"), ("construction", "CW-R", "E1")),
    "SIM-BIOGAS": (("kitchen", "*", "K1"), ("kitchen", "KW-4", "K3"), ("kitchen", "KW-R", "K2")),
}  # fmt: skip
# What each of them treats, and how: what is brought, and what its own batches leave.
TREATED: Mapping[str, Sequence[tuple[str, str]]] = {
    "SIM-FIRE": (
        ("900-041-49", "D10"), ("336-064-17", "D10"), ("841-001-01", "Y10"), ("841-002-01", "Y10"),
        ("HW-R1", "D16"), ("MW-R2", "L2"),
    ),
    "SIM-OIL": (("900-249-08", "R9"),),
    "SIM-FILL": ((ASH.code, "D1"),),
    "SIM-CRUSH": (("CW-3", "U1"), ("CW-5", "U1"), ("CW-R3", "E1")),
    "SIM-BIOGAS": (("KW-1", "K1"), ("KW-4", "K3"), ("KW-R1", "K2")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts where: producers' yards by stream with who files for them, receivers' operators by site,
    lorries by stream with their drivers, and everybody's standing by login."""

    yards: Mapping[str, Sequence[tuple[str, str]]]
    operators: Mapping[str, str]
    fleet: Mapping[str, Sequence[LegRequest]]
    actors: Mapping[str, Actor]


def credit_code(number: int) -> str:
    code = f"91360100MA5{number:06d}"
    return code + str(uscc.calc_check_digit(code))


def rows() -> list[RawRow]:
    """The city as a file of master data would bring it."""
    found = [*_producers(), *_receivers(), *_carriers(), *_authority()]
    return [RawRow(table, values, "simulate", line) for line, (table, values) in enumerate(found, start=1)]


Written = Iterator[tuple[str, dict[str, Any]]]


def _organisation(number: int, name: str) -> tuple[str, dict[str, Any]]:
    return "organisation", {"credit_code": credit_code(number), "name": f"{name}（模拟）"}


def _site(number: int, code: str, kind: str, name: str, **other: Any) -> tuple[str, dict[str, Any]]:
    street = STREETS[number % len(STREETS)]
    values = {"code": code, "organisation": credit_code(number), "kind": kind, "name": f"{name}（模拟）",
              "street": street, **other}  # fmt: skip
    return "site", values


def _paper(
    number: int, kind: str, terms: Sequence[dict[str, Any]], **other: Any
) -> tuple[str, dict[str, Any]]:
    name = "-".join(map(str, ("模拟", kind, number, *other.values())))
    values = {"kind": kind, "number": name, "organisation": credit_code(number),
              "valid_from": FIRST_DAY, "valid_to": LAST_DAY, "term": list(terms), **other}  # fmt: skip
    return "permit", values


def _person(number: int, login: str, role: str, **other: Any) -> tuple[str, dict[str, Any]]:
    return "person", {"login": login, "name": f"模拟{login}", "role": role,
                      "organisation": credit_code(number), **other}  # fmt: skip


def _firm(at: int, firm: int) -> tuple[int, str]:
    """(number, login) of a producer."""
    return 100 + at * 20 + firm, f"sim-{STREAMS[at]}-{firm + 1}"


def _producers() -> Written:
    for at, stream in enumerate(STREAMS):
        for firm in range(FIRMS):
            number, login = _firm(at, firm)
            yield _organisation(number, f"{login} 产废单位")
            for yard in range(YARDS):
                code = f"{login.upper()}-{yard + 1}"
                yield _site(number, code, "producer", f"{login} 第{yard + 1}场所", **SIZES.get(stream, {}))
                if stream == "construction":
                    term = {"stream": stream, "limit": AMPLE_T, "hard_limit": AMPLE_T}
                    yield _paper(number, "approval", [term], site=code)
            if stream == "hazardous":
                yield _paper(number, "plan", [{"stream": stream, "limit": AMPLE_T}])
            yield _person(number, login, "producer")


def _yearly(stream: str, pattern: str, operation: str) -> dict[str, Any]:
    return {"stream": stream, "pattern": pattern, "operation": operation, "period": "year",
            "limit": AMPLE_T, "hard_limit": AMPLE_T}  # fmt: skip


def _receivers() -> Written:
    for number, (code, terms) in enumerate(FACILITIES.items(), start=10):
        yield _organisation(number, f"{code} 处置")
        yield _site(number, code, "facility", f"{code} 处置场", storage="cold")
        written = [_yearly(*term) for term in terms]
        if code == "SIM-FIRE":
            written.append(
                {"stream": "hazardous", "period": "level", "limit": AMPLE_T, "hard_limit": AMPLE_T}
            )
            written.append({"stream": "medical", "period": "day", "limit": AMPLE_T, "hard_limit": AMPLE_T})
        yield _paper(number, "permit", written, site=code)
        yield _person(number, code.lower(), "facility")
    number = 30
    yield _organisation(number, "转运")
    yield _site(number, STATION, "transfer", "转运站", storage="cold")
    yield _paper(number, "permit", [_yearly(stream, "*", "S1") for stream in STREAMS], site=STATION,
                 collecting=True)  # fmt: skip
    yield _person(number, STATION.lower(), "facility")


def _carriers() -> Written:
    for carrier in range(CARRIERS):
        number = 40 + carrier
        yield _organisation(number, f"第{carrier + 1}运输公司")
        yield _paper(number, "licence", [{"stream": stream} for stream in STREAMS])
        for lorry, stream in enumerate(LORRIES):
            plate, driver = _crew(carrier, lorry)
            yield "vehicle", {"plate": plate, "organisation": credit_code(number), "streams": [stream],
                              "licence_to": LAST_DAY, "dedicated": stream == "medical"}  # fmt: skip
            yield _person(number, driver, "driver", licence_number=driver, licence_to=LAST_DAY)


def _crew(carrier: int, lorry: int) -> tuple[str, str]:
    number = carrier * len(LORRIES) + lorry + 1
    return f"赣A{70_000 + number}", f"sim-driver-{number}"


def _authority() -> Written:
    yield _organisation(1, "主管部门")
    yield _person(1, "sim-regulator", "regulator", regions=["3601"])


def read_cast(session: Session) -> Cast:
    """The city's people as the services know them."""
    yards = {
        stream: [
            (f"{login.upper()}-{yard + 1}", login)
            for firm in range(FIRMS)
            for login in [_firm(at, firm)[1]]
            for yard in range(YARDS)
        ]
        for at, stream in enumerate(STREAMS)
    }
    fleet = {
        stream: [
            LegRequest(credit_code(40 + carrier), *_crew(carrier, lorry))
            for carrier in range(CARRIERS)
            for lorry, carried in enumerate(LORRIES)
            if carried == stream
        ]
        for stream in STREAMS
    }
    operators = {code: code.lower() for code in (*FACILITIES, STATION)}
    return Cast(yards, operators, fleet, _actors(session))


def _actors(session: Session) -> dict[str, Actor]:
    belongs = session.execute(
        select(USER.c.id, USER.c.login, USER.c.role, MEMBERSHIP.c.organisation_id, SITE.c.id.label("site"))
        .join(MEMBERSHIP, MEMBERSHIP.c.user_id == USER.c.id)
        .outerjoin(
            SITE,
            and_(
                SITE.c.organisation_id == MEMBERSHIP.c.organisation_id,
                or_(MEMBERSHIP.c.site_id.is_(None), MEMBERSHIP.c.site_id == SITE.c.id),
            ),
        )
        .order_by(USER.c.id)
    ).all()
    found: dict[str, Actor] = {}
    for row in belongs:
        known = found.get(row.login)
        organisations = {row.organisation_id} - {None} | (known.organisations if known else set())
        sites = {row.site} - {None} | (known.sites if known else set())
        found[row.login] = Actor(
            row.id, row.login, Role(row.role), frozenset(organisations), frozenset(sites)
        )
    return found
