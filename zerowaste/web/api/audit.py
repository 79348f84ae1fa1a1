"""The audit: findings, what is made of them, and what is open, added up."""

from zerowaste.services.findings.dispositions import dispose
from zerowaste.services.findings.findings import evidence_of, finding_for, findings_for, history_of
from zerowaste.services.queries.open_sums import open_sums
from zerowaste.vocabulary import Role
from zerowaste.web.paging import finding_after, finding_place, page
from zerowaste.web.schemas.findings import (
    DispositionBody,
    DispositionReply,
    EvidenceItem,
    FindingItem,
    FindingReply,
    FindingsQuery,
    OpenQuery,
    OpenSum,
    SaidItem,
)
from zerowaste.web.schemas.paging import Page
from zerowaste.web.views import Call, NoQuery, Reply, Views

OVERSEERS = (Role.REGULATOR, Role.ADMINISTRATOR)
views = Views("audit")


@views.get("/audit/findings", allow=OVERSEERS, query=FindingsQuery, replies={200: Page[FindingItem]})
def list_findings(call: Call[None, FindingsQuery]) -> Reply:
    """What the audits found in your region and nobody has dealt with yet, the most urgent first.

    As of the last audit (`flask tick`, or somebody reading the findings' page)."""
    query = call.query
    found = findings_for(
        call.session, call.actor, query.wanted(), after=finding_after(query.cursor), limit=query.limit + 1
    )
    items, following = page(found, query, finding_place)
    return Reply(200, Page[FindingItem](items=[FindingItem.of(item) for item in items], next=following))


@views.get("/audit/findings/<ref>", allow=OVERSEERS, replies={200: FindingReply})
def show_finding(call: Call[None, NoQuery], ref: str) -> Reply:
    """One finding with the events behind it and all that was made of it; also one that is gone."""
    found = finding_for(call.session, call.actor, ref)
    return Reply(
        200,
        FindingReply(
            finding=FindingItem.of(found),
            events=[EvidenceItem.of(event) for event in evidence_of(call.session, found)],
            holdings=list(found.evidence.get("holdings", ())),
            history=[SaidItem.of(said) for said in history_of(call.session, found.id)],
        ),
    )


@views.post("/audit/findings/<ref>/dispositions", allow=OVERSEERS, body=DispositionBody,
            replies={200: DispositionReply, 201: DispositionReply}, refusals=(409,))  # fmt: skip
def dispose_of_finding(call: Call[DispositionBody, NoQuery], ref: str) -> Reply:
    """Say what is made of a finding: confirmed, explained, waived, false_alarm, or open again.

    Each word is an event on the finding's own chain. The finding itself stands for as long as the
    breach does."""
    said = dispose(call.desk(), call.body.request(ref))
    reply = DispositionReply(disposition=said.disposition, number=said.number)
    return Reply(201 if said.created else 200, reply)


@views.get("/audit/open", allow=OVERSEERS, query=OpenQuery, replies={200: Page[OpenSum]})
def sum_open(call: Call[None, OpenQuery]) -> Reply:
    """What is open in your region, added up by stream, district or street, kind, age and holder.

    The largest sums first; `next` is always null. The holdings behind a sum: `/audit/unclosed`."""
    query = call.query
    sums = open_sums(
        call.session, call.actor, query.by.split(","), now=call.now, stream=query.stream, region=query.region
    )
    return Reply(200, Page[OpenSum](items=[OpenSum(**row) for row in sums.rows], next=None))
