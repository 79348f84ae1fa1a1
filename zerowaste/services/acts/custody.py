"""Custody: one act on one manifest, judged, booked and answered.

The way of one scan: lock the manifest's row → fold its events → is the act legal now, for him? → what
does it make of the facts (rules/custody.py) → what does the law say of that → what must be booked
(rules/booking.py) → write (services/booking/ledger.py)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from zerowaste.errors import Problem, Refusal
from zerowaste.rules.actions import Action
from zerowaste.rules.decision import Decision, problems_of
from zerowaste.rules.history import fold
from zerowaste.rules.lifecycle import Side
from zerowaste.rules.state import Findings, ManifestState, sides
from zerowaste.services.acts import drafts, gate, judging, settling
from zerowaste.services.acts.next_acts import next_acts
from zerowaste.services.booking import ledger
from zerowaste.services.booking.ledger import Act, Chain
from zerowaste.services.booking.manifest_state import chain_of, locked, refuse_if_changed, state_of
from zerowaste.services.desk import Desk
from zerowaste.services.requests import EventRequest
from zerowaste.vocabulary import Status, Verdict


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer to an act. `created` False: this very act was recorded before, here is its answer.

    `code` and `errors` where it was refused."""

    id: UUID
    manifest_id: UUID
    number: int
    verdict: Verdict
    status: Status
    created: bool
    warnings: Sequence[Problem] = ()
    findings: Sequence[Problem] = ()
    actions: Sequence[Action] = ()
    code: str = ""
    errors: Sequence[Problem] = ()


def record_act(desk: Desk, ref: str, request: EventRequest) -> Recorded:
    """Record one act on a manifest. Raises `not_found`, `forbidden`, `id_reused`, `changed_meanwhile`.

    What the law refuses is returned with all reasons (verdict `refused`) and kept as evidence."""
    row, texts, stored = locked(desk.session, ref, request.id)
    if row.number is None:
        return _on_draft(desk, row, request, stored)
    history = fold(texts)
    state = state_of(desk.law, desk.register, history, now=desk.now)
    roles = _sides(desk, state, request)
    act = act_of(desk, request)
    if ledger.repeated(stored, act, "manifest", state.key):
        return _first_answer(stored, row.id, next_acts(desk, state))
    refuse_if_changed(request.expects, row)
    report = judging.report_of(desk, state, request)
    decision = judging.decide(desk, state, report, roles, Findings(), texts)
    chain, text = ledger.append(
        desk.session, chain_of(row), replace(act, at=report.at), decision, now=desk.now
    )
    if decision.verdict is Verdict.APPLIED:
        settling.settle_others(desk, state, decision, request.id)
        history.add(json.loads(text))
        state = state_of(desk.law, desk.register, history, now=desk.now)
        if decision.findings:
            _tell(desk, state, request.id, decision)
    return _answer(request.id, row.id, chain, decision, next_acts(desk, state, decision))


def _on_draft(desk: Desk, row: ledger.Row, request: EventRequest, stored: ledger.Row | None) -> Recorded:
    """A draft knows one act: its author's side throws it away."""
    act = act_of(desk, request)
    if ledger.repeated(stored, act, "manifest", str(row.id)):
        return _first_answer(stored, row.id, ())
    refuse_if_changed(request.expects, row)
    decision, chain = drafts.throw_away(desk, row, act)
    return _answer(request.id, row.id, chain, decision, ())


def _answer(
    event_id: UUID, manifest_id: UUID, chain: Chain, decision: Decision, actions: Sequence[Action]
) -> Recorded:
    return Recorded(
        id=event_id,
        manifest_id=manifest_id,
        number=chain.events,
        verdict=decision.verdict,
        status=Status(decision.status),
        created=True,
        warnings=decision.warnings,
        findings=decision.findings,
        actions=actions,
        code=decision.code,
        errors=decision.errors,
    )


def _sides(desk: Desk, state: ManifestState, request: EventRequest) -> frozenset[Side]:
    roles = sides(desk.actor, state)
    if not roles and not judging.superseded(desk, state, request):
        raise Refusal("not_found")
    return roles


def act_of(desk: Desk, request: EventRequest) -> Act:
    """The act as its event will tell it."""
    private = {
        name: value
        for name, value in (("note", request.note or None), ("position", request.position))
        if value is not None
    }
    return Act(
        id=request.id,
        kind=request.kind,
        at=request.at,
        actor=desk.actor.login,
        role=desk.actor.role,
        body=request.body,
        credential=desk.actor.credential,
        sent_at=request.sent_at,
        private=private or None,
    )


def _first_answer(stored: ledger.Row, manifest_id: UUID, actions: Sequence[Action]) -> Recorded:
    content = ledger.content_of(stored)
    return Recorded(
        id=stored.id,
        manifest_id=manifest_id,
        number=stored.number,
        verdict=Verdict(stored.verdict),
        status=Status(content["status"]),
        created=False,
        warnings=problems_of(content.get("warnings", ())),
        findings=problems_of(content.get("findings", ())),
        actions=actions,
        code=content.get("code", ""),
        errors=problems_of(content.get("errors", ())),
    )


def _tell(desk: Desk, state: ManifestState, event_id: UUID, decision: Decision) -> None:
    for organisation, codes in told(state, decision):
        ledger.notify(desk.session, event_id, organisation, codes, now=desk.now)


def told(state: ManifestState, decision: Decision) -> list[tuple[int | None, list[str]]]:
    """HW-DIFF: the consignor and the authority of the receiving place (None) are told of every difference."""
    codes = sorted({problem.code for problem in decision.findings} & gate.TOLD)
    return [(state.consignor.organisation_id, codes), (None, codes)] if codes else []
