"""Writing master data: each row that changes something is stored together with the event that says so."""

import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Table, delete, insert, select, update
from sqlmodel import Session, SQLModel

from zerowaste import models
from zerowaste.clock import local_day
from zerowaste.models.tables import MEMBERSHIP, ORGANISATION, PERMIT, SITE, USER, table
from zerowaste.rules.decision import Decision, plain
from zerowaste.rules.law import Law
from zerowaste.services.booking import ledger
from zerowaste.services.booking.ledger import Act, Chain, Row
from zerowaste.services.identity import accounts
from zerowaste.services.identity.accounts import Belonging, NewAccount
from zerowaste.services.identity.passwords import Passwords
from zerowaste.services.masterdata.rows import (
    MODELS,
    OrganisationRow,
    PermitRow,
    PersonRow,
    SiteRow,
    VehicleRow,
    natural_key,
)
from zerowaste.services.masterdata.terms import write_terms

TABLE_OF: Mapping[type, str] = {model: table for table, model in MODELS.items()}
# What is personal in a row, and so apart from the event's text.
PERSONAL = {
    "person": frozenset({"name", "phone", "licence_number"}),
    "site": frozenset({"contact", "phone"}),
}
# Columns that refer to another row, and the key of the file that names it.
REFERENCES = {"organisation_id": "organisation", "site_id": "site", "counterpart_id": "receiver"}


class Change(NamedTuple):
    """What storing a row did: whether it is new, and the columns that changed."""

    new: bool
    values: Mapping[str, Any]


@dataclass(slots=True)
class Writer:
    """Writes rows of one load. `demo`: its organisations are marked as invented. `passwords_made`:
    login → the first password of an account that was given none."""

    session: Session
    law: Law
    actor: str
    now: datetime
    passwords: Passwords
    new_id: Callable[[], UUID]
    demo: bool = False
    role: str = "system"
    counts: Counter[str] = field(default_factory=Counter)
    passwords_made: dict[str, str] = field(default_factory=dict)
    _organisations: dict[str, int] = field(default_factory=dict)
    _sites: dict[str, int] = field(default_factory=dict)

    def write(self, row: Any) -> None:
        """Store one row, which was checked before."""
        match row:
            case OrganisationRow():
                self._organisation(row)
            case SiteRow():
                self._site(row)
            case PermitRow():
                self._permit(row)
            case VehicleRow():
                self._vehicle(row)
            case PersonRow():
                self._person(row)

    def organisation_id(self, credit_code: str) -> int:
        return self._id(self._organisations, ORGANISATION, ORGANISATION.c.credit_code, credit_code)

    def site_id(self, code: str) -> int:
        return self._id(self._sites, SITE, SITE.c.code, code)

    def _id(self, known: dict[str, int], table: Table, column: Any, value: str) -> int:
        if value not in known:
            known[value] = self.session.execute(select(table.c.id).where(column == value)).scalar_one()
        return known[value]

    def _organisation(self, row: OrganisationRow) -> None:
        values = _given(row)
        if self.demo:
            values["demo"] = True
        del values["credit_code"]
        change = self._store(models.Organisation, {"credit_code": row.credit_code}, values)
        self._record(row, "organisation", row.credit_code, change)

    def _site(self, row: SiteRow) -> None:
        values = _given(row, without=("code", "organisation", "lat", "lon"))
        values["organisation_id"] = self.organisation_id(row.organisation)
        for name in ("lat", "lon"):
            if name in row.model_fields_set:
                degrees = getattr(row, name)
                values[f"{name}_e6"] = None if degrees is None else int(degrees * 1_000_000)
        change = self._store(models.Site, {"code": row.code}, values)
        self._record(row, "site", row.code, change)

    def _permit(self, row: PermitRow) -> None:
        key = {
            "organisation_id": self.organisation_id(row.organisation),
            "kind": row.kind,
            "number": row.number,
        }
        values = _given(row, without=("organisation", "kind", "number", "site", "receiver", "term"))
        values["site_id"] = self.site_id(row.site) if row.site else None
        values["counterpart_id"] = self.site_id(row.receiver) if row.receiver else None
        change = self._store(models.Permit, key, values)
        matches = (PERMIT.c[name] == value for name, value in key.items())
        paper = self.session.execute(select(PERMIT).where(*matches)).one()
        decision = Decision()
        day = local_day(self.now)
        terms = write_terms(self.session, self.law, paper, row, decision, day=day)
        if terms:
            change = Change(change.new, {**change.values, "terms": terms})
        subject, where = ("site", row.site) if row.site else ("organisation", row.organisation)
        self._record(row, subject, where, change, decision)

    def _vehicle(self, row: VehicleRow) -> None:
        values = _given(row, without=("plate", "organisation", "streams"))
        values["organisation_id"] = self.organisation_id(row.organisation)
        values["streams"] = " ".join(row.streams)
        change = self._store(models.Vehicle, {"plate": row.plate}, values)
        self._record(row, "organisation", row.organisation, change)

    def _person(self, row: PersonRow) -> None:
        known = self.session.execute(select(USER).where(USER.c.login == row.login)).one_or_none()
        if known is None:
            self._new_person(row)
            changed = _given(row, without=("password",))
        else:
            changed = self._changed_person(row, known)
        self._record(row, "organisation", row.organisation, Change(known is None, changed))

    def _new_person(self, row: PersonRow) -> None:
        password = row.password.get_secret_value() if row.password else secrets.token_urlsafe(12)
        if row.password is None:
            self.passwords_made[row.login] = password
        account = NewAccount(
            login=row.login,
            name=row.name,
            role=row.role,
            password=password,
            belongings=self._belongings(row),
            phone=row.phone,
            language=row.language,
            licence_number=row.licence_number,
            licence_to=row.licence_to,
        )
        user = accounts.add_account(self.session, account, passwords=self.passwords)
        if not row.active:
            accounts.shut_account(self.session, user, now=self.now)

    def _changed_person(self, row: PersonRow, known: Row) -> dict[str, Any]:
        given = _given(row, without=("login", "organisation", "sites", "regions", "role", "password"))
        changed = {name: value for name, value in given.items() if getattr(known, name) != value}
        if changed:
            self.session.execute(update(USER).where(USER.c.id == known.id).values(changed))
        if row.password is not None and not self.passwords.verify(
            row.password.get_secret_value(), known.password
        ):
            plain_text = row.password.get_secret_value()
            accounts.set_password(self.session, known.id, plain_text, passwords=self.passwords, now=self.now)
            changed["password_set"] = True
        if changed.get("active") is False:
            accounts.shut_account(self.session, known.id, now=self.now)
        if self._rewrite_memberships(known.id, self._belongings(row)):
            changed |= {"organisation": row.organisation, "sites": row.sites, "regions": row.regions}
        return changed

    def _belongings(self, row: PersonRow) -> tuple[Belonging, ...]:
        if row.role not in accounts.PLACED_ROLES:
            return tuple(Belonging(region=region) for region in row.regions)
        organisation = self.organisation_id(row.organisation)
        if not row.sites:
            return (Belonging(organisation_id=organisation),)
        return tuple(Belonging(organisation_id=organisation, site_id=self.site_id(s)) for s in row.sites)

    def _rewrite_memberships(self, user_id: int, wanted: tuple[Belonging, ...]) -> bool:
        stored = self.session.execute(select(MEMBERSHIP).where(MEMBERSHIP.c.user_id == user_id)).all()
        now = {(one.organisation_id, one.site_id, one.region) for one in stored}
        then = {(one.organisation_id, one.site_id, one.region) for one in wanted}
        if now == then:
            return False
        self.session.execute(delete(MEMBERSHIP).where(MEMBERSHIP.c.user_id == user_id))
        rows = [
            {"user_id": user_id, "organisation_id": one[0], "site_id": one[1], "region": one[2]}
            for one in sorted(then, key=str)
        ]
        if rows:
            self.session.execute(insert(MEMBERSHIP), rows)
        return True

    def _store(self, model: type[SQLModel], key: Mapping[str, Any], values: Mapping[str, Any]) -> Change:
        """Insert or update; what changed is all of it for a new row, nothing if nothing did."""
        target = table(model)
        matches = [target.c[name] == value for name, value in key.items()]
        old = self.session.execute(select(target).where(*matches)).one_or_none()
        if old is None:
            self.session.add(model(**key, **values))
            self.session.flush()
            return Change(True, {**key, **values})
        changed = {name: value for name, value in values.items() if getattr(old, name) != value}
        if changed:
            self.session.execute(update(target).where(target.c.id == old.id).values(changed))
        return Change(False, changed)

    def _record(
        self, row: Any, subject: str, key: str, change: Change, decision: Decision | None = None
    ) -> None:
        """The event: which row, and what it now says. What is personal is kept apart."""
        self.counts["new" if change.new else "changed" if change.values else "unchanged"] += 1
        if not change.values:
            return
        kind = TABLE_OF[type(row)]
        column = SITE.c.code if subject == "site" else ORGANISATION.c.credit_code
        at = self.session.execute(
            select(column.table.c.events, column.table.c.head)
            .where(column == key)
            .with_for_update(key_share=True)
        ).one()
        told = {REFERENCES.get(name, name): _told(row, name, value) for name, value in change.values.items()}
        hidden = PERSONAL.get(kind, frozenset())
        act = Act(
            id=self.new_id(),
            kind=kind,
            at=self.now,
            actor=self.actor,
            role=self.role,
            body={
                "name": natural_key(row)[-1],
                "set": {name: value for name, value in told.items() if name not in hidden},
            },
            private={name: value for name, value in told.items() if name in hidden} or None,
        )
        chain = Chain(subject, key, at.events, at.head)
        ledger.append(self.session, chain, act, decision or Decision(), now=self.now)


def _given(row: Any, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """What the row says, beside its references; what it leaves out stays as it is."""
    return {name: getattr(row, name) for name in sorted(row.model_fields_set) if name not in without}


def _told(row: Any, name: str, value: Any) -> Any:
    """A value as the event's text can hold it; sites and organisations by the codes people use."""
    if name in REFERENCES:
        return getattr(row, REFERENCES[name])
    return list(value) if isinstance(value, tuple) else plain(value)
