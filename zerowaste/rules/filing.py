"""What the law says of a manifest that is being filed: every error and warning at once, by line.

Law: 危险废物转移管理办法 14 (HW-PLAN), 16 (HW-TRIP, HW-MULTI), 21-28 (HW-XPROV); 法典 518, 520 (CW-LIAN,
CW-PLAN); HJ 1259 5.5.1 (HW-UNIT); 医疗废物管理条例 15, 26 (MW-MODE); 名录2021 豁免 2 (MW-EXEMPT)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from zerowaste.rules import permits
from zerowaste.rules.catalogue import Catalogue
from zerowaste.rules.checks import CHECKS, OF_CARRIAGE, unfit_company
from zerowaste.rules.filed import Companion, Contents, FiledLine, Filing
from zerowaste.rules.mixing import incompatible
from zerowaste.rules.parties import Carriage, Paper, Place
from zerowaste.rules.state import Findings
from zerowaste.rules.streams import Stream
from zerowaste.vocabulary import Basis, Instrument, SiteKind

PLANNED_WITHIN = timedelta(days=366)


def judge(filing: Filing, catalogue: Catalogue, now: datetime) -> Findings:
    """All that is wrong or doubtful, before any capacity is asked for."""
    found = Findings()
    _parties(filing, found)
    judge_contents(filing.contents, catalogue, now, found)
    _of_the_stream(filing, catalogue, found)
    for carriage in filing.legs:
        carriers(filing.stream, carriage, filing.day, found)
    for before, leg in pairwise(filing.legs):
        if before.who == leg.who:  # nobody takes over from himself (HW-RELAY)
            found.error("leg_goes_on", f"{leg.path}.vehicle", vehicle=leg.lorry.plate)
    _papers(filing, found)
    _trip(filing, found)
    for name in filing.stream.checks:
        CHECKS[name](filing, catalogue, found)
    if filing.exempt_collection:
        found.warn("exempt_collection", "consignor", beds=filing.consignor.beds)
    return found


def judge_contents(contents: Contents, catalogue: Catalogue, now: datetime, found: Findings) -> None:
    """What is wrong with times, lines and the stream's own fields, whoever the parties are."""
    _time(contents.planned_at, found, now)
    _lines(contents.stream, contents.lines, catalogue, found)
    found.errors.extend(contents.stream.field_problems(contents.fields, step="file"))


def judge_carriage(filing: Filing, catalogue: Catalogue, found: Findings) -> None:
    """What of that hangs on who carries it, asked again where the legs are planned anew."""
    for carriage in filing.legs:
        carriers(filing.stream, carriage, filing.day, found)
    _trip(filing, found)
    for name in OF_CARRIAGE.intersection(filing.stream.checks):
        CHECKS[name](filing, catalogue, found)


def _parties(filing: Filing, found: Findings) -> None:
    if filing.consignor.outside:
        found.error("consignor_outside", "consignor", site=filing.consignor.code)
    if filing.consignor.id == filing.consignee.id:
        found.error("same_site", "consignee", site=filing.consignee.code)
    elif filing.consignee.kind is SiteKind.PRODUCER:
        found.error("not_a_receiver", "consignee", site=filing.consignee.code)


def _time(planned_at: datetime, found: Findings, now: datetime) -> None:
    if planned_at < now - timedelta(days=1):
        found.error("planned_in_the_past", "planned_at", planned_at=planned_at)
    elif planned_at > now + PLANNED_WITHIN:
        found.error("planned_too_late", "planned_at", planned_at=planned_at)


def _lines(stream: Stream, lines: Sequence[FiledLine], catalogue: Catalogue, found: Findings) -> None:
    for line in lines:
        _waste(stream, line, catalogue, found)
        if line.mass_g <= 0:
            found.error("not_above", f"{line.path}.mass_g", limit=0)
        if line.basis is Basis.VOLUME and not line.volume_l:
            found.error("volume_missing", f"{line.path}.volume_l", line=line.number)
        if (stream.packages.required or line.basis is Basis.COUNT) and line.packages < 1:
            found.error("packages_missing", f"{line.path}.packages", line=line.number)
        if stream.packages.per_package_tags and len(line.tags) != line.packages:
            found.warn("tags_and_packages", f"{line.path}.tags", line=line.number,
                       packages=line.packages, tags=len(line.tags))  # fmt: skip
        if line.tags and len(set(line.tags)) != len(line.tags):
            found.error("tag_twice", f"{line.path}.tags", line=line.number)
    tags = [tag for line in lines for tag in set(line.tags)]
    for tag in sorted({tag for tag in tags if tags.count(tag) > 1}):
        found.error("tag_on_two_lines", "lines", tag=tag)


def _waste(stream: Stream, line: FiledLine, catalogue: Catalogue, found: Findings) -> None:
    if line.waste is None:
        found.error("waste_code_unknown", f"{line.path}.waste_code",
                    waste_code=line.waste_code, stream=stream.names)  # fmt: skip
    elif line.operation and not catalogue.allows(line.waste, line.operation):
        found.error("operation_not_for_waste", f"{line.path}.operation",
                    operation=line.operation, waste_code=line.waste_code)  # fmt: skip


def _of_the_stream(filing: Filing, catalogue: Catalogue, found: Findings) -> None:
    """Who makes waste files it under the stream it belongs to: medical waste under HW01 of the hazardous
    catalogue would ride without its van, its tags and its two days (MW-MODE, MW-2D). A receiver passes on
    what he has under the stream it came in."""
    for line in filing.lines:
        own = catalogue.stream_of(line.waste_code, on=filing.day) if filing.consignor.generates else None
        if line.waste is not None and own is not None and own[0].code != filing.stream.code:
            found.error("waste_of_other_stream", f"{line.path}.waste_code", waste_code=line.waste_code,
                        stream=own[0].names, name=own[0].code)  # fmt: skip


def carriers(stream: Stream, carriage: Carriage, day: date, found: Findings) -> None:
    """Carrier, vehicle and driver belong together and their licences are valid that day."""
    path = carriage.path
    lorry, driver = carriage.lorry, carriage.driver
    if lorry.organisation_id != carriage.carrier_id or lorry.withdrawn:
        found.error(
            "vehicle_not_of_carrier",
            f"{path}.vehicle",
            vehicle=lorry.plate,
            carrier=carriage.carrier,
        )
    if carriage.carrier_id not in driver.organisations or not driver.active:
        found.error("driver_not_of_carrier", f"{path}.driver", driver=driver.login, carrier=carriage.carrier)
    if stream.code not in lorry.streams:
        found.error("vehicle_not_for_stream", f"{path}.vehicle", vehicle=lorry.plate, stream=stream.names)
    if lorry.licence_to < day:
        found.error(
            "vehicle_licence_expired",
            f"{path}.vehicle",
            vehicle=lorry.plate,
            until=lorry.licence_to,
        )
    if driver.licence_to is None or driver.licence_to < day:
        found.error("driver_licence_expired", f"{path}.driver", driver=driver.login,
                    until=driver.licence_to or "—")  # fmt: skip
    if not any(
        paper.kind is Instrument.LICENCE
        and paper.valid_on(day)
        and any(term.stream in ("", stream.code) for term in paper.terms)
        for paper in carriage.licences
    ):
        found.error(
            "carrier_not_licensed",
            f"{path}.carrier",
            carrier=carriage.carrier,
            stream=stream.names,
        )


def _papers(filing: Filing, found: Findings) -> None:
    for line in filing.lines:
        if line.waste is None:
            continue
        wanted = permits.Wanted(
            filing.stream.code, line.waste, line.operation, filing.day, filing.consignee.id
        )
        consignor_paper(filing.stream, filing.consignor, filing.consignor_papers, wanted, line.path, found)
        if not filing.consignee.outside:
            receiver_permit(filing.consignee, filing.consignee_papers, wanted, line.path, found)
        elif filing.consignee.province != filing.consignor.province:
            cross_province(filing.consignor, filing.consignor_papers, wanted, line.path, found)


def receiver_permit(
    place: Place, papers: Sequence[Paper], wanted: permits.Wanted, path: str, found: Findings
) -> None:
    """HW-PERMIT, KW-QUAL, CW-LIC: only to a receiver whose permit covers code, operation and day; where no
    operation is named, because none of the permit's suits this waste (KW-UCO: oil is not digested)."""
    problem = permits.refusal(papers, Instrument.PERMIT, wanted, holder=place.name, path=f"{path}.waste_code")
    if problem:
        found.errors.append(problem)
    elif not wanted.operation:
        named = [term.operation for _, term in permits.covering(papers, Instrument.PERMIT, wanted)]
        if all(named):
            found.error("permit_suits_not", f"{path}.waste_code", holder=place.name,
                        waste_code=wanted.waste.code, operations=", ".join(sorted(set(named))))  # fmt: skip


def cross_province(
    place: Place, papers: Sequence[Paper], wanted: permits.Wanted, path: str, found: Findings
) -> None:
    """HW-XPROV: leaving the province needs a consent, which binds waste, receiver and method; where it
    names a method the manifest must too, or nothing would be bound."""
    problem = permits.refusal(
        papers, Instrument.CONSENT, wanted, holder=place.name, path=f"{path}.waste_code"
    )
    if problem:
        found.errors.append(problem)
        return
    named = [term.operation for _, term in permits.covering(papers, Instrument.CONSENT, wanted)]
    if not wanted.operation and all(named):
        found.error("operation_missing", f"{path}.operation", operations=", ".join(sorted(set(named))))


def consignor_paper(
    stream: Stream,
    place: Place,
    papers: Sequence[Paper],
    wanted: permits.Wanted,
    path: str,
    found: Findings,
) -> None:
    """HW-PLAN warns, CW-PLAN and CW-LIC block: the producer's plan or approval names this waste."""
    need = stream.needs.producer
    if not place.generates or need.instrument == "none":
        return
    kind = Instrument(need.instrument)
    problem = permits.refusal(papers, kind, wanted, holder=place.name, path=f"{path}.waste_code")
    if problem:
        (found.errors if need.severity == "block" else found.warnings).append(problem)


def _trip(filing: Filing, found: Findings) -> None:
    """What shares a vehicle: one manifest a consignor and kind, nothing that reacts (HW-TRIP, HW-MIX)."""
    codes = [line.waste_code for line in filing.lines]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        found.error("code_twice", "lines", waste_code=code)
    aboard = [line.waste for line in filing.lines if line.waste]
    for other in filing.companions:
        _companion(filing, other, set(codes), found)
        aboard.extend(other.wastes)
    for first, second, danger in incompatible(aboard):
        found.error("incompatible", "lines", first=first, second=second, danger=danger)


def _companion(filing: Filing, other: Companion, codes: set[str], found: Findings) -> None:
    if filing.legs and other.vehicle_id != filing.legs[0].lorry.id:
        found.error("trip_of_other_vehicle", "trip", number=other.number)
    if unfit := unfit_company(filing.stream, other.stream):
        found.error(unfit, "trip", number=other.number)
    if other.consignor_id == filing.consignor.id:
        shared = sorted(codes & {waste.code for waste in other.wastes})
        if shared:
            found.error("kind_already_on_trip", "trip", number=other.number, waste_code=", ".join(shared))
