"""`flask audit`: what is wrong in the city today."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from zerowaste import clock
from zerowaste.cli.workplace import FOUND, Workplace, progress, say, with_workplace

if TYPE_CHECKING:
    from zerowaste.audits import Finding

GRAMS_PER_TONNE = 1_000_000


@click.command(short_help="核查全市废物，列出问题线索。 Check the whole city's waste.")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。 Write JSON.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    help="只核查此时以来变动所及之处。 Only what acts since then have touched.",
)
@click.option(
    "--proof/--no-proof",
    default=True,
    show_default=True,
    help="同时以事件校验全部账目。 Also prove all books by the events.",
)
@with_workplace
def audit(place: Workplace, as_json: bool, since: datetime | None, proof: bool) -> None:
    """按规则核查全市废物，列出问题线索并记入线索册。 Check the city's waste; list and keep what is found.

    \b
    退出码 Exit code:
      0  没有账目或逾期问题 nothing is amiss in the books or overdue
      1  有账目不平或逾期 books that do not balance, or something overdue
    """
    from zerowaste.audits import Severity
    from zerowaste.services.findings.auditing import examine, examine_whole, keep

    now, law = clock.now(), place.law
    with place.database() as database:
        with database.session_for(write=False) as session:
            if since is None:
                examined = examine_whole(session, law, now=now, proof=proof, watch=progress)
            else:
                began = since.replace(tzinfo=clock.CITY_ZONE)
                examined = examine(session, law, now=now, since=began, watch=progress)
        database.transact(lambda session: keep(session, examined))
    findings = [case.finding for case in examined.cases]
    if as_json:
        click.echo(json.dumps([_plain(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        _print(findings)
    if any(finding.severity in (Severity.ALERT, Severity.OVERDUE) for finding in findings):
        raise SystemExit(FOUND)


def _plain(finding: "Finding") -> dict[str, Any]:
    """A finding as JSON has it: times with their offset, ids as text."""
    values = asdict(replace(finding, loads=None)) | {"key": finding.key}
    del values["loads"]  # their events stand among the others
    for moment in ("due_at", "since"):
        values[moment] = values[moment].isoformat() if values[moment] else None
    values["lines"] = [[str(manifest), number] for manifest, number in finding.lines]
    values["events"] = [str(event) for event in finding.events]
    return values


def _print(findings: Sequence["Finding"]) -> None:
    for finding in findings:
        due = clock.local(finding.due_at).strftime("%Y-%m-%d %H:%M") if finding.due_at else "—"
        mass = f"{finding.grams / GRAMS_PER_TONNE:.3f} t"
        said = (f"{finding.severity:8}", f"{finding.audit:18}", f"{finding.rule:10}", f"{finding.subject:28}")
        click.echo(" ".join((*said, f"{mass:>12}", f"{due:16}", finding.holder)))
    counts = Counter(str(finding.severity) for finding in findings)
    told = ", ".join(f"{severity} {count}" for severity, count in sorted(counts.items())) or "0"
    say(f"问题线索共 {len(findings)} 条（{told}）。", f"{len(findings)} finding(s): {told}.")
