"""Logging in, and who one is."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from zerowaste.vocabulary import Role, SiteKind
from zerowaste.web.api.schemas.base import PRINTABLE, Answer, Request, sized


class LoginRequest(Request):
    """Login and password of an account."""

    login: Annotated[str, sized(64), PRINTABLE] = Field(examples=["producer"])
    # Passwords may hold any character; they are only ever hashed.
    password: Annotated[str, sized(1000)] = Field(examples=["zerowaste-demo"])


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
