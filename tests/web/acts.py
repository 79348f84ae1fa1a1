"""Acts over HTTP, in few words."""

import uuid
from datetime import timedelta
from typing import Any

from tests.web.conftest import Caller
from zerowaste import clock


def now(**ahead: float) -> str:
    return (clock.now() + timedelta(**ahead)).isoformat()


def fresh() -> str:
    return str(uuid.uuid4())


def act(caller: Caller, ref: str, kind: str, status: int = 201, **more: Any) -> Any:
    body = {"id": fresh(), "kind": kind, "at": now(), **more}
    answer = caller.post(f"/manifests/{ref}/events", json=body)
    assert answer.status_code == status, answer.text
    return answer.json


def file(caller: Caller, manifest: dict[str, Any], status: int = 201) -> Any:
    answer = caller.post("/manifests", json=manifest)
    assert answer.status_code == status, answer.text
    return answer.json
