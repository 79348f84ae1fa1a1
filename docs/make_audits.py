"""Writes docs/audits.md: every audit in its own words, and how it did in a year with known faults."""

import inspect
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # so that it runs from anywhere, without an installation

from tests.audits.year import ENDS, Score, scores, told_year  # noqa: E402  # needs the path above
from zerowaste.audits import ALL, Audit  # noqa: E402
from zerowaste.errors import terms  # noqa: E402

PAGE = ROOT / "docs" / "audits.md"
HEAD = """# Audits

Written by `python docs/make_audits.py`; change nothing here by hand. Each audit is one file in
`zerowaste/audits/`, pure: a city goes in, findings come out. What a finding hangs on says when it is judged
again: `flask tick` judges only what acts have touched since, and a property test proves that this finds what
judging everything finds (`tests/proof/test_incremental_audit.py`).

The year behind the figures is the demo city over 365 days to {ends:%Y-%m-%d} with faults put in by
`tests/audits/planted.py` and `tests/audits/diners.py` (seed 1). *Recall*: planted faults that were found.
*Precision*: findings that are a planted fault. What this does not show: real people's data, which are
dirtier; faults of kinds nobody thought of; a city whose scales or clocks are worse than the demo's.
`incompatible` cannot come about in it: such loads are refused at filing and at every gate (unit tests show
it).

| audit | what it finds | hangs on | planted | found | findings | recall | precision |
| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |
"""


def page(results: Sequence[Score]) -> str:
    """The whole page."""
    names = terms()["audit"]
    rows = []
    for audit, score in zip(ALL, results, strict=True):
        name, counts = names[audit.name], (score.planted, score.found, score.findings)
        cells = [f"[{audit.name}](#{audit.name})", f"{name['zh']} · {name['en']}", str(audit.grain)]
        cells += [*map(str, counts), share(score.found, score.planted), share(score.true, score.findings)]
        rows.append(f"| {' | '.join(cells)} |")
    parts = [part for audit in ALL for part in told(audit)]
    return HEAD.format(ends=ENDS) + "\n".join(rows) + "\n\n" + "\n".join(parts)


def told(audit: Audit) -> Iterator[str]:
    """An audit in the words of its own file; what is drawn stands apart."""
    module = inspect.getmodule(audit.find)
    text = inspect.getdoc(module) or ""
    yield f"## {audit.name}\n"
    for paragraph in text.split("\n\n"):
        drawn = any(mark in paragraph for mark in "▶▷┄[·─")
        yield f"```\n{inspect.cleandoc(paragraph)}\n```\n" if drawn else f"{paragraph}\n"


def share(part: int, whole: int) -> str:
    """Two figures as a percentage."""
    return f"{100 * part / whole:.0f} %" if whole else "—"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, told_year(Path(folder)) as (session, law, year):
        PAGE.write_text(page(scores(session, law, year)), encoding="utf-8")
