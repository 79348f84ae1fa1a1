"""Chains and what is open in them."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from zerowaste.vocabulary import Basis, HoldingKind
from zerowaste.web.schemas.base import PRINTABLE, Answer, Region, Search, Stream, sized
from zerowaste.web.schemas.paging import PageQuery


class OpenPart(Answer):
    """Grams of the chain that are not at their end yet: where, who holds them, until when."""

    kind: HoldingKind
    place: str | None
    holder: str
    promised_g: int
    holding: int
    waste_code: str
    mass_g: int
    since: datetime
    due_at: datetime | None


class ChainNode(Answer):
    """A holding on the chain. `mass_g`: the chain's own grams that ever came, `left_g`: that are there
    now; `total_g`: of all owners, for those who may know."""

    id: int
    kind: HoldingKind
    part: str
    place: str | None
    name: str
    holder: str
    waste_code: str
    operation: str
    mass_g: int
    left_g: int
    total_g: int | None
    since: datetime
    manifest: str | None


class ChainEdge(Answer):
    """The chain's own grams that went from one node to another, last booked `at`, known by `basis`."""

    origin: int = Field(serialization_alias="from")
    target: int = Field(serialization_alias="to")
    mass_g: int
    at: datetime
    basis: Basis


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
    unfollowed_g: int


class UnclosedQuery(PageQuery):
    """`region`: a code prefix. `older_than`: hours since it is held, or an ISO 8601 duration. `holder`: part
    of the name or credit code of whose turn it is. `overdue`: only what is past its deadline."""

    stream: Stream | None = None
    region: Region | None = None
    older_than: Annotated[str, sized(40), PRINTABLE] | None = Field(default=None, examples=["48", "P2D"])
    holder: Search = ""
    overdue: bool = False


class UnclosedItem(Answer):
    """An open holding and how many chains wait for it: at least so many where not `chains_exact`."""

    holding: int
    kind: HoldingKind
    place: str | None
    holder: str
    waste_code: str
    mass_g: int
    since: datetime
    due_at: datetime | None
    overdue: bool
    chains: int
    chains_exact: bool
