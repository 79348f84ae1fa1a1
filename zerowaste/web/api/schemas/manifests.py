"""Manifests: filing one, finding one, reading one."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from zerowaste.vocabulary import Basis, Status, Verdict
from zerowaste.web.api.schemas.base import (
    LARGEST_NUMBER,
    PRINTABLE,
    Answer,
    Count,
    Grams,
    Id,
    LotNumber,
    Moment,
    Notice,
    Operation,
    OrganisationCode,
    PositiveGrams,
    PositiveLitres,
    Query,
    Request,
    SiteCode,
    Stream,
    Tag,
    WasteCode,
    Word,
    sized,
)
from zerowaste.web.api.schemas.paging import PageQuery

MOST_LINES, MOST_LEGS, MOST_DRAWS, MOST_TAGS, MOST_FIELDS = 200, 10, 500, 2000, 80
FieldText = Annotated[str, sized(500, shortest=0), PRINTABLE]
FieldNumber = Annotated[int, Field(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)]
FieldValue = bool | FieldNumber | FieldText | None
FieldName = Annotated[str, sized(40, pattern=r"^[a-z][a-z0-9_]*$")]
Fields = Annotated[dict[FieldName, FieldValue], Field(max_length=MOST_FIELDS)]
Tags = Annotated[list[Tag], Field(max_length=MOST_TAGS)]


class LegBody(Request):
    """One carrier's stretch of the way: his credit code, the plate, the driver's login."""

    carrier: OrganisationCode
    vehicle: Annotated[str, sized(12), PRINTABLE] = Field(examples=["赣A12345"])
    driver: Word


class DrawBody(Request):
    """Grams taken from one lot."""

    lot: LotNumber
    mass_g: PositiveGrams


class LineBody(Request):
    """One waste. Without `draws` the stream's rule chooses the lots (first in, first out)."""

    waste_code: WasteCode = Field(examples=["900-249-08"])
    mass_g: PositiveGrams = Field(examples=[250_000])
    basis: Basis = Basis.ESTIMATE
    volume_l: PositiveLitres | None = None
    packages: Count
    packaging: Annotated[str, sized(60, shortest=0), PRINTABLE]
    operation: Operation | None = None
    draws: Annotated[list[DrawBody], Field(max_length=MOST_DRAWS)] = Field(default_factory=list)
    tags: Tags = Field(default_factory=list)


class FilingBody(Request):
    """A manifest to be filed, or with `draft` only kept."""

    id: Id | None = None
    draft: bool = False
    stream: Stream = Field(examples=["hazardous"])
    consignor: SiteCode
    consignee: SiteCode
    planned_at: Moment
    legs: Annotated[list[LegBody], Field(min_length=1, max_length=MOST_LEGS)]
    trip: Id | None = None
    lines: Annotated[list[LineBody], Field(min_length=1, max_length=MOST_LINES)]
    fields: Fields = Field(default_factory=dict)


class FilingQuery(Query):
    """`dry_run`: judge only, keep nothing."""

    dry_run: bool = False


class FilingReply(Answer):
    """The manifest as it now stands. `number` is our city serial; none for a draft or dry run."""

    id: Id
    number: str | None
    status: Status
    qr_url: str | None
    warnings: list[Notice]


class ManifestQuery(PageQuery):
    """`turn=mine`: only those where the next step is mine."""

    status: Status | None = None
    stream: Stream | None = None
    turn: Annotated[str, Field(pattern=r"^mine$")] | None = None


class ManifestItem(Answer):
    """A manifest in a list."""

    id: Id
    number: str | None
    national_number: str | None
    stream: str
    status: Status
    consignor: str
    consignee: str
    planned_at: datetime
    filed_at: datetime | None
    mass_g: int
    turn: str | None


class ActionItem(Answer):
    """An act that is legal now for the one who asks, and the fields it needs."""

    kind: str
    needs: list[str]


class ActionsReply(Answer):
    actions: list[ActionItem]


class SiteRef(Answer):
    code: str
    name: str


class LegItem(Answer):
    """A leg; `back`: it carries refused mass home."""

    leg: int
    back: bool
    carrier: str
    carrier_name: str
    vehicle: str
    driver: str
    began_at: datetime | None
    ended_at: datetime | None


class LineItem(Answer):
    """A line and what each step found; null: not known yet. `lot`: the lot it became."""

    line: int
    waste_code: str
    operation: str
    basis: Basis
    mass_g: int
    loaded_g: int | None
    received_g: int | None
    accepted_g: int | None
    refused_g: int | None
    volume_l: int | None
    packages: int
    packaging: str
    reason: str
    found_code: str | None
    lot: int | None
    tags: list[str]


class EventItem(Answer):
    """One act in the manifest's chain of evidence."""

    id: Id
    number: int
    kind: str
    verdict: Verdict
    at: datetime
    recorded_at: datetime
    actor: str
    hash: str


class TripRef(Answer):
    """The vehicle's journey the manifest travels on, with its weighbridge ticket."""

    id: Id
    ticket: dict[str, Any] | None


class ManifestReply(Answer):
    """One manifest, whole."""

    id: Id
    number: str | None
    national_number: str | None
    status: Status
    stream: str
    edition: int
    consignor: SiteRef
    consignee: SiteRef
    planned_at: datetime
    filed_at: datetime | None
    expires_at: datetime | None
    legs: list[LegItem]
    trip: TripRef | None
    lines: list[LineItem]
    fields: dict[str, Any]
    events: list[EventItem]
    qr_url: str | None


class WeighedLine(Request):
    """What an act says of one line; left out: it says nothing of that."""

    line: Annotated[int, Field(ge=1, le=MOST_LINES)]
    mass_g: Grams | None = None
    received_g: Grams | None = None
    accepted_g: Grams | None = None
    refused_g: Grams | None = None
    reason: Annotated[str, sized(32), PRINTABLE] | None = None
    waste_code: WasteCode | None = None
    basis: Basis | None = None
    volume_l: PositiveLitres | None = None
    tags: Tags | None = None
