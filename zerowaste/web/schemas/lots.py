"""Lots on a site, and how much more it may take."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from zerowaste.services.acts.corrections import CorrectionRequest
from zerowaste.services.acts.lots import LotRequest
from zerowaste.vocabulary import Basis, Instrument, Period, Unit
from zerowaste.web.schemas.base import (
    PRINTABLE,
    Answer,
    Grams,
    Id,
    Moment,
    Notice,
    NumberOrId,
    PositiveGrams,
    Request,
    Stream,
    WasteCode,
    WrittenCode,
    sized,
)
from zerowaste.web.schemas.paging import PageQuery


class LotBody(Request):
    """Waste made and stored at a producer's site."""

    id: Id = Field(description="made by the device; the same id again gives the first answer")
    waste_code: WrittenCode = Field(examples=["900-249-08"])
    mass_g: PositiveGrams = Field(examples=[250_000])
    basis: Basis = Basis.ESTIMATE
    at: Moment

    def request(self, site: str) -> LotRequest:
        """As services take it."""
        return LotRequest(
            id=self.id,
            site=site,
            waste_code=self.waste_code,
            mass_g=self.mass_g,
            basis=self.basis,
            at=self.at,
            body=self.as_act("id"),
        )


class LotReply(Answer):
    """The lot's number, to draw on."""

    id: Id
    lot: int
    warnings: list[Notice]


class CorrectionBody(Request):
    """What a registered lot should have been: `mass_g` of it in all, whatever has left since; 0 if there was
    none."""

    id: Id = Field(description="made by the device; the same id again gives the first answer")
    lot: NumberOrId
    mass_g: Grams = Field(examples=[25_000])
    basis: Basis = Basis.SCALE
    at: Moment
    note: Annotated[str, sized(2000), PRINTABLE] = Field(description="why")

    def request(self, site: str) -> CorrectionRequest:
        """As services take it."""
        return CorrectionRequest(
            id=self.id,
            site=site,
            lot=self.lot,
            mass_g=self.mass_g,
            basis=self.basis,
            at=self.at,
            note=self.note,
            body=self.as_act("id", "note"),
        )


class CorrectionReply(Answer):
    """The lot as it now stands in the books."""

    id: Id
    lot: int
    was_g: int
    mass_g: int
    left_g: int


class LotQuery(PageQuery):
    """Open lots of one stream or one waste code."""

    stream: Stream | None = None
    waste_code: WasteCode | None = None


class LotItem(Answer):
    """Waste lying on the site. `held_g`: promised to filed manifests that have not picked it up."""

    lot: int
    id: Id | None = Field(description="what it was registered under; null for what came from elsewhere")
    kind: str
    stream: str
    waste_code: str
    mass_g: int
    held_g: int
    since: datetime
    due_at: datetime | None


# `from` is a word of Python, so the field is called otherwise here than in the answer.
_Day = Annotated[date, Field(serialization_alias="from")]


class QuotaItem(Answer):
    """One quota and what is taken of it, in `unit` (grams, or litres where the paper says so).

    `what`: the code or pattern it speaks of. `from`, `to`: first and last day."""

    what: str
    stream: str | None
    paper: Instrument
    operation: str
    unit: Unit
    period: Period
    starts: _Day
    to: date
    limit_g: int
    hard_limit_g: int | None
    reserved_g: int
    used_g: int
    left_g: int


class CapacityReply(Answer):
    """What a site may take, what lies there, and how much it may store (null: no limit known)."""

    quotas: list[QuotaItem]
    stock_g: int
    storage_limit_g: int | None
