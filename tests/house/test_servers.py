"""The tests' own PostgreSQL: gone with its session, however that ends; said plainly if missing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers

SESSION = """
import sys, time
from tests.servers import session_home, socket_directory
with session_home() as home:
    socket_directory(home)
    print(home, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def session_process() -> Iterator[subprocess.Popen[str]]:
    """A test session of its own that has started a server, and ends when its input does."""
    with subprocess.Popen(
        [sys.executable, "-c", SESSION],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process


def home_of(process: subprocess.Popen[str]) -> Path:
    assert process.stdout is not None
    return Path(process.stdout.readline().strip())


def server_of(home: Path) -> int:
    """The process id of the server."""
    return int((home / "server" / "data" / "postmaster.pid").read_text().split()[0])


def wait_until_gone(home: Path, server: int) -> None:
    deadline = time.monotonic() + 10
    while home.exists() or is_alive(server):
        assert time.monotonic() < deadline, f"{home} or its server is still there"
        time.sleep(0.02)


def is_alive(process_id: int) -> bool:
    """Whether it runs; a dead one that nobody has buried yet does not."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process_id}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")


def test_a_session_that_ends_leaves_no_server_and_no_file(
    session_process: subprocess.Popen[str],
) -> None:
    home = home_of(session_process)
    server = server_of(home)
    session_process.communicate(timeout=20)
    assert not home.exists()
    wait_until_gone(home, server)


def test_a_session_that_is_killed_leaves_no_server_and_no_file(
    session_process: subprocess.Popen[str],
) -> None:
    home = home_of(session_process)
    server = server_of(home)
    session_process.send_signal(signal.SIGKILL)
    wait_until_gone(home, server)


def test_a_machine_without_postgresql_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(servers, "_candidates", lambda: iter([Path("/nowhere")]))
    with pytest.raises(servers.NoServer, match="apt-get install postgresql"):
        servers.programs()
