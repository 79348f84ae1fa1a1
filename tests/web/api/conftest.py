"""What most stories over HTTP begin with."""

from typing import Any

import pytest

from tests.cast import DAN, PAULA
from tests.city import LORRY, PLANT, WORKS
from tests.web.acts import now
from tests.web.conftest import Running

OIL = "900-249-08"


@pytest.fixture
def carriers(running: Running) -> dict[str, str]:
    """Plate → the credit code of its firm."""
    found = running.log_in(PAULA).get("/carriers?stream=hazardous").json["items"]
    return {vehicle["plate"]: item["code"] for item in found for vehicle in item["vehicles"]}


@pytest.fixture
def carrier(carriers: dict[str, str]) -> str:
    """The credit code of Dan's firm."""
    return carriers[LORRY]


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
