"""Findings: what the audits found wrong in a region, the events behind it, and what is made of it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import uuid_utils.compat as uuid7
from flask import Response
from sqlmodel import Session

from zerowaste.audits import Severity
from zerowaste.clock import local, local_day
from zerowaste.errors import Problem, Refusal, terms
from zerowaste.rules.statutes import Rule, rules
from zerowaste.services.booking.manifest_state import as_uuid
from zerowaste.services.findings.dispositions import NEED_REASONS, dispose
from zerowaste.services.findings.findings import (
    FoundItem,
    audited_at,
    count_findings,
    evidence_of,
    finding_for,
    findings_for,
    history_of,
)
from zerowaste.services.history.seal_proofs import prove_events
from zerowaste.services.queries.names import site_names
from zerowaste.vocabulary import Disposition, Role
from zerowaste.web.forms import Typed
from zerowaste.web.pages.drawing import learn_names, page, say, term
from zerowaste.web.pages.session import go_on
from zerowaste.web.pages.sheets import SHEETS, sheet
from zerowaste.web.paging import finding_after, finding_place
from zerowaste.web.paging import page as cut
from zerowaste.web.schemas.findings import DispositionBody, FindingsQuery
from zerowaste.web.streaming import Cell
from zerowaste.web.views import TYPED, Call, NoQuery, Views

T = TypeVar("T")
views = Views("finding_pages", prefix="", page=True)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ")
OVERSEERS = (Role.REGULATOR, Role.ADMINISTRATOR)
HEADINGS = (
    ("轻重", "severity"), ("问题", "finding"), ("规则", "rule"), ("依据", "legal source"), ("地点", "place"),
    ("名称", "name"), ("联单", "manifest"), ("废物代码", "waste code"), ("克", "grams"), ("自", "since"),
    ("期限", "due"), ("责任方", "who must act"), ("处置", "disposition"), ("线索标识", "key"),
)  # fmt: skip


class _Listed(NamedTuple):
    """A page of the list, and what is said around it."""

    items: Sequence[FoundItem]
    next: str | None
    counts: Mapping[Severity, int]
    names: Mapping[str, tuple[str, str]]
    at: Any


@views.get("/findings", allow=OVERSEERS, query=FindingsQuery)
def list_findings(call: Call[None, FindingsQuery]) -> Response:
    """The most urgent first, audited just now."""
    listed = _up_to_date(call, lambda session: _listed(call, session))
    return page(
        "findings/list.html",
        found=listed,
        rules=rules(),
        query=call.query.model_dump(mode="json", exclude={"cursor"}, exclude_defaults=True),
        severities=list(Severity),
        dispositions=list(Disposition),
        asked=str(call.query.disposition),
        audits=terms()["audit"],
        streams=call.service.law.streams.current(local_day(call.now)),
    )


@views.get("/findings.<any(csv, xlsx):kind>", allow=OVERSEERS, query=FindingsQuery, replies=SHEETS)
def save_findings(call: Call[None, FindingsQuery], kind: str) -> Response:
    """The list as it is shown, for a spreadsheet."""
    listed = _up_to_date(call, lambda session: _listed(call, session))
    return sheet("findings", kind, HEADINGS, (_cells(item, listed.names) for item in listed.items))


@views.get("/findings/<ref>", allow=OVERSEERS)
def show_finding(call: Call[None, NoQuery], ref: str) -> Response:
    """One finding: what, where, who, the events behind it, and what was made of it."""
    return _show(call, ref, Typed({"id": [str(uuid7.uuid7())]}))


@views.post("/findings/<ref>", allow=OVERSEERS, body=TYPED)
def dispose_of_finding(call: Call[Typed, NoQuery], ref: str) -> Response:
    """Say what is made of it."""
    try:
        dispose(call.desk(), call.body.read(DispositionBody).request(ref))
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _show(call, ref, call.body, refusal.headline, refusal.problems)
    return go_on(f"/findings/{ref}")


@views.get("/findings/<ref>/events/<event>", allow=OVERSEERS)
def show_event(call: Call[None, NoQuery], ref: str, event: str) -> Response:
    """An event behind a finding as it stands in its chain, with its seal."""
    found = finding_for(call.session, call.actor, ref)
    known = {each.id: each for each in evidence_of(call.session, found)}
    wanted = as_uuid(event)
    if wanted is None or wanted not in known:
        raise Refusal("not_found")
    proofs = prove_events(call.session, {wanted: known[wanted].hash})
    return page(
        "findings/event.html", finding=found, event=known[wanted], proof=proofs[0] if proofs else None
    )


def _up_to_date(call: Call[Any, Any], work: Callable[[Session], T]) -> T:
    """Audit what has happened since, then read in a session that sees it."""
    call.service.audits.refresh(call.service.database, call.service.law, now=call.now)
    return call.service.database.transact(work, write=False)


def _listed(call: Call[None, FindingsQuery], session: Session) -> _Listed:
    query = call.query
    wanted = query.wanted()
    found = findings_for(
        session, call.actor, wanted, after=finding_after(query.cursor), limit=query.limit + 1
    )
    items, following = cut(found, query, finding_place)
    counts = count_findings(session, call.actor, replace(wanted, severity=None))
    return _Listed(items, following, counts, _names(session, items), audited_at(session))


def _show(
    call: Call[Any, Any], ref: str, typed: Typed, problem: Problem | None = None,
    problems: Sequence[Problem] = (),
) -> Response:  # fmt: skip
    found = finding_for(call.session, call.actor, ref)
    events, history = evidence_of(call.session, found), history_of(call.session, found.id)
    return page(
        "findings/show.html",
        status=200 if problem is None else 422,
        finding=found,
        particulars=_particulars(found.detail),
        rule=rules().get(found.rule),
        names=_names(call.session, [found]),
        events=events,
        history=history,
        dispositions=list(Disposition),
        need_reasons=NEED_REASONS,
        typed=typed,
        problem=problem,
        problems=problems,
    )


def _particulars(detail: str) -> str:
    """What tells a finding apart, with its moments on the city's clocks."""
    return _MOMENT.sub(lambda found: f"{local(datetime.fromisoformat(found[0])):%Y-%m-%d %H:%M}", detail)


def _names(session: Session, items: Sequence[FoundItem]) -> Mapping[str, tuple[str, str]]:
    learn_names(session, (item.holder for item in items))
    return site_names(session, (item.place for item in items if item.place))


def _cells(item: FoundItem, names: Mapping[str, tuple[str, str]]) -> list[Cell]:
    rule = rules().get(item.rule)
    moments = [
        local(moment).isoformat(timespec="minutes") if moment else "" for moment in (item.since, item.due_at)
    ]
    return [
        term("severity", item.severity), term("audit", item.audit), _title(item.rule, rule),
        rule.basis if rule else "", item.place, say(*names.get(item.place, ("", ""))), item.manifest,
        item.waste_code, item.grams, *moments, item.holder, term("disposition", item.disposition), item.key,
    ]  # fmt: skip


def _title(name: str, rule: Rule | None) -> str:
    return say(rule.title.zh, rule.title.en) if rule else term("rule", name)
