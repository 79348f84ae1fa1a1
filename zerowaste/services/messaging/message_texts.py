"""What a message says, in the reader's language, made of the plain values it holds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from zerowaste.clock import local
from zerowaste.errors import terms
from zerowaste.rules.statutes import rules
from zerowaste.vocabulary import NudgeKind

Names = Mapping[str, tuple[str, str]]
GRAMS_A_KILOGRAM, GRAMS_A_TONNE = 1_000, 1_000_000
_PLAIN = {"zh": ("{}千克", "{}吨"), "en": ("{} kg", "{} t")}


class Text(NamedTuple):
    """A headline, and the lines below it."""

    headline: str
    lines: tuple[str, ...]


def text_of(kind: NudgeKind, content: Mapping[str, Any], names: Names, language: str) -> Text:
    """A message in words. `names`: of places, by code (Chinese, English)."""
    zh = language == "zh"
    where = _place(content.get("place"), names, language)
    if kind is NudgeKind.INCIDENT:
        what = _term("incident", content.get("incident"), language)
        over = content.get("over")
        if zh:
            return Text(f"突发事件{'已结束' if over else ''}：{what or '详见页面'}", (where,))
        return Text(f"Incident {'over' if over else 'reported'}{f': {what}' if what else ''}", (where,))
    if kind is NudgeKind.DIFFERENCE:
        number = content.get("subject", "")
        said = (
            f"联单 {number} 实收与申报有差异"
            if zh
            else f"Manifest {number}: what arrived is not what was declared"
        )
        return Text(said, (where,))
    what = _term("deadline", content.get("deadline"), language)
    if kind is NudgeKind.OVERDUE:
        return Text(f"已逾期：{what}" if zh else f"Overdue: {what}", _lines(content, where, language))
    return Text(f"即将到期：{what}" if zh else f"Due soon: {what}", _lines(content, where, language))


def _lines(content: Mapping[str, Any], where: str, language: str) -> tuple[str, ...]:
    zh = language == "zh"
    due = f"{local(datetime.fromisoformat(content['due_at'])):%Y-%m-%d %H:%M}"
    what = " ".join(filter(None, (content.get("waste_code", ""), _mass(content.get("mass_g"), language))))
    rule = rules().get(content.get("rule", ""))
    about = content.get("subject", "")
    if paper := content.get("paper"):
        about = f"{_term('instrument', paper, language)} {about}"
    lines = (
        f"期限 {due}" if zh else f"Due {due}",
        where,
        about,
        what,
        content.get("holder", ""),
        f"{rule.title.zh if zh else rule.title.en}（{rule.basis}）" if rule else "",
    )
    return tuple(line for line in lines if line)


def _place(code: Any, names: Names, language: str) -> str:
    if not code:
        return ""
    if code not in names:
        return str(code)
    return f"{names[code][0 if language == 'zh' else 1]} {code}"


def _mass(grams: Any, language: str) -> str:
    if not grams:
        return ""
    kilograms, tonnes = _PLAIN["zh" if language == "zh" else "en"]
    if grams < 10 * GRAMS_A_TONNE:
        return kilograms.format(_figure(grams, GRAMS_A_KILOGRAM))
    return tonnes.format(_figure(grams, GRAMS_A_TONNE))


def _figure(grams: int, unit: int) -> str:
    whole, rest = divmod(grams, unit)
    return f"{whole:,}" + (f".{rest * 1_000 // unit:03d}".rstrip("0").rstrip(".") if rest else "")


def _term(kind: str, value: Any, language: str) -> str:
    if not value:
        return ""
    words = terms().get(kind, {}).get(str(value))
    return str(value) if words is None else words[language]
