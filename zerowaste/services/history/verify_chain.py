"""One chain of events, hashed anew: whether every event is there, in its place, and as it was sealed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zerowaste.errors import LANGUAGES, Problem
from zerowaste.rules import evidence
from zerowaste.services.booking.ledger import OF_SENDING

# What each subject is called.
SUBJECTS = {
    "manifest": {"zh": "联单", "en": "manifest"},
    "site": {"zh": "场所", "en": "site"},
    "organisation": {"zh": "单位", "en": "organisation"},
    "treatment": {"zh": "处理批次", "en": "treatment"},
    "publication": {"zh": "信息公开", "en": "publication"},
    "account": {"zh": "账号", "en": "account"},
    "disposition": {"zh": "问题线索", "en": "finding"},
}
# The columns that say where an event stands; the others repeat what else its text says.
PLACE = ("subject", "key", "number")
REPEATED = ("id", "kind", "verdict", "at", "recorded_at", "actor", "findings")


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing wrong with one chain (or with one file, or one series of numbers).

    `name`: what people call the subject; `number` and `event`: which event, as far as there is one;
    `detail`: what else its sentence says."""

    code: str
    subject: str
    key: str
    name: str = ""
    number: int = 0
    event: str = ""
    detail: tuple[tuple[str, Any], ...] = ()

    @property
    def problem(self) -> Problem:
        """What is to be told of it."""
        called = {"subject": SUBJECTS.get(self.subject, self.subject), "name": self.name or self.key}
        params = {**called, "number": self.number, "event": self.event or "—", **dict(self.detail)}
        return Problem(self.code, params=params)

    def __str__(self) -> str:
        return " ".join(self.problem.sentence(language) for language in LANGUAGES)


@dataclass(frozen=True, slots=True)
class Walked:
    """How far a chain could be followed: its last event's number, id and hash; and its first fault."""

    subject: str
    key: str
    events: int = 0
    head: str = ""
    last: str = ""
    fault: Fault | None = None


def walk(subject: str, key: str, events: Iterator[Any]) -> Walked:
    """Follow one chain to its end or to its first fault. Its events bear `private_text` and `salt`."""
    number, head, last = 0, "", ""
    for event in events:
        number += 1
        code, detail = _wrong(event, number, head)
        if code:
            there = str(event.id) if code != "chain_event_missing" else ""
            return Walked(
                subject, key, fault=Fault(code, subject, key, number=number, event=there, detail=detail)
            )
        head, last = event.hash, str(event.id)
    return Walked(subject, key, number, head, last)


Wrong = tuple[str, tuple[tuple[str, Any], ...]]
FINE: Wrong = ("", ())


def _wrong(event: Any, number: int, previous: str) -> Wrong:
    """What is wrong with an event that should be the chain's next: a code, and what its sentence says."""
    if event.number != number:
        return "chain_event_missing", (("next", event.number),)
    content = _content(event.text)
    displaced = [name for name in PLACE if content.get(name) != getattr(event, name)]
    if content and displaced:
        return "chain_event_relabelled", (("columns", ", ".join(displaced)),)
    if evidence.seal(previous, event.text) != event.hash or not content:
        return "chain_event_altered", ()
    said = _repeated(content)
    relabelled = [name for name in REPEATED if said[name] != _stored(event, name)]
    if relabelled:
        return "chain_event_relabelled", (("columns", ", ".join(relabelled)),)
    return _private(event, content)


def _content(text: str) -> dict[str, Any]:
    """What a text says; nothing, where it is not even a text of ours."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _repeated(content: dict[str, Any]) -> dict[str, Any]:
    findings = content.get("findings", ())
    return {name: content.get(name) for name in REPEATED} | {
        "findings": len(findings) if isinstance(findings, list | tuple) else None
    }


def _stored(event: Any, name: str) -> Any:
    value = getattr(event, name)
    if name in ("at", "recorded_at"):
        return evidence.stamp(value)
    return str(value) if name == "id" else value


def _private(event: Any, content: dict[str, Any]) -> Wrong:
    """What is personal may have been erased, but not changed; and the act must be the one that was sent."""
    private = None
    if event.private_text is not None:
        if content.get("private") != evidence.fingerprint(event.salt, event.private_text):
            return "chain_private_altered", ()
        private = _content(event.private_text) or None
    elif content.get("private"):
        return FINE
    body = content.get("act")
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in OF_SENDING}
    act = [content.get("kind"), body, private]
    actor, subject, key = (str(content.get(name)) for name in ("actor", "subject", "key"))
    try:
        digest = evidence.act_digest(actor, subject, key, act)
    except (ValueError, RecursionError):  # no act that was ever taken in
        digest = None
    return FINE if digest and content.get("digest") == digest else ("chain_event_altered", ())
