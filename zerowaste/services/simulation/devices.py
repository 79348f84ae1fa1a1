"""What devices send, as made-up histories need it: their ids, and the bodies of their requests."""

import random
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from zerowaste.clock import local
from zerowaste.rules.state import LineReport
from zerowaste.rules.treating import Output
from zerowaste.services.requests import LegRequest, LineRequest


def made_id(now: datetime, chance: random.Random) -> UUID:
    """An id as devices make them (UUID version 7), of that moment."""
    milliseconds = int(now.timestamp() * 1000)
    drawn = chance.getrandbits(74)
    return UUID(int=milliseconds << 80 | 7 << 76 | (drawn >> 62) << 64 | 2 << 62 | drawn & (1 << 62) - 1)


def stamp(moment: datetime) -> str:
    """A moment as devices of the city write it."""
    return local(moment).isoformat(timespec="seconds")


def line_body(row: LineReport) -> dict[str, Any]:
    """What a device would have sent of a line: only what it says."""
    named = ("mass_g", "received_g", "accepted_g", "refused_g", "reason", "waste_code")
    values = {name: getattr(row, name) for name in named}
    return {"line": row.line, **{name: value for name, value in values.items() if value not in (None, "")}}


def output_body(output: Output) -> dict[str, Any]:
    """What it would have sent of an output."""
    values = {"stream": output.stream, "waste_code": output.waste_code, "name": output.name}
    return {"kind": output.kind, "mass_g": output.mass_g, **{k: v for k, v in values.items() if v}}


def filing_body(
    stream: str,
    way: tuple[str, str],
    lines: Sequence[LineRequest],
    legs: Sequence[LegRequest],
    planned_at: datetime,
) -> dict[str, Any]:
    """What a form would have sent to file a manifest. `way`: from which site to which."""
    return {
        "stream": stream,
        "consignor": way[0],
        "consignee": way[1],
        "planned_at": stamp(planned_at),
        "legs": [{"carrier": leg.carrier, "vehicle": leg.vehicle, "driver": leg.driver} for leg in legs],
        "lines": [
            {
                "waste_code": line.waste_code,
                "mass_g": line.mass_g,
                "basis": line.basis,
                "packages": line.packages,
                "packaging": line.packaging,
                "draws": [{"lot": lot, "mass_g": grams} for lot, grams in line.draws],
            }
            for line in lines
        ],
    }
