"""Findings: what the audits found wrong in a region, under which rule, who must act, and until when."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from flask import Response

from zerowaste.audits import Severity
from zerowaste.clock import local, local_day
from zerowaste.errors import Problem, Refusal, terms
from zerowaste.rules.statutes import Rule, rules
from zerowaste.services.audit import urgency
from zerowaste.services.directory import site_names
from zerowaste.services.findings import Case, Report, Urgency, Wanted, count_findings, findings_for
from zerowaste.vocabulary import Role
from zerowaste.web.pages.drawing import learn_names, page, say, term
from zerowaste.web.pages.sheets import SHEETS, Cell, sheet
from zerowaste.web.paging import page as cut
from zerowaste.web.paging import place_of
from zerowaste.web.schemas.base import Region, Stream, sized
from zerowaste.web.schemas.paging import PageQuery
from zerowaste.web.views import Call, Views

views = Views("finding_pages", prefix="", page=True)
OVERSEERS = (Role.REGULATOR, Role.ADMINISTRATOR)
BETWEEN = "|"
HEADINGS = (
    ("轻重", "severity"), ("问题", "finding"), ("规则", "rule"), ("依据", "legal source"), ("地点", "place"),
    ("名称", "name"), ("联单", "manifest"), ("废物代码", "waste code"), ("克", "grams"), ("自", "since"),
    ("期限", "due"), ("责任方", "who must act"), ("线索标识", "key"),
)  # fmt: skip


class Asked(PageQuery):
    """What the list is narrowed to."""

    severity: Severity | None = None
    audit: Annotated[str, sized(32, pattern=r"^[a-z_]+$")] | None = None
    stream: Stream | None = None
    region: Region | None = None


@views.get("/findings", allow=OVERSEERS, query=Asked)
def list_findings(call: Call[None, Asked]) -> Response:
    """The most urgent first, as of the last audit."""
    report = _report(call)
    cases, following = _found(call, report)
    return page(
        "findings/list.html",
        cases=cases,
        at=report.at,
        counts=count_findings(report, call.actor),
        names=_names(call, cases),
        rules=rules(),
        next=following,
        query=call.query.model_dump(mode="json", exclude={"cursor"}, exclude_defaults=True),
        severities=list(Severity),
        audits=terms()["audit"],
        streams=call.service.law.streams.current(local_day(call.now)),
        regions=call.actor.regions,
    )


@views.get("/findings.<any(csv, xlsx):kind>", allow=OVERSEERS, query=Asked, replies=SHEETS)
def save_findings(call: Call[None, Asked], kind: str) -> Response:
    """The list as it is shown, for a spreadsheet."""
    cases, _ = _found(call, _report(call))
    names = _names(call, cases)
    return sheet("findings", kind, HEADINGS, (_cells(case, names) for case in cases))


def _report(call: Call[None, Asked]) -> Report:
    return call.service.audits.report(call.session, call.service.law, now=call.now)


def _found(call: Call[None, Asked], report: Report) -> tuple[Sequence[Case], str | None]:
    """(the findings asked for, where the list goes on)."""
    query = call.query
    call.require_known(stream=query.stream)
    wanted = Wanted(query.severity, query.audit, query.stream, query.region)
    found = findings_for(report, call.actor, wanted, after=_after(query.cursor), limit=query.limit + 1)
    return cut(found, query, lambda case: BETWEEN.join(map(str, urgency(case.finding))))


def _after(cursor: str | None) -> Urgency | None:
    """How urgent the last finding seen was. Raises `invalid`."""
    place = place_of(cursor)
    if not place:
        return None
    parts = place.split(BETWEEN, 3)
    if len(parts) < 4 or not (parts[0].isascii() and parts[0].isdecimal()):
        raise Refusal("invalid", Problem("cursor_unknown", "cursor"))
    return int(parts[0]), parts[1], parts[2], parts[3]


def _names(call: Call[None, Asked], cases: Sequence[Case]) -> Mapping[str, tuple[str, str]]:
    learn_names(call.session, (case.finding.holder for case in cases))
    return site_names(call.session, (case.place for case in cases))


def _cells(case: Case, names: Mapping[str, tuple[str, str]]) -> list[Cell]:
    finding, rule = case.finding, rules().get(case.finding.rule)
    moments = [
        local(moment).isoformat(timespec="minutes") if moment else ""
        for moment in (case.since, finding.due_at)
    ]
    return [
        term("severity", finding.severity), term("audit", finding.audit), _title(finding.rule, rule),
        rule.basis if rule else "", case.place, say(*names.get(case.place, ("", ""))), case.manifest,
        case.waste_code, finding.grams, *moments, finding.holder, finding.key,
    ]  # fmt: skip


def _title(name: str, rule: Rule | None) -> str:
    return say(rule.title.zh, rule.title.en) if rule else term("rule", name)
