"""What most stories over HTTP begin with."""

from typing import Any

import pytest

from tests.cast import DAN, PAULA
from tests.city import LORRY, PLANT, WORKS
from tests.web.acts import now
from tests.web.conftest import Running

OIL = "900-249-08"


@pytest.fixture
def carrier(running: Running) -> str:
    """The credit code of Dan's firm."""
    caller = running.log_in(PAULA)
    found = caller.get("/carriers?stream=hazardous").json["items"]
    return str(next(item["code"] for item in found if any(v["plate"] == LORRY for v in item["vehicles"])))


@pytest.fixture
def oil(carrier: str) -> dict[str, Any]:
    """A manifest for half a tonne of waste oil."""
    return {
        "stream": "hazardous",
        "consignor": WORKS,
        "consignee": PLANT,
        "planned_at": now(hours=1),
        "legs": [{"carrier": carrier, "vehicle": LORRY, "driver": DAN.login}],
        "lines": [{"waste_code": OIL, "mass_g": 500_000, "packages": 3, "packaging": "桶"}],
        "fields": {"emergency_phone": "0791-12345678"},
    }
