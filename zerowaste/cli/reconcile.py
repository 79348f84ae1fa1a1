"""`flask reconcile`: a month's masses made to balance, and what stands out."""

import json
from dataclasses import asdict
from datetime import timedelta

import click

from zerowaste import clock
from zerowaste.cli.workplace import FOUND, Workplace, say, with_workplace

GRAMS_PER_TONNE = 1_000_000
MOST_SHOWN = 20


@click.command(short_help="核对一个月的质量。 Reconcile a month's masses.")
@click.option("--month", help="月份 2026-10；默认上个月。 The month; the last whole one if none is named.")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。 Write JSON.")
@with_workplace
def reconcile(place: Workplace, month: str | None, as_json: bool) -> None:
    """按加权最小二乘核对全市各处质量，列出可疑测量。 Balance the city's masses, name what does not fit.

    \b
    退出码 Exit code:
      0  没有可疑测量 nothing is suspect
      1  有可疑测量，或总体检验不通过 a measurement is suspect, or the global test fails
    """
    from zerowaste.rules.spans import span
    from zerowaste.services.reporting.reconciled import sites_of
    from zerowaste.services.reporting.reconciliation import reconcile_month

    last = clock.local_day(clock.now()).replace(day=1) - timedelta(days=1)
    over = span(month or f"{last:%Y-%m}")
    if over is None or not over.monthly:
        raise click.BadParameter(f"{month!r} is not a month such as 2026-10", param_hint="--month")
    with place.database() as database, database.session_for(write=False) as session:
        found = reconcile_month(session, place.law, over)
        sites = sites_of(session)
    if as_json:
        told = asdict(found) | {"span": over.text, "sound": found.sound}
        told["masses"] = [
            mass._asdict()
            | {"origin": sites[mass.origin].code, "target": sites[mass.target].code}
            | {"measured": [each._asdict() for each in mass.measured]}
            for mass in found.masses
        ]
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for mass in [each for each in found.masses if each.suspect][:MOST_SHOWN]:
            ends = f"{sites[mass.origin].code} → {sites[mass.target].code}"
            worst = next(each for each in mass.measured if each.suspect)
            reported, adjusted = (
                f"{grams / GRAMS_PER_TONNE:.3f} t" for grams in (worst.reported_g, mass.adjusted_g)
            )
            click.echo(f"{mass.kind:10} {mass.group:8} {ends:32} {worst.what:9} {reported} → {adjusted}")
        suspects = sum(mass.suspect for mass in found.masses)
        test = f"χ² {found.statistic:.1f} / {found.freedom}, p = {found.probability:.4f}"
        say(f"{over.text}：{len(found.masses)} 项质量，{suspects} 处可疑；{test}。",
            f"{over.text}: {len(found.masses)} mass(es), {suspects} suspect; {test}.")  # fmt: skip
    if not found.sound:
        raise SystemExit(FOUND)
