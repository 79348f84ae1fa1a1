"""Reconciled masses: a network worked out by hand, and what must hold of every network."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zerowaste.graph.reconciliation import Network, Reconciled, reconcile

SEED = 3601


def network(
    measured: Sequence[tuple[int, float, float]],
    constraints: Sequence[dict[int, int]],
    constants: Sequence[float] | None = None,
) -> Network:
    """`measured`: (flow, value, sigma); each constraint: flow → sign."""
    entries = [(row, flow, sign) for row, signs in enumerate(constraints) for flow, sign in signs.items()]
    rows, columns, signs = (np.array(each) for each in zip(*entries, strict=True))
    return Network(
        values=np.array([value for _, value, _ in measured], float),
        sigmas=np.array([sigma for _, _, sigma in measured], float),
        of=np.array([flow for flow, _, _ in measured]),
        flows=1 + max(*(flow for flow, _, _ in measured), *columns.tolist()),
        rows=rows,
        columns=columns,
        signs=signs.astype(float),
        constants=np.zeros(len(constraints)) if constants is None else np.array(constants, float),
    )


def test_a_splitter_by_hand() -> None:
    """100 ± 1 goes in, 61 ± 2 and 36 ± 2 come out: 3 are missing. The variances 1, 4, 4 share them out:
    1/9 of 3 is taken from what went in, 4/9 are added to each of the others; χ² = 3² / 9 = 1."""
    found = reconcile(network([(0, 100, 1), (1, 61, 2), (2, 36, 2)], [{0: 1, 1: -1, 2: -1}]))
    assert found.masses == pytest.approx([100 - 3 / 9, 61 + 12 / 9, 36 + 12 / 9])
    assert (found.statistic, found.freedom) == (pytest.approx(1.0), 1)
    assert np.abs(found.scores) == pytest.approx([1, 1, 1])  # one constraint: nobody can be told from another
    assert found.suspects == []


def test_the_heat_exchanger_with_a_bypass() -> None:
    """The textbook's network: a stream is split, one part heated, both joined again; six flows, four
    nodes, σ = 1. Equal flows merge to 100.395, 64.325 and 35.545, each of variance ½; 0.525 is missing,
    a third of it goes to each. χ² = 1.69² + 0.05² + 1.07² + 0.30² + 0.72² + 1.34² = 6.4075."""
    values = (101.91, 64.45, 34.65, 64.20, 36.44, 98.88)
    nodes = [{0: 1, 1: -1, 2: -1}, {1: 1, 3: -1}, {2: 1, 4: -1}, {3: 1, 4: 1, 5: -1}]
    found = reconcile(network([(flow, value, 1) for flow, value in enumerate(values)], nodes))
    assert found.masses == pytest.approx([100.22, 64.50, 35.72, 64.50, 35.72, 100.22])
    assert (found.statistic, found.freedom) == (pytest.approx(6.4075), 4)
    # Of four degrees the tail is e^(−x/2) (1 + x/2).
    assert found.probability == pytest.approx(math.exp(-6.4075 / 2) * (1 + 6.4075 / 2))
    assert found.suspects == []


def test_three_weighings_of_one_load_are_their_weighted_mean() -> None:
    """1000 ± 30 declared, 980 ± 10 loaded, 982 ± 10 received, no site: weights 1, 9, 9 of 19."""
    found = reconcile(
        Network(
            np.array([1000.0, 980, 982]), np.array([30.0, 10, 10]), np.array([0, 0, 0]), 1,
            np.array([], int), np.array([], int), np.array([]), np.array([]),
        )
    )  # fmt: skip
    assert found.masses == pytest.approx([(1000 + 9 * 980 + 9 * 982) / 19])
    assert found.freedom == 2


def test_what_nothing_checks_is_never_suspect() -> None:
    found = reconcile(network([(0, 5, 1), (1, 7, 1), (2, 999, 1)], [{0: 1, 1: -1}]))
    assert found.scores[2] == 0
    assert found.masses[2] == 999


def test_a_constant_stands_on_the_right_hand_side() -> None:
    found = reconcile(network([(0, 100, 1), (1, 90, 1)], [{0: 1, 1: -1}], [8]))
    assert found.masses == pytest.approx([99, 91])


def chain_of(loads: Sequence[float]) -> tuple[Network, np.ndarray]:
    """A city in small: each load is declared, loaded and received; half of the loads go to each of two
    plants, which feed what they got into a batch but for a change of stock. The true masses beside."""
    measured: list[tuple[int, float, float]] = []
    for flow, mass in enumerate(loads):
        measured += [(flow, mass, 0.03 * mass), (flow, mass, 0.0075 * mass), (flow, mass, 0.0075 * mass)]
    truth, nodes, count = list(loads), [], len(loads)
    for plant in (0, 1):
        mine = range(plant, count, 2)
        total = sum(loads[flow] for flow in mine)
        fed, stock = count + 2 * plant, count + 2 * plant + 1
        truth += [0.8 * total, 0.2 * total]
        measured += [(fed, 0.8 * total, 0.004 * total), (stock, 0.2 * total, 0.004 * total)]
        nodes.append({**dict.fromkeys(mine, 1), fed: -1, stock: -1})
    return network(measured, nodes), np.array(truth)


def shaken(of: Network, shakes: Sequence[float]) -> Network:
    """The same network with each measurement off by so many of its sigmas."""
    by = np.resize(np.array(shakes), len(of.values))
    return replace(of, values=of.values + by * of.sigmas)


WHICH, PARTS = st.sampled_from([1, 2]), st.sampled_from([-0.2, 0.2])
masses = st.lists(st.integers(200_000, 30_000_000).map(float), min_size=4, max_size=12)


@settings(max_examples=60, deadline=None)
@given(loads=masses, shakes=st.lists(st.floats(-8, 8), min_size=3, max_size=40))
def test_adjusted_masses_always_balance(loads: Sequence[float], shakes: Sequence[float]) -> None:
    off, _ = chain_of(loads)
    found = reconcile(shaken(off, shakes))
    missing = off.matrix @ found.masses - off.constants
    assert np.abs(missing).max() <= 1e-6 * sum(loads)


@settings(max_examples=60, deadline=None)
@given(loads=masses)
def test_what_balances_is_left_as_it_is(loads: Sequence[float]) -> None:
    sound, truth = chain_of(loads)
    found = reconcile(sound)
    assert found.masses == pytest.approx(truth)
    assert found.statistic == pytest.approx(0, abs=1e-6)
    assert found.suspects == []


@settings(max_examples=60, deadline=None)
@given(loads=masses, culprit=st.integers(0, 10_000), which=WHICH, part=PARTS)
def test_a_planted_gross_error_of_a_fifth_is_named(
    loads: Sequence[float], culprit: int, which: int, part: float
) -> None:
    sound, truth = chain_of(loads)
    at = 3 * (culprit % len(loads)) + which
    values = sound.values + np.random.default_rng(SEED).normal(size=len(sound.values)) * sound.sigmas * 0.5
    values[at] *= 1 + part
    found = reconcile(replace(sound, values=values))
    assert found.suspects[0] == at
    assert found.first.probability < 0.001
    assert found.masses[sound.of[at]] == pytest.approx(truth[sound.of[at]], rel=0.05)


def test_sound_networks_rarely_raise_an_alarm() -> None:
    """At the level of 5 % fifty networks with nothing but noise give a handful of alarms, not more."""
    random, alarms = np.random.default_rng(SEED), 0
    sound, _ = chain_of([1_000_000.0 + 50_000 * each for each in range(12)])
    for _ in range(50):
        noise = random.normal(size=len(sound.values))
        alarms += bool(reconcile(shaken(sound, noise.tolist())).suspects)
    assert alarms <= 8


def as_one(found: Reconciled) -> float:
    return found.first.statistic - found.statistic


def test_setting_a_suspect_aside_takes_it_out_of_the_sum() -> None:
    sound, _ = chain_of([2e6, 3e6, 4e6, 5e6])
    values = sound.values.copy()
    values[1] *= 1.2
    found = reconcile(replace(sound, values=values))
    # The global test falls by the square of the score of what was set aside.
    assert as_one(found) == pytest.approx(found.scores[1] ** 2, rel=1e-6)
    assert found.freedom == found.first.freedom - 1
