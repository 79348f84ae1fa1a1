"""The path of one load (file, pickup, arrive, accept) over HTTP, against bare psycopg writing the
same rows in the same four transactions."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import make_url
from sqlmodel import SQLModel

from tests.bench.bare import Copies, Script, difference, prepared, snapshot, write_act
from tests.bench.ground import Ground, connect
from tests.bench.loads import ACTS, Load, Spent, Times, Traveller, Within
from tests.bench.report import Section, Table, median, p95
from tests.bench.service_process import service
from tests.bench.sizes import Sizes
from tests.city import City
from tests.story import Story
from zerowaste.db import Database

AIM = 2.5
WARM_UP = 10
# Each round takes them in another order, so that none always follows the same one.
ORDERS = ((0, 1, 2), (2, 0, 1), (1, 2, 0))
LEFT_OUT = {"api_token", "login_failure"}


@dataclass(slots=True)
class Rounds:
    """Seconds of each act of each load: over HTTP, through the services, by bare psycopg."""

    http: list[Times] = field(default_factory=list)
    within: list[Times] = field(default_factory=list)
    bare: list[Times] = field(default_factory=list)
    spent: list[list[Spent]] = field(default_factory=list)


def measure(ground: Ground, sizes: Sizes) -> Section:
    """In turns: one load over HTTP, the same through the services alone, the same rows by psycopg."""
    urls = ground.city(), ground.city(), ground.city()
    city = ground.databases.city("postgresql")
    folder = ground.home / "instance"
    folder.mkdir(exist_ok=True)
    scripts = [_capture(url, city) for url in urls][-1]  # all three begin with the same rows
    database = Database(urls[1])
    try:
        with service(urls[0], folder) as port, connect(urls[2]) as bare:
            with database.session_for(write=False) as session:
                carrier = Story(session, city).carrier_code()
            within, copies = Within(database, city), _copies(scripts)
            traveller = Traveller.at(port, carrier)
            kinds = (traveller.load, within.load, lambda: _bare_load(bare, copies))
            rounds = _in_turns(kinds, within, sizes.rounds)
            traveller.close()
        _require_same_rows(urls)
    finally:
        database.close()
    return _section(rounds, scripts)


def _in_turns(kinds: Sequence[Callable[[], Times]], within: Within, count: int) -> Rounds:
    rounds = Rounds()
    into = (rounds.http, rounds.within, rounds.bare)
    warm_up = min(WARM_UP, count)
    for number in range(warm_up + count):
        for at in ORDERS[number % len(ORDERS)]:
            times = kinds[at]()
            if number >= warm_up:
                into[at].append(times)
        if number >= warm_up:
            rounds.spent.append(within.spent)
    return rounds


def _capture(url: str, city: City) -> list[Script]:
    """What each act of one load writes. The load before it makes what every later one finds there
    (counters of quotas, the number series)."""
    database = Database(url)
    within, scripts = Within(database, city), []
    within.load()
    with connect(url) as looking:
        before = snapshot(looking)
        for step in Load().steps:
            within.act(step)
            after = snapshot(looking)
            scripts.append(difference(before, after))
            before = after
    database.close()
    return scripts


def _copies(scripts: Sequence[Script]) -> Copies:
    fresh = [(write.table, row) for script in scripts for write in script if not write.keys
             for row in write.rows]  # fmt: skip
    last = max(row["id"] for table, row in fresh if table == "holding")
    number = next(row["number"] for table, row in fresh if table == "manifest")
    return Copies(scripts, last + 1, number)


def _bare_load(connection: Any, copies: Copies) -> Times:
    acts, times = prepared(copies.next()), []
    for act in acts:
        began = time.perf_counter()
        write_act(connection, act)
        times.append(time.perf_counter() - began)
    return times


def _require_same_rows(urls: Sequence[str]) -> None:
    """All three databases must hold as many rows as each other, or something else was measured."""
    counts = []
    for url in urls:
        with connect(url) as connection:
            counts.append(
                {
                    name: connection.execute(f'SELECT count(*) FROM "{name}"'.encode()).fetchone()
                    for name in SQLModel.metadata.tables
                    if name not in LEFT_OUT
                }
            )
    if counts[0] != counts[1] or counts[0] != counts[2]:
        raise AssertionError(f"not the same work: {[make_url(url).database for url in urls]} {counts}")


def _section(rounds: Rounds, scripts: Sequence[Script]) -> Section:
    http, within, bare = ([sum(load) for load in kind] for kind in (rounds.http, rounds.within, rounds.bare))
    ratios = [a / b for a, b in zip(http, bare, strict=True)]
    ratio = median(ratios)
    waited = median([sum(act.waited_s for act in load) for load in rounds.spent])
    parts = [
        ("bare psycopg: the writes and commits alone", median(bare)),
        ("further waiting for the database: reads and locks (writes go together)", waited - median(bare)),
        ("judging, folding, hashing and building statements (services, SQLAlchemy)",
         median(within) - waited),
        ("HTTP: gunicorn, Flask, token, reading and answering JSON, the client",
         median(http) - median(within)),
    ]  # fmt: skip
    return Section(
        title="path: one load over HTTP against the same rows by bare psycopg",
        what="File → pickup → arrive → accept: four requests on kept connections to one service process, "
        "four transactions. Bare: the rows those transactions wrote were found by comparing all tables "
        "before and after; one prepared statement for each table and row writes them again under other ids, "
        "all parameters ready, in four transactions.",
        aim=f"≤ {AIM} ×",
        verdict=f"**{ratio:.2f} ×** (median of the ratio of each round; p95 {p95(ratios):.2f} ×)",
        figures={"ratio": ratio, "http_s": median(http), "within_s": median(within), "bare_s": median(bare)},
        tables=[_per_act(rounds, scripts), _spent_on(parts, median(http))],
        not_shown="Many clients at once, a network or TLS between them, a database on another machine (there "
        "every statement costs a round trip), manifests with many lines, refusals. The client's own share "
        "(http.client, JSON) counts against the service. While others use the processors both sides wait "
        "for their turn and the ratio shrinks: trust a run whose load is below the number of cores.",
    )


def _per_act(rounds: Rounds, scripts: Sequence[Script]) -> Table:
    head = ("one load (ms, medians)", "HTTP", "HTTP p95", "services alone", "bare", "HTTP ÷ bare",
            "statements: reads", "writes", "bare writes")  # fmt: skip
    rows = []
    for at, act in enumerate(ACTS):
        http, within, bare = (
            [load[at] for load in kind] for kind in (rounds.http, rounds.within, rounds.bare)
        )
        spent = rounds.spent[-1][at]
        rows.append(
            (
                act,
                *(f"{1000 * value:.2f}" for value in (median(http), p95(http), median(within), median(bare))),
                f"{median([a / b for a, b in zip(http, bare, strict=True)]):.2f}",
                str(spent.reads),
                str(spent.writes),
                str(len(scripts[at])),
            )
        )
    return head, rows


def _spent_on(parts: Sequence[tuple[str, float]], whole: float) -> Table:
    rows = [(name, f"{1000 * value:.2f}", f"{100 * value / whole:.0f} %") for name, value in parts]
    return ("what the time over HTTP is spent on", "ms", "share"), rows
