"""The yearly public information: compiled, and published by the authority's own act."""

from uuid import UUID

from zerowaste.errors import Refusal
from zerowaste.rules.yearly import may_publish
from zerowaste.services.booking.manifest_state import as_uuid
from zerowaste.services.reporting.publications import Published, draft, publications, publish
from zerowaste.vocabulary import Role
from zerowaste.web.paging import page, place_of, unknown_cursor
from zerowaste.web.schemas.paging import Page, PageQuery
from zerowaste.web.schemas.publications import DraftBody, PublicationItem, PublishBody
from zerowaste.web.views import Call, NoQuery, Reply, Views

views = Views("publications")


@views.get(
    "/publications",
    allow=(Role.REGULATOR, Role.ADMINISTRATOR),
    query=PageQuery,
    replies={200: Page[PublicationItem]},
)
def list_publications(call: Call[None, PageQuery]) -> Reply:
    """Every publication, the latest first; drafts too for a regulator of the whole city."""
    query = call.query
    found = publications(
        call.session, drafts=may_publish(call.actor, call.service.settings.city), after=_after(query.cursor),
        limit=query.limit + 1,
    )  # fmt: skip
    items, following = page(found, query, lambda each: str(each.id))
    return Reply(200, Page[PublicationItem](items=[_item(each) for each in items], next=following))


@views.post(
    "/publications",
    allow=[Role.REGULATOR],
    body=DraftBody,
    replies={200: PublicationItem, 201: PublicationItem},
)
def compile_a_year(call: Call[DraftBody, NoQuery]) -> Reply:
    """Compile a year's figures as a draft. Only a regulator of the whole city; nothing is public yet."""
    found, created = draft(call.desk(), call.body.request(call.service.settings.city))
    return Reply(201 if created else 200, _item(found))


@views.post(
    "/publications/<ref>/publish",
    allow=[Role.REGULATOR],
    body=PublishBody,
    replies={200: PublicationItem, 201: PublicationItem},
)
def publish_a_draft(call: Call[PublishBody, NoQuery], ref: str) -> Reply:
    """Publish a draft as the year's next version. From now on its content is frozen and open to all."""
    wanted = as_uuid(ref)
    if wanted is None:
        raise Refusal("not_found")
    found, created = publish(call.desk(), call.body.request(wanted, call.service.settings.city))
    return Reply(201 if created else 200, _item(found))


def _after(cursor: str | None) -> UUID | None:
    place = place_of(cursor)
    found = as_uuid(place) if place else None
    if place and found is None:
        raise unknown_cursor()
    return found


def _item(found: Published) -> PublicationItem:
    return PublicationItem(
        id=found.id, year=found.year, version=found.version, sha256=found.sha256,
        compiled_at=found.compiled_at, compiled_by=found.compiled_by, published_at=found.published_at,
        published_by=found.published_by,
    )  # fmt: skip
