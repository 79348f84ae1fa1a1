"""What an overseer asks of a small and of a large city: what is open, what is wrong, and what changed."""

import time
from collections.abc import Callable

from tests.bench.bulk import Bulk, city_of
from tests.bench.ground import Ground, connect
from tests.bench.report import Section, median
from tests.bench.sizes import Sizes
from tests.cast import DAN, FAY, PAULA, RITA
from tests.city import LORRY, PLANT, WORKS, City
from tests.story import Story, the_law
from zerowaste import clock
from zerowaste.db import Database
from zerowaste.rules.state import LineReport
from zerowaste.services.findings.auditing import examine, examine_whole, keep
from zerowaste.services.findings.findings import Wanted, count_findings, findings_for
from zerowaste.services.queries.open_sums import open_sums
from zerowaste.services.queries.unclosed import unclosed
from zerowaste.services.requests import LineRequest
from zerowaste.services.room.board import board
from zerowaste.services.room.gap import WhatIf, gap
from zerowaste.vocabulary import Act

AIM_MS = 100
HALF_DOWN = WhatIf(14, down=(PLANT,), percent={"construction": 130})
BY = ("stream", "district", "kind", "age", "holder")
Timed = dict[str, list[float]]


def measure(ground: Ground, sizes: Sizes) -> Section:
    """Each city by itself: audited whole once, then one load after the other, audited after each."""
    cities = [city_of(ground, size) for size in sorted({sizes.small, sizes.middle, sizes.manifests})]
    city = ground.databases.city("postgresql")
    return _section({bulk.manifests: _asked(bulk, city, sizes.opened) for bulk in cities})


def _asked(bulk: Bulk, city: City, times: int) -> Timed:
    count_on(bulk)
    database, law, rita = Database(bulk.url, longest_statement_ms=0), the_law(), city.actor(RITA)
    questions: dict[str, Callable[[Story], object]] = {
        "open": lambda story: open_sums(story.session, rita, BY, now=story.now),
        "unclosed": lambda story: unclosed(story.session, rita, now=story.now, limit=50),
        "board": lambda story: board(story.session, rita, now=story.now),
        "gap": lambda story: gap(story.session, law, HALF_DOWN, now=story.now),
        "findings": lambda story: (
            findings_for(story.session, rita, Wanted(), limit=50),
            count_findings(story.session, rita, Wanted()),
        ),
    }
    found: Timed = {name: [] for name in (*questions, "examine", "keep", "whole")}

    def told(name: str, work: Callable[[Story], object], *, write: bool = False) -> object:
        """The work in a session of its own, and how long it took."""
        began = time.perf_counter()
        answer = database.transact(lambda session: work(Story(session, city, clock.now())), write=write)
        found[name].append(time.perf_counter() - began)
        return answer

    whole = told("whole", lambda story: examine_whole(story.session, law, now=story.now))
    database.transact(lambda session: keep(session, whole))  # type: ignore[arg-type]  # what was examined
    for _ in range(times):
        database.transact(lambda session: one_load(Story(session, city, clock.now())))
        new = told("examine", lambda story: examine(story.session, law, now=story.now))
        told("keep", lambda story, new=new: keep(story.session, new), write=True)  # type: ignore[misc]  # bound now
        for name, ask in questions.items():
            told(name, ask)
    database.close()
    return found


def count_on(bulk: Bulk) -> None:
    """The copies were written with ids of their own: the sequences go on after them."""
    with connect(bulk.url, autocommit=True) as connection:
        for table in ("holding", "flow", "charge"):
            connection.execute(
                f"SELECT setval('{table}_id_seq', (SELECT coalesce(max(id), 1) FROM {table}))".encode()
            )


def one_load(story: Story) -> None:
    """A load from filing to acceptance, a fifth short."""
    filed = story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest("900-249-08", 1_000, packages=1, packaging="桶")],
    )  # fmt: skip
    assert filed.number, filed.errors
    story.act(DAN, filed.number, Act.PICKUP)
    story.act(FAY, filed.number, Act.ACCEPT, [LineReport(1, received_g=800)])


NAMES = {
    "open": "what is open by stream, district, kind, age and holder",
    "unclosed": "the first fifty open holdings, with the chains behind each",
    "findings": "the first fifty findings, and how many there are",
    "board": "the capacity board",
    "gap": "what if a plant stood still for two weeks, with 30 % more construction waste",
    "examine": "incremental audit after one more load (4 acts)",
    "keep": "keeping what it found",
    "whole": "the whole city audited (once)",
}


def _section(found: dict[int, Timed]) -> Section:
    small, large = min(found), max(found)
    medians = {
        size: {name: 1000 * median(times) for name, times in timed.items()} for size, timed in found.items()
    }
    growth = {name: medians[large][name] / medians[small][name] for name in NAMES}
    rows = [
        (said, *(f"{medians[size][name]:,.1f}" for size in found), f"{growth[name]:.2f}")
        for name, said in NAMES.items()
    ]
    slowest = max(medians[large][name] for name in ("open", "unclosed", "findings"))
    judged = medians[large]["examine"]
    return Section(
        title="watch: what is open, what is wrong, and what has changed",
        what="The cities of the part `audit`, a regulator of the whole city, each question in a session of "
        "its own.",
        aim=f"lists < {AIM_MS} ms at a million manifests; the incremental audit does not grow with the city",
        verdict=f"slowest list **{slowest:.0f} ms**; incremental audit **{judged:.0f} ms**, "
        f"{growth['examine']:.1f} × the small city's",
        figures={"slowest_ms": slowest, "examine_ms": judged},
        tables=[(("medians, ms", *(f"{size:,} manifests" for size in found), "growth"), rows)],
        not_shown="Many readers at once; a city whose stock is another share of its history: what is open "
        "grows with the copies here, in a real city with its stores.",
    )
