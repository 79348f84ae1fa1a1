"""Whether rows of master data fit each other, the law, and what is stored already."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from zerowaste.errors import Problem
from zerowaste.models.tables import ORGANISATION, PERMIT, SITE, USER
from zerowaste.rules.catalogue import covers
from zerowaste.rules.law import Law
from zerowaste.services.identity.accounts import PLACED_ROLES
from zerowaste.services.identity.passwords import weaknesses
from zerowaste.services.masterdata.files import RawRow
from zerowaste.services.masterdata.rows import (
    OrganisationRow,
    PermitRow,
    PersonRow,
    SiteRow,
    TermKey,
    TermRow,
    VehicleRow,
    natural_key,
)
from zerowaste.services.masterdata.terms import used_terms
from zerowaste.vocabulary import Instrument, Period, Role

PermitKey = tuple[str, str, str]  # the holder's credit code, kind, number
EVERY_CODE = 100_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that reads well, and where it stands."""

    raw: RawRow
    row: Any


@dataclass(slots=True)
class Known:
    """What is stored, and what the files bring: sites by code with (organisation, kind)."""

    organisations: set[str] = field(default_factory=set)
    sites: dict[str, tuple[str, str]] = field(default_factory=dict)
    papers: dict[PermitKey, tuple[str | None, str | None]] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    used_terms: dict[PermitKey, set[TermKey]] = field(default_factory=dict)


def stored(session: Session) -> Known:
    """What the database knows by the names people use."""
    known = Known()
    owners: dict[int, str] = {
        row.id: row.credit_code
        for row in session.execute(select(ORGANISATION.c.id, ORGANISATION.c.credit_code))
    }
    codes: dict[int | None, str | None] = {None: None}
    for site in session.execute(select(SITE.c.id, SITE.c.code, SITE.c.organisation_id, SITE.c.kind)):
        codes[site.id] = site.code
        known.sites[site.code] = owners[site.organisation_id], site.kind
    names: dict[int, PermitKey] = {}
    for paper in session.execute(select(PERMIT)):
        key = names[paper.id] = (owners[paper.organisation_id], paper.kind, paper.number)
        known.papers[key] = codes[paper.site_id], codes[paper.counterpart_id]
    for permit_id, term in used_terms(session):
        known.used_terms.setdefault(names[permit_id], set()).add(term)
    known.organisations = set(owners.values())
    known.roles = {row.login: row.role for row in session.execute(select(USER.c.login, USER.c.role))}
    return known


def check(entries: Sequence[Entry], before: Known, law: Law, *, day: date, faults: list[Problem]) -> None:
    """Every fault between rows, and between rows and what is stored (`before`) or lawful."""
    _refuse_twins(entries, faults)
    known = _with_files(entries, before)
    streams = _streams_in_force(law, day)
    for entry in entries:
        match entry.row:
            case SiteRow():
                _site(entry, known, before, faults)
            case PermitRow():
                _permit(entry, known, before, faults)
                _terms(entry, law, streams, faults)
            case VehicleRow():
                _owner(entry, known, faults)
                _streams(entry, entry.row.streams, streams, faults)
            case PersonRow():
                _person(entry, known, before, faults)


def _with_files(entries: Iterable[Entry], before: Known) -> Known:
    """The organisations and sites there will be."""
    known = Known(set(before.organisations), dict(before.sites))
    for entry in entries:
        if isinstance(entry.row, OrganisationRow):
            known.organisations.add(entry.row.credit_code)
        elif isinstance(entry.row, SiteRow):
            known.sites.setdefault(entry.row.code, (entry.row.organisation, str(entry.row.kind)))
    return known


def _refuse_twins(entries: Iterable[Entry], faults: list[Problem]) -> None:
    seen: dict[tuple[str, ...], RawRow] = {}
    for entry in entries:
        key = (entry.raw.table, *natural_key(entry.row))
        first = seen.setdefault(key, entry.raw)
        if first is not entry.raw:
            faults.append(entry.raw.problem("load_twice", value=key[-1], first=first.where()))


def _owner(entry: Entry, known: Known, faults: list[Problem]) -> None:
    code = entry.row.organisation
    if code not in known.organisations:
        faults.append(entry.raw.problem("load_organisation_unknown", "organisation", value=code))


def _site(entry: Entry, known: Known, before: Known, faults: list[Problem]) -> None:
    _owner(entry, known, faults)
    old = before.sites.get(entry.row.code)
    if old:
        _refuse_change(entry, "organisation", old[0], entry.row.organisation, faults)
        _refuse_change(entry, "kind", old[1], str(entry.row.kind), faults)


def _refuse_change(entry: Entry, key: str, old: str | None, new: str | None, faults: list[Problem]) -> None:
    if old != new:
        faults.append(entry.raw.problem("fixed_once", key, name=key, stored=old or "—"))


def _permit(entry: Entry, known: Known, before: Known, faults: list[Problem]) -> None:
    row: PermitRow = entry.row
    _owner(entry, known, faults)
    for name, code in (("site", row.site), ("receiver", row.receiver)):
        if code is not None and code not in known.sites:
            faults.append(entry.raw.problem("load_site_unknown", name, value=code))
    if row.site in known.sites and known.sites[row.site][0] != row.organisation:
        faults.append(entry.raw.problem("site_of_other_organisation", "site", value=row.site))
    key = (row.organisation, str(row.kind), row.number)
    for term in sorted(before.used_terms.get(key, set()) - {term.key for term in row.term}):
        faults.append(entry.raw.problem("term_in_use", "term", value=" ".join(filter(None, term))))
    old = before.papers.get(key)
    if old is not None:
        _refuse_change(entry, "site", old[0], row.site, faults)
        _refuse_change(entry, "receiver", old[1], row.receiver, faults)
    if row.kind is Instrument.CONSENT:
        _consent(entry, faults)
    if row.kind is Instrument.STANDBY and row.site is None:
        faults.append(entry.raw.problem("standby_needs_site", "site"))


def _consent(entry: Entry, faults: list[Problem]) -> None:
    """HW-XPROV (转移管理办法 21-28): a consent is for one receiver, and for twelve months at most."""
    row: PermitRow = entry.row
    if row.receiver is None:
        faults.append(entry.raw.problem("consent_needs_receiver", "receiver"))
    if (row.valid_to.year - 1, row.valid_to.month, row.valid_to.day) > row.valid_from.timetuple()[:3]:
        faults.append(entry.raw.problem("consent_too_long", "valid_to", first=str(row.valid_from)))


def _streams_in_force(law: Law, day: date) -> Mapping[str, Any]:
    """Stream code → (the stream in force, its wastes)."""
    return {
        stream.code: (stream, law.catalogue.search(stream.code, "", EVERY_CODE))
        for stream in law.streams.current(day)
    }


def _terms(entry: Entry, law: Law, streams: Mapping[str, Any], faults: list[Problem]) -> None:
    keys = [term.key for term in entry.row.term]
    for number, term in enumerate(entry.row.term):
        path = f"term.{number}"
        if keys.index(keys[number]) != number:
            faults.append(entry.raw.problem("term_twice", path))
        if term.stream and term.stream not in streams:
            _streams(entry, (term.stream,), streams, faults, f"{path}.stream")
            continue
        if not _covers_something(term, law, streams):
            faults.append(entry.raw.problem("pattern_covers_nothing", f"{path}.pattern", value=term.pattern))
        if term.operation and not _operation_known(term, law, streams):
            faults.append(
                entry.raw.problem("load_operation_unknown", f"{path}.operation", value=term.operation)
            )
        if term.period is Period.LEVEL and term.limit is not None and entry.row.site is None:
            faults.append(entry.raw.problem("level_needs_site", f"{path}.period"))


def _covers_something(term: TermRow, law: Law, streams: Mapping[str, Any]) -> bool:
    chosen = [term.stream] if term.stream else list(streams)
    return any(
        any(covers(term.pattern, waste.code, waste.category) for waste in streams[code][1])
        or law.catalogue.waste(code, term.pattern) is not None
        for code in chosen
    )


def _operation_known(term: TermRow, law: Law, streams: Mapping[str, Any]) -> bool:
    if term.stream:
        return term.operation in streams[term.stream][0].operations
    return law.catalogue.operation(term.operation) is not None


def _streams(
    entry: Entry,
    named: Iterable[str],
    streams: Mapping[str, Any],
    faults: list[Problem],
    path: str = "streams",
) -> None:
    for code in named:
        if code not in streams:
            faults.append(entry.raw.problem("load_stream_unknown", path, value=code))


def _person(entry: Entry, known: Known, before: Known, faults: list[Problem]) -> None:
    row: PersonRow = entry.row
    _owner(entry, known, faults)
    _own_sites(entry, known, faults)
    if bool(row.regions) != (row.role is Role.REGULATOR) or (row.sites and row.role not in PLACED_ROLES):
        faults.append(entry.raw.problem(f"account_of_{row.role}", "regions" if row.regions else "role"))
    if row.role is Role.DRIVER and row.licence_to is None:
        faults.append(entry.raw.problem("driver_needs_licence", "licence_to"))
    if row.login in before.roles:
        _refuse_change(entry, "role", before.roles[row.login], str(row.role), faults)
    if row.password is not None:
        for weak in weaknesses(row.password.get_secret_value(), login=row.login):
            faults.append(entry.raw.problem(weak.code, "password", **weak.params))


def _own_sites(entry: Entry, known: Known, faults: list[Problem]) -> None:
    row: PersonRow = entry.row
    for number, code in enumerate(row.sites):
        if code not in known.sites:
            faults.append(entry.raw.problem("load_site_unknown", f"sites.{number}", value=code))
        elif known.sites[code][0] != row.organisation:
            faults.append(entry.raw.problem("site_of_other_organisation", f"sites.{number}", value=code))
