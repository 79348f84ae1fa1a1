"""Data reconciliation: the masses nearest to all that was measured which also balance, and what stands out.

Weighted least squares under linear constraints (Kuehn and Davidson 1961; Narasimhan and Jordache 2000):
minimise Σ ((yⱼ − x) / σⱼ)² subject to C x = b. Several measurements of one flow are merged first, so that
only the constraints of the sites are left to be solved: a dense system of as many rows as there are sites,
however many flows there are. Nothing is written anywhere: the result is a report."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_array, diags_array
from scipy.special import chdtrc, ndtri

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# Of an unmeasured flow nothing is known: its variance beside the largest there is.
UNKNOWN = 1e8
# A measurement that nothing else speaks of has a residual of variance zero, but for rounding.
CHECKED = 1e-6


@dataclass(frozen=True, slots=True)
class Network:
    """`values`, `sigmas`, `of`: one entry a measurement (grams, grams, which flow it is of). `flows`: how
    many. `rows`, `columns`, `signs`: the entries of C (constraint, flow, ±1); `constants`: b."""

    values: Floats
    sigmas: Floats
    of: Whole
    flows: int
    rows: Whole
    columns: Whole
    signs: Floats
    constants: Floats

    @property
    def matrix(self) -> csr_array:
        shape = (len(self.constants), self.flows)
        return csr_array((self.signs, (self.rows, self.columns)), shape=shape)


def network_of(
    measured: Sequence[tuple[int, float, float]],
    flows: int,
    entries: Sequence[tuple[int, int, int]],
    constants: Sequence[float],
) -> Network:
    """`measured`: (flow, grams, sigma in grams) each; `entries`: (constraint, flow, ±1) each."""
    told = np.array(measured, np.float64).reshape(-1, 3)
    signs = np.array(entries, np.int64).reshape(-1, 3)
    return Network(
        values=told[:, 1],
        sigmas=told[:, 2],
        of=told[:, 0].astype(np.int64),
        flows=flows,
        rows=signs[:, 0],
        columns=signs[:, 1],
        signs=signs[:, 2].astype(np.float64),
        constants=np.array(constants, np.float64),
    )


@dataclass(frozen=True, slots=True)
class Reconciled:
    """`masses`: one a flow, balanced. `scores`: standardised residual of each measurement, 0 where nothing
    checks it. `statistic` of `freedom` degrees with the chance `probability` of one as large without a
    gross error; `bound`: scores beyond it are suspect; `suspects`: measurements set aside one after the
    other, the worst first (their score is the one they were set aside for). `first`: the global test
    before any was set aside."""

    masses: Floats
    scores: Floats
    statistic: float
    freedom: int
    probability: float
    bound: float
    suspects: Sequence[int]
    first: "GlobalTest"


@dataclass(frozen=True, slots=True)
class GlobalTest:
    """The global test: χ², its degrees of freedom, and how likely it is without a gross error."""

    statistic: float
    freedom: int
    probability: float


@dataclass(frozen=True, slots=True)
class _Fit:
    masses: Floats
    scores: Floats
    checked: Flags
    test: GlobalTest


def reconcile(network: Network, *, level: float = 0.05, most: int = 20) -> Reconciled:
    """Balance the network, and name gross errors by serial elimination: while the worst score is beyond
    the bound, its measurement is set aside and everything is reckoned anew, at most `most` times."""
    kept = np.ones(len(network.values), np.bool_)
    fit = first = _fit(network, kept)
    bound = _bound(level, int(first.checked.sum()))
    suspects: list[int] = []
    told: dict[int, float] = {}
    while len(suspects) < most and len(fit.scores):
        worst = int(np.argmax(np.abs(fit.scores)))
        if abs(fit.scores[worst]) <= bound:
            break
        suspects.append(worst)
        told[worst] = float(fit.scores[worst])
        kept[worst] = False
        fit = _fit(network, kept)
    scores = fit.scores.copy()
    for measurement, score in told.items():
        scores[measurement] = score
    test = fit.test
    return Reconciled(
        fit.masses, scores, test.statistic, test.freedom, test.probability, bound, suspects, first.test
    )


def _bound(level: float, tests: int) -> float:
    """The score that no measurement of a sound network passes but with probability `level` (Šidák)."""
    each = 1 - (1 - level) ** (1 / max(tests, 1))
    return float(ndtri(1 - each / 2))


def _fit(network: Network, kept: Flags) -> _Fit:
    weights = np.where(kept, 1 / network.sigmas**2, 0.0)
    merged = np.bincount(network.of, weights, network.flows)
    known = merged > 0
    largest = float((1 / merged[known]).max(initial=1.0))
    spread = np.where(known, 1 / np.where(known, merged, 1.0), UNKNOWN * largest)
    sums = np.bincount(network.of, weights * network.values, network.flows)
    middle = np.where(known, sums * spread, 0.0)
    masses, settled = _balance(network, middle, spread)
    residuals = network.values - masses[network.of]
    variances = network.sigmas**2 - (spread - settled)[network.of]
    checked = kept & (variances > CHECKED * network.sigmas**2)
    scores = np.where(checked, residuals / np.sqrt(np.where(checked, variances, 1.0)), 0.0)
    statistic = float((weights * residuals**2).sum())
    freedom = int(kept.sum()) - network.flows + len(network.constants)
    chance = float(chdtrc(freedom, statistic)) if freedom > 0 else 1.0
    return _Fit(masses, scores, checked, GlobalTest(statistic, max(freedom, 0), chance))


def _balance(network: Network, middle: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """(the nearest balanced masses, by how much the constraints narrow each variance)."""
    if not len(network.constants):
        return middle, np.zeros_like(middle)
    matrix = network.matrix
    normal = (matrix @ diags_array(spread) @ matrix.T).toarray()
    scale = np.sqrt(normal.diagonal())  # constraints of very different sites are brought to one size
    factor = cho_factor(normal / np.outer(scale, scale))
    masses = middle
    for _ in range(2):  # the second time only rounding is left to be mended
        missing = (network.constants - matrix @ masses) / scale
        masses = masses + spread * (matrix.T @ (cho_solve(factor, missing) / scale))
    inverse = cho_solve(factor, np.eye(len(scale))) / np.outer(scale, scale)
    narrowed = np.zeros_like(middle)
    columns = matrix.tocsc()
    entries = np.diff(columns.indptr)
    # Σ over pairs of a flow's constraints: a flow lies between two sites at most, so there are few.
    for first in range(int(entries.max(initial=0))):
        for second in range(int(entries.max(initial=0))):
            has = np.nonzero((entries > first) & (entries > second))[0]
            i, j = columns.indptr[has] + first, columns.indptr[has] + second
            narrowed[has] += (
                columns.data[i] * columns.data[j] * inverse[columns.indices[i], columns.indices[j]]
            )
    return masses, spread**2 * narrowed
