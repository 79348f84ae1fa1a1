"""Writes the transcript in README.md: does the main job in a demo city of its own, as its people would."""

import json
import logging
import sys
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # so that it runs from anywhere, without an installation

from flask.testing import FlaskClient  # noqa: E402  # needs the path above

from zerowaste import clock  # noqa: E402
from zerowaste.cli.demo import DEFAULT_SEED, make_demo  # noqa: E402
from zerowaste.cli.upgrade import upgrade_database  # noqa: E402
from zerowaste.cli.workplace import Workplace  # noqa: E402
from zerowaste.config import read_settings  # noqa: E402
from zerowaste.web.app import create_app  # noqa: E402

README = ROOT / "README.md"
BEGIN, END = "<!-- transcript: python docs/make_transcript.py -->\n", "<!-- end of transcript -->\n"
PASSWORD = "zerowaste-demo"  # noqa: S105  # everybody may know it
OIL, SMALL, PLANT, HOSPITAL = "900-249-08", "NC-OIL", "NC-HAZARDOUS", "NC-HOSPITAL"


class Person:
    """Somebody of the demo city at the API; what is asked and answered goes into the transcript."""

    def __init__(self, client: FlaskClient, login: str) -> None:
        self.client, self.login = client, login
        entry = client.post("/api/v1/login", json={"login": login, "password": PASSWORD})
        self.token = entry.json["token"]  # type: ignore[index]  # a log-in answers with JSON

    def ask(
        self, method: str, path: str, content: dict[str, Any] | None, shown: list[str]
    ) -> tuple[Any, str]:
        """(the whole answer, what the transcript shows of it)."""
        answer = self.client.open(
            f"/api/v1{path}",
            method=method,
            json=content,
            headers={"Authorization": f"Bearer {self.token}", "Accept-Language": "en"},
        )
        whole: Any = answer.json
        part = {name: whole[name] for name in shown}
        asked = f" {_line(content)}" if content else ""
        return whole, f"{self.login}$ {method} {path}{asked}\n{answer.status_code} {_line(part)}\n"


def _line(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False)


def transcript(days: int) -> str:
    """The main job, from a lot to a closed chain, in a city with so many days of history."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/demo.sqlite"
        settings = read_settings({"ZEROWASTE_DATABASE_URL": url, "ZEROWASTE_INSTANCE": folder})
        upgrade_database(url)
        make_demo(Workplace(settings), seed=DEFAULT_SEED, days=days, quiet=True)
        app = create_app(replace(settings, log_requests=False, requests_per_minute=0))
        return "".join(_job(app.test_client()))


def _job(client: FlaskClient) -> Iterator[str]:
    people = {name: Person(client, name) for name in ("producer", "driver", "facility", "regulator")}
    now = clock.now().replace(microsecond=0)

    def at(minutes: int = 0) -> str:
        return (now + timedelta(minutes=minutes)).isoformat()

    def act(person: str, ref: str, kind: str, **more: Any) -> str:
        content = {"id": str(uuid.uuid4()), "kind": kind, "at": at(), **more}
        return people[person].ask(
            "POST", f"/manifests/{ref}/events", content, ["verdict", "status", "warnings", "findings"]
        )[1]

    lot, said = people["producer"].ask(
        "POST", f"/sites/{HOSPITAL}/lots",
        {"id": str(uuid.uuid4()), "waste_code": OIL, "mass_g": 300_000, "basis": "scale", "at": at()},
        ["lot"],
    )  # fmt: skip
    yield said
    carriers, said = people["producer"].ask("GET", "/carriers?stream=hazardous&limit=1", None, ["items"])
    yield said
    manifest = _manifest(carriers["items"][0], lot["lot"], now)
    too_much = {**manifest["lines"][0], "mass_g": 60_000_000}
    yield people["producer"].ask(
        "POST", "/manifests?dry_run=true", {**manifest, "consignee": SMALL, "lines": [too_much]},
        ["code", "detail"],
    )[1]  # fmt: skip
    filed, said = people["producer"].ask("POST", "/manifests", manifest, ["number", "status", "warnings"])
    yield said
    ref = filed["number"]
    yield act("driver", ref, "pickup", offline=True)
    yield act("driver", ref, "arrive", ticket={"gross_g": 12_299_000, "tare_g": 12_000_000})
    yield act("facility", ref, "accept", lines=[{"line": 1, "received_g": 299_000, "accepted_g": 299_000}])
    yield people["regulator"].ask("GET", f"/manifests/{ref}/chain", None, ["closed", "open", "variance_g"])[1]
    received = people["facility"].ask("GET", f"/manifests/{ref}", None, [])[0]
    batch = {
        "id": str(uuid.uuid4()), "site": PLANT, "operation": "D10", "at": at(), "done": True,
        "inputs": [{"lot": received["lines"][0]["lot"], "mass_g": 299_000}],
    }  # fmt: skip
    yield people["facility"].ask("POST", "/treatments", batch, ["done", "outputs", "rest_g"])[1]
    yield people["producer"].ask(
        "GET", f"/manifests/{ref}/chain", None, ["closed", "origin_g", "closed_g", "open_g", "variance_g"]
    )[1]


def _manifest(carrier: dict[str, Any], lot: int, now: datetime) -> dict[str, Any]:
    return {
        "stream": "hazardous", "consignor": HOSPITAL, "consignee": PLANT,
        "planned_at": (now + timedelta(hours=1)).isoformat(),
        "legs": [{
            "carrier": carrier["code"], "vehicle": carrier["vehicles"][0]["plate"],
            "driver": carrier["drivers"][0]["login"],
        }],
        "lines": [{
            "waste_code": OIL, "mass_g": 300_000, "packages": 2, "packaging": "铁桶",
            "draws": [{"lot": lot, "mass_g": 300_000}],
        }],
    }  # fmt: skip


def with_transcript(text: str, told: str) -> str:
    """README's text with the transcript between its marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}```console\n{told}```\n{END}{after}"


if __name__ == "__main__":
    logging.disable(logging.INFO)
    README.write_text(with_transcript(README.read_text(encoding="utf-8"), transcript(90)), encoding="utf-8")
    print(f"{README.relative_to(ROOT)} written")  # noqa: T201  # a script speaks to its caller
