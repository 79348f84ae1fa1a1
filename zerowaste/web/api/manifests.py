"""Manifests: file one, keep a draft, list them, read one, ask what may be done next."""

from zerowaste.errors import Problem, Refusal
from zerowaste.rules.acceptance import reason_code
from zerowaste.services.acts.drafts import save_draft
from zerowaste.services.acts.filing import file_manifest
from zerowaste.services.queries.manifest_lists import Listed, Search, find_manifests
from zerowaste.services.queries.manifests import Whole, actions_for, read_manifest
from zerowaste.vocabulary import Role, Status
from zerowaste.web.api.notices import offered, told
from zerowaste.web.paging import filed_after, filed_place, page
from zerowaste.web.problems import Refused
from zerowaste.web.schemas.filing import (
    DraftBody,
    FilingQuery,
    FilingReply,
    ManifestBody,
)
from zerowaste.web.schemas.manifests import (
    ActionsReply,
    EventItem,
    LegItem,
    LineItem,
    ManifestItem,
    ManifestQuery,
    ManifestReply,
    SiteRef,
    TripRef,
)
from zerowaste.web.schemas.paging import Page
from zerowaste.web.views import EVERY_ROLE, Call, NoQuery, Reply, Views

FILERS = (Role.PRODUCER, Role.FACILITY)
views = Views("manifests")


@views.post(
    "/manifests", allow=FILERS, body=ManifestBody, query=FilingQuery,
    replies={200: FilingReply, 201: FilingReply},
)  # fmt: skip
def file_a_manifest(call: Call[ManifestBody, FilingQuery]) -> Reply | Refused:
    """File a manifest, or with `draft` keep one that is not complete yet.

    All that is wrong comes in one answer (422), line by line, with what would help: who has room, until
    when. `dry_run` judges without keeping anything. The same id again answers 200 as the first time."""
    body = call.body.root
    if isinstance(body, DraftBody):
        return _keep_draft(call, body)
    filed = file_manifest(call.desk(), body.request(), dry_run=call.query.dry_run)
    if filed.refused:
        return Refused(filed.code, filed.errors, filed.warnings)
    judged_only = call.query.dry_run and filed.number is None
    reply = FilingReply(
        id=filed.id,
        number=filed.number,
        status=filed.status,
        qr_url=None if judged_only else call.service.manifest_url(filed.id),
        warnings=told(filed.warnings),
    )
    return Reply(201 if filed.created else 200, reply)


def _keep_draft(call: Call[ManifestBody, FilingQuery], body: DraftBody) -> Reply:
    if call.query.dry_run:
        raise Refusal("invalid", Problem("draft_dry_run", "draft"))
    kept = save_draft(call.desk(), body.request())
    reply = FilingReply(id=kept.id, number=None, status=Status.DRAFT, qr_url=None, warnings=[])
    return Reply(201 if kept.created else 200, reply)


@views.get("/manifests", allow=EVERY_ROLE, query=ManifestQuery, replies={200: Page[ManifestItem]})
def list_manifests(call: Call[None, ManifestQuery]) -> Reply:
    """The manifests that concern you, the latest first."""
    query = call.query
    wanted = Search(query.status, query.stream, query.turn == "mine")
    found = find_manifests(
        call.session, call.actor, wanted, now=call.now, after=filed_after(query.cursor), limit=query.limit + 1
    )
    items, following = page(found, query, filed_place)
    return Reply(200, Page[ManifestItem](items=[_item(one) for one in items], next=following))


def _item(found: Listed) -> ManifestItem:
    return ManifestItem(
        id=found.id,
        number=found.number,
        national_number=found.national_number,
        stream=found.stream,
        status=found.status,
        consignor=found.consignor,
        consignee=found.consignee,
        planned_at=found.planned_at,
        filed_at=found.filed_at if found.number else None,
        mass_g=found.mass_g,
        turn=found.turn,
    )


@views.get("/manifests/<ref>", allow=EVERY_ROLE, replies={200: ManifestReply})
def show_manifest(call: Call[None, NoQuery], ref: str) -> Reply:
    """One manifest, whole: what was filed, what each step found, and its chain of evidence."""
    found = read_manifest(call.desk(), ref)
    row = found.row
    filed = row.number is not None
    reply = ManifestReply(
        id=row.id,
        number=row.number,
        national_number=row.national_number,
        status=found.status,
        stream=row.stream,
        edition=row.edition,
        consignor=SiteRef(code=found.consignor.code, name=found.consignor.name),
        consignee=SiteRef(code=found.consignee.code, name=found.consignee.name) if found.consignee else None,
        planned_at=row.planned_at,
        filed_at=row.filed_at if filed else None,
        expires_at=row.expires_at,
        legs=_legs(found),
        trip=TripRef(id=row.trip_id, ticket=row.ticket) if row.trip_id else None,
        lines=_lines(found),
        fields=dict(found.fields),
        events=_events(found),
        qr_url=call.service.manifest_url(row.id) if filed else None,
        draft=None if filed else dict(found.draft),
    )
    return Reply(200, reply)


def _legs(found: Whole) -> list[LegItem]:
    return [
        LegItem(
            leg=leg.number,
            back=leg.back,
            carrier=leg.carrier,
            carrier_name=leg.carrier_name,
            vehicle=leg.vehicle,
            driver=leg.driver,
            began_at=leg.began_at,
            ended_at=leg.ended_at,
        )
        for leg in found.legs
    ]


def _lines(found: Whole) -> list[LineItem]:
    return [
        LineItem(
            line=line.number,
            waste_code=line.waste_code,
            operation=line.operation,
            basis=line.basis,
            mass_g=line.declared_g,
            loaded_g=line.loaded_g,
            received_g=line.received_g,
            accepted_g=line.accepted_g,
            refused_g=line.refused_g,
            volume_l=line.volume_l,
            packages=line.packages,
            packaging=line.packaging,
            reason=line.reason,
            reason_code=reason_code(line.reason),
            found_code=line.reassigned_code or line.found_code,
            lot=found.lots.get(line.number),
            tags=list(found.tags.get(line.number, ())),
        )
        for line in found.lines
    ]


def _events(found: Whole) -> list[EventItem]:
    return [
        EventItem(
            id=event.id,
            number=event.number,
            kind=event.kind,
            verdict=event.verdict,
            at=event.at,
            recorded_at=event.recorded_at,
            actor=event.actor,
            hash=event.hash,
            findings=told(event.findings),
            note=event.note,
        )
        for event in found.events
    ]


@views.get("/manifests/<ref>/actions", allow=EVERY_ROLE, replies={200: ActionsReply})
def list_actions(call: Call[None, NoQuery], ref: str) -> Reply:
    """What you may do next with a manifest, and the fields each act asks for."""
    return Reply(200, ActionsReply(actions=offered(actions_for(call.desk(), ref))))
