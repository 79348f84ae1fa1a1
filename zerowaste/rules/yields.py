"""What a treatment usually leaves of each tonne (manifests/yields.csv, settings of this service)."""

import csv
from dataclasses import dataclass
from functools import cache

from zerowaste.rules.stream_fields import Name
from zerowaste.rules.streams import MANIFESTS

PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class UsualYield:
    """Of what went into an `operation`, how much usually comes out as `output` (a prefix of waste codes,
    or `product`), in parts per million. `must`: nothing at all is unusual too."""

    operation: str
    output: str
    least_ppm: int
    most_ppm: int
    must: bool
    name: Name


@cache
def usual_yields() -> tuple[UsualYield, ...]:
    """Every row of the file."""
    with (MANIFESTS / "yields.csv").open(encoding="utf-8-sig", newline="") as source:
        return tuple(
            UsualYield(
                row["operation"], row["output"], int(row["least_ppm"]), int(row["most_ppm"]),
                row["must"] == "1", Name(zh=row["name_zh"], en=row["name_en"]),
            )
            for row in csv.DictReader(source)
        )  # fmt: skip
