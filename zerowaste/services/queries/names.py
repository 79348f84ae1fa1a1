"""What sites and organisations are called, for lists that know them by code or by registered name."""

from collections.abc import Iterable

from sqlalchemy import select, union_all
from sqlmodel import Session

from zerowaste.models.tables import ORGANISATION, SITE


def site_names(session: Session, codes: Iterable[str | None]) -> dict[str, tuple[str, str]]:
    """Code → what the site is called in Chinese and in English, for those of the codes that are sites'."""
    wanted = sorted({code for code in codes if code})
    asked = select(SITE.c.code, SITE.c.name, SITE.c.name_en).where(SITE.c.code.in_(wanted))
    return {row.code: (row.name, row.name_en or row.name) for row in session.execute(asked)} if wanted else {}


def english_names(session: Session, names: Iterable[str | None]) -> dict[str, str]:
    """Registered name → English name, for those of these organisations and sites that have one."""
    wanted = sorted({name for name in names if name})
    found = [
        select(table.c.name, table.c.name_en).where(table.c.name.in_(wanted), table.c.name_en != "")
        for table in (ORGANISATION, SITE)
    ]
    return {row.name: row.name_en for row in session.execute(union_all(*found))} if wanted else {}
