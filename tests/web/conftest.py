"""A small city to ask over HTTP: who is in it, and a client for each of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, SQLModel

from zerowaste import models
from zerowaste.config import PasswordCost, Settings, signing_keys
from zerowaste.services.accounts import Belonging, NewAccount, add_account
from zerowaste.vocabulary import Instrument, Period, Role, SiteKind, Unit
from zerowaste.web.app import create_app
from zerowaste.web.service import Service

PASSWORD = "correct horse battery"
CHEAP = PasswordCost(rounds=1, memory_kib=8, lanes=1)


@dataclass(frozen=True)
class City:
    """The ids of what the tests name."""

    clinic: int
    plant: int
    rival: int


def settings(folder: Path, **changes: Any) -> Settings:
    """Settings of a service that lives in a folder of its own."""
    given: dict[str, Any] = {
        "instance": folder,
        "database_url": f"sqlite:///{folder}/test.db",
        "secret_key": "a secret of the tests, long enough",
        "signing": signing_keys(folder),
        "password_cost": CHEAP,
        "requests_per_minute": 0,
        "log_requests": False,
    }
    return Settings(**given | changes)


def populate(session: Session, add: Callable[[NewAccount], int]) -> City:
    """Two producers, one plant with a permit, one carrier, and a person for every role."""
    organisations = [
        models.Organisation(credit_code=f"9136010000000000{n:02}", name=name)
        for n, name in enumerate(("红谷诊所", "泉岭处置", "赣江运输", "别家工厂"), 1)
    ]
    session.add_all(organisations)
    session.flush()
    clinic, plant, carrier, rival = (o.id for o in organisations)
    sites = [
        models.Site(code="P-1", organisation_id=clinic, kind=SiteKind.PRODUCER,
                    name="红谷诊所院区", street="360113001"),
        models.Site(code="F-1", organisation_id=plant, kind=SiteKind.FACILITY,
                    name="泉岭焚烧厂", name_en="Quanling plant", street="360111002"),
        models.Site(code="P-2", organisation_id=rival, kind=SiteKind.PRODUCER,
                    name="别家工厂厂区", street="360111003"),
    ]  # fmt: skip
    session.add_all(sites)
    session.add(
        models.Vehicle(plate="赣A12345", organisation_id=carrier, streams="hazardous medical",
                       licence_to=date(2099, 1, 1))
    )  # fmt: skip
    session.flush()
    for kind, holder, stream, limit in (
        (Instrument.PERMIT, plant, "hazardous", 1_000_000),
        (Instrument.LICENCE, carrier, "", None),
    ):
        permit = models.Permit(kind=kind, number="X", organisation_id=holder,
                               valid_from=date(2020, 1, 1), valid_to=date(2099, 1, 1))  # fmt: skip
        session.add(permit)
        session.flush()
        session.add(
            models.PermitTerm(permit_id=permit.id, stream=stream, pattern="HW08", period=Period.YEAR,
                              unit=Unit.GRAM, limit=limit, hard_limit=limit)
        )  # fmt: skip
    session.flush()
    people = (
        ("paula", Role.PRODUCER, Belonging(organisation_id=clinic)),
        ("olaf", Role.PRODUCER, Belonging(organisation_id=rival)),
        ("fay", Role.FACILITY, Belonging(organisation_id=plant)),
        ("dan", Role.DRIVER, Belonging(organisation_id=carrier)),
        ("dora", Role.DISPATCHER, Belonging(organisation_id=carrier)),
        ("rita", Role.REGULATOR, Belonging(region="360111")),
        ("ada", Role.ADMINISTRATOR, None),
    )
    for login, role, belonging in people:
        add(
            NewAccount(
                login=login,
                name=f"{login} 的姓名",
                role=role,
                password=PASSWORD,
                belongings=(belonging,) if belonging else (),
                licence_to=date(2099, 1, 1) if role is Role.DRIVER else None,
            )
        )
    return City(*(site.id or 0 for site in sites))


@dataclass(frozen=True)
class Running:
    """A service under test and its city."""

    app: Flask
    service: Service
    city: City

    def client(self) -> FlaskClient:
        return self.app.test_client()


def start(folder: Path, **changes: Any) -> Running:
    """A service with the small city in it."""
    app = create_app(settings(folder, **changes))
    app.testing = True
    service: Service = app.extensions["zerowaste"]
    SQLModel.metadata.create_all(service.database.engine)
    city = service.database.transact(
        lambda session: populate(
            session, lambda new: add_account(session, new, passwords=service.passwords)
        )
    )
    return Running(app, service, city)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One service for the tests of a module; they change only what is their own."""
    service = start(tmp_path_factory.mktemp("instance"))
    yield service
    service.service.database.close()


class Person:
    """Somebody with a token, talking JSON."""

    def __init__(self, running: Running, login: str, password: str = PASSWORD) -> None:
        self.client = running.client()
        answer = self.client.post("/api/v1/login", json={"login": login, "password": password})
        assert answer.status_code == 200, answer.text
        self.token = answer.json["token"]
        self.headers = {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(f"/api/v1{path}", headers=self.headers | more.pop("headers", {}), **more)

    def post(self, path: str, **more: Any) -> Any:
        return self.client.post(
            f"/api/v1{path}", headers=self.headers | more.pop("headers", {}), **more
        )


@pytest.fixture
def person(running: Running) -> Callable[[str], Person]:
    """`person("paula")`: log somebody in."""
    return lambda login: Person(running, login)
