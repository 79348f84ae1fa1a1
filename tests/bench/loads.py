"""The load whose way is measured: filed, picked up, brought to the gate, accepted; over HTTP and
through the services alone."""

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
from sqlalchemy import event

from tests.bench.service_process import Courier, log_in
from tests.cast import DAN, FAY, PAULA
from tests.city import LORRY, PLANT, WORKS, City
from tests.story import Story
from zerowaste import clock
from zerowaste.db import Database
from zerowaste.rules.state import LineReport
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act

ACTS = ("file", "pickup", "arrive", "accept")
OIL = "900-249-08"
DECLARED_G, LOADED_G, RECEIVED_G = 5_000, 4_990, 4_985
Times = list[float]
Step = Callable[[Story], Any]


class Load:
    """One load, told to the services. `steps`: its acts, in order."""

    def __init__(self) -> None:
        self.ref = ""
        self.steps: Sequence[Step] = (self.file, self.pickup, self.arrive, self.accept)

    def file(self, story: Story) -> None:
        filed = story.file(
            PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
            lines=[LineRequest(OIL, DECLARED_G, packages=1, packaging="桶")],
        )  # fmt: skip
        assert filed.number is not None, filed.errors
        self.ref = str(filed.id)

    def pickup(self, story: Story) -> None:
        story.act(DAN, self.ref, Act.PICKUP, [LineReport(1, mass_g=LOADED_G)])

    def arrive(self, story: Story) -> None:
        story.act(DAN, self.ref, Act.ARRIVE, ticket={"net_g": RECEIVED_G})

    def accept(self, story: Story) -> None:
        weighed = [LineReport(1, received_g=RECEIVED_G, accepted_g=RECEIVED_G)]
        recorded = story.act(FAY, self.ref, Act.ACCEPT, weighed)
        assert not recorded.errors, recorded.errors


@dataclass(slots=True)
class Traveller:
    """Three people, each on a kept connection to a running service."""

    producer: Courier
    driver: Courier
    facility: Courier
    carrier: str

    @classmethod
    def at(cls, port: int, carrier: str) -> "Traveller":
        """`carrier`: the credit code of Dan's company."""
        return cls(log_in(port, PAULA), log_in(port, DAN), log_in(port, FAY), carrier)

    def close(self) -> None:
        for courier in (self.producer, self.driver, self.facility):
            courier.connection.close()

    def load(self) -> Times:
        """One load's way; seconds for each act."""
        identity, now = str(uuid.uuid4()), clock.now().isoformat()
        weighed = {"line": 1, "received_g": RECEIVED_G, "accepted_g": RECEIVED_G}
        requests = (
            (self.producer, self._filing(identity, now)),
            (self.driver, {"kind": "pickup", "lines": [{"line": 1, "mass_g": LOADED_G}]}),
            (self.driver, {"kind": "arrive", "ticket": {"net_g": RECEIVED_G}}),
            (self.facility, {"kind": "accept", "lines": [weighed]}),
        )
        times: Times = []
        for courier, content in requests:
            path = f"/manifests/{identity}/events" if "kind" in content else "/manifests"
            sent = {"id": str(uuid.uuid4()), "at": now, **content} if "kind" in content else content
            began = time.perf_counter()
            courier.post(path, sent)
            times.append(time.perf_counter() - began)
        return times

    def _filing(self, identity: str, now: str) -> dict[str, Any]:
        return {
            "id": identity,
            "stream": "hazardous",
            "consignor": WORKS,
            "consignee": PLANT,
            "planned_at": now,
            "legs": [{"carrier": self.carrier, "vehicle": LORRY, "driver": DAN.login}],
            "lines": [{"waste_code": OIL, "mass_g": DECLARED_G, "packages": 1, "packaging": "桶"}],
        }


@dataclass(slots=True)
class Spent:
    """What one act of one load cost within: statements, and seconds waiting for the database."""

    reads: int = 0
    writes: int = 0
    waited_s: float = 0.0


class Within:
    """The same load through the services, without HTTP, every statement counted and every wait timed.
    `spent`: on what the last load was spent, act by act."""

    def __init__(self, database: Database, city: City) -> None:
        self.database, self.city = database, city
        self.spent: list[Spent] = []
        self._now = Spent()
        event.listen(database.engine, "checkout", self._watch)

    def _watch(self, connection: Any, *_: Any) -> None:
        """The driver's own doors: what is sent together passes here too."""
        if not isinstance(connection.wait, partial):
            connection.wait = partial(self._waiting, connection.wait)
            connection.cursor_factory = type("Counted", (_Counted,), {"within": self})

    def _waiting(self, wait: Callable[..., Any], *args: Any, **options: Any) -> Any:
        began = time.perf_counter()
        try:
            return wait(*args, **options)
        finally:
            self._now.waited_s += time.perf_counter() - began

    def sent(self, statement: Any, times: int) -> None:
        """A statement went to the database so many times."""
        text = statement.decode() if isinstance(statement, bytes) else str(statement)
        if text.startswith("SELECT"):
            self._now.reads += times
        else:
            self._now.writes += times

    def load(self) -> Times:
        """One load's way; seconds for each act."""
        self.spent = []
        return [self.act(step) for step in Load().steps]

    def act(self, step: Step) -> float:
        """One act in one transaction; the seconds it took."""
        self._now = Spent()
        now = clock.now()
        began = time.perf_counter()
        self.database.transact(lambda session: step(Story(session, self.city, now)))
        ended = time.perf_counter()
        self.spent.append(self._now)
        return ended - began


class _Counted(psycopg.Cursor[Any]):
    """A cursor that tells what it sends."""

    within: Within

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        self.within.sent(query, 1)
        return super().execute(query, params, **options)
