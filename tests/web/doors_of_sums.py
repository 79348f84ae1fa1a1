"""The doors of indicators, reconciliation and yearly publications; `test_access.py` tries them all."""

import uuid
from typing import Any

from tests.cast import ADA, RITA, RUTH
from zerowaste import clock

WATCHERS = {RITA, RUTH, ADA}


def this_year(_: Any) -> dict[str, Any]:
    return {"json": {"id": str(uuid.uuid4()), "year": clock.now().year}}


def no_draft(_: Any) -> dict[str, Any]:
    return {"json": {"id": str(uuid.uuid4()), "sha256": "0" * 64}}


# View → (method, path, who may, if it is sent something what): what a `Door` is made of.
DOORS_OF_SUMS: dict[str, list[tuple[Any, ...]]] = {
    "indicators.list_indicators": [
        ("GET", "/indicators", WATCHERS),
        ("GET", "/indicators?district=360102", {RITA, ADA}),
    ],
    "indicators.list_what_is_behind": [
        ("GET", "/indicators/JS5/behind", WATCHERS),
        ("GET", "/indicators/JS5/behind?district=360102", {RITA, ADA}),
        ("GET", "/indicators/JS14/behind", set()),
    ],
    "reconciliation.show_reconciliation": [("GET", "/reconciliation", WATCHERS)],
    "publications.list_publications": [("GET", "/publications", WATCHERS)],
    "publications.compile_a_year": [("POST", "/publications", {RITA}, this_year)],
    "publications.publish_a_draft": [("POST", "/publications/{batch}/publish", set(), no_draft)],
}
