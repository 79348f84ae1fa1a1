"""`flask catalogue`: code lists and their editions."""

from datetime import datetime
from pathlib import Path

import click

from zerowaste.cli.workplace import Workplace, say, stop, with_workplace

FAULTY = 1


@click.group(short_help="废物名录。 Code lists of wastes.")
def catalogue() -> None:
    """废物名录。 Code lists of wastes."""


@catalogue.command("import", short_help="导入名录新版本。 Take in a new edition.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--edition", required=True, help="版本名，如 2025。 Name of the edition, such as 2025.")
@click.option(
    "--valid-from",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="自哪一天起施行，如 2025-01-01。 First day in force.",
)
@click.option(
    "--list", "code_list", default="hazardous", show_default=True, help="哪一份名录。 Which code list."
)
@click.option("--dry-run", is_flag=True, help="只检查，不写入。 Only check; write nothing.")
@with_workplace
def import_(
    place: Workplace, file: Path, edition: str, valid_from: datetime, code_list: str, dry_run: bool
) -> None:
    """导入名录的新版本。 Take in a new edition of a code list.

    FILE 为 CSV，至少有 code、category、name_zh 三列。旧版本保留，各按其施行日期适用；已有的版本不会被覆盖。

    FILE is CSV with at least the columns code, category and name_zh. Old editions stay and are in
    force for their own days; an edition is never overwritten. Restart the service afterwards.

    \b
    退出码 Exit code: 0 完成 done, 1 文件有误 faults in the file.
    """
    from zerowaste.rules.catalogue import parse_edition_csv, write_edition
    from zerowaste.rules.law import read_law
    from zerowaste.rules.stream_files import StreamFileError

    folder = place.settings.manifests
    if not list((folder / "catalogues").glob(f"{code_list}-*.csv")):
        stop(f"没有名录“{code_list}”。 There is no code list {code_list!r}.", FAULTY)
    rows = parse_edition_csv(_text(file))
    if dry_run:
        say(f"{len(rows)} 个代码，未写入。", f"{len(rows)} codes; nothing was written.")
        return
    written = write_edition(folder, rows, edition, valid_from.date(), code_list=code_list)
    try:
        read_law(folder)
    except StreamFileError as error:
        written.unlink()
        stop(
            f"新版本与其他文件不符，已撤回：{error} The new edition does not fit: it was taken back.", FAULTY
        )
    say(
        f"已写入 {written.name}，共 {len(rows)} 个代码；请重启服务。",
        f"{written.name} holds {len(rows)} codes; please restart the service.",
    )


def _text(file: Path) -> str:
    content = file.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")
