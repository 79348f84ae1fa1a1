"""`flask work`: a round every minute, run by huey, until it is stopped; or beside the service itself."""

import time
from threading import Thread
from typing import Any

import click
import structlog

from zerowaste.cli.workplace import Workplace, say, with_workplace
from zerowaste.config import Settings

QUEUE = "zerowaste"
EVERY_S = 60


@click.command(short_help="每分钟处理到期事项。 Do what is due every minute.")
@with_workplace
def work(place: Workplace) -> None:
    """每分钟处理一次到期事项，直到停止（Ctrl-C）；与 flask tick 相同，由 huey 调度。

    Do what is due every minute until stopped (Ctrl-C): the same as flask tick, scheduled by huey. 可同时
    运行多个。 Several may run at once.
    """
    from zerowaste.cli.rounds import Round

    with place.database() as database:
        queue = queue_for(place.settings)

        def a_round() -> None:
            did = Round(database, place.law, place.settings).run()
            did.tell()

        from huey import crontab

        # A round that could not begin within its minute is not caught up with: the next one does it all.
        queue.periodic_task(crontab(), name="round", expires=EVERY_S - 5)(a_round)
        say("正在运行，按 Ctrl-C 停止。", "At work; Ctrl-C stops it.")
        a_round()
        queue.create_consumer(workers=1, periodic=True, check_worker_health=True).run()


def work_beside(settings: Settings) -> None:
    """Do the same in this process for as long as it lives, beside what else it does."""
    Thread(target=_every_minute, args=(Workplace(settings),), name="work", daemon=True).start()


def _every_minute(place: Workplace) -> None:
    from zerowaste.cli.rounds import Round

    with place.database() as database:
        while True:
            ends = time.monotonic() + EVERY_S
            try:
                Round(database, place.law, place.settings).run()
            except Exception:  # what failed is told of, and the next round does it all
                structlog.get_logger("zerowaste.work").exception("round")
            time.sleep(max(1.0, ends - time.monotonic()))


def queue_for(settings: Settings) -> Any:
    """Where huey keeps what it is about to run: a file of this instance. What must be done stands in our own
    tables, so the queue may be lost at any time and nothing with it, and many machines need not share it."""
    from huey import SqliteHuey

    return SqliteHuey(QUEUE, filename=str(settings.instance / "work.db"), results=False)
