"""HW-MIX: wastes that react with one another never share a vehicle or a store (法典 535).

Which they are is told by `manifests/catalogues/incompatible.csv`, after GB 18597-2001 附录B."""

import csv
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import combinations
from typing import NamedTuple

from zerowaste.rules.streams import MANIFESTS
from zerowaste.rules.waste_codes import WasteCode, covers, split


class Clash(NamedTuple):
    """Two waste codes that may not lie together, and why: `danger` in `zh` and `en`."""

    first: str
    second: str
    danger: dict[str, str]


class _Pair(NamedTuple):
    one: tuple[str, ...]
    other: tuple[str, ...]
    zh: str
    en: str


@cache
def _pairs() -> tuple[_Pair, ...]:
    file = MANIFESTS / "catalogues" / "incompatible.csv"
    with file.open(encoding="utf-8-sig", newline="") as source:
        return tuple(
            _Pair(
                split(row["patterns_a"]),
                split(row["patterns_b"]),
                row["danger_zh"],
                row["danger_en"],
            )
            for row in csv.DictReader(source)
        )


@lru_cache(maxsize=4096)
def _sides(code: str, category: str) -> tuple[frozenset[int], frozenset[int]]:
    """The rows of the table in which this waste stands on the one side, and on the other."""
    one, other = set(), set()
    for number, pair in enumerate(_pairs()):
        if any(covers(pattern, code, category) for pattern in pair.one):
            one.add(number)
        if any(covers(pattern, code, category) for pattern in pair.other):
            other.add(number)
    return frozenset(one), frozenset(other)


def reacts(waste: WasteCode) -> bool:
    """Whether there is any waste that this one may not lie beside."""
    return any(_sides(waste.code, waste.category))


def incompatible(wastes: Iterable[WasteCode]) -> list[Clash]:
    """Every pair among the wastes that may not lie together, each once, by code; empty: all may."""
    found = []
    known = {waste.code: _sides(waste.code, waste.category) for waste in wastes}
    for first, second in combinations(sorted(known), 2):
        ones, others = known[first], known[second]
        for number in sorted((ones[0] & others[1]) | (ones[1] & others[0])):
            pair = _pairs()[number]
            found.append(Clash(first, second, {"zh": pair.zh, "en": pair.en}))
    return found
