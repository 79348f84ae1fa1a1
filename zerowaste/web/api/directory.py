"""The city's directory: streams, waste codes, sites, carriers, and the codes of refusals."""

from zerowaste.clock import local_day
from zerowaste.errors import catalogue, status_of, terms
from zerowaste.rules.streams import Stream
from zerowaste.rules.waste_codes import WasteCode
from zerowaste.services.queries.carriers import find_carriers
from zerowaste.services.queries.directory import SiteFound, SiteSearch, find_sites
from zerowaste.vocabulary import RefusalReason
from zerowaste.web.paging import page, place_of
from zerowaste.web.schemas.directory import (
    CarrierItem,
    CarrierQuery,
    DriverItem,
    FieldItem,
    Named,
    ProblemCode,
    ProblemCodes,
    ReasonItem,
    SiteItem,
    SiteQuery,
    StreamItem,
    VehicleItem,
    WasteCodeItem,
    WasteCodeQuery,
)
from zerowaste.web.schemas.paging import Page, PageQuery
from zerowaste.web.views import EVERY_ROLE, PUBLIC, Call, NoQuery, Reply, Views

views = Views("directory")


@views.get("/streams", allow=EVERY_ROLE, query=PageQuery, replies={200: Page[StreamItem]})
def list_streams(call: Call[None, PageQuery]) -> Reply:
    """The waste streams, each as the edition in force today rules it."""
    day = local_day(call.now)
    after = place_of(call.query.cursor)
    current = sorted(call.service.law.streams.current(day), key=lambda stream: stream.code)
    rest = [stream for stream in current if stream.code > after]
    items, following = page(rest, call.query, lambda stream: stream.code)
    return Reply(200, Page[StreamItem](items=[_stream(edition) for edition in items], next=following))


def _stream(stream: Stream) -> StreamItem:
    return StreamItem(
        code=stream.code,
        edition=stream.edition,
        name=Named(zh=stream.name.zh, en=stream.name.en),
        effective_from=stream.effective_from,
        operations=list(stream.operations),
        fields=[
            FieldItem(
                name=field.name,
                label=Named(zh=field.label.zh, en=field.label.en),
                kind=field.kind,
                choices=[choice.value for choice in field.choices],
                required_at=field.required_at,
                sealed_at=field.sealed_at,
            )
            for field in stream.fields
        ],
        tolerance_ppm=stream.tolerance_ppm,
        tolerance_min_g=stream.tolerance_min_g,
        offline_within_hours=stream.offline_within_hours,
        tours=stream.tours,
        refusal_reasons=[
            ReasonItem(code=reason, name=Named.model_validate(terms()["reason"][reason]))
            for reason in RefusalReason
        ],
    )


@views.get("/waste-codes", allow=EVERY_ROLE, query=WasteCodeQuery, replies={200: Page[WasteCodeItem]})
def list_waste_codes(call: Call[None, WasteCodeQuery]) -> Reply:
    """The waste codes in force today, by number; searched in numbers, names and categories."""
    query = call.query
    found = call.service.law.catalogue.search(
        query.stream,
        query.q,
        query.limit + 1,
        place_of(query.cursor),
        on=local_day(call.now),
    )
    items, following = page(found, query, lambda waste: waste.key)
    return Reply(200, Page[WasteCodeItem](items=[_waste(waste) for waste in items], next=following))


def _waste(waste: WasteCode) -> WasteCodeItem:
    return WasteCodeItem(
        stream=waste.stream,
        waste_code=waste.code,
        category=waste.category,
        name=Named(zh=waste.name.zh, en=waste.name.en),
        hazards=list(waste.hazards),
        form=waste.form,
        operations=list(waste.allowed_methods),
        edition=waste.edition,
        residue=waste.residue,
    )


@views.get("/sites", allow=EVERY_ROLE, query=SiteQuery, replies={200: Page[SiteItem]})
def list_sites(call: Call[None, SiteQuery]) -> Reply:
    """Sites, by code: receivers are public, producers are seen by themselves and their regulators.

    With `waste_code` each receiver says how much room its permit leaves today (`left_g`), and its published
    price."""
    query = call.query
    wanted = SiteSearch(query.kind, query.stream, query.waste_code, query.operation, query.q)
    found = find_sites(call.desk(), wanted, after=place_of(query.cursor), limit=query.limit + 1)
    items, following = page(found, query, lambda site: site.place.code)
    return Reply(200, Page[SiteItem](items=[_site(site) for site in items], next=following))


def _site(found: SiteFound) -> SiteItem:
    place = found.place
    return SiteItem(
        code=place.code,
        name=place.name,
        name_en=place.name_en,
        kind=place.kind,
        street=place.street,
        outside=place.outside,
        left_g=found.left_g,
        price_fen_per_t=found.price_fen,
        highest_price_fen_per_t=found.highest_price_fen,
    )


@views.get("/carriers", allow=EVERY_ROLE, query=CarrierQuery, replies={200: Page[CarrierItem]})
def list_carriers(call: Call[None, CarrierQuery]) -> Reply:
    """Carriers licensed today, with the vehicles and drivers they may send."""
    query = call.query
    found = find_carriers(
        call.desk(),
        stream=query.stream,
        q=query.q,
        after=place_of(query.cursor),
        limit=query.limit + 1,
    )
    items, following = page(found, query, lambda carrier: carrier.code)
    return Reply(
        200,
        Page[CarrierItem](
            items=[
                CarrierItem(
                    code=carrier.code,
                    name=carrier.name,
                    vehicles=[VehicleItem(plate=plate) for plate in carrier.plates],
                    drivers=[DriverItem(login=login, name=name) for login, name in carrier.drivers],
                )
                for carrier in items
            ],
            next=following,
        ),
    )


@views.get("/problems", allow=PUBLIC, replies={200: ProblemCodes}, transaction=False)
def list_problems(call: Call[None, NoQuery]) -> Reply:
    """Every code a refusal may bear, with its sentences."""
    return Reply(
        200,
        ProblemCodes(
            items=[
                ProblemCode(code=code, status=status_of(code), zh=words["zh"], en=words["en"])
                for code, words in sorted(catalogue().items())
            ]
        ),
    )
