"""`flask demo`: a city to try everything in."""

from datetime import datetime

import click

from zerowaste import clock
from zerowaste.cli.upgrade import upgrade_database
from zerowaste.cli.workplace import Workplace, progress, say, stop, with_workplace

DEFAULT_SEED = 3601
DEFAULT_DAYS = 90
NOT_EMPTY = 1


@click.command(short_help="在空数据库中生成演示城市。 Build the demo city.")
@click.option(
    "--seed", default=DEFAULT_SEED, show_default=True, help="随机种子：相同则城市相同。 Same seed, same city."
)
@click.option(
    "--days",
    default=DEFAULT_DAYS,
    show_default=True,
    type=click.IntRange(10, 366),
    help="历史天数，止于今日。 Days of history up to today.",
)
@with_workplace
def demo(place: Workplace, seed: int, days: int) -> None:
    """生成演示城市。 Build the demo city.

    在空数据库中生成：南昌实有的区县和街道、虚构的单位，以及止于今日的三个月四类废物转移历史，其中有意
    包含若干差错。数据库中已有任何内容时拒绝执行。演示账号的密码公开，请勿用于正式数据库。

    Into an empty database: Nanchang's real districts and streets, invented firms, and three months of
    all four streams up to today, with faults put in on purpose. It refuses a database that holds
    anything. The demo logins have a public password, so never use it for a real database.

    \b
    退出码 Exit code: 0 完成 done, 1 数据库非空 the database is not empty.
    """
    upgrade_database(place.settings.database_url)
    if not make_demo(place, seed=seed, days=days):
        stop(
            "数据库中已有内容，未作任何改动；请改用空数据库（ZEROWASTE_DATABASE_URL）。 "
            "The database is not empty, so nothing was changed: name an empty one (ZEROWASTE_DATABASE_URL).",
            NOT_EMPTY,
        )


def make_demo(
    place: Workplace, *, seed: int, days: int = DEFAULT_DAYS, now: datetime | None = None, quiet: bool = False
) -> bool:
    """Build the demo city in one transaction, if the database is empty; gives whether it was.

    `now`: the moment at which the history ends (the present one if not given). `quiet`: whoever asks
    prints the logins himself."""
    from zerowaste.cli.demo_city.cast import login_lines
    from zerowaste.cli.demo_city.history import Telling, tell
    from zerowaste.services.demo import is_empty
    from zerowaste.services.findings.auditing import examine_whole, keep
    from zerowaste.services.history import sealing

    with place.database(durable=False) as database, database.session_for(write=True) as session:
        if not is_empty(session):
            return False
        moment = (now or clock.now()).replace(second=0, microsecond=0)
        telling = Telling(seed=seed, days=days, now=moment)
        told = tell(session, place.law, place.settings, telling, watch=lambda day: progress(day, "演示 Demo"))
        session.commit()
        say(
            f"演示城市已生成：联单 {told.manifests} 份，事件 {told.events} 个。",
            f"The demo city stands: {told.manifests} manifests, {told.events} events.",
        )
        if not quiet:
            click.echo("\n".join(login_lines(session)))
        session.commit()
        keep(session, examine_whole(session, place.law, now=moment))
        sealing.seal(session, place.settings.signing, now=moment)
        session.commit()
    return True
