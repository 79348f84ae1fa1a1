"""`flask tick`: what time alone brings about."""

import click

from zerowaste import clock
from zerowaste.cli.workplace import Workplace, say, with_workplace


@click.command(short_help="处理到期事项（供 cron）。 Do what is due (for cron).")
@with_workplace
def tick(place: Workplace) -> None:
    """处理到期事项：逾期未起运的联单作废，退还占用的批次和额度；核查变动所及之处。
    Expire manifests nobody picked up in time; audit what has changed.

    请每隔几分钟由 cron 运行一次；可重复运行。 Have cron run it every few minutes; running it twice
    does no harm.

    \b
    退出码 Exit code: 0 完成 done, 75 数据库繁忙，请稍后重试 database busy, try again later.
    """
    from zerowaste.services.auditing import examine, keep
    from zerowaste.services.expiry import BATCH, expire_due

    law, now = place.law, clock.now()
    expired = 0
    with place.database() as database:
        while True:
            batch = database.transact(lambda session: expire_due(session, law, now))
            expired += batch
            if batch < BATCH:
                break
        examined = database.transact(lambda session: examine(session, law, now=now), write=False)
        kept = database.transact(lambda session: keep(session, examined))
    say(
        f"作废联单 {expired} 份；新增问题线索 {kept.new} 条，消除 {kept.gone} 条。",
        f"{expired} manifest(s) expired; {kept.new} new finding(s), {kept.gone} gone.",
    )
