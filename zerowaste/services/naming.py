"""From the codes people write to what they name, and from a filing to its number, trip and packages."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuid7
from sqlalchemy import or_, select

from zerowaste.clock import local, local_day
from zerowaste.errors import Problem, Refusal
from zerowaste.models.tables import HOLDING, LINE_PACKAGE, MANIFEST
from zerowaste.rules import permits
from zerowaste.rules.balance import Portion
from zerowaste.rules.decision import Decision
from zerowaste.rules.filed import Companion, Contents, FiledLine, Filing
from zerowaste.rules.filing import judge_contents
from zerowaste.rules.parties import Carriage, Place
from zerowaste.rules.state import Findings
from zerowaste.rules.stream_parts import compose
from zerowaste.rules.streams import Stream
from zerowaste.services.desk import Desk
from zerowaste.services.requests import FilingRequest, LegRequest, LineRequest
from zerowaste.vocabulary import Basis, Role, Status

ANOTHERS = {"zh": "（另一移出单位的联单）", "en": "(another sender's manifest)"}


def resolve_filing(desk: Desk, request: FilingRequest) -> tuple[Filing, list[Problem]]:
    """Everything a filing names, looked up, and what names nothing (carriers, lorries, people, lots).

    Raises `invalid` where stream or site are unknown, with every name that names nothing and all that is
    wrong with what is written, and `forbidden` where the actor does not act for the consignor."""
    problems: list[Problem] = []
    stream = desk.law.streams.find(request.stream, on=local_day(desk.now))
    if stream is None:
        problems.append(Problem("stream_unknown", "stream", {"stream": request.stream}))
    consignor = _place(desk, request.consignor, "consignor", problems)
    consignee = _place(desk, request.consignee, "consignee", problems)
    if consignor is not None and not may_act_for(desk, consignor):
        raise Refusal("forbidden")
    legs, unnamed = legs_named(desk, request.legs)
    problems += unnamed
    lots = _lots_called(desk, request, problems)
    lines = tuple(
        _line(desk, stream.code, consignee, line, number, request.planned_at, lots)
        for number, line in enumerate(request.lines, 1)
        if stream is not None
    )
    if stream is None or consignor is None or consignee is None:
        raise Refusal("invalid", *problems, *_of_contents(desk, stream, request, lines))
    filing = Filing(
        stream=stream,
        consignor=consignor,
        consignee=consignee,
        planned_at=request.planned_at,
        legs=legs,
        lines=lines,
        fields=request.fields,
        consignor_papers=desk.register.papers(consignor),
        consignee_papers=desk.register.papers(consignee),
        companions=companions(desk, request.trip) if request.trip else (),
    )
    return filing, problems


def _of_contents(
    desk: Desk, stream: Stream | None, request: FilingRequest, lines: tuple[FiledLine, ...]
) -> list[Problem]:
    """What else is wrong where a party names nobody, so that all of it is said at once."""
    found = Findings()
    if stream is not None:
        contents = Contents(stream, request.planned_at, lines, request.fields)
        judge_contents(contents, desk.law.catalogue, desk.now, found)
    return found.errors


def _lots_called(desk: Desk, request: FilingRequest, problems: list[Problem]) -> dict[int | UUID, int]:
    """The numbers of the lots a filing draws on, by what it calls them."""
    named = [draw[0] for line in request.lines for draw in line.draws]
    found = numbers_of_lots(desk, named)
    for at, line in enumerate(request.lines):
        for index, (lot, _) in enumerate(line.draws):
            if lot not in found:
                problems.append(
                    Problem("lot_unknown", f"lines.{at}.draws.{index}.lot",
                            {"lot": str(lot), "site": request.consignor})
                )  # fmt: skip
    return found


def numbers_of_lots(desk: Desk, named: Iterable[int | UUID]) -> dict[int | UUID, int]:
    """Lots by what they are called: their number, or the id they were registered under. Ids that
    registered no lot are left out."""
    found: dict[int | UUID, int] = {name: name for name in named if isinstance(name, int)}
    ids = [name for name in named if not isinstance(name, int)]
    if ids:
        rows = desk.session.execute(
            select(HOLDING.c.event_id, HOLDING.c.id).where(
                HOLDING.c.event_id.in_(ids), HOLDING.c.part == "lot"
            )
        )
        found.update((event_id, lot) for event_id, lot in rows)
    return found


def may_act_for(desk: Desk, place: Place) -> bool:
    """Whether the actor works at this site and may move its waste."""
    return desk.actor.role in (Role.PRODUCER, Role.FACILITY) and place.id in desk.actor.sites


def _place(desk: Desk, code: str, path: str, problems: list[Problem]) -> Place | None:
    place = desk.register.place_called(code)
    if place is None:
        problems.append(Problem("site_unknown", path, {"site": code}))
    return place


def legs_named(desk: Desk, legs: Sequence[LegRequest]) -> tuple[tuple[Carriage, ...], tuple[Problem, ...]]:
    """The legs that name somebody, and what of the others names nobody."""
    problems: list[Problem] = []
    found = [_leg(desk, leg, index, problems) for index, leg in enumerate(legs)]
    return tuple(leg for leg in found if leg is not None), tuple(problems)


def _leg(
    desk: Desk, leg: LegRequest, index: int, problems: list[Problem], *, back: bool = False
) -> Carriage | None:
    path = "leg" if back else f"legs.{index}"
    carrier = desk.register.organisation_with(leg.carrier)
    lorry = desk.register.lorry(leg.vehicle)
    driver = desk.register.person(leg.driver)
    if carrier is None:
        problems.append(Problem("carrier_unknown", f"{path}.carrier", {"carrier": leg.carrier}))
    if lorry is None:
        problems.append(Problem("vehicle_unknown", f"{path}.vehicle", {"vehicle": leg.vehicle}))
    if driver is None or driver.role is not Role.DRIVER:
        problems.append(Problem("driver_unknown", f"{path}.driver", {"driver": leg.driver}))
    if carrier is None or lorry is None or driver is None:
        return None
    return Carriage(
        number=index + 1,
        carrier_id=carrier,
        carrier=desk.register.organisation(carrier)[1],
        lorry=lorry,
        driver=driver,
        licences=desk.register.papers_of(carrier),
        back=back,
    )


def _line(
    desk: Desk,
    stream: str,
    consignee: Place | None,
    line: LineRequest,
    number: int,
    planned_at: datetime,
    lots: Mapping[int | UUID, int],
) -> FiledLine:
    """A filed line; where it does not say how its waste will be treated, the receiver's permit does."""
    day = local_day(planned_at)
    waste = desk.law.catalogue.waste(stream, line.waste_code, on=day)
    operation = line.operation
    if waste is not None and not operation and consignee is not None:
        wanted = permits.Wanted(stream, waste, "", day, consignee.id)
        papers = desk.register.papers(consignee)
        operation = permits.operation_for(papers, wanted, desk.law.catalogue.allows)
    return FiledLine(
        number=number,
        waste_code=line.waste_code,
        waste=waste,
        mass_g=line.mass_g,
        basis=Basis(line.basis),
        volume_l=line.volume_l,
        packages=line.packages,
        packaging=line.packaging,
        operation=operation,
        draws=tuple(Portion(lots[lot], grams) for lot, grams in line.draws if lot in lots),
        tags=line.tags,
    )


def companions(desk: Desk, trip: UUID, *, beside: UUID | None = None) -> tuple[Companion, ...]:
    """The manifests already on a trip that have not ended otherwise, but for one that is there itself."""
    found: dict[UUID, Companion] = {}
    for row in desk.books.on_trip(trip):
        if row.id == beside:
            continue
        stream = desk.law.streams.get(row.stream)
        waste = desk.law.catalogue.waste(row.stream, row.waste_code, on=local_day(desk.now))
        known = found.get(row.id)
        wastes = (*(known.wastes if known else ()), *((waste,) if waste else ()))
        number = row.number if row.consignor_id in desk.actor.sites else ANOTHERS
        found[row.id] = Companion(number, stream, row.consignor_id, row.consignee_id, row.vehicle_id, wastes)
    return tuple(found.values())


def trip_for(desk: Desk, trip: UUID | None, vehicle_id: int, day: date) -> tuple[UUID, dict[str, Any] | None]:
    """The trip a manifest joins, or a new one of its vehicle on that day (then with its row)."""
    trip_id = trip or uuid7.uuid7()
    if trip and desk.books.trip_known(trip_id):
        return trip_id, None
    return trip_id, {"id": trip_id, "vehicle_id": vehicle_id, "day": day.isoformat()}


def manifest_number(desk: Desk, resolved: Filing) -> str:
    """The next city serial of the stream (HW-NUM: 14 digits, serial per origin city and year)."""
    year = local(desk.now).year
    city = resolved.consignor.street[:4]
    pattern = resolved.stream.numbering(exempt=resolved.exempt_collection)
    series = pattern.rpartition("{serial")[0].format(year=year, city=city)
    serial = desk.books.next_serial(f"manifest/{series}")
    try:
        return compose(pattern, year, city, serial)
    except OverflowError as used_up:
        raise Refusal("series_used_up") from used_up


def tags_elsewhere(desk: Desk, manifest_id: UUID, resolved: Filing, found: Findings) -> None:
    """A package is on one open manifest at a time.

    Known packages are locked until the filing is through, so that of two that name one the second sees
    the first."""
    lines = {tag: line for line in resolved.lines for tag in line.tags}
    if not lines:
        return
    desk.books.packages_known(lines)
    for tag, number, consignor in open_manifests_of(desk, lines, beside=manifest_id):
        line = lines[tag]
        named = number if consignor in desk.actor.sites else ANOTHERS
        path = f"{line.path}.tags.{line.tags.index(tag)}"
        found.error("tag_on_open_manifest", path, tag=tag, number=named)


def open_manifests_of(desk: Desk, tags: Collection[str], *, beside: UUID) -> Sequence[Any]:
    """(tag, number, consignor) of the other manifests that these packages are on and that are filed, on
    their way, at the gate, or on their way home."""
    waiting = (MANIFEST.c.status == Status.FILED) & (MANIFEST.c.expires_at >= desk.now)
    going_home = (MANIFEST.c.status == Status.REFUSED) & (MANIFEST.c.back_legs > 0) & ~MANIFEST.c.settled
    return desk.session.execute(
        select(LINE_PACKAGE.c.tag, MANIFEST.c.number, MANIFEST.c.consignor_id)
        .join(MANIFEST, MANIFEST.c.id == LINE_PACKAGE.c.manifest_id)
        .where(
            LINE_PACKAGE.c.tag.in_(tags),
            MANIFEST.c.id != beside,
            or_(waiting, MANIFEST.c.status.in_((Status.IN_TRANSIT, Status.ARRIVED)), going_home),
        )
        .order_by(LINE_PACKAGE.c.tag, MANIFEST.c.number)
    ).all()


def packages(desk: Desk, decision: Decision, resolved: Filing) -> None:
    """The tags named at filing: packages new to the city, and which line they travel on."""
    tags = [tag for line in resolved.lines for tag in line.tags]
    if not tags:
        return
    known = desk.books.packages_known(tags)
    decision.put["package"] = [{"tag": tag} for tag in tags if tag not in known]
    decision.put["line_package"] = [
        {"line": line.number, "tag": tag, "loaded": False, "received": False}
        for line in resolved.lines
        for tag in line.tags
    ]


def leg_request(desk: Desk, leg: LegRequest, *, number: int) -> Carriage:
    """A return leg as named by the one who sends refused mass home."""
    problems: list[Problem] = []
    carriage = _leg(desk, leg, number - 1, problems, back=True)
    if carriage is None or problems:
        raise Refusal("invalid", *problems)
    return carriage


def lots_named(rows: Sequence[Any]) -> dict[int, Any]:
    return {row.id: row for row in rows}
