"""A city that many act in at once: each act in a session and a transaction of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from tests.cast import DAN, PAULA, Person
from tests.city import LORRY, NOW, PLANT, WORKS, City
from tests.proof.invariants import broken
from tests.story import Story
from zerowaste.db import Database
from zerowaste.rules.state import LineReport
from zerowaste.services.acts import custody, filing, treatments
from zerowaste.services.requests import LineRequest, TreatmentRequest
from zerowaste.vocabulary import Act

MOST = 64  # so many act at once
OIL, SOLVENT, ASH = "900-249-08", "900-201-08", "772-003-18"


@dataclass
class Crowd:
    """The cast, each at a desk of his own; `now` is the same for all."""

    database: Database
    city: City
    now: datetime = NOW

    def told(self, tell: Callable[..., Any], *given: Any) -> Callable[[Session], Any]:
        """Work for `Database.transact`: a piece of story, with what it is given, in a session of its own."""
        return lambda session: tell(Story(session, self.city, self.now), *given)

    def tell(self, tell: Callable[[Story], Any]) -> Any:
        """The same, done now."""
        return self.database.transact(self.told(tell))

    def ask(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """Rows of a plain query."""
        with self.database.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query), values)]

    def lots(self, part: str = "accepted") -> list[int]:
        """Ids of the holdings of this part that are not empty."""
        rows = self.ask("SELECT id FROM holding WHERE part = :part AND grams > 0 ORDER BY id", part=part)
        return [row[0] for row in rows]

    def troubles(self) -> list[str]:
        """What is wrong with the books."""
        with self.database.engine.connect() as connection:
            return broken(connection)


def oil(story: Story, mass_g: int = 500_000, person: Person = PAULA, **other: Any) -> filing.Filed:
    """Files waste oil, from the works to the plant unless said otherwise."""
    line = LineRequest(OIL, mass_g, packages=1, packaging="桶", **other.pop("line", {}))
    values: dict[str, Any] = {
        "stream": "hazardous", "consignor": WORKS, "consignee": PLANT, "lines": [line],
        "legs": [story.leg(LORRY, DAN)], **other,
    }  # fmt: skip
    return story.file(person, **values)


def filed_oil(story: Story, mass_g: int = 500_000, person: Person = PAULA, **other: Any) -> str:
    """The number of waste oil that is filed and had to be accepted."""
    filed = oil(story, mass_g, person, **other)
    assert filed.number is not None, [problem.sentence("en") for problem in filed.errors]
    return filed.number


def accepted_oil(story: Story, receiver: Person, mass_g: int = 500_000, **other: Any) -> str:
    """Waste oil filed, fetched and accepted whole."""
    number = filed_oil(story, mass_g, **other)
    story.act(DAN, number, Act.PICKUP)
    assert story.act(receiver, number, Act.ACCEPT).errors == []
    return number


def batch(story: Story, inputs: tuple[Any, ...], person: Person, **other: Any) -> treatments.Treated:
    """Treats lots at the plant: burnt for good, unless said otherwise."""
    import uuid

    values: dict[str, Any] = {
        "id": uuid.uuid4(), "site": PLANT, "operation": "D10", "at": story.now, "inputs": inputs,
        "done": True, **other,
    }  # fmt: skip
    body = {"inputs": [[str(part) for part in entry] for entry in inputs]}
    return treatments.treat(story.desk(person), TreatmentRequest(body=body, **values))


def codes(answer: custody.Recorded | filing.Filed | treatments.Treated) -> list[str]:
    """What an answer found wrong, by code."""
    return [problem.code for problem in answer.errors]


def whole(mass_g: int, **other: Any) -> LineReport:
    """Line 1 received and accepted whole."""
    return LineReport(1, received_g=mass_g, accepted_g=mass_g, **other)
