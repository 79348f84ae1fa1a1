"""How well a mass is known by the way it was found: settings, as variances."""

import tomllib
from collections.abc import Mapping
from functools import cache

from pydantic import Field

from zerowaste.rules.indicators import REPORTING
from zerowaste.rules.stream_fields import Strict
from zerowaste.vocabulary import Basis

MILLION = 1_000_000


class Spread(Strict):
    """Parts per million: of each weighing by itself, and of all of them together."""

    each: int = Field(ge=0, le=MILLION)
    bias: int = Field(ge=0, le=MILLION)

    def variance(self, squares: float, total: float, loads: int, least_g: int) -> float:
        """Of a sum of weighings, in g². `squares`: the sum of their squares, g²."""
        return (self.each / MILLION) ** 2 * squares + (self.bias / MILLION * total) ** 2 + loads * least_g**2


class Precision(Strict):
    """The settings of a reconciliation. `level`: of its tests; `told`: what no scale has found."""

    level_ppm: int = Field(gt=0, lt=MILLION)
    least_g: int = Field(gt=0)
    most_suspects: int = Field(ge=0, le=100)
    basis: Mapping[Basis, Spread]
    told: Mapping[str, Spread]

    @property
    def level(self) -> float:
        return self.level_ppm / MILLION


@cache
def precision() -> Precision:
    """As manifests/reporting/reconciliation.toml says. A basis that is missing stops whoever asks."""
    text = (REPORTING / "reconciliation.toml").read_text(encoding="utf-8")
    found = Precision.model_validate(tomllib.loads(text))
    missing = set(Basis) - set(found.basis) or {"declared", "stock", "in_batches", "fate"} - set(found.told)
    if missing:
        raise ValueError(f"reconciliation.toml does not say {', '.join(sorted(missing))}")
    return found
