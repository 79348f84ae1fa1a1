"""The service over HTTP, with the small city in its database, on both kinds of server."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import DAN, PASSWORD, PAULA, Person
from tests.city import LORRY, PLANT, WORKS, City
from tests.databases import KINDS, Databases
from tests.web import probe
from zerowaste import clock
from zerowaste.config import PasswordCost, Settings, factor_keys, signing_keys
from zerowaste.web.app import create_app
from zerowaste.web.running import endpoint
from zerowaste.web.service import Service
from zerowaste.web.views import register_views

OIL = "900-249-08"
CHEAP = PasswordCost(rounds=1, memory_kib=8, lanes=1)


def settings(folder: Path, database_url: str, **changes: Any) -> Settings:
    """The settings of a service under test: quiet, unlimited, with the cheapest passwords."""
    given: dict[str, Any] = {
        "instance": folder,
        "database_url": database_url,
        "secret_key": "a secret of the tests, long enough",
        "signing": signing_keys(folder),
        "factor_keys": factor_keys(folder),
        "password_cost": CHEAP,
        "requests_per_minute": 0,
        "log_requests": False,
    }
    return Settings(**given | changes)


@dataclass(frozen=True)
class Running:
    """A service under test and who is in its city."""

    app: Flask
    service: Service
    city: City

    def client(self, address: str = "192.0.2.1") -> FlaskClient:
        """Somebody's browser or program, at a network address."""
        client = self.app.test_client()
        client.environ_base["REMOTE_ADDR"] = address
        return client

    def log_in(self, person: Person) -> "Caller":
        """The person with a token."""
        client = self.client(address=f"token of {uuid.uuid4()}")
        content = {"login": person.login, "password": PASSWORD}
        answer = client.post("/api/v1/login", json=content)
        assert answer.status_code == 200, answer.text
        return Caller(client, answer.json["token"])


@dataclass(frozen=True)
class Caller:
    """Somebody logged in, talking to the API."""

    client: FlaskClient
    token: str

    def get(self, path: str, headers: dict[str, str] | None = None, **more: Any) -> Any:
        return self.client.get(f"/api/v1{path}", headers=self._signed(headers), **more)

    def post(self, path: str, headers: dict[str, str] | None = None, **more: Any) -> Any:
        return self.client.post(f"/api/v1{path}", headers=self._signed(headers), **more)

    def _signed(self, headers: dict[str, str] | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **(headers or {})}


@pytest.fixture(scope="module", params=KINDS)
def running(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """One service for all tests of a module, each of which minds its own business."""
    url = databases.lend(request.param, "city")
    app = create_app(settings(tmp_path_factory.mktemp("instance"), url))
    register_views(app, [probe.views], endpoint)
    service: Service = app.extensions["zerowaste"]
    yield Running(app, service, databases.city(request.param))
    service.database.close()
    databases.take_back(url, "city")


@pytest.fixture
def log_in(running: Running) -> Callable[[Person], Caller]:
    """`log_in(PAULA)`: the person, with a token."""
    return running.log_in


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
        "planned_at": (clock.now() + timedelta(hours=1)).isoformat(),
        "legs": [{"carrier": carrier, "vehicle": LORRY, "driver": DAN.login}],
        "lines": [{"waste_code": OIL, "mass_g": 500_000, "packages": 3, "packaging": "桶"}],
        "fields": {"emergency_phone": "0791-12345678"},
    }
