"""`flask seal`: seal the history so far, and hand the seals out."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zerowaste import clock
from zerowaste.cli.workplace import Workplace, say, with_workplace

if TYPE_CHECKING:
    from zerowaste.services.history.sealing import Sealed


@click.command(short_help="封印至今的全部事件并签名。 Seal all events so far.")
@click.option(
    "--export",
    type=click.Path(path_type=Path, file_okay=False),
    help="把全部封印写入此文件夹，以便在别处留存。 Write all seals into this folder, to be kept elsewhere.",
)
@with_workplace
def seal(place: Workplace, export: Path | None) -> None:
    """封印至今的全部事件：默克尔树根、前一封印、时间，用数据库之外的密钥签名。

    Seal all events so far: the root of a Merkle tree, the seal before and the time, signed with a key
    outside the database. flask tick does it too. 没有新事件时不产生新封印。 Without new events there is
    no new seal.

    \b
    退出码 Exit code: 0 完成 done, 75 数据库繁忙，请稍后重试 database busy, try again later.
    """
    from zerowaste.services.history import sealing

    with place.database() as database:
        made = database.transact(
            lambda session: sealing.seal(session, place.settings.signing, now=clock.now(), complete=True)
        )
        if made is None:
            say("没有新的事件需要封印。", "There is no new event to be sealed.")
        else:
            say(
                f"封印 {made.number}：共 {made.size} 件事件，根 {made.root.hex()}。",
                f"Seal {made.number}: {made.size} events, root {made.root.hex()}.",
            )
        if export:
            with database.session_for(write=False) as session:
                count = _write(sealing.every_seal(session), export)
            say(f"已写出封印 {count} 份：{export}", f"{count} seal(s) written: {export}")


def _write(seals: "Iterable[Sealed]", folder: Path) -> int:
    """One file a seal, as `GET /seals/{number}` answers it."""
    from zerowaste.services.history.sealing import published

    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for each in seals:
        (folder / f"seal-{each.number}.json").write_text(published(each), encoding="utf-8")
        count += 1
    return count
