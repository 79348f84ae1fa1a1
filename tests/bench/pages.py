"""Every page over a large city: how long the server takes, and how many questions it asks the database."""

import gc
import time
from datetime import timedelta
from typing import NamedTuple

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlmodel import Session

from tests.bench.ground import Ground
from tests.bench.report import Section, median, p95
from tests.bench.sizes import Sizes
from tests.databases import KINDS
from tests.heard import statements
from tests.story import the_law
from tests.web.conftest import settings
from zerowaste import clock
from zerowaste.db import Database
from zerowaste.models.tables import MANIFEST, SITE, TREATMENT
from zerowaste.services.identity import tokens
from zerowaste.services.identity.tokens import Scope
from zerowaste.services.simulation.city import read_cast
from zerowaste.services.simulation.simulation import Plan, Simulation, make_city
from zerowaste.vocabulary import Role, Status
from zerowaste.web.app import create_app

AIM_MS, AIM_QUERIES = 100, 15
SEED, DAYS, WARM = 3601, 365, 3
# (role, page): `{…}` stand for things of the city that the role may see.
PAGES = (
    (Role.PRODUCER, "/"), (Role.PRODUCER, "/manifests"), (Role.PRODUCER, "/manifests?status=settled"),
    (Role.PRODUCER, "/manifests/{own}"), (Role.PRODUCER, "/manifests/{own}/chain"),
    (Role.PRODUCER, "/manifests/new?stream=hazardous&site={site}"), (Role.PRODUCER, "/sites/{site}/stores"),
    (Role.PRODUCER, "/unclosed"),
    (Role.DRIVER, "/"), (Role.DRIVER, "/drive"), (Role.DRIVER, "/api/v1/loads"),
    (Role.FACILITY, "/"), (Role.FACILITY, "/gate"), (Role.FACILITY, "/gate/{coming}"),
    (Role.FACILITY, "/sites/{plant}/stores"), (Role.FACILITY, "/treatments"),
    (Role.FACILITY, "/treatments/new?site={plant}"), (Role.FACILITY, "/treatments/{batch}"),
    (Role.FACILITY, "/sites/{plant}/capacity"),
    (Role.REGULATOR, "/"), (Role.REGULATOR, "/overview"), (Role.REGULATOR, "/overview?days=365"),
    (Role.REGULATOR, "/findings"), (Role.REGULATOR, "/unclosed"), (Role.REGULATOR, "/manifests"),
    (Role.REGULATOR, "/manifests/{own}/chain"),
    (Role.REGULATOR, "/board"), (Role.REGULATOR, "/board/what-if?scenario=medical"),
    (Role.REGULATOR, "/indicators"), (Role.REGULATOR, "/reconciliation"), (Role.REGULATOR, "/deadlines"),
    (Role.REGULATOR, "/registers"), (Role.REGULATOR, "/seals"),
    (Role.REGULATOR, "/search?q={plate}"), (Role.REGULATOR, "/search?q={plant}"),
)  # fmt: skip


class Opened(NamedTuple):
    """One page, opened many times: milliseconds of each, queries of the last, bytes."""

    took: list[float]
    queries: int
    size: int


def measure(ground: Ground, sizes: Sizes) -> Section:
    """A year's city is told in each database, and its pages are opened by those they are for."""
    found = {kind: _open_all(ground, ground.databases.lend(kind, "head"), sizes) for kind in KINDS}
    served, embedded = found["postgresql"], found["sqlite"]
    rows = [
        (
            f"{role} `{page}`", f"{median(one.took):.0f}", f"{p95(one.took):.0f}", str(one.queries),
            f"{one.size / 1024:.0f}", f"{median(embedded[role, page].took):.0f}",
        )
        for (role, page), one in served.items()
    ]  # fmt: skip
    slowest, slowest_embedded = (
        max(median(one.took) for one in all_.values()) for all_ in (served, embedded)
    )
    most = max(one.queries for one in (*served.values(), *embedded.values()))
    return Section(
        title="pages: every page over a year's city",
        what=f"A simulated year of {sizes.browsed:,} manifests in PostgreSQL and in SQLite, each page opened "
        f"{sizes.opened} times by the role it is for, in the server's own process: reading the request, "
        "asking, drawing.",
        aim=f"< {AIM_MS} ms and at most about {AIM_QUERIES} queries a page",
        verdict=f"slowest **{slowest:.0f} ms** (median), most **{most} queries**; "
        f"on SQLite {slowest_embedded:.0f} ms",
        figures={"slowest_ms": slowest, "slowest_embedded_ms": slowest_embedded, "queries": float(most)},
        tables=[(("page", "p50 ms", "p95 ms", "queries", "KB", "SQLite p50 ms"), rows)],
        not_shown="The network, the browser's drawing, many readers at once; what `/findings` audits anew of "
        "what was touched since, at most every thirty seconds (part `watch`).",
    )


def _open_all(ground: Ground, url: str, sizes: Sizes) -> dict[tuple[Role, str], Opened]:
    tell(url, sizes.browsed)
    app = create_app(settings(ground.home, url))
    gc.collect()
    gc.freeze()  # as `flask serve` does
    database: Database = app.extensions["zerowaste"].database
    with database.session_for(write=True) as session:
        things = _things(session)
        keys = {role: _key(session, things[role]) for role in {role for role, _ in PAGES}}
        session.commit()
    found = {
        (role, page): _opened(database, app.test_client(), page.format(**things), keys[role], sizes.opened)
        for role, page in PAGES
    }
    database.close()
    gc.unfreeze()
    return found


def tell(url: str, manifests: int) -> None:
    """A history that ends now, so that its clocks are alive."""
    end = clock.now().replace(minute=0, second=0, microsecond=0)
    database = Database(url, longest_statement_ms=0)
    with database.session_for(write=True) as session:
        plan = Plan(manifests, SEED, end - timedelta(days=DAYS), end)
        make_city(session, the_law(), plan, city="3601")
        session.commit()
        for _ in Simulation(session, the_law(), plan).tell():
            pass
        session.commit()
    if database.dialect == "postgresql":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM (ANALYZE)")  # as a running server does by itself
    database.close()


def _things(session: Session) -> dict[str, str]:
    """A producer, a plant and a driver, and the latest things of theirs."""
    cast = read_cast(session)
    producers = dict(cast.yards["hazardous"])  # site → who files for it
    treats = select(TREATMENT.c.site_id).distinct()
    sender = SITE.alias("sender")
    own = session.execute(
        select(
            MANIFEST.c.number,
            SITE.c.code.label("plant"),
            MANIFEST.c.consignee_id,
            sender.c.code.label("site"),
        )
        .join(SITE, SITE.c.id == MANIFEST.c.consignee_id)
        .join(sender, sender.c.id == MANIFEST.c.consignor_id)
        .where(
            sender.c.code.in_(producers),
            MANIFEST.c.consignee_id.in_(treats),
            MANIFEST.c.status.in_([Status.ACCEPTED, Status.SETTLED]),
        )
        .order_by(MANIFEST.c.filed_at)
        .limit(1)
    ).one()
    latest = select(MANIFEST.c.number).where(MANIFEST.c.consignee_id == own.consignee_id)
    batches = select(TREATMENT.c.id).where(TREATMENT.c.site_id == own.consignee_id)
    return {
        "site": own.site,
        "own": own.number,
        "plant": own.plant,
        "coming": session.execute(latest.order_by(MANIFEST.c.filed_at.desc()).limit(1)).scalar_one(),
        "batch": str(session.execute(batches.order_by(TREATMENT.c.at.desc()).limit(1)).scalar_one()),
        "plate": cast.fleet["hazardous"][0].vehicle,
        Role.PRODUCER: producers[own.site],
        Role.FACILITY: cast.operators[own.plant],
        Role.DRIVER: cast.fleet["hazardous"][0].driver,
        Role.REGULATOR: "sim-regulator",
    }


def _key(session: Session, login: str) -> str:
    """A token of one of the city's people."""
    actor, now = read_cast(session).actors[login], clock.now()
    soon = now + timedelta(days=1)
    return tokens.issue_token(
        session, actor.user_id, scope=Scope.READ, name="bench", expires_at=soon, now=now
    )[1]


def _opened(database: Database, client: FlaskClient, page: str, key: str, times: int) -> Opened:
    took, queries, size = [], 0, 0
    for _ in range(WARM + times):
        with statements(database.engine) as asked:
            began = time.perf_counter()
            answer = client.get(page, headers={"Authorization": f"Bearer {key}"})
            took.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{page} answered {answer.status_code}")
        queries, size = len(asked), len(answer.data)
    return Opened(took[WARM:], queries, size)
