"""Manifests: finding one, reading one, and what may be done next."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from zerowaste.vocabulary import Basis, Status, Verdict
from zerowaste.web.schemas.base import (
    Answer,
    Id,
    Notice,
    Stream,
)
from zerowaste.web.schemas.paging import PageQuery


class ManifestQuery(PageQuery):
    """`turn=mine`: only those where the next step is mine."""

    status: Status | None = None
    stream: Stream | None = None
    turn: Literal["mine"] | None = None


class ManifestItem(Answer):
    """A manifest in a list."""

    id: Id
    number: str | None
    national_number: str | None
    stream: str
    status: Status
    consignor: str
    consignee: str | None
    planned_at: datetime | None
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
    """A line and what each step found; null: not known yet. `found_code`: another code than declared, found
    at the gate or put right later. `lot`: the lot it became. `reason`: why it was refused, as it was said;
    `reason_code`: as it counts, a code of `refusal_reasons` (`GET /streams`)."""

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
    reason_code: str
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
    findings: list[Notice]
    note: str


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
    consignee: SiteRef | None
    planned_at: datetime | None
    filed_at: datetime | None
    expires_at: datetime | None
    legs: list[LegItem]
    trip: TripRef | None
    lines: list[LineItem]
    fields: dict[str, Any]
    events: list[EventItem]
    qr_url: str | None
    draft: dict[str, Any] | None = Field(description="what a draft holds so far; null once filed")
