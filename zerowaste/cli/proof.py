"""`flask replay` and `flask verify`: proof that the books are what the events say, and the events whole."""

from collections.abc import Sequence

import click

from zerowaste.cli.workplace import FOUND, Workplace, say, with_workplace

MOST_SHOWN = 100


@click.command()
@with_workplace
def replay(place: Workplace) -> None:
    """仅凭事件重建全部账目并与现存数据比对。 Build all books anew from the events alone, and compare.

    \b
    退出码 Exit code: 0 完全一致 no difference, 1 有差异 differences.
    """
    from zerowaste.services.replay import replay as replay_events

    with place.database() as database, database.session_for(write=False) as session:
        differences = replay_events(session)
    _report(
        differences,
        ("账目与事件完全一致。", "The books are exactly what the events say."),
        ("处差异", "difference(s)"),
    )


@click.command()
@with_workplace
def verify(place: Workplace) -> None:
    """校验事件链：有无篡改、缺失或截断。 Check the chains of events: changed, missing or cut off?

    \b
    退出码 Exit code: 0 完好 whole, 1 有问题 faults.
    """
    from zerowaste.services.verify import verify as verify_events

    with place.database() as database, database.session_for(write=False) as session:
        faults = verify_events(session)
    _report(faults, ("事件链完好。", "The chains of events are whole."), ("处问题", "fault(s)"))


def _report(found: Sequence[object], fine: tuple[str, str], counted: tuple[str, str]) -> None:
    """What was found, at most so many lines, and how many there are in all."""
    if not found:
        say(*fine)
        return
    for one in found[:MOST_SHOWN]:
        click.echo(str(one))
    say(f"共 {len(found)} {counted[0]}。", f"{len(found)} {counted[1]} in all.")
    raise SystemExit(FOUND)
