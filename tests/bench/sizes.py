"""How much is measured; small numbers for the test that keeps the benchmarks alive."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """`rounds`: paths over HTTP. `manifests`, `middle`, `small`: manifests in the large, the middle and the
    small city.
    `looks`: chains read in each. `pages`: times each paper is drawn. `turns`: audits of the large one.
    `simulated`: manifests made by `flask simulate`; `browsed`: those behind the pages, each of which is
    `opened` so many times. `scans`: loads that the phone scans."""

    rounds: int = 300
    manifests: int = 1_000_000
    small: int = 10_000
    middle: int = 100_000
    looks: int = 300
    turns: int = 3
    pages: int = 40
    simulated: int = 20_000
    browsed: int = 100_000
    opened: int = 30
    scans: int = 8


TINY = Sizes(
    rounds=6,
    manifests=400,
    small=100,
    middle=200,
    looks=4,
    turns=1,
    pages=2,
    simulated=40,
    browsed=400,
    opened=1,
)
