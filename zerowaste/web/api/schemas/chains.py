"""Chains and what is open in them."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from zerowaste.vocabulary import HoldingKind
from zerowaste.web.api.schemas.base import Answer, Region, Stream
from zerowaste.web.api.schemas.paging import PageQuery


class OpenPart(Answer):
    """Grams of the chain that are not at their end yet: where, who holds them, until when."""

    kind: HoldingKind
    place: str | None
    holder: str
    mass_g: int
    since: datetime
    due_at: datetime | None


class ChainNode(Answer):
    """A holding on the chain. Of a mixed batch a party sees its own share only (`mass_g`)."""

    id: int
    kind: HoldingKind
    stream: str
    waste_code: str
    place: str | None
    holder: str
    operation: str
    since: datetime
    mass_g: int


class ChainEdge(Answer):
    """Grams that went from one node to another. `origin` null: generated, added or gained."""

    origin: int | None
    target: int
    mass_g: int


class ChainReply(Answer):
    """Whether a chain is closed, and where every gram is."""

    settled: bool
    treated: bool
    closed: bool
    declared_g: int
    released_g: int
    origin_g: int
    closed_g: int
    open_g: int
    outside_g: int
    variance_g: int
    open: list[OpenPart]
    nodes: list[ChainNode]
    edges: list[ChainEdge]
    truncated: bool


class UnclosedQuery(PageQuery):
    """`region`: a code prefix. `older_than`: days since it is held."""

    stream: Stream | None = None
    region: Region | None = None
    older_than: Annotated[int, Field(ge=0, le=36_500)] | None = None


class UnclosedItem(Answer):
    """An open holding and how many chains wait for it."""

    holding: int
    kind: HoldingKind
    place: str | None
    holder: str
    stream: str
    waste_code: str
    mass_g: int
    since: datetime
    due_at: datetime | None
    overdue: bool
    chains: int
