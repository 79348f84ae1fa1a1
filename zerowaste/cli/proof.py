"""`flask replay` and `flask verify`: proof that the books are what the events say, and the events whole."""

from collections.abc import Iterable

import click

from zerowaste.cli.workplace import FOUND, Workplace, progress, say, with_workplace

MOST_SHOWN = 100


@click.command(short_help="凭事件重建账目并比对。 Rebuild the books and compare.")
@with_workplace
def replay(place: Workplace) -> None:
    """仅凭事件重建全部账目并与现存数据比对。 Build all books anew from the events alone, and compare.

    只读，不改动任何数据。 It only reads; nothing is changed.

    \b
    退出码 Exit code: 0 完全一致 no difference, 1 有差异 differences.
    """
    from zerowaste.services.history.replay import differences

    with place.database() as database, database.session_for(write=False) as session:
        _report(
            differences(session, place.law, progress),
            ("账目与事件完全一致。", "The books are exactly what the events say."),
            ("处差异", "difference(s)"),
        )


@click.command(short_help="校验事件链是否完好。 Check the chains of events.")
@with_workplace
def verify(place: Workplace) -> None:
    """校验事件链和封印：有无篡改、缺失或截断。 Check the chains of events and the seals.

    只读，不改动任何数据；每条链报告第一处问题。 It only reads, and names the first fault of a chain.

    \b
    退出码 Exit code: 0 完好 whole, 1 有问题 faults.
    """
    from itertools import chain

    from zerowaste.services.history.seal_proofs import seal_faults
    from zerowaste.services.history.verify import faults

    with place.database() as database, database.session_for(write=False) as session:
        found = faults(session, place.law, progress)
        _report(
            chain(found, seal_faults(session, place.settings.signing.public)),
            ("事件链完好。", "The chains of events are whole."),
            ("处问题", "fault(s)"),
        )


def _report(found: Iterable[object], fine: tuple[str, str], counted: tuple[str, str]) -> None:
    """What was found, at most so many lines, and how many there are in all."""
    count = 0
    for count, one in enumerate(found, start=1):
        if count <= MOST_SHOWN:
            click.echo(str(one))
    if not count:
        say(*fine)
        return
    say(f"共 {count} {counted[0]}。", f"{count} {counted[1]} in all.")
    raise SystemExit(FOUND)
