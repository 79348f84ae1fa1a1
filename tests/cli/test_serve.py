"""`flask serve`: the service as it is started on a machine, stopped as a machine stops it."""

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlmodel import Session

from tests.cast import DAN, PAULA
from tests.city import LORRY, PLANT, WORKS, City
from tests.cli.conftest import Clerk, clerk_at
from tests.ports import free_port
from tests.story import Story
from zerowaste.cli.gunicorn_server import Server
from zerowaste.config import ROOT
from zerowaste.models.tables import MANIFEST
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Status

LONGEST_START_S = 60


def ask(port: int, method: str, path: str, body: object = None, token: str = "") -> tuple[int, Any]:
    """(status, answer): JSON read, anything else as text."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}" if token else ""}
    connection.request(method, path, json.dumps(body) if body else None, headers)
    reply = connection.getresponse()
    text = reply.read().decode()
    connection.close()
    return reply.status, json.loads(text) if "json" in reply.headers["Content-Type"] else text


class Served:
    """A service in a process of its own."""

    def __init__(self, clerk: Clerk, log: Path, *more: str) -> None:
        self.port = free_port()
        self.log = log
        environ = {**os.environ, **clerk.environ, "PORT": str(self.port)}
        command = [sys.executable, "-m", "flask", "serve", "--demo", *more]
        with log.open("wb") as out:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=out, stderr=out)

    def wait(self) -> None:
        give_up = time.monotonic() + LONGEST_START_S
        while time.monotonic() < give_up and self.process.poll() is None:
            try:
                ask(self.port, "GET", "/")
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(self.log.read_text())

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


@pytest.fixture
def served(blank_url: str, tmp_path: Path) -> Iterator[Served]:
    clerk = clerk_at(blank_url, tmp_path / "instance")
    assert clerk.flask("demo", "--days", "10").exit_code == 0
    service = Served(clerk, tmp_path / "log")
    yield service
    service.process.kill()
    service.process.wait()


def test_the_demo_is_served_and_ends_when_told(served: Served) -> None:
    served.wait()
    status, page = ask(served.port, "GET", "/")
    assert status == 200
    assert "/api/v1" in page
    status, token = ask(
        served.port, "POST", "/api/v1/login", {"login": "producer", "password": "zerowaste-demo"}
    )
    assert status == 200, token
    status, me = ask(served.port, "GET", "/api/v1/me", token=token["token"])
    assert (status, me["login"], {site["code"] for site in me["sites"]}) == (
        200, "producer", {"NC-HOSPITAL", "NC-HOSPITAL-E"},
    )  # fmt: skip
    status, streams = ask(served.port, "GET", "/api/v1/streams", token=token["token"])
    assert len(streams["items"]) == 4
    # Who sends far too much is told so, though we stop listening long before he stops talking.
    status, refused = ask(served.port, "POST", "/api/v1/login", {"login": "x" * 20_000_000, "password": ""})
    assert (status, refused["code"]) == (413, "too_large")
    assert served.stop() == 0
    said = served.log.read_text()
    assert f"http://127.0.0.1:{served.port}" in said
    assert "zerowaste-demo" in said  # the logins
    assert token["token"] not in said


def test_a_city_of_ones_own_prints_no_logins(database_url: str, city: object, tmp_path: Path) -> None:
    """`--demo` leaves a database alone that holds something, and prints no demo logins for it."""
    service = Served(clerk_at(database_url, tmp_path / "instance"), tmp_path / "log")
    try:
        service.wait()
        assert service.stop() == 0
        assert "zerowaste-demo" not in service.log.read_text()
    finally:
        service.process.kill()
        service.process.wait()


def test_a_small_town_runs_one_command(
    database_url: str, session: Session, city: City, tmp_path: Path
) -> None:
    """`--work`: what nobody picked up in time expires, and is sealed, while the service is served."""
    story = Story(session, city)
    story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest("900-249-08", 500_000, packages=3)],
    )  # fmt: skip
    session.commit()
    service = Served(clerk_at(database_url, tmp_path / "instance"), tmp_path / "log", "--work")
    try:
        service.wait()
        give_up, seals = time.monotonic() + LONGEST_START_S, []
        while not seals and time.monotonic() < give_up:
            seals = ask(service.port, "GET", "/api/v1/seals")[1]["items"]
            time.sleep(0.1)
        assert seals, service.log.read_text()
        session.rollback()
        assert list(session.execute(select(MANIFEST.c.status)).scalars()) == [Status.EXPIRED]
        assert service.stop() == 0
    finally:
        service.process.kill()
        service.process.wait()


def test_nobody_waits_while_the_service_itself_is_looked_through_for_garbage() -> None:
    before = gc.get_freeze_count()
    try:
        Server(Flask("town"), {})
        assert gc.get_freeze_count() > before + len(sys.modules)
    finally:
        gc.unfreeze()


def test_who_is_waited_for_keeps_nobody_else_waiting(served: Served) -> None:
    """Sixteen phones that lost their network hold none of the eight threads for long."""
    served.wait()
    for said, patience_s in ((b"", 4), (b"GET / HTTP/1.1\r\nHost: x\r\nX-", 18)):
        with ExitStack() as phones:
            for _ in range(16):
                phone = phones.enter_context(socket.create_connection(("127.0.0.1", served.port)))
                phone.sendall(said)
            time.sleep(0.2)  # all of them are with the worker
            began = time.monotonic()
            assert ask(served.port, "GET", "/")[0] == 200
            assert time.monotonic() - began < patience_s
