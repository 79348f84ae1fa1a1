"""How far everything is closed at once: which holdings still have something open below them."""

import numpy as np
import numpy.typing as npt

from zerowaste.graph.city import NOWHERE, City, Positions

Marks = npt.NDArray[np.bool_]


def unclosed(city: City) -> Marks:
    """Per holding: whether mass that was in it is still open, in it or anywhere downstream. A chain
    is closed where its first loads are not marked."""
    return _upstream(city, _open(city), np.zeros(len(city.ids), np.bool_))


def untreated(city: City) -> Marks:
    """The same, but what is open in residues and downstream of them does not count: a chain is
    treated (and its producer free) where its first loads are not marked."""
    return _upstream(city, _open(city) & ~city.residue, city.residue)


def _open(city: City) -> Marks:
    return np.isin(city.ids, np.array([holding.id for holding in city.standing], np.int64))


def _upstream(city: City, start: Marks, barrier: Marks) -> Marks:
    """Everything upstream of `start`, one step of the graph at a time; a barrier passes nothing on."""
    marks, fresh = start.copy(), start
    origin, target = _edges(city)
    while fresh.any():
        above = np.zeros_like(marks)
        above[origin[(fresh & ~barrier)[target]]] = True
        fresh = above & ~marks
        marks |= fresh
    return marks


def _edges(city: City) -> tuple[Positions, Positions]:
    """The edges that carry mass: a flow that a correction took back entirely is none."""
    real = (city.origin != NOWHERE) & (city.target != NOWHERE)
    origin, target, moved = city.origin[real], city.target[real], city.moved[real]
    corrected = np.zeros(len(city.ids) + 1, np.bool_)
    corrected[origin[moved < 0]] = True
    doubtful = np.nonzero(corrected[origin])[0]
    if not len(doubtful):
        return origin, target
    pairs = origin[doubtful].astype(np.int64) * len(city.ids) + target[doubtful]
    _, inverse = np.unique(pairs, return_inverse=True)
    net = np.bincount(inverse, moved[doubtful].astype(np.float64))
    kept = np.ones(len(origin), np.bool_)
    kept[doubtful] = net[inverse] > 0
    return origin[kept], target[kept]
