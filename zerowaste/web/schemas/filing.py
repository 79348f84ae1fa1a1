"""Filing a manifest: what is sent, complete or as a draft, and what is answered."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import Discriminator, Field, PlainValidator, RootModel, WithJsonSchema
from pydantic import Tag as PydanticTag
from pydantic_core import PydanticCustomError

from zerowaste.rules.parties import MOST_LEGS
from zerowaste.services.acts.drafts import DraftRequest
from zerowaste.services.booking.manifest_state import as_uuid
from zerowaste.services.requests import FilingRequest, LegRequest, LineRequest
from zerowaste.vocabulary import Basis, Status
from zerowaste.web.schemas.base import (
    LARGEST_NUMBER,
    PRINTABLE,
    Answer,
    Count,
    Expected,
    Id,
    Moment,
    Notice,
    NumberOrId,
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
    WrittenCode,
    WrittenGrams,
    printable,
    sized,
)

MOST_LINES, MOST_DRAWS, MOST_TAGS, MOST_FIELDS = 200, 500, 2000, 80
LONGEST_FIELD = 500


def _read_field(value: Any) -> bool | int | str | None:
    """A field of a stream: yes or no, a whole number, a text, or nothing."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) <= LARGEST_NUMBER:
        return value
    if isinstance(value, str) and len(value) <= LONGEST_FIELD:
        return printable(value)
    raise PydanticCustomError("field_value", "not a field's value")


FieldValue = Annotated[
    bool | int | str | None,
    PlainValidator(_read_field),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "boolean"},
                {"type": "integer", "minimum": -LARGEST_NUMBER, "maximum": LARGEST_NUMBER},
                {"type": "string", "maxLength": LONGEST_FIELD},
                {"type": "null"},
            ]
        }
    ),
]
FieldName = Annotated[str, sized(40, pattern=r"^[a-z][a-z0-9_]*$")]
Fields = Annotated[dict[FieldName, FieldValue], Field(max_length=MOST_FIELDS)]
Packaging = Annotated[str, sized(60, shortest=0), PRINTABLE]
Tags = Annotated[list[Tag], Field(max_length=MOST_TAGS)]


class LegBody(Request):
    """One carrier's stretch of the way: his credit code, the plate, the driver's login."""

    carrier: OrganisationCode
    vehicle: Annotated[str, sized(12), PRINTABLE] = Field(examples=["赣A12345"])
    driver: Word

    def request(self) -> LegRequest:
        """As services take it."""
        return LegRequest(self.carrier, self.vehicle, self.driver)


class DrawBody(Request):
    """Grams taken from one lot."""

    lot: NumberOrId
    mass_g: PositiveGrams


class LineBody(Request):
    """One waste. Without `draws` the stream's rule chooses the lots (first in, first out)."""

    waste_code: WrittenCode = Field(examples=["900-249-08"])
    mass_g: WrittenGrams = Field(examples=[250_000])
    basis: Basis = Basis.ESTIMATE
    volume_l: PositiveLitres | None = None
    packages: Count
    packaging: Packaging
    operation: Operation | None = None
    draws: Annotated[list[DrawBody], Field(max_length=MOST_DRAWS)] = Field(default_factory=list)
    tags: Tags = Field(default_factory=list)

    def request(self) -> LineRequest:
        """As services take it."""
        return LineRequest(
            waste_code=self.waste_code,
            mass_g=self.mass_g,
            basis=self.basis,
            volume_l=self.volume_l,
            packages=self.packages,
            packaging=self.packaging,
            operation=self.operation or "",
            draws=tuple((draw.lot, draw.mass_g) for draw in self.draws),
            tags=tuple(self.tags),
        )


Trip = Annotated[
    Word,
    Field(description="manifests that name the same trip travel together: an id, or the carrier's own word"),
]


# Which of the two bodies it is has been told by then (`_kind_of`): what is not `true` is no draft.
NoDraft = Annotated[bool, WithJsonSchema({"type": "boolean", "const": False, "default": False})]


def trip_id(trip: str | None, legs: Sequence[LegBody]) -> UUID | None:
    """A trip by its id, or by a word of the first carrier's own."""
    if trip is None or not legs:
        return None
    return as_uuid(trip) or uuid5(NAMESPACE_URL, f"trip:{legs[0].carrier}/{trip}")


class FilingBody(Request):
    """A manifest to be filed. `id` is made by the device; the same id again gives the first answer.
    `expects`, `window`: as for the draft it was."""

    id: Id | None = None
    draft: NoDraft = False
    stream: Stream = Field(examples=["hazardous"])
    consignor: SiteCode
    consignee: SiteCode
    planned_at: Moment
    legs: Annotated[list[LegBody], Field(min_length=1, max_length=MOST_LEGS)]
    trip: Trip | None = None
    lines: Annotated[list[LineBody], Field(min_length=1, max_length=MOST_LINES)]
    fields: Fields = Field(default_factory=dict)
    expects: Expected | None = None
    window: Word | None = None

    def request(self) -> FilingRequest:
        """As services take it."""
        return FilingRequest(
            stream=self.stream,
            consignor=self.consignor,
            consignee=self.consignee,
            planned_at=self.planned_at,
            legs=tuple(leg.request() for leg in self.legs),
            lines=tuple(line.request() for line in self.lines),
            id=self.id,
            trip=trip_id(self.trip, self.legs),
            fields=self.fields,
            body=self.as_act("id", "draft", "expects", "window"),
            expects=self.expects,
            window=self.window or "",
        )


class DraftLine(LineBody):
    """A line that is still being written."""

    waste_code: WasteCode | None = None  # type: ignore[assignment]  # a draft may leave it out
    mass_g: PositiveGrams | None = None  # type: ignore[assignment]  # a draft may leave it out
    packages: Count = 0
    packaging: Packaging = ""


class DraftBody(Request):
    """A manifest that is still being written: kept as it is, without a number, holding nothing.

    `expects`: what the device knew of it, as the number of events, the last hash or the status; if that has
    changed by now the answer is 409. `window`: any word that names where it is written; what was last
    kept under that word is no change."""

    id: Id | None = None
    draft: Literal[True]
    stream: Stream = Field(examples=["hazardous"])
    consignor: SiteCode
    consignee: SiteCode | None = None
    planned_at: Moment | None = None
    legs: Annotated[list[LegBody], Field(max_length=MOST_LEGS)] = Field(default_factory=list)
    trip: Trip | None = None
    lines: Annotated[list[DraftLine], Field(max_length=MOST_LINES)] = Field(default_factory=list)
    fields: Fields = Field(default_factory=dict)
    expects: Expected | None = None
    window: Word | None = None

    def request(self) -> DraftRequest:
        """As services take it."""
        return DraftRequest(
            stream=self.stream,
            consignor=self.consignor,
            consignee=self.consignee,
            planned_at=self.planned_at,
            id=self.id,
            fields=self.fields,
            body=self.as_act("id", "draft", "fields", "expects", "window"),
            expects=self.expects,
            window=self.window or "",
        )


def _kind_of(content: Any) -> str:
    """Which of the two a body is. Anything but `true` is to be filed, and checked as such."""
    draft = content.get("draft") if isinstance(content, dict) else getattr(content, "draft", False)
    return "=draft" if draft is True else "=filing"


class ManifestBody(
    RootModel[
        Annotated[
            Annotated[FilingBody, PydanticTag("=filing")] | Annotated[DraftBody, PydanticTag("=draft")],
            Discriminator(_kind_of),
        ]
    ]
):
    """A manifest to be filed, or with `draft` only kept."""


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
