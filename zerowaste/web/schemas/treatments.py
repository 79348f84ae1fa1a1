"""Treatments: what goes into a batch and what comes out of it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from zerowaste.rules.treating import Output
from zerowaste.services.acts.batches_undone import UndoRequest
from zerowaste.services.requests import OutputsRequest, TreatmentRequest
from zerowaste.web.schemas.base import (
    PRINTABLE,
    Answer,
    Id,
    Moment,
    Notice,
    NumberOrId,
    Operation,
    PositiveGrams,
    Request,
    SiteCode,
    Stream,
    WasteCode,
    sized,
)
from zerowaste.web.schemas.paging import PageQuery

MOST_INPUTS, MOST_ADDITIVES, MOST_OUTPUTS = 500, 50, 100
Name = Annotated[str, sized(120), PRINTABLE]


class InputBody(Request):
    """Grams of one lot, or grams of one waste code from the oldest lots first."""

    lot: NumberOrId | None = None
    waste_code: WasteCode | None = None
    mass_g: PositiveGrams

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.lot is None) == (self.waste_code is None):
            raise PydanticCustomError("lot_or_waste_code", "name a lot or a waste code, not both")
        return self


class AdditiveBody(Request):
    """Lime, water …: it dilutes, and belongs to no chain."""

    name: Name
    mass_g: PositiveGrams


class OutputKind(StrEnum):
    PRODUCT = "product"
    RESIDUE = "residue"


class OutputBody(Request):
    """What came out: a product with its name, or a residue with its waste code (and its stream, where more
    than one knows that code)."""

    kind: OutputKind
    stream: Stream | None = None
    waste_code: WasteCode | None = None
    name: Name | None = None
    mass_g: PositiveGrams

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.kind is OutputKind.PRODUCT and self.name is None:
            raise PydanticCustomError("product_needs_name", "a product needs its name")
        if self.kind is OutputKind.RESIDUE and self.waste_code is None:
            raise PydanticCustomError("residue_needs_code", "a residue needs a code")
        return self

    def output(self) -> Output:
        """As services take it."""
        return Output(
            kind=self.kind,
            mass_g=self.mass_g,
            stream=self.stream or "",
            waste_code=self.waste_code or "",
            name=self.name or "",
        )


Outputs = Annotated[list[OutputBody], Field(max_length=MOST_OUTPUTS)]


class TreatmentBody(Request):
    """A batch. `done`: what is not an output has met the fate of the operation."""

    id: Id
    site: SiteCode
    operation: Operation = Field(examples=["D10"])
    at: Moment
    inputs: Annotated[list[InputBody], Field(min_length=1, max_length=MOST_INPUTS)]
    additives: Annotated[list[AdditiveBody], Field(max_length=MOST_ADDITIVES)] = Field(default_factory=list)
    outputs: Outputs = Field(default_factory=list)
    done: bool = False

    def request(self) -> TreatmentRequest:
        """As services take it."""
        return TreatmentRequest(
            id=self.id,
            site=self.site,
            operation=self.operation,
            at=self.at,
            inputs=tuple((each.lot, each.waste_code, each.mass_g) for each in self.inputs),
            additives=tuple((added.name, added.mass_g) for added in self.additives),
            outputs=tuple(output.output() for output in self.outputs),
            body=self.as_act("id"),
            done=self.done,
        )


class OutputsBody(Request):
    """Outputs that came later."""

    id: Id
    at: Moment
    outputs: Outputs
    done: bool = False

    def request(self) -> OutputsRequest:
        """As services take it."""
        return OutputsRequest(
            id=self.id,
            at=self.at,
            outputs=tuple(output.output() for output in self.outputs),
            body=self.as_act("id"),
            done=self.done,
        )


class UndoBody(Request):
    """The last report of a batch was wrong."""

    id: Id
    at: Moment
    note: Annotated[str, sized(2000), PRINTABLE] = Field(description="why")

    def request(self) -> UndoRequest:
        """As services take it."""
        return UndoRequest(id=self.id, at=self.at, note=self.note, body=self.as_act("id", "note"))


class InputItem(Answer):
    lot: int
    waste_code: str
    mass_g: int


class AdditiveItem(Answer):
    name: str
    mass_g: int


class OutputItem(Answer):
    """A product, a residue (with its lot), or the fate of the rest."""

    kind: str
    stream: str | None
    waste_code: str | None
    name: str | None
    mass_g: int
    lot: int | None


class TreatmentReply(Answer):
    """A batch. `rest_g`: what is still in it."""

    id: Id
    site: str
    operation: str
    at: datetime
    inputs: list[InputItem]
    additives: list[AdditiveItem]
    outputs: list[OutputItem]
    rest_g: int
    done: bool
    warnings: list[Notice]
    findings: list[Notice]


class TreatmentQuery(PageQuery):
    """Treatments, the latest first; `site`: only at this one."""

    site: SiteCode | None = None
