"""What a filing may choose from: wastes, lots, receivers with room, carriers that are licensed today."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from zerowaste.clock import local_day
from zerowaste.rules.parties import Place
from zerowaste.rules.streams import Stream
from zerowaste.rules.waste_codes import WasteCode
from zerowaste.services.acts.gate import distance_m
from zerowaste.services.acts.lots import list_lots
from zerowaste.services.desk import Desk
from zerowaste.services.identity.accounts import OwnSite, describe
from zerowaste.services.queries.carriers import CarrierFound, find_carriers
from zerowaste.services.queries.directory import SiteSearch, find_sites
from zerowaste.vocabulary import SiteKind
from zerowaste.web.forms import Typed
from zerowaste.web.views import Call

MOST_MEANT, MOST_CODES, MOST_LOTS, MOST_RECEIVERS, MOST_CARRIERS = 8, 600, 100, 40, 40
METRES_A_KILOMETRE = 1_000
RECEIVERS = (SiteKind.FACILITY, SiteKind.TRANSFER)


@dataclass(frozen=True, slots=True)
class Receiver:
    """A site that may take the first waste of the filing: how much more, how far away (None: unknown), and
    at which price a tonne: the lowest and the highest, where it does several things with it."""

    place: Place
    left_g: int | None
    distance_km: float | None
    price_fen: int | None
    highest_price_fen: int | None


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything the form offers, for what is filled in so far. `meant`: by line, what may be meant by
    words or initials that are no code; `usual`: what lies in the site's store. `shared`: English names
    that say too little, because several wastes bear them."""

    sites: Sequence[OwnSite]
    streams: Sequence[Stream]
    stream: Stream | None
    wastes: Sequence[Any]
    shared: Set[str]
    meant: Mapping[int, Sequence[WasteCode]]
    usual: Sequence[WasteCode]
    lots: Sequence[Any]
    receivers: Sequence[Receiver]
    carriers: Sequence[CarrierFound]


def choices(call: Call[Any, Any], typed: Typed) -> Choices:
    """What may be chosen now."""
    desk, law = call.desk(), call.service.law
    day = local_day(call.now)
    streams = law.streams.current(day)
    stream = stream_of(call, typed)
    sites = describe(call.session, call.actor).sites
    site = typed.one("consignor")
    own = any(each.code == site for each in sites)
    wastes = law.catalogue.search(stream.code, "", MOST_CODES, on=day) if stream else ()
    lots = _lots(desk, site, typed) if own else ()
    stored = {lot.waste_code for lot in lots if stream and lot.stream == stream.code}
    return Choices(
        sites=sites,
        streams=streams,
        stream=stream,
        wastes=wastes,
        shared=_shared(wastes),
        meant=_meant(call, typed, stream, stored) if stream else {},
        usual=[waste for waste in wastes if waste.code in stored][:MOST_MEANT],
        lots=lots,
        receivers=_receivers(desk, typed, stream) if stream else (),
        carriers=find_carriers(desk, stream=stream.code, q="", after="", limit=MOST_CARRIERS)
        if stream
        else (),
    )


def _shared(wastes: Sequence[WasteCode]) -> Set[str]:
    """English names that several wastes bear: the official catalogue names each in Chinese alone."""
    bearers = Counter(waste.name.en for waste in wastes)
    return {name for name, count in bearers.items() if count > 1}


def _meant(
    call: Call[Any, Any], typed: Typed, stream: Stream, stored: Set[str]
) -> Mapping[int, Sequence[WasteCode]]:
    """What each line's words may mean: a part of a name or a number, or a name's pinyin initials; what
    is in store first."""
    catalogue, day = call.service.law.catalogue, local_day(call.now)
    words = {line: typed.one(f"lines.{line}.waste_code") for line in typed.numbers("lines")}

    def rank(waste: WasteCode) -> bool:
        return waste.code not in stored

    return {
        line: sorted(catalogue.search(stream.code, text, MOST_CODES, on=day), key=rank)[:MOST_MEANT]
        for line, text in words.items()
        if text and catalogue.waste(stream.code, text, day) is None
    }


def stream_of(call: Call[Any, Any], typed: Typed) -> Stream | None:
    """The stream that is filled in, as the law has it today; None while there is none."""
    current = call.service.law.streams.current(local_day(call.now))
    return next((each for each in current if each.code == typed.one("stream")), None)


def _lots(desk: Desk, site: str, typed: Typed) -> list[Any]:
    """The oldest lots of the site, and those drawn on already however young."""
    found = list_lots(desk, site, None, after=None, limit=MOST_LOTS)
    drawn = {
        int(typed.one(f"lines.{line}.draws.{lot}.lot") or 0)
        for line in typed.numbers("lines")
        for lot in typed.numbers(f"lines.{line}.draws")
        if typed.one(f"lines.{line}.draws.{lot}.lot").isdecimal()
    }
    younger = drawn - {lot.id for lot in found}
    if younger and len(found) == MOST_LOTS:
        found += list_lots(desk, site, None, named=younger, after=None, limit=MOST_LOTS)
    return found


def _receivers(desk: Desk, typed: Typed, stream: Stream) -> list[Receiver]:
    """Who may take the first waste, those with room first, the nearest of them first."""
    code = typed.one("lines.0.waste_code")
    if not code:
        return []
    start = desk.register.place_called(typed.one("consignor"))
    found = []
    for kind in RECEIVERS:
        wanted = SiteSearch(kind=kind, stream=stream.code, waste_code=code)
        for site in find_sites(desk, wanted, after="", limit=MOST_RECEIVERS):
            if start is None or site.place.code != start.code:
                away = _distance(start, site.place)
                prices = (site.price_fen, site.highest_price_fen)
                found.append(Receiver(site.place, site.left_g, away, *prices))
    return sorted(found, key=lambda each: (each.left_g == 0, each.distance_km or 0.0, each.place.code))


def _distance(start: Place | None, end: Place) -> float | None:
    """Kilometres as the crow flies; None where a position is not known."""
    if start is None or start.lat_e6 is None or start.lon_e6 is None:
        return None
    metres = distance_m(end, {"lat_e6": start.lat_e6, "lon_e6": start.lon_e6})
    return None if metres is None else metres / METRES_A_KILOMETRE
