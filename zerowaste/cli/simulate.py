"""`flask simulate`: bulk history, to see how the service fares with a city's worth of manifests."""

import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import click

from zerowaste import clock
from zerowaste.cli.upgrade import upgrade_database
from zerowaste.cli.workplace import Workplace, progress, say, with_workplace

DEFAULT_SEED = 3601
DEFAULT_DAYS = 365


@click.command(short_help="批量生成模拟历史。 Make bulk history.")
@click.option(
    "--manifests",
    required=True,
    type=click.IntRange(1, 10_000_000),
    help="联单份数。 How many manifests.",
)
@click.option(
    "--seed",
    default=DEFAULT_SEED,
    show_default=True,
    help="随机种子：相同则历史相同。 Same seed, same history.",
)
@click.option(
    "--days",
    default=DEFAULT_DAYS,
    show_default=True,
    type=click.IntRange(1, 366 * 3),
    help="历史天数。 Days of history.",
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="历史截止日（不含），默认今日。 The day before which it ends; today if not given.",
)
@with_workplace
def simulate(place: Workplace, manifests: int, seed: int, days: int, until: datetime | None) -> None:
    """批量生成模拟历史。 Make bulk history.

    在空数据库中生成一座模拟城市和指定份数的联单：四类废物，从申报、装运、到场、接受（或部分拒收、
    退回）到处置，经同一套规则逐条判定，事件链、结存和额度与逐笔办理所得完全一致；少数联单有意不办结。
    数据库中已有任何内容时拒绝执行。

    Into an empty database: an invented city and so many manifests of all four streams, filed, picked
    up, delivered, accepted (or refused in part and sent home) and treated, every act judged by the
    same rules; chains of events, balances and quotas are those that act by act would have given. Some
    manifests stay open on purpose. It refuses a database that holds anything.

    \b
    退出码 Exit code: 0 完成 done, 1 数据库非空 the database is not empty.
    """
    from zerowaste.services.simulation.processes import WORTH_IT
    from zerowaste.services.simulation.simulation import Plan, Simulation, make_city

    upgrade_database(place.settings.database_url)
    end = clock.day_start(until.date() if until else clock.local_day(clock.now()))
    plan = Plan(manifests, seed, end - timedelta(days=days), end)
    with place.database(durable=False) as database, database.session_for(write=True) as session:
        make_city(session, place.law, plan, city=place.settings.city)
        session.commit()
        started = time.perf_counter()
        simulation = Simulation(session, place.law, plan, at_once=manifests >= WORTH_IT)
        for _ in progress(_each(simulation.tell()), "模拟 Simulating", manifests):
            pass
        session.commit()
        total = time.perf_counter() - started
    rows, bare = simulation.writer.rows, simulation.writer.seconds
    say(
        f"联单 {manifests} 份，共 {rows} 行，用时 {total:.1f} 秒，其中单纯写入 {bare:.1f} 秒，"
        f"总用时为其 {total / bare:.1f} 倍。",
        f"{manifests} manifests, {rows} rows in {total:.1f} s, of which bare inserts {bare:.1f} s: "
        f"in all {total / bare:.1f} times the bare inserts.",
    )


def _each(told: Iterable[int]) -> Iterator[int]:
    """Every manifest, one by one, as they get done in batches."""
    done = 0
    for begun in told:
        yield from range(done, begun)
        done = begun
