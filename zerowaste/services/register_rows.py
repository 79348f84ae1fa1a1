"""From rows of master data to the values the law works with."""

from typing import Any

from zerowaste.rules.parties import Lorry, Paper, Person, Place, Term
from zerowaste.vocabulary import Instrument, Period, Role, SiteKind, Unit


def place_of(row: Any) -> Place:
    return Place(
        id=row.id,
        code=row.code,
        name=row.name,
        kind=SiteKind(row.kind),
        organisation_id=row.organisation_id,
        organisation=row.organisation,
        street=row.street,
        outside=row.outside,
        storage=row.storage,
        beds=row.beds,
        lat_e6=row.lat_e6,
        lon_e6=row.lon_e6,
        name_en=row.name_en,
    )


def term_of(row: Any) -> Term:
    return Term(
        id=row.id,
        stream=row.stream,
        pattern=row.pattern,
        operation=row.operation,
        period=Period(row.period),
        unit=Unit(row.unit),
        limit=row.limit_g,
        hard_limit=row.hard_limit_g,
        price_fen=row.price_fen,
    )


def paper_of(row: Any, terms: tuple[Term, ...]) -> Paper:
    return Paper(
        id=row.id,
        kind=Instrument(row.kind),
        number=row.number,
        organisation_id=row.organisation_id,
        site_id=row.site_id,
        counterpart_id=row.counterpart_id,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        terms=terms,
        suspended=row.suspended,
        collecting=row.collecting,
    )


def lorry_of(row: Any) -> Lorry:
    return Lorry(
        id=row.id,
        plate=row.plate,
        organisation_id=row.organisation_id,
        streams=frozenset(row.streams.split()),
        licence_to=row.licence_to,
        dedicated=row.dedicated,
        withdrawn=row.withdrawn,
    )


def person_of(row: Any, organisations: frozenset[int]) -> Person:
    return Person(
        id=row.id,
        login=row.login,
        name=row.name,
        role=Role(row.role),
        organisations=organisations,
        licence_to=row.licence_to,
        active=row.active,
    )
