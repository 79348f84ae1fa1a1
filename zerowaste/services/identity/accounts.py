"""Accounts: what one may know of itself, and making, changing and shutting them."""

import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import Session

from zerowaste.errors import LANGUAGES, Problem, Refusal
from zerowaste.models.tables import MEMBERSHIP, ORGANISATION, SITE, USER
from zerowaste.rules.access import Actor
from zerowaste.services import register
from zerowaste.services.identity import errands, tokens
from zerowaste.services.identity.account_events import AccountAct, Doer, record
from zerowaste.services.identity.errands import Purpose
from zerowaste.services.identity.passwords import Passwords, weaknesses
from zerowaste.vocabulary import Role

LONGEST_LOGIN = 64
PLACED_ROLES = frozenset({Role.PRODUCER, Role.DRIVER, Role.DISPATCHER, Role.FACILITY})


@dataclass(frozen=True, slots=True)
class OwnSite:
    code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Self:
    """Who is logged in. `organisation`: (credit code, name) of the first one he belongs to."""

    login: str
    role: Role
    name: str
    sites: Sequence[OwnSite]
    organisation: tuple[str, str] | None
    regions: Sequence[str]


def describe(session: Session, actor: Actor) -> Self:
    """What an account may know of itself."""
    sites = session.execute(
        select(SITE.c.code, SITE.c.name, SITE.c.kind)
        .where(SITE.c.id.in_(sorted(actor.sites)))
        .order_by(SITE.c.code)
    )
    organisation = session.execute(
        select(ORGANISATION.c.credit_code, ORGANISATION.c.name)
        .where(ORGANISATION.c.id.in_(sorted(actor.organisations)))
        .order_by(ORGANISATION.c.id)
        .limit(1)
    ).one_or_none()
    return Self(
        login=actor.login,
        role=actor.role,
        name=session.execute(select(USER.c.name).where(USER.c.id == actor.user_id)).scalar_one(),
        sites=[OwnSite(row.code, row.name, row.kind) for row in sites],
        organisation=(organisation.credit_code, organisation.name) if organisation else None,
        regions=actor.regions,
    )


@dataclass(frozen=True, slots=True)
class Belonging:
    """Where a role counts: an organisation, or only one site of it; or a region (code prefix)."""

    organisation_id: int | None = None
    site_id: int | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be made. A driver also needs his licence."""

    login: str
    name: str
    role: Role
    password: str
    belongings: Sequence[Belonging] = ()
    phone: str = ""
    language: str = "zh"
    licence_number: str = ""
    licence_to: date | None = None


def login_of(text: str) -> str:
    """A login as it is kept: trimmed, one form of each character, lower case."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def add_account(session: Session, new: NewAccount, *, passwords: Passwords) -> int:
    """Make an account and its memberships; gives its id. Raises `invalid` with every reason."""
    login = login_of(new.login)
    problems = [*_login_problems(session, login), *weaknesses(new.password, login=login)]
    problems += _belonging_problems(new)
    if new.language not in LANGUAGES:
        problems.append(Problem("language_unknown", "language", {"language": new.language}))
    if problems:
        raise Refusal("invalid", *problems)
    made = session.execute(
        insert(USER).values(
            login=login,
            name=new.name,
            phone=new.phone,
            role=new.role,
            password=passwords.hash(new.password),
            fs_uniquifier=secrets.token_hex(32),
            active=True,
            language=new.language,
            licence_number=new.licence_number,
            licence_to=new.licence_to,
            events=0,
            head="",
        )
    )
    user_id = int(made.inserted_primary_key[0])  # type: ignore[attr-defined]  # an insert has one
    rows: list[dict[str, Any]] = [
        {
            "user_id": user_id,
            "organisation_id": belonging.organisation_id,
            "site_id": belonging.site_id,
            "region": belonging.region,
        }
        for belonging in new.belongings
    ]
    if rows:
        session.execute(insert(MEMBERSHIP), rows)
    register.bump(session)
    return user_id


def _login_problems(session: Session, login: str) -> list[Problem]:
    printable = login.isprintable() and not any(character.isspace() for character in login)
    if not 2 <= len(login) <= LONGEST_LOGIN or not printable:
        return [Problem("login_form", "login", {"longest": LONGEST_LOGIN})]
    if session.execute(select(USER.c.id).where(USER.c.login == login)).first():
        return [Problem("login_taken", "login", {"login": login})]
    return []


def _belonging_problems(new: NewAccount) -> list[Problem]:
    """A role needs the kind of place it acts in, and only that kind."""
    regions = [belonging for belonging in new.belongings if belonging.region]
    places = [belonging for belonging in new.belongings if belonging.organisation_id]
    needs_place, needs_region = new.role in PLACED_ROLES, new.role is Role.REGULATOR
    if needs_place != bool(places) or needs_region != bool(regions):
        return [Problem(f"account_of_{new.role}", "belongings")]
    if new.role is Role.DRIVER and new.licence_to is None:
        return [Problem("driver_needs_licence", "licence_to")]
    return []


def set_password(
    session: Session, user_id: int, password: str, *, passwords: Passwords, now: datetime
) -> None:
    """A new password; every browser session and token of the account ends, and whatever else the old
    one or an invitation had begun. Raises `invalid`."""
    refuse_weak(session, user_id, password)
    session.execute(
        update(USER)
        .where(USER.c.id == user_id)
        .values(password=passwords.hash(password), fs_uniquifier=secrets.token_hex(32))
    )
    tokens.revoke_tokens_of(session, user_id, now=now)
    for purpose in (Purpose.SECOND_STEP, Purpose.INVITATION):
        errands.forget_errands(session, purpose, user_id)


def refuse_weak(session: Session, user_id: int, password: str) -> None:
    """Raises `invalid` with what is wrong with a new password."""
    login = session.execute(select(USER.c.login).where(USER.c.id == user_id)).scalar_one()
    problems = weaknesses(password, login=login)
    if problems:
        raise Refusal("invalid", *problems)


def change_password(
    session: Session,
    user_id: int,
    password: str,
    *,
    passwords: Passwords,
    now: datetime,
    by: Doer | None = None,
) -> None:
    """The same, recorded as a change of the account."""
    set_password(session, user_id, password, passwords=passwords, now=now)
    record(session, user_id, AccountAct.PASSWORD_CHANGED, now=now, by=by)


def shut_account(session: Session, user_id: int, *, now: datetime) -> None:
    """The account can no longer log in or act; what it did stays under its name."""
    session.execute(
        update(USER).where(USER.c.id == user_id).values(active=False, fs_uniquifier=secrets.token_hex(32))
    )
    tokens.revoke_tokens_of(session, user_id, now=now)
    register.bump(session)
