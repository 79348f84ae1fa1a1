"""Logging in, and who one is."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from zerowaste.services.identity.tokens import Scope
from zerowaste.vocabulary import Role, SiteKind
from zerowaste.web.schemas.base import PRINTABLE, Answer, Request, sized


class LoginRequest(Request):
    """Login and password of an account."""

    login: Annotated[str, sized(64), PRINTABLE] = Field(examples=["producer"])
    # Passwords may hold any character; they are only ever hashed.
    password: Annotated[str, sized(1000)] = Field(examples=["zerowaste-demo"])
    # The app's six digits, or a recovery code: only for accounts with a second factor.
    code: Annotated[str, sized(40), PRINTABLE] | None = Field(default=None, examples=["492039"])


class LoginReply(Answer):
    """A bearer token; send it as `Authorization: Bearer …`. It is shown only here."""

    token: str
    expires_at: datetime


class OwnSite(Answer):
    """A site the account acts for."""

    code: str
    name: str
    kind: SiteKind


class OwnOrganisation(Answer):
    """The organisation the account belongs to; `code` is its unified social credit code."""

    code: str
    name: str


class MeReply(Answer):
    """Who is logged in, and where his role counts. `regions`: code prefixes of a regulator."""

    login: str
    role: Role
    name: str
    sites: list[OwnSite]
    organisation: OwnOrganisation | None
    regions: list[str]


class Done(Answer):
    """It is done; nothing more to say."""

    done: bool = True


class TokenBody(Request):
    """A token for a program. `days`: how long it is accepted."""

    name: Annotated[str, sized(60), PRINTABLE] = Field(examples=["地磅接口"])
    scope: Scope = Scope.READ
    days: Annotated[int, Field(ge=1, le=366)] = 90


class TokenReply(Answer):
    """The token. It is shown only here; `id` is what it is revoked by."""

    id: int
    token: str
    scope: Scope
    expires_at: datetime


class TokenItem(Answer):
    """A token that is accepted now. `client`: with what somebody signed in, as far as it said; none for a
    token that was made for a program."""

    id: int
    name: str
    scope: Scope
    client: str | None
    created_at: datetime
    expires_at: datetime
