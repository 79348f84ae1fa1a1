"""`flask audit`: what is wrong in the city today."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from zerowaste import clock
from zerowaste.cli.workplace import FOUND, Workplace, say, with_workplace

if TYPE_CHECKING:
    from zerowaste.audits import Finding

GRAMS_PER_TONNE = 1_000_000


@click.command(short_help="核查全市废物，列出问题线索。 Check the whole city's waste.")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。 Write JSON.")
@with_workplace
def audit(place: Workplace, as_json: bool) -> None:
    """按规则核查全市在途、在库废物，列出问题线索。 Check the whole city's waste against the rules.

    \b
    退出码 Exit code:
      0  没有账目或逾期问题 nothing is amiss in the books or overdue
      1  有账目不平或逾期 books that do not balance, or something overdue
    """
    from zerowaste.audits import Severity
    from zerowaste.services.audit import run_audits

    with place.database() as database, database.session_for(write=False) as session:
        findings = run_audits(session, place.law, now=clock.now())
    if as_json:
        click.echo(json.dumps([_plain(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        _print(findings)
    if any(finding.severity in (Severity.ALERT, Severity.OVERDUE) for finding in findings):
        raise SystemExit(FOUND)


def _plain(finding: "Finding") -> dict[str, Any]:
    """A finding as JSON has it: times with their offset, ids as text."""
    values = asdict(finding) | {"key": finding.key}
    for moment in ("due_at", "since"):
        values[moment] = values[moment].isoformat() if values[moment] else None
    values["lines"] = [[str(manifest), number] for manifest, number in finding.lines]
    values["events"] = [str(event) for event in finding.events]
    return values


def _print(findings: Sequence["Finding"]) -> None:
    for finding in findings:
        due = clock.local(finding.due_at).strftime("%Y-%m-%d %H:%M") if finding.due_at else "—"
        mass = f"{finding.grams / GRAMS_PER_TONNE:.3f} t"
        columns = (f"{finding.severity:8}", f"{finding.rule:10}", f"{finding.subject:28}", f"{mass:>12}")
        click.echo(" ".join((*columns, f"{due:16}", finding.holder)))
    counts = Counter(str(finding.severity) for finding in findings)
    told = ", ".join(f"{severity} {count}" for severity, count in sorted(counts.items())) or "0"
    say(f"问题线索共 {len(findings)} 条（{told}）。", f"{len(findings)} finding(s): {told}.")
