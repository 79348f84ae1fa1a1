"""`make bench`: measures what the README promises and writes docs/benchmarks.md."""

import argparse
import time
from pathlib import Path

from tests.bench import (
    audit,
    chain,
    indicators,
    outward,
    pages,
    paper,
    path,
    phone,
    reconciliation,
    simulation,
    watch,
)
from tests.bench.ground import open_ground
from tests.bench.report import write_report
from tests.bench.sizes import Sizes

ROOT = Path(__file__).parents[2]
PARTS = {
    "path": path.measure,
    "chain": chain.measure,
    "audit": audit.measure,
    "watch": watch.measure,
    "outward": outward.measure,
    "paper": paper.measure,
    "simulation": simulation.measure,
    "pages": pages.measure,
    "phone": phone.measure,
    "indicators": indicators.measure,
    "reconciliation": reconciliation.measure,
}


def main() -> None:
    """Runs the parts asked for, each on databases of its own, and writes what they found."""
    wanted, sizes, to = _arguments()
    results = []
    with open_ground() as ground:
        for name in wanted:
            print(f"{name} …", flush=True)
            began = time.perf_counter()
            section = PARTS[name](ground, sizes)
            section.took_s = time.perf_counter() - began
            print(section.text(), flush=True)
            results.append(section)
        write_report(to, results)
    print(f"written: {to}")


def _arguments() -> tuple[list[str], Sizes, Path]:
    usual = Sizes()
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)}; none named: all")
    parser.add_argument("--rounds", type=int, default=usual.rounds, help="paths over HTTP")
    parser.add_argument("--manifests", type=int, default=usual.manifests, help="manifests in the large city")
    parser.add_argument("--small", type=int, default=usual.small, help="manifests in the small city")
    parser.add_argument("--middle", type=int, default=usual.middle, help="manifests in the city between")
    parser.add_argument("--looks", type=int, default=usual.looks, help="chains read in each city")
    parser.add_argument("--turns", type=int, default=usual.turns, help="audits of the large city")
    parser.add_argument("--pages", type=int, default=usual.pages, help="times each paper is drawn")
    parser.add_argument("--simulated", type=int, default=usual.simulated, help="manifests to simulate")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "benchmarks.md", help="where to write")
    parser.add_argument("--browsed", type=int, default=usual.browsed, help="manifests behind the pages")
    parser.add_argument("--opened", type=int, default=usual.opened, help="times each page is opened")
    parser.add_argument("--scans", type=int, default=usual.scans, help="loads scanned by the phone")
    given = vars(parser.parse_args())
    parts, to = given.pop("parts"), given.pop("to")
    if strange := set(parts) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(strange))}")
    return list(parts) or list(PARTS), Sizes(**given), to


if __name__ == "__main__":
    main()
