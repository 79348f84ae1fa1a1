"""What leaves the house, against one plain read of the same rows: seals over every event, whole registers."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlmodel import Session

from tests.bench.bulk import Bulk, city_of
from tests.bench.ground import Ground, connect
from tests.bench.report import Section, median
from tests.bench.sizes import Sizes
from tests.bench.watch import count_on, one_load
from tests.cast import RITA
from tests.city import City
from tests.story import Story
from zerowaste import clock
from zerowaste.config import signing_keys
from zerowaste.db import Database
from zerowaste.services.history.seal_proofs import prove_consistency, prove_events
from zerowaste.services.history.sealing import seal
from zerowaste.services.reporting.feed import feed
from zerowaste.services.reporting.registers import RegisterKind, Wanted, entries

EVENTS = "SELECT id, hash FROM event ORDER BY recorded_at, id"
LINES = (
    "SELECT line.*, manifest.number, manifest.stream, manifest.status, manifest.filed_at FROM line "
    "JOIN manifest ON manifest.id = line.manifest_id ORDER BY manifest.filed_at, manifest.id, line.number"
)
MIDDLE = b"SELECT event_id FROM seal_leaf WHERE position = %s"
NAMES = {
    "read_events": "one plain read of every event's id and hash",
    "seal": "sealing every event (once)",
    "again": "one more seal over one more event",
    "proof": "a proof of one event",
    "consistency": "a proof that the last seal goes on from the first",
    "read_lines": "one plain read of every line, in order",
    "register": "the register of what left, whole (once)",
    "feed": "what the feed says of that load",
}
Timed = dict[str, list[float]]


def measure(ground: Ground, sizes: Sizes) -> Section:
    """The cities of the part `audit`."""
    cities = [city_of(ground, size) for size in sorted({sizes.small, sizes.middle, sizes.manifests})]
    city = ground.databases.city("postgresql")
    return _section({bulk.manifests: _measured(bulk, city, sizes.opened) for bulk in cities})


def _measured(bulk: Bulk, city: City, times: int) -> Timed:
    count_on(bulk)
    database, rita = Database(bulk.url, longest_statement_ms=0), city.actor(RITA)
    with TemporaryDirectory() as home:
        signing = signing_keys(Path(home))
    found: Timed = {name: [] for name in NAMES}

    def told(name: str, work: Callable[[Session], Any], *, write: bool = False) -> Any:
        began = time.perf_counter()
        answer = database.transact(work, write=write)
        found[name].append(time.perf_counter() - began)
        return answer

    always = Wanted(clock.now() - timedelta(days=3_650), clock.now() + timedelta(days=1))
    _plain(bulk, EVENTS)  # warm
    found["read_events"].append(_plain(bulk, EVENTS))
    first = told("seal", lambda session: seal(session, signing, now=clock.now()), write=True)
    with connect(bulk.url) as connection:
        bulk_event = connection.execute(MIDDLE, (first.size // 2,)).fetchone()[0]  # type: ignore[index]
    found["read_lines"].append(_plain(bulk, LINES))
    told("register", lambda session: sum(1 for _ in entries(session, rita, RegisterKind.OUTGOING, always)))
    for _ in range(times):
        database.transact(lambda session: one_load(Story(session, city, clock.now())))
        last = told("again", lambda session: seal(session, signing, now=clock.now()), write=True)
        told("proof", lambda session: prove_events(session, {bulk_event: ""}))
        ends = first.number, last.number
        told("consistency", lambda session, ends=ends: prove_consistency(session, *ends))
        told("feed", lambda session, size=last.size: feed(session, rita, after=size - 4, limit=200))
    database.close()
    return found


def _plain(bulk: Bulk, statement: str) -> float:
    """Seconds to fetch every row of it, in parts."""
    began = time.perf_counter()
    with connect(bulk.url) as connection, connection.cursor(name="plain") as cursor:
        cursor.itersize = 2_000
        cursor.execute(statement.encode())
        for _ in cursor:
            pass
    return time.perf_counter() - began


def _section(found: dict[int, Timed]) -> Section:
    small, large = min(found), max(found)
    medians = {
        size: {name: 1000 * median(times) for name, times in timed.items()} for size, timed in found.items()
    }
    rows = [
        (said, *(f"{medians[size][name]:,.1f}" for size in found),
         f"{medians[large][name] / medians[small][name]:.2f}")
        for name, said in NAMES.items()
    ]  # fmt: skip
    at_large = medians[large]
    sealed, register = (
        at_large["seal"] / at_large["read_events"], at_large["register"] / at_large["read_lines"],
    )  # fmt: skip
    return Section(
        title="outward: seals, registers and the feed against plain reads",
        what="The cities of the part `audit`. The plain reads fetch the same rows by bare psycopg, in the "
        "same order and in parts of the same size.",
        aim="proofs, a further seal and the feed do not grow with the city (no ratio was set for the rest)",
        verdict=f"a seal over everything **{sealed:.1f} ×** and a whole register **{register:.1f} ×** the "
        f"plain read; a proof **{at_large['proof']:.1f} ms**",
        figures={"seal": sealed, "register": register, "proof_ms": at_large["proof"]},
        tables=[(("medians, ms", *(f"{size:,} manifests" for size in found), "growth"), rows)],
        not_shown="The register as CSV or XLSX (writing the cells); sealing while others write.",
    )
