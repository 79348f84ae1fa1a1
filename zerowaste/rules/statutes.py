"""The statutes: the rules this service knows by id, and which law to cite on which day.

docs/law.md is written from here (`python docs/make_law.py`); nothing else writes it."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from zerowaste.rules.stream_fields import Name
from zerowaste.rules.streams import MANIFESTS

_OLD_LAW = Name(zh="《中华人民共和国固体废物污染环境防治法》", en="Solid Waste Law (2020)")
_NEW_LAW = Name(zh="《中华人民共和国生态环境法典》", en="Ecological and Environmental Code")
_TEST = re.compile(r"^ *(?:async )?def (test_\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of manifests/rules.csv. `action`: what a breach leads to; `verified`: read in the
    published text (else general knowledge); `waits`: what must be built before it is enforced."""

    id: str
    domain: str
    title: Name
    threshold: str
    action: str
    basis: str
    verified: bool
    waits: Name | None


@dataclass(frozen=True, slots=True)
class Article:
    """Where a topic stands in the Solid Waste Law and, from the day `code_from`, in the Code."""

    topic: str
    title: Name
    solid_waste_law: str
    code: str
    code_from: date


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (MANIFESTS / name).open(encoding="utf-8-sig", newline="") as source:
        yield from csv.DictReader(source)


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule by its id, in the order of the file."""
    return {
        row["id"]: Rule(
            id=row["id"],
            domain=row["domain"],
            title=Name(zh=row["title_zh"], en=row["title_en"]),
            threshold=row["threshold"],
            action=row["action"],
            basis=row["basis"],
            verified=row["status"] == "V",
            waits=Name(zh=row["waits_zh"], en=row["waits_en"]) if row["waits_en"] else None,
        )
        for row in _rows("rules.csv")
    }


@cache
def articles() -> Mapping[str, Article]:
    """Topic → its articles in the old and the new law."""
    return {
        row["topic"]: Article(
            topic=row["topic"],
            title=Name(zh=row["title_zh"], en=row["title_en"]),
            solid_waste_law=row["solid_waste_law"],
            code=row["code"],
            code_from=date.fromisoformat(row["code_from"]),
        )
        for row in _rows("law_mapping.csv")
    }


def cite(topics: Sequence[str], on: date) -> Name | None:
    """The articles on these topics as the law stood that city day; None: no topics. The Solid Waste Law until
    2026-08-14, the Code from 2026-08-15. Raises KeyError: no such topic."""
    found = [articles()[topic] for topic in topics]
    cited = (
        (_OLD_LAW, [article.solid_waste_law for article in found if on < article.code_from]),
        (_NEW_LAW, [article.code for article in found if on >= article.code_from]),
    )
    zh = "、".join(f"{law.zh}第{'、'.join(numbers)}条" for law, numbers in cited if numbers)
    en = "; ".join(f"{law.en}, articles {', '.join(numbers)}" for law, numbers in cited if numbers)
    return Name(zh=zh, en=en) if found else None


def places(rule: str, sources: Mapping[str, str]) -> list[str]:
    """The files (path → text) that name a rule."""
    return sorted(path for path, text in sources.items() if _named(rule).search(text))


def proofs(rule: str, tests: Mapping[str, str]) -> list[str]:
    """The tests (path → text of the file) that name a rule, in their name or their body, as
    `path::name`; the path alone where only the file as a whole names it."""
    found = []
    for path, text in sorted(tests.items()):
        if rule not in text and _as_name(rule) not in text:
            continue  # most files name no rule at all
        starts = [*_TEST.finditer(text)]
        ends = [*(match.start() for match in starts[1:]), *([len(text)] if starts else [])]
        named = [
            f"{path}::{match[1]}"
            for match, end in zip(starts, ends, strict=True)
            if _named(rule).search(text, match.start(), end) or _in_name(rule, match[1])
        ]
        head = text[: starts[0].start()] if starts else text
        found.extend(named or ([path] if _named(rule).search(head) else []))
    return found


def _named(rule: str) -> re.Pattern[str]:
    # A plain word such as DATA would be found everywhere: it counts only as "rule DATA".
    prefix = "" if "-" in rule else "rule "
    return re.compile(rf"(?<![A-Za-z0-9-]){prefix}{re.escape(rule)}(?![A-Za-z0-9-])")


def _in_name(rule: str, test: str) -> bool:
    return "-" in rule and f"_{_as_name(rule)}_" in f"{test}_"


def _as_name(rule: str) -> str:
    return rule.lower().replace("-", "_")


_INTRODUCTION = """\
# 规则与出处 The rules, and where each is enforced

本页由程序生成：`python docs/make_law.py`，请勿手工修改。规则的文字在 `manifests/rules.csv`。

This page is generated: run `python docs/make_law.py` and do not edit it. The rules themselves are
in `manifests/rules.csv`. **V**: read in the published text. **G**: general knowledge, a setting of
the service. A rule counts as enforced when a module or a stream file names it and a test does too.

| 编号 Rule | 内容 What it says | 限值 Threshold | 依据 Basis | 后果 Action | 执行 Enforced in |
|---|---|---|---|---|---|
"""


def law_page(sources: Mapping[str, str], tests: Mapping[str, str]) -> str:
    """docs/law.md, from the texts of all modules and stream files and of all tests, by path."""
    body = "".join(_line(rule, sources, tests) for rule in rules().values())
    waiting = sum(rule.waits is not None for rule in rules().values())
    total = len(rules())
    return (
        f"{_INTRODUCTION}{body}\n共 {total} 条，其中 {waiting} 条待建。"
        f"{total} rules, of which {waiting} wait.\n"
    )


def _line(rule: Rule, sources: Mapping[str, str], tests: Mapping[str, str]) -> str:
    mark = "V" if rule.verified else "G"
    cells = (
        f"**{rule.id}**",
        f"{rule.title.zh}<br>{rule.title.en}",
        rule.threshold or "—",
        f"{rule.basis} ({mark})",
        rule.action,
        _enforcement(rule, places(rule.id, sources), proofs(rule.id, tests)),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _enforcement(rule: Rule, where: list[str], proof: list[str]) -> str:
    if rule.waits is not None:
        return f"待建：{rule.waits.zh}<br>waits for: {rule.waits.en}"
    named = [f"`{path}`" for path in where] or ["（未执行 not enforced yet）"]
    tested = [f"✓ `{test}`" for test in proof] or ["（未测试 no test names it yet）"]
    return "<br>".join([*named, *tested])
