"""What a benchmark found, and docs/benchmarks.md made of it."""

import os
import platform
import re
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests import servers
from tests.bench.ground import DURABLE
from zerowaste import clock

ORDER = (
    "path",
    "chain",
    "audit",
    "watch",
    "outward",
    "paper",
    "simulation",
    "pages",
    "phone",
    "indicators",
    "reconciliation",
)


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not pass."""
    return sorted(values)[min(len(values) - 1, round(0.95 * len(values)))]


# A head and rows of cells.
Table = tuple[Sequence[str], Sequence[Sequence[str]]]


@dataclass(slots=True)
class Section:
    """One part: the aim's ratio (or None), tables of figures, and what they do not show."""

    title: str
    what: str
    aim: str
    verdict: str
    figures: dict[str, float]
    tables: Sequence[Table] = ()
    remarks: Sequence[str] = ()
    not_shown: str = ""
    took_s: float = 0.0

    @property
    def part(self) -> str:
        return self.title.partition(":")[0]

    def text(self) -> str:
        """The section of the report."""
        parts = [f"## {self.title}", self.what, f"**Aim:** {self.aim}  \n**Found:** {self.verdict}"]
        for head, rows in self.tables:
            lines = [_row(head), _row(["---"] + ["---:"] * (len(head) - 1)), *map(_row, rows)]
            parts.append("\n".join(lines))
        parts += self.remarks
        parts.append(f"*What this does not show:* {self.not_shown}")
        parts.append(
            f"(`python -m tests.bench {self.part}`, {clock.local(clock.now()):%Y-%m-%d %H:%M}, took "
            f"{self.took_s:.0f} s; load of the machine over 1, 5 and 15 minutes: {_load()})"
        )
        return "\n\n".join(parts)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def machine() -> str:
    """Processor, cores, memory, system and versions, in one line."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    version = subprocess.run(
        [servers.programs() / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()
    cores = f"{os.cpu_count()} cores of {_processor()}"
    return (
        f"{cores}, {pages * size / 2**30:.0f} GB of memory, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, {version}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _load() -> str:
    return ", ".join(f"{load:.1f}" for load in os.getloadavg())


def write_report(to: Path, sections: Sequence[Section]) -> None:
    """docs/benchmarks.md anew; parts that did not run this time keep what was found before."""
    texts = {section.part: section.text() for section in sections}
    texts = {**_found_before(to), **texts}
    ordered = [texts[part] for part in ORDER if part in texts]
    settings = ", ".join(f"{name} = {value}" for name, value in DURABLE.items())
    head = [
        "# Benchmarks",
        "Written by `make bench`; change nothing here by hand. Every aim is a ratio of two things measured "
        "in the same run, in turns, because the machine is shared and its speed changes by the minute. "
        "Milliseconds are given to say what the ratios are made of; do not compare them across runs. Each "
        "part says when it ran and under which load: more than the machine's cores means that others were "
        "at work, which hurts most whatever passes between processes.",
        f"- Machine: {machine()}\n"
        f"- PostgreSQL: a server of the run's own on a Unix socket; {settings}\n"
        "- Command: `make bench`; for some parts, or other sizes: "
        '`make bench ARGS="path chain --manifests 100000"`',
        "\n".join(["| part | aim | found |", "| --- | --- | --- |", *map(_summary, ordered)]),
    ]
    to.write_text("\n\n".join([*head, *ordered]) + "\n", encoding="utf-8")


def _found_before(file: Path) -> dict[str, str]:
    """Part → its text in the report as it stands."""
    if not file.exists():
        return {}
    _, *texts = re.split(r"^(?=## )", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {text[3:].partition(":")[0]: text.strip() for text in texts}


def _summary(text: str) -> str:
    title = text.partition("\n")[0][3:]
    found = dict(re.findall(r"^\*\*(Aim|Found):\*\* (.*?) *$", text, flags=re.MULTILINE))
    return _row([title, found["Aim"], found["Found"]])
