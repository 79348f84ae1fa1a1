"""`flask load`: a city's master data from files."""

from pathlib import Path

import click
from sqlmodel import Session

from zerowaste import clock
from zerowaste.cli.workplace import Workplace, progress, say, with_workplace


@click.command(short_help="导入单位、场所、证件、车辆、人员。 Load a city's master data.")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--dry-run", is_flag=True, help="只检查，不写入。 Only check; write nothing.")
@with_workplace
def load(place: Workplace, files: tuple[Path, ...], dry_run: bool) -> None:
    """导入单位、场所、证件、车辆和人员。 Load organisations, sites, papers, vehicles and people.

    FILE 可为 TOML，或名为 organisations、sites、permits、vehicles、people 的 CSV；可一次导入多个。
    已有的记录按文件更新，文件未写的栏目保持不变。有任何错误则全部不写入，并逐处列出文件、行和栏目。

    A FILE is TOML, or CSV called organisations, sites, permits, vehicles or people; several may be
    given. Records that exist are updated; what a file leaves out stays as it is. If anything is
    wrong nothing is written, and every fault is named with its file, line and key.

    \b
    退出码 Exit code: 0 完成 done, 1 文件有误 faults in the files.
    """
    from zerowaste.services.identity.passwords import Passwords
    from zerowaste.services.masterdata import masterdata

    contents = [(file.name, file.read_bytes()) for file in files]
    how = masterdata.Loading(
        city=place.settings.city,
        passwords=Passwords(place.settings.password_cost),
        now=clock.now(),
        watch=lambda entries: progress(entries, "写入 Writing"),
    )

    def work(session: Session) -> masterdata.Loaded:
        loaded = masterdata.load(session, place.law, contents, how)
        if dry_run:
            session.rollback()
        return loaded

    with place.database() as database:
        loaded = database.transact(work)
    say(
        f"新增 {loaded.new}，更新 {loaded.changed}，未变 {loaded.unchanged}。",
        f"{loaded.new} new, {loaded.changed} changed, {loaded.unchanged} as they were.",
    )
    if dry_run:
        say("仅检查，未写入。", "Only checked; nothing was written.")
    elif loaded.passwords:
        say("以下新账号的初始密码只显示这一次：", "First passwords of new accounts, shown this once:")
        for login, password in loaded.passwords.items():
            click.echo(f"  {login}\t{password}")
