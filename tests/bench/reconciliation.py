"""A month's masses reconciled, in three sizes of city, and a network as large as a city-year's."""

import time

import numpy as np

from tests.bench.bulk import city_of
from tests.bench.ground import Ground
from tests.bench.indicators import last_month
from tests.bench.report import Section, median
from tests.bench.sizes import Sizes
from tests.story import the_law
from zerowaste.db import Database
from zerowaste.graph.reconciliation import Network, reconcile
from zerowaste.services.reporting.reconciliation import Month, reconcile_month

AIM_S = 5.0
TURNS, SEED = 3, 3601
PLANTS, LOADS_A_MANIFEST = 60, 0.05  # a million manifests a year are some 50,000 edges of sites and groups


def measure(ground: Ground, sizes: Sizes) -> Section:
    """The whole of it from the tables; then the solver alone on a network made up."""
    rows, took, month = [], 0.0, None
    for count in sorted({sizes.small, sizes.middle, sizes.manifests}):
        database = Database(city_of(ground, count).url, longest_statement_ms=0)
        seconds, month = _month(database)
        database.close()
        growth = f"{seconds / took:.1f} ×" if took else ""
        took = seconds
        rows.append(
            (f"a month of {count:,} manifests a year", f"{len(month.masses):,}", f"{seconds:.2f}", growth)
        )
    edges = max(PLANTS, int(sizes.manifests * LOADS_A_MANIFEST))
    solved = _solver(edges)
    rows.append(
        (
            f"the solver alone: {edges:,} edges, {PLANTS} plants, one gross error",
            f"{edges:,}",
            f"{solved:.2f}",
            "",
        )
    )
    return Section(
        title="reconciliation: a month's masses made to balance",
        what="From the tables to reconciled masses, global test and suspects; PostgreSQL.",
        aim=f"a city-year of {sizes.manifests:,} manifests as one network in < {AIM_S:g} s",
        verdict=f"**{solved:.2f} s** for the network, {took:.2f} s for a month from the tables",
        figures={"month_s": took, "solver_s": solved},
        tables=[(("", "masses", "seconds", "growth"), rows)],
        not_shown="Many gross errors: each that is set aside solves the network once more.",
    )


def _month(database: Database) -> tuple[float, Month]:
    took, found = [], None
    for _ in range(TURNS):
        with database.session_for(write=False) as session:
            began = time.perf_counter()
            found = reconcile_month(session, the_law(), last_month())
            took.append(time.perf_counter() - began)
    assert found is not None
    assert found.masses
    return median(took), found


def _solver(edges: int) -> float:
    """Edges measured three times, a change of stock and a batch at each plant; seconds to solve."""
    random = np.random.default_rng(SEED)
    truth = random.uniform(1e6, 1e8, edges)
    plant = np.arange(edges) % PLANTS
    into = np.bincount(plant, truth, PLANTS)
    flows = np.arange(edges)
    of = np.concatenate([flows, flows, flows, np.arange(edges, edges + 2 * PLANTS)])
    exact = np.concatenate([truth, truth, truth, 0.9 * into, 0.1 * into])
    sigmas = np.concatenate([0.03 * truth, 0.0075 * truth, 0.0075 * truth, 0.001 * into, 0.01 * into])
    values = exact + random.normal(size=len(exact)) * sigmas * 0.9
    values[edges] = truth[0] * 1.2
    rows = np.concatenate([plant, np.arange(PLANTS), np.arange(PLANTS)])
    columns = np.concatenate([flows, np.arange(edges, edges + 2 * PLANTS)])
    signs = np.concatenate([np.ones(edges), -np.ones(2 * PLANTS)])
    network = Network(values, sigmas, of, edges + 2 * PLANTS, rows, columns, signs, np.zeros(PLANTS))
    began = time.perf_counter()
    found = reconcile(network)
    took = time.perf_counter() - began
    assert found.suspects[0] == edges
    return took
