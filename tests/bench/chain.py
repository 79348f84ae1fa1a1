"""One chain of some fifty edges, read in a small city and in a large one."""

import random
import time

from tests.bench.bulk import Bulk, city_of
from tests.bench.ground import Ground
from tests.bench.pattern import ONWARD
from tests.bench.report import Section, median, p95
from tests.bench.sizes import Sizes
from tests.cast import RITA
from tests.story import the_law
from zerowaste import clock
from zerowaste.db import Database
from zerowaste.services.queries.chains import chain

AIM = 1.2
WARM_UP = 20


def measure(ground: Ground, sizes: Sizes) -> Section:
    """In turns: a chain of the small city, a chain of the large one; each time another one."""
    small, large = city_of(ground, sizes.small), city_of(ground, sizes.manifests)
    databases = Database(small.url), Database(large.url)
    actor = ground.databases.city("postgresql").actor(RITA)
    edges: set[int] = set()

    def look(database: Database, bulk: Bulk, copy: int) -> float:
        began = time.perf_counter()
        with database.session_for(write=False) as session:
            view = chain(session, the_law(), actor, str(bulk.long(copy)), now=clock.now())
        took = time.perf_counter() - began
        edges.add(len(view.edges))
        assert view.closed, view.open
        return took

    chosen = random.Random(1)
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(WARM_UP + sizes.looks):
        for at, (database, bulk) in enumerate(zip(databases, (small, large), strict=True)):
            took = look(database, bulk, chosen.randrange(bulk.copies))
            if number >= WARM_UP:
                found[at].append(took)
    for database in databases:
        database.close()
    return _section(small, large, found, edges)


def _section(small: Bulk, large: Bulk, found: tuple[list[float], list[float]], edges: set[int]) -> Section:
    ratio = p95(found[1]) / p95(found[0])
    rows = [
        (f"{bulk.manifests:,}", *(f"{1000 * value:.2f}" for value in (median(times), p95(times), max(times))))
        for bulk, times in zip((small, large), found, strict=True)
    ]
    return Section(
        title="chain: one chain in a small and in a large city",
        what=f"`queries.chains.chain` for a regulator, {len(found[0])} looks in each city, each at another "
        f"manifest: its waste went through a transfer station, {ONWARD} onward manifests, "
        f"and batches whose ashes went into further batches ({_counted(edges)} edges). The cities are copies "
        "of one pattern told through the services; the rows of "
        "chains that are under way at the same time lie among each other.",
        aim=f"p95 ratio ≤ {AIM}",
        verdict=f"**{ratio:.2f} ×** at p95, {median(found[1]) / median(found[0]):.2f} × at the median",
        figures={
            "ratio": ratio,
            "small_s": median(found[0]),
            "large_s": median(found[1]),
            "edges": max(edges),
        },
        tables=[(("manifests", "median ms", "p95 ms", "worst ms"), rows)],
        not_shown="A database larger than memory, where a chain's rows must first come from the disk; HTTP; "
        "chains of thousands of holdings, which are cut at the cap.",
    )


def _counted(edges: set[int]) -> str:
    return " or ".join(str(count) for count in sorted(edges))
