"""The service as it is run in earnest: its own process, a socket, and a connection kept alive."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cast import PASSWORD, Person
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
START_S = 60


@dataclass(slots=True)
class Courier:
    """Somebody logged in, on one connection that stays open."""

    connection: http.client.HTTPConnection
    token: str = ""

    def post(self, path: str, content: Any) -> Any:
        """The answer to a POST, which must be a success."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        self.connection.request("POST", f"/api/v1{path}", json.dumps(content), headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status not in (200, 201):
            raise AssertionError(f"{path}: {answer.status} {text.decode()}")
        return json.loads(text)


@contextmanager
def service(url: str, folder: Path) -> Iterator[int]:
    """The port of a service over this database; one process with threads, as `flask serve` starts it."""
    port = free_port()
    with (folder / "service.log").open("w") as log:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}",
                "--worker-class", "gthread", "--threads", "8", "--keep-alive", "5", "--log-level", "warning",
                "--no-control-socket",
            ],
            cwd=ROOT,
            env=_environment(url, folder, port),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )  # fmt: skip
        try:
            _wait_until_up(port, process, folder)
            yield port
        finally:
            process.terminate()
            process.wait(30)


def log_in(port: int, person: Person) -> Courier:
    """A connection of this person's own."""
    courier = Courier(http.client.HTTPConnection("127.0.0.1", port, timeout=60))
    courier.token = courier.post("/login", {"login": person.login, "password": PASSWORD})["token"]
    return courier


def _environment(url: str, folder: Path, port: int) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("ZEROWASTE_")}
    return {
        **own,
        "PORT": str(port),
        "ZEROWASTE_DATABASE_URL": url,
        "ZEROWASTE_INSTANCE": str(folder),
        # One client at full speed is more than an honest one may send.
        "ZEROWASTE_REQUESTS_PER_MINUTE": "0",
    }


def _wait_until_up(port: int, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    process.kill()
    raise AssertionError((folder / "service.log").read_text())
