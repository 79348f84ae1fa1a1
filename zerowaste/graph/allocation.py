"""Who could take what: waste of each place and group sent to whoever may treat it, as near as possible.

A minimum-cost flow, solved by networkx's network simplex in whole kilograms: exact, and no arc but those
that a permit allows. What finds no place goes to nobody, which costs more than any way in a city."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import networkx as nx

NOBODY = "nobody"
NO_PLACE_COST = 100_000
# (place, group), and the key of a capacity.
Supply = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Allocation:
    """`taken`: (supply, capacity) → kilograms; `unserved`: what finds no place; `full`: capacities that
    are used up while something is unserved that they may take."""

    taken: Mapping[tuple[Supply, str], int]
    unserved: Mapping[Supply, int]
    full: tuple[str, ...]


def allocate(
    supplies: Mapping[Supply, int],
    capacities: Mapping[str, int],
    ways: Mapping[tuple[Supply, str], int],
    within: Mapping[str, str] = MappingProxyType({}),
) -> Allocation:
    """Kilograms to send and to take; `ways`: what may go where, and how far (kilometres); `within`: what
    one capacity takes counts in this wider one too."""
    graph: nx.DiGraph[object] = nx.DiGraph()
    total = sum(supplies.values())
    graph.add_node(NOBODY, demand=total)
    for supply, amount in supplies.items():
        graph.add_node(supply, demand=-amount)
        graph.add_edge(supply, NOBODY, weight=NO_PLACE_COST)
    for key, room in capacities.items():
        wider = within.get(key)
        through = NOBODY if wider is None else ("plant", wider)
        graph.add_edge(("plant", key), through, weight=0, capacity=max(0, room))
    for (supply, key), distance in ways.items():
        if supply in supplies and key in capacities:
            graph.add_edge(supply, ("plant", key), weight=distance)
    _, flows = nx.network_simplex(graph)
    taken = {
        (supply, key): flows[supply][("plant", key)]
        for supply, key in ways
        if flows.get(supply, {}).get(("plant", key))
    }
    unserved = {supply: flows[supply][NOBODY] for supply in supplies if flows[supply][NOBODY]}
    used = {key: sum(flows[("plant", key)].values()) for key in capacities}
    wanted = {each for supply, key in ways if supply in unserved for each in _up(key, within)}
    return Allocation(
        taken, unserved, tuple(sorted(key for key in wanted if used.get(key, 0) >= capacities.get(key, 0)))
    )


def _up(key: str, within: Mapping[str, str]) -> Iterator[str]:
    """A capacity and the wider ones it lies within."""
    at: str | None = key
    while at is not None:
        yield at
        at = within.get(at)
