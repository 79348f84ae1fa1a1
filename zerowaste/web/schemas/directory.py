"""The city's directory: streams, waste codes, sites and carriers."""

from datetime import date
from typing import Annotated

from pydantic import Field

from zerowaste.vocabulary import SiteKind
from zerowaste.web.schemas.base import Answer, Operation, Search, Stream, WasteCode
from zerowaste.web.schemas.paging import PageQuery


class Named(Answer):
    """A name in both languages."""

    zh: str
    en: str


class FieldItem(Answer):
    """A question of a stream's form. `required_at`, `sealed_at`: from that step on."""

    name: str
    label: Named
    kind: str
    choices: list[str]
    required_at: str | None
    sealed_at: str | None


class ReasonItem(Answer):
    """Why a gate may refuse: the code to send as `reason`, and what it says. What none of them says is
    `other`, with a `note`; another word is kept as it is and counts as `other`."""

    code: str
    name: Named


class StreamItem(Answer):
    """One waste stream as the edition in force rules it. `tolerance_ppm`: of the declared mass."""

    code: str
    edition: int
    name: Named
    effective_from: date
    operations: list[str]
    fields: list[FieldItem]
    tolerance_ppm: int
    tolerance_min_g: int
    offline_within_hours: int
    tours: bool
    refusal_reasons: list[ReasonItem]


class WasteCodeQuery(PageQuery):
    """`q`: every word must occur in number, name or category."""

    stream: Stream | None = None
    q: Search = ""


class WasteCodeItem(Answer):
    """One waste of a stream's catalogue."""

    stream: str
    waste_code: str
    category: str
    name: Named
    hazards: list[str]
    form: str | None
    operations: list[str]
    edition: str
    residue: bool


class SiteQuery(PageQuery):
    """Which sites: of a kind; that may take a stream, a waste code, an operation; by name."""

    kind: SiteKind | None = None
    stream: Stream | None = None
    waste_code: WasteCode | None = None
    operation: Operation | None = None
    q: Search = ""


class SiteItem(Answer):
    """A site. `left_g`: room left today for the waste code asked for; absent where not limited.
    `price_fen_per_t`: what its permit's holder publishes that a tonne of it costs."""

    code: str
    name: str
    name_en: str
    kind: SiteKind
    street: str
    outside: bool
    left_g: Annotated[int | None, Field(description="grams; null where nothing limits it")] = None
    price_fen_per_t: Annotated[
        int | None, Field(description="the lowest published price, in fen; null where none is")
    ] = None
    highest_price_fen_per_t: Annotated[
        int | None, Field(description="the highest, where it depends on what is done with it")
    ] = None


class CarrierQuery(PageQuery):
    """Carriers licensed for a stream."""

    stream: Stream | None = None
    q: Search = ""


class VehicleItem(Answer):
    plate: str


class DriverItem(Answer):
    login: str
    name: str


class CarrierItem(Answer):
    """A carrier with the vehicles and drivers whose licences are valid today."""

    code: str
    name: str
    vehicles: list[VehicleItem]
    drivers: list[DriverItem]


class ProblemCode(Answer):
    """An error code, the HTTP status it has as a headline, and its sentences."""

    code: str
    status: int
    zh: str
    en: str


class ProblemCodes(Answer):
    items: list[ProblemCode]
    next: str | None = None
