"""The full audit of a large city against one plain read of its flows."""

import json
import subprocess
import sys
from pathlib import Path

from tests.bench.bulk import city_of
from tests.bench.ground import Ground
from tests.bench.report import Section, median
from tests.bench.sizes import Sizes
from zerowaste.audits import ALL

AIM, MEMORY_AIM_GB = 2.0, 1.0
ROOT = Path(__file__).parents[2]


def measure(ground: Ground, sizes: Sizes) -> Section:
    """In turns, each in a process of its own: a plain read, a lean read, the audit."""
    bulk = city_of(ground, sizes.manifests)
    runs: dict[str, list[dict[str, float]]] = {"plain": [], "lean": [], "audit": []}
    for _ in range(sizes.turns):
        for what, found in runs.items():
            found.append(_process(what, bulk.url))
    runs["networkx"] = [_process("networkx", bulk.url)]
    seconds = {what: median([run["seconds"] for run in found]) for what, found in runs.items()}
    memory = {what: max(run["peak_gb"] for run in found) for what, found in runs.items()}
    ratios = [a["seconds"] / b["seconds"] for a, b in zip(runs["audit"], runs["plain"], strict=True)]
    ratio, counts = median(ratios), runs["audit"][0]
    rows = [
        (name, f"{seconds[what]:.2f}", f"{memory[what]:.2f}")
        for what, name in (
            ("plain", "plain read: `SELECT from_id, to_id, grams FROM flow`, every row fetched by psycopg"),
            ("lean", "lean read: the same packed by the server (`graph/columns.py`)"),
            ("audit", f"full audit: all {len(ALL)} audits, and where each finding is"),
            ("networkx", "networkx (once): the graph of all flows and every holding's balance, nothing else"),
        )
    ]
    return Section(
        title="audit: the whole city against one plain read of its flows",
        what=f"{bulk.manifests:,} manifests, {counts['holdings']:,.0f} holdings, "
        f"{counts['flows']:,.0f} flows, "
        f"{counts['findings']:,.0f} findings with the events behind them; each turn in a fresh process.",
        aim=f"≤ {AIM} ×, under {MEMORY_AIM_GB:g} GB",
        verdict=f"**{ratio:.2f} ×**, peak {memory['audit']:.2f} GB",
        figures={"ratio": ratio, "plain_s": seconds["plain"], "audit_s": seconds["audit"],
                 "peak_gb": memory["audit"]},
        tables=[(("", "seconds (median)", "peak memory of the process, GB"), rows)],
        remarks=[f"Against the lean read, which does less than any client could, the audit takes "
                 f"{seconds['audit'] / seconds['lean']:.1f} ×; networkx takes "
                 f"{seconds['networkx'] / seconds['audit']:.1f} × as long as the audit and "
                 f"{memory['networkx'] / memory['audit']:.1f} × its memory for one of its audits alone."],
        not_shown="A cold start from disk, other load on the server, or a city with far more faults than "
        "this one: every finding is an object and costs memory.",
    )  # fmt: skip


def _process(what: str, url: str) -> dict[str, float]:
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench.audit_process", what, url],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    found: dict[str, float] = json.loads(run.stdout)
    return found
