"""Filing a manifest: resolve what it names, judge it whole, reserve room, hold the waste, number it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import uuid_utils.compat as uuid7

from zerowaste.clock import local_day
from zerowaste.errors import Problem
from zerowaste.rules import booking, dues, filing
from zerowaste.rules.balance import LineFacts, Path
from zerowaste.rules.decision import Decision, problems_of
from zerowaste.rules.evolving import replace
from zerowaste.rules.filed import FiledLine, Filing
from zerowaste.rules.parties import Place
from zerowaste.rules.state import Findings, ManifestState, Stretch
from zerowaste.services import naming
from zerowaste.services.acts import drafts, incidents, lots
from zerowaste.services.booking import ledger
from zerowaste.services.booking.ledger import Act, Chain
from zerowaste.services.desk import Desk
from zerowaste.services.requests import FilingRequest
from zerowaste.services.room import capacity
from zerowaste.vocabulary import Status, Verdict


@dataclass(frozen=True, slots=True)
class Filed:
    """The answer: `created` False where this very manifest was filed before or only judged."""

    id: UUID
    number: str | None
    status: Status
    created: bool
    warnings: Sequence[Problem] = ()
    refused: bool = False
    code: str = ""
    errors: Sequence[Problem] = ()


def file_manifest(desk: Desk, request: FilingRequest, *, dry_run: bool = False) -> Filed:
    """File a manifest, or with `dry_run` only judge it.

    Raises `invalid` where something named does not exist, `forbidden` where the consignor is not the
    actor's, `changed_meanwhile` where its draft is no more what the sender saw. What the law refuses is
    returned (`refused`), with all reasons, and kept as evidence."""
    manifest_id = request.id or uuid7.uuid7()
    act = act_of(desk, manifest_id, request)
    known = drafts.earlier(desk.session, manifest_id) if request.id else drafts.NOTHING_KNOWN
    if known.event is not None:
        return _first_answer(known.event, act)
    chain = Chain("manifest", str(manifest_id), 0, "")
    if known.manifest is not None:
        chain = drafts.own_draft(desk, known.manifest)
        drafts.refuse_if_overwriting(desk.session, known.manifest, request.expects, request.window)
    resolved, state, reservation, found = judge(desk, manifest_id, request)
    if found.errors or dry_run:
        if not dry_run:
            _keep_refusal(desk, resolved.consignor, act, found)
        return Filed(
            manifest_id,
            None,
            Status.DRAFT,
            False,
            found.warnings,
            bool(found.errors),
            "invalid",
            found.errors,
        )
    return _book(desk, chain, act, request, resolved, state, reservation, found)


def judge(
    desk: Desk, manifest_id: UUID, request: FilingRequest
) -> tuple[Filing, ManifestState, capacity.Reservation, Findings]:
    """What is filed, the manifest it would become, what it would reserve, and what is wrong with it."""
    resolved, unknown = naming.resolve_filing(desk, request)
    found = filing.judge(resolved, desk.law.catalogue, desk.now)
    found.errors[:0] = unknown
    naming.tags_elsewhere(desk, manifest_id, resolved, found)
    incidents.refuse_stopped(desk, resolved.consignee, found)
    state = _planned(desk, manifest_id, request, resolved, found)
    return resolved, state, capacity.reserve(desk, state, resolved, found), found


def act_of(desk: Desk, manifest_id: UUID, request: FilingRequest) -> Act:
    """The act of filing; its personal fields stand apart, so that they can be erased."""
    stream = desk.law.streams.find(request.stream, on=local_day(desk.now))
    public, personal = drafts.split_fields(stream, request.fields)
    body = dict(request.body)
    if personal:
        body["fields"] = public
    return Act(
        id=manifest_id,
        kind="file",
        at=desk.now,
        actor=desk.actor.login,
        role=desk.actor.role,
        body=body,
        credential=desk.actor.credential,
        private={"fields": personal} if personal else None,
    )


def _first_answer(stored: ledger.Row, act: Act) -> Filed:
    """This manifest was filed already: what was answered then. The filing's event bears its id."""
    ledger.repeated(stored, act, "manifest", str(act.id))
    content = ledger.content_of(stored)
    row = {**content.get("put", {}), **content.get("set", {})}["manifest"][0]
    return Filed(
        act.id, row["number"], Status(content["status"]), False, problems_of(content.get("warnings", ()))
    )


def _planned(
    desk: Desk, manifest_id: UUID, request: FilingRequest, resolved: Filing, found: Findings
) -> ManifestState:
    """The manifest as filed, its lines spread over the lots they take from."""
    lines = tuple(_line(desk, resolved, line, found) for line in resolved.lines if line.mass_g > 0)
    return ManifestState(
        key=str(manifest_id),
        number="",
        stream=resolved.stream,
        consignor=resolved.consignor,
        consignee=resolved.consignee,
        planned_at=resolved.planned_at,
        expires_at=dues.expires_at(resolved.stream, resolved.planned_at),
        legs=tuple(Stretch(carriage) for carriage in resolved.legs),
        lines=lines,
        path=Path(outside=resolved.consignee.outside),
        trip=str(request.trip) if request.trip else None,
    )


def _line(desk: Desk, resolved: Filing, line: FiledLine, found: Findings) -> LineFacts:
    draws = lots.plan_draws(desk, resolved, line, found)
    rest = line.mass_g - sum(portion.grams for portion in draws)
    if rest > 0 and not resolved.consignor.generates:
        found.error("stock_short", f"{line.path}.mass_g", line=line.number, short_g=rest,
                    waste_code=line.waste_code)  # fmt: skip
    elif rest > 0:
        found.warn("generated_by_filing", f"{line.path}.mass_g", line=line.number, mass_g=rest)
    volume = line.volume_l
    if volume is None and line.waste is not None and line.waste.density_g_per_l:
        volume = -(-line.mass_g // line.waste.density_g_per_l)
    return LineFacts(
        number=line.number,
        waste_code=line.waste_code,
        declared_g=line.mass_g,
        draws=draws,
        yard=rest > 0,
        operation=line.operation,
        basis=line.basis,
        volume_l=volume,
        packages=line.packages,
        packaging=line.packaging,
    )


def _keep_refusal(desk: Desk, consignor: Place, act: Act, found: Findings) -> None:
    """A refused filing is evidence too: an event of the site that tried. The manifest's id stays free."""
    chain = lots.lock_site(desk.session, consignor.code)
    decision = Decision(verdict=Verdict.REFUSED, code="invalid", errors=found.errors, warnings=found.warnings)
    ledger.append(desk.session, chain, replace(act, id=uuid7.uuid7()), decision, now=desk.now)


def _book(
    desk: Desk,
    chain: Chain,
    act: Act,
    request: FilingRequest,
    resolved: Filing,
    state: ManifestState,
    reservation: capacity.Reservation,
    found: Findings,
) -> Filed:
    decision = decide(desk, request, resolved, state, reservation, found, new=not chain.events)
    ledger.append(desk.session, chain, act, decision, now=desk.now)
    (row,) = (decision.set if chain.events else decision.put)["manifest"]
    return Filed(UUID(state.key), row["number"], Status.FILED, True, found.warnings)


def decide(
    desk: Desk,
    request: FilingRequest,
    resolved: Filing,
    state: ManifestState,
    reservation: capacity.Reservation,
    found: Findings,
    *,
    new: bool,
) -> Decision:
    """What a filing that the law lets through books. `new` False: its draft is there."""
    state = replace(state, number=naming.manifest_number(desk, resolved))
    decision = booking.compose(
        None,
        state,
        desk.now,
        allot=desk.books.allot,
        due_at=dues.due_for(desk.law.catalogue, state, desk.register.papers),
    )
    decision.warnings = found.warnings
    decision.findings = found.findings
    decision.charges = reservation.charges
    decision.ceilings = reservation.ceilings
    _rows(desk, decision, state, request, resolved, new=new)
    return decision


def _rows(
    desk: Desk,
    decision: Decision,
    state: ManifestState,
    request: FilingRequest,
    resolved: Filing,
    *,
    new: bool,
) -> None:
    """The rows beside the ledger. A draft has its own row already."""
    trip_id, trip_row = naming.trip_for(desk, request.trip, resolved.legs[0].lorry.id, resolved.day)
    public, _ = drafts.split_fields(resolved.stream, resolved.fields)
    (decision.put if new else decision.set)["manifest"] = [
        {
            "number": state.number,
            "national_number": None,
            "stream": state.stream.code,
            "edition": state.stream.edition,
            "consignor_id": state.consignor.id,
            "consignee_id": state.consignee.id,
            "planned_at": state.planned_at,
            "filed_at": desk.now,
            "expires_at": state.expires_at,
            "trip_id": trip_id,
            "fields": public,
            **booking.manifest_row(state),
        }
    ]
    if trip_row:
        decision.put["trip"] = [trip_row]
    decision.put["leg"] = [booking.leg_row(leg) for leg in state.legs]
    decision.put["line"] = [booking.line_row(line) for line in state.lines]
    draws = [{"line": hold.line, "holding_id": hold.holding, "grams": hold.grams} for hold in decision.holds]
    if draws:
        decision.put["draw"] = list(draws)
    naming.packages(desk, decision, resolved)
