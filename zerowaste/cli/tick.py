"""`flask tick`: what time alone brings about, once."""

import click

from zerowaste.cli.workplace import FOUND, Workplace, with_workplace


@click.command(short_help="处理到期事项（供 cron）。 Do what is due (for cron).")
@with_workplace
def tick(place: Workplace) -> None:
    """处理到期事项：作废逾期未起运的联单，核查变动所及之处，提醒和升级催办，发送邮件和程序回调。

    Expire manifests nobody picked up, audit what has changed, remind and escalate, send mails and call
    webhooks.

    请每分钟由 cron 运行一次，或改用 flask work；重复或同时运行无害。 Have cron run it every minute, or run
    flask work instead; running it twice, or two at once, does no harm.

    \b
    退出码 Exit code: 0 完成 done, 1 有投递被放弃 a delivery was given up, 75 数据库繁忙，请稍后重试 database
    busy, try again later.
    """
    from zerowaste.cli.rounds import Round

    with place.database() as database:
        did = Round(database, place.law, place.settings).run()
    did.tell()
    if did.given_up:
        raise SystemExit(FOUND)
