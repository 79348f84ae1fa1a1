"""`flask work`: huey runs a round at once and every minute, until it is told to stop."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlmodel import Session

from tests.cast import DAN, PAULA
from tests.city import LORRY, PLANT, WORKS, City
from tests.cli.conftest import Clerk
from tests.story import Story
from zerowaste.cli.work import queue_for
from zerowaste.config import ROOT
from zerowaste.services.requests import LineRequest

LONGEST_S = 60


def test_it_does_what_is_due_and_stops_when_told(
    clerk: Clerk, session: Session, city: City, tmp_path: Path
) -> None:
    story = Story(session, city)
    story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest("900-249-08", 500_000, packages=3)],
    )  # fmt: skip
    session.commit()
    log = tmp_path / "log"
    with log.open("wb") as out:
        worker = subprocess.Popen(
            [sys.executable, "-m", "flask", "work"], cwd=ROOT, env={**os.environ, **clerk.environ},
            stdout=out, stderr=out,
        )  # fmt: skip
    give_up = time.monotonic() + LONGEST_S
    while "1 manifest(s) expired;" not in log.read_text() and time.monotonic() < give_up:
        assert worker.poll() is None, log.read_text()
        time.sleep(0.1)
    time.sleep(0.5)  # the consumer takes over
    worker.send_signal(signal.SIGINT)
    assert worker.wait(20) == 0, log.read_text()
    assert "1 manifest(s) expired;" in log.read_text()


def test_a_task_that_waits_survives_a_restart_and_losing_the_queue_loses_nothing(tmp_path: Path) -> None:
    from tests.web.conftest import settings

    chosen = settings(tmp_path, "sqlite://")
    queue, again = queue_for(chosen), queue_for(chosen)
    ran: list[int] = []
    queue.task(name="one")(lambda: ran.append(1))()
    again.task(name="one")(lambda: ran.append(1))
    again.execute(again.dequeue())
    assert ran == [1]
    (tmp_path / "work.db").unlink()
    assert queue_for(chosen).dequeue() is None
