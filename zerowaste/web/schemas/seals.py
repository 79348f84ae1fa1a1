"""Seals as they are published, and what they prove."""

from typing import Annotated

from pydantic import Field

from zerowaste.services.history.seal_proofs import Inclusion
from zerowaste.services.history.sealing import Sealed
from zerowaste.web.schemas.base import Answer, Id, Query
from zerowaste.web.schemas.paging import PageQuery

Number = Annotated[int, Field(ge=1, le=2**31 - 1)]


class SealsQuery(PageQuery):
    """The latest first."""


class SealItem(Answer):
    """A seal. `text` is what was signed, word for word: {at, key, number, previous, root, size, v};
    `hash`: its SHA-256, which the next seal names; `signature`: Ed25519 over "zerowaste seal" and a line
    end, then the text; in hex."""

    number: int
    text: str
    hash: str
    signature: str

    @classmethod
    def of(cls, sealed: Sealed) -> "SealItem":
        """A seal as the API tells it."""
        return cls(number=sealed.number, text=sealed.text, hash=sealed.hash, signature=sealed.signature)


class ConsistencyQuery(Query):
    """Two seals, the earlier one first."""

    earlier: Annotated[int, Field(ge=1, le=2**31 - 1, alias="from")]
    later: Annotated[int, Field(ge=1, le=2**31 - 1, alias="to")]


class ConsistencyReply(Answer):
    """That the history of `later` begins with that of `earlier` (RFC 9162 2.1.4)."""

    earlier: SealItem
    later: SealItem
    path: list[str]


class InclusionReply(Answer):
    """That an event's hash stands at `position` under the root of `seal` (RFC 9162 2.1.3)."""

    event: Id
    hash: str
    position: int
    seal: SealItem
    path: list[str]

    @classmethod
    def of(cls, proof: Inclusion) -> "InclusionReply":
        """A proof as the API tells it."""
        return cls(
            event=proof.event, hash=proof.hash, position=proof.position, seal=SealItem.of(proof.seal),
            path=list(proof.path),
        )  # fmt: skip
