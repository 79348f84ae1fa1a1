"""What use cases are asked for, as people write it: codes and names, nothing resolved yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from zerowaste.rules.state import LineReport
from zerowaste.rules.treating import Output
from zerowaste.vocabulary import Act


@dataclass(frozen=True, slots=True)
class LegRequest:
    """Codes as people write them: carrier's credit code, plate, driver's login."""

    carrier: str
    vehicle: str
    driver: str


@dataclass(frozen=True, slots=True)
class LineRequest:
    """`draws`: (lot, grams); a lot by its number or by the id it was registered under."""

    waste_code: str
    mass_g: int
    basis: str = "estimate"
    volume_l: int | None = None
    packages: int = 0
    packaging: str = ""
    operation: str = ""
    draws: tuple[tuple[int | UUID, int], ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FilingRequest:
    """A manifest as it was sent in; `body` is the request's own content, for the evidence. `expects`,
    `window`: what of its draft the sender had seen, and where."""

    stream: str
    consignor: str
    consignee: str
    planned_at: datetime
    legs: tuple[LegRequest, ...]
    lines: tuple[LineRequest, ...]
    id: UUID | None = None
    trip: UUID | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    expects: str | int | None = None
    window: str = ""


@dataclass(frozen=True, slots=True)
class EventRequest:
    """One act on a manifest as it was sent in; `body`: the request's own content without what is
    personal (`note`, `position`), which is kept apart."""

    id: UUID
    kind: Act
    at: datetime
    body: Mapping[str, Any]
    sent_at: datetime | None = None
    offline: bool = False
    expects: str | int | None = None
    ticket: Mapping[str, Any] | None = None
    evidence: tuple[str, ...] = ()
    lines: tuple[LineReport, ...] = ()
    leg: int | None = None
    leg_by: LegRequest | None = None
    legs: tuple[LegRequest, ...] = ()
    trip: UUID | None = None
    reason: str = ""
    reverses: int | UUID | None = None
    note: str = ""
    position: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class TreatmentRequest:
    """A batch as it was reported. `inputs`: (lot, None, mass) or (None, waste code, mass)."""

    id: UUID
    site: str
    operation: str
    at: datetime
    inputs: tuple[tuple[int | UUID | None, str | None, int], ...]
    body: dict[str, Any]
    additives: tuple[tuple[str, int], ...] = ()
    outputs: tuple[Output, ...] = ()
    done: bool = False


@dataclass(frozen=True, slots=True)
class OutputsRequest:
    """Further outputs of a batch, or that nothing more will come (`done`)."""

    id: UUID
    at: datetime
    outputs: tuple[Output, ...]
    body: dict[str, Any]
    done: bool = False
