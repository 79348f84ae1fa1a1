"""The yearly public information on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from zerowaste.services.reporting.publications import DraftRequest, PublishRequest
from zerowaste.web.schemas.base import Answer, Id, Query, Request, Sha256

Year = Annotated[int, Field(ge=2000, le=2099)]


class DraftBody(Request):
    """`id`: made by who asks; the same id again compiles nothing anew."""

    id: Annotated[Id, Field(strict=False)]
    year: Year

    def request(self, city: str) -> DraftRequest:
        """What the use case takes."""
        return DraftRequest(self.id, self.year, city)


class PublishBody(Request):
    """`sha256`: of the draft as it was read."""

    id: Annotated[Id, Field(strict=False)]
    sha256: Sha256

    def request(self, publication: UUID, city: str) -> PublishRequest:
        """What the use case takes."""
        return PublishRequest(self.id, publication, self.sha256, city)


class PublicationItem(Answer):
    """A publication; without a `version` it is a draft."""

    id: UUID
    year: int
    version: int | None
    sha256: str
    compiled_at: datetime
    compiled_by: str
    published_at: datetime | None
    published_by: str


class VersionQuery(Query):
    """`version`: that one; else the last. `lang`: zh or en; else the language of the request."""

    version: Annotated[int, Field(ge=1, le=9_999)] | None = None
    lang: Literal["zh", "en"] | None = None
