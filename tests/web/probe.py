"""Views that only tests have: one for each thing the plumbing must be able to do."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import insert

from zerowaste.errors import Problem, Refusal
from zerowaste.services.booking.ledger import SERIES
from zerowaste.vocabulary import Basis, Role
from zerowaste.web.problems import Refused
from zerowaste.web.schemas.base import (
    Answer,
    Grams,
    Id,
    Moment,
    Note,
    PositiveGrams,
    Query,
    Request,
    Word,
)
from zerowaste.web.schemas.filing import Fields
from zerowaste.web.views import EVERY_ROLE, PUBLIC, Call, NoQuery, Reply, Views

views = Views("probe", prefix="/api/v1/probe")
Step = Callable[[Call[Any, Any]], None]
# What the next call of /do does, set by a test.
steps: list[Step] = []


class Part(Request):
    word: Word
    mass_g: Grams = 0


class Everything(Request):
    """A body with a field of each type."""

    id: Id | None = None
    word: Word = "x"
    note: Note = ""
    mass_g: PositiveGrams = 1
    flag: bool = False
    basis: Basis = Basis.SCALE
    at: Moment | None = None
    parts: list[Part] = Field(default_factory=list, max_length=3)
    fields: Fields = Field(default_factory=dict)


class Seen(Answer):
    id: UUID | None = None
    word: str = ""
    mass_g: int = 0
    at: datetime | None = None


class Which(Query):
    mass_g: Grams = 0
    flag: bool = False
    basis: Basis | None = None
    at: Moment | None = None
    word: Word | None = None


@views.post("/echo", allow=PUBLIC, body=Everything, query=Which, replies={200: Seen})
def echo(call: Call[Everything, Which]) -> Reply:
    """Says what it was sent."""
    body = call.body
    return Reply(200, Seen(id=body.id, word=body.word, mass_g=body.mass_g, at=body.at))


@views.get("/named/<name>", allow=PUBLIC, query=Which, replies={200: Seen})
def named(call: Call[None, Which], name: str) -> Reply:
    """Says how it was called."""
    return Reply(200, Seen(word=name, mass_g=call.query.mass_g, at=call.query.at))


@views.post("/do", allow=PUBLIC, replies={200: Seen})
def do(call: Call[None, NoQuery]) -> Reply:
    """Does what the test wants."""
    for step in list(steps):
        step(call)
    return Reply(200, Seen(word="done"))


@views.post("/refuse/<how>", allow=PUBLIC, replies={200: Seen})
def refuse(call: Call[None, NoQuery], how: str) -> Refused:
    """Writes a row, then refuses: by raising, or by returning the refusal."""
    call.session.execute(insert(SERIES).values(key=f"refused-{how}", next=1))
    if how == "raised":
        raise Refusal("invalid", Problem("too_many", "lines", {"limit": 3}))
    return Refused("invalid", [Problem("too_many", "lines", {"limit": 3})], [Problem("missing", "at")])


@views.get("/for-drivers", allow=(Role.DRIVER, Role.ADMINISTRATOR), replies={200: Seen})
def for_drivers(call: Call[None, NoQuery]) -> Reply:
    """Only for some."""
    return Reply(200, Seen(word=call.actor.login))


@views.post("/for-all", allow=EVERY_ROLE, body=Part, replies={200: Seen})
def for_all(call: Call[Part, NoQuery]) -> Reply:
    """For everybody with an account."""
    return Reply(200, Seen(word=call.body.word))
