"""The year with known faults: told, tampered with at its end, and how each audit did in it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import select, update
from sqlmodel import Session

from tests.audits import diners
from tests.audits.planted import Year, abroad_of_that_year, works_of_that_year
from zerowaste.audits import ALL
from zerowaste.cli.demo_city import hazardous
from zerowaste.cli.demo_city.hauls import TONNE
from zerowaste.cli.demo_city.history import Telling, tell
from zerowaste.cli.upgrade import upgrade_database
from zerowaste.config import PasswordCost, read_settings
from zerowaste.db import Database
from zerowaste.models.tables import HOLDING, MANIFEST, SITE
from zerowaste.rules.law import Law, read_law
from zerowaste.services.findings.auditing import examine_whole
from zerowaste.services.findings.cases import Case
from zerowaste.vocabulary import HoldingKind, Status

# A Thursday afternoon in the city.
ENDS = datetime(2026, 9, 10, 6, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Score:
    """How one audit did: how many faults were planted and found, how many findings there are and are true;
    `bare`: those with no event behind them."""

    audit: str
    planted: int
    found: int
    findings: int
    true: int
    missed: tuple[str, ...] = ()
    false: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()


@contextmanager
def told_year(folder: Path, seed: int = 1) -> Iterator[tuple[Session, Law, Year]]:
    """The year in a database of its own in a folder; at its end somebody changes the books by hand."""
    url = f"sqlite:///{folder / 'year.sqlite'}"
    environ = {"ZEROWASTE_INSTANCE": str(folder), "ZEROWASTE_DATABASE_URL": url}
    settings = replace(read_settings(environ), password_cost=PasswordCost(rounds=1, memory_kib=8, lanes=1))
    law, year = read_law(settings.manifests), Year()
    works, abroad = hazardous.works, hazardous.abroad
    upgrade_database(url)
    database = Database(url, durable=False)
    hazardous.works, hazardous.abroad = works_of_that_year(works), abroad_of_that_year(abroad)
    try:
        with database.session_for(write=True) as session:
            more = partial(diners.stories, year=year)
            tell(session, law, settings, Telling(seed, 365, ENDS), told=(year.stories, more))
            tampered(session, year)
            session.commit()
            yield session, law, year
    finally:
        hazardous.works, hazardous.abroad = works, abroad
        database.close()


def tampered(session: Session, year: Year) -> None:
    """Ten tonnes vanish from the rubble plant's ends, and a manifest says it is settled."""
    place = select(SITE.c.id).where(SITE.c.code == "NC-RUBBLE").scalar_subquery()
    largest = select(HOLDING.c.id).where(HOLDING.c.site_id == place, HOLDING.c.kind == HoldingKind.FATE)
    holding = session.execute(largest.order_by(HOLDING.c.grams.desc()).limit(1)).scalar_one()
    cut = HOLDING.c.grams - 10 * TONNE
    session.execute(update(HOLDING).where(HOLDING.c.id == holding).values(grams=cut))
    year.must(f"holding:{holding}", "conservation")
    year.must("table:holding", "unproved")
    year.must("NC-RUBBLE", "balance")
    number = session.execute(
        select(MANIFEST.c.number).where(MANIFEST.c.status == Status.IN_TRANSIT).limit(1)
    ).scalar_one()
    session.execute(update(MANIFEST).where(MANIFEST.c.number == number).values(status=Status.SETTLED))
    year.must(number, "unproved")


def scores(session: Session, law: Law, year: Year) -> list[Score]:
    """How each audit did, in the order of the audits."""
    cases = examine_whole(session, law, now=ENDS, proof=True).cases
    return [
        _score(audit.name, [case for case in cases if case.finding.audit == audit.name], year)
        for audit in ALL
    ]


def _score(audit: str, cases: Sequence[Case], year: Year) -> Score:
    planted = [about for name, about in year.truth if name == audit]
    told = [" ".join((c.finding.key, c.place, c.manifest, c.treatment, c.finding.holder)) for c in cases]
    missed = tuple(about for about in planted if not any(about in each for each in told))
    false = tuple(each for each in told if not any(about in each for about in planted))
    bare = tuple(case.finding.key for case in cases if not case.finding.events)
    return Score(
        audit,
        len(planted),
        len(planted) - len(missed),
        len(told),
        len(told) - len(false),
        missed,
        false,
        bare,
    )
