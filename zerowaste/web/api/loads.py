"""What a driver's phone takes along: his loads, and the keys to check codes with."""

from zerowaste.rules.token import PURPOSE
from zerowaste.services.queries.loads import Load, LoadLine, Stop, loads_of
from zerowaste.vocabulary import Role
from zerowaste.web.schemas.directory import Named
from zerowaste.web.schemas.loads import (
    KeyItem,
    KeysReply,
    LoadItem,
    LoadLineItem,
    PackageItem,
    ScanItem,
    StopItem,
)
from zerowaste.web.schemas.paging import Page
from zerowaste.web.service import Service
from zerowaste.web.views import PUBLIC, Call, NoQuery, Reply, Views

MICRO = 1_000_000
views = Views("loads")


@views.get("/loads", allow=[Role.DRIVER], replies={200: Page[LoadItem]})
def list_own_loads(call: Call[None, NoQuery]) -> Reply:
    """The loads a driver has yet to scan today, each with all he needs to do it without network.

    One answer holds them all: `next` is always null."""
    loads = loads_of(call.session, call.actor, now=call.now)
    return Reply(200, Page[LoadItem](items=[_item(call, load) for load in loads], next=None))


@views.get("/keys", allow=PUBLIC, replies={200: KeysReply}, transaction=False)
def list_keys(call: Call[None, NoQuery]) -> Reply:
    """The public keys that every printed code can be checked with, old ones too."""
    return Reply(200, keys_of(call.service))


def keys_of(service: Service) -> KeysReply:
    """The keys as they are told."""
    keys = sorted(service.settings.signing.public.items())
    items = [KeyItem(id=number, public_key=key.public_bytes_raw().hex()) for number, key in keys]
    return KeysReply(signed=PURPOSE.hex(), items=items)


def _item(call: Call[None, NoQuery], load: Load) -> LoadItem:
    stream = call.service.law.streams.get(load.stream, load.edition)
    return LoadItem(
        id=load.id,
        number=load.number,
        status=load.status,
        stream=load.stream,
        stream_name=Named(zh=stream.name.zh, en=stream.name.en),
        offline_within_hours=stream.offline_within_hours,
        consignor=_stop(load.consignor),
        consignee=_stop(load.consignee),
        planned_at=load.planned_at,
        expires_at=load.expires_at,
        vehicle=load.vehicle,
        legs=load.legs,
        scans=[ScanItem(kind=scan.act, leg=scan.leg, needs=list(scan.needs)) for scan in load.scans],
        lines=[_line(call, load, line) for line in load.lines],
    )


def _stop(stop: Stop) -> StopItem:
    return StopItem(
        id=stop.id,
        code=stop.code,
        name=stop.name,
        name_en=stop.name_en,
        lat=None if stop.lat_e6 is None else stop.lat_e6 / MICRO,
        lon=None if stop.lon_e6 is None else stop.lon_e6 / MICRO,
    )


def _line(call: Call[None, NoQuery], load: Load, line: LoadLine) -> LoadLineItem:
    waste = call.service.law.catalogue.waste(load.stream, line.waste_code)
    return LoadLineItem(
        line=line.line,
        waste_code=line.waste_code,
        name=Named(zh=waste.name.zh, en=waste.name.en)
        if waste
        else Named(zh=line.waste_code, en=line.waste_code),
        mass_g=line.mass_g,
        loaded_g=line.loaded_g,
        packages=line.packages,
        packaging=line.packaging,
        tagged=[PackageItem(tag=package.tag, id=package.id) for package in line.tagged],
    )
