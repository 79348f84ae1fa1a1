"""The teller: lets the people of the demo city act through the real services, at moments gone by."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlmodel import Session

from zerowaste.models.tables import MEMBERSHIP, ORGANISATION, SITE, USER, VEHICLE
from zerowaste.rules.access import Actor
from zerowaste.rules.law import Law
from zerowaste.rules.state import LineReport
from zerowaste.rules.treating import Output
from zerowaste.services.acts import custody, drafts, expiry, filing, lots, treatments
from zerowaste.services.desk import Desk, open_desk
from zerowaste.services.requests import (
    EventRequest,
    FilingRequest,
    LegRequest,
    LineRequest,
    OutputsRequest,
    TreatmentRequest,
)
from zerowaste.services.simulation.devices import filing_body, line_body, made_id, output_body, stamp
from zerowaste.vocabulary import Act, Basis, Role, Verdict


class DemoBroken(Exception):
    """The demo city did something the law refuses, without meaning to."""


@dataclass
class Teller:
    """`now` is the moment of the story; ids and chances come from `chance`, so a seed fixes them.

    `away`: plates and drivers that are on the road with something aboard."""

    session: Session
    law: Law
    chance: random.Random
    now: datetime
    away: set[str] = field(default_factory=set)
    _actors: dict[str, Actor] = field(default_factory=dict)
    _carriers: dict[str, str] = field(default_factory=dict)

    def new_id(self) -> UUID:
        """An id of the story's own moment."""
        return made_id(self.now, self.chance)

    def desk(self, login: str) -> Desk:
        if login not in self._actors:
            self._actors[login] = _actor(self.session, login)
        return open_desk(self.session, self.law, self._actors[login], now=self.now)

    def leg(self, plate: str, driver: str) -> LegRequest:
        if plate not in self._carriers:
            self._carriers[plate] = self.session.execute(
                select(ORGANISATION.c.credit_code)
                .join(VEHICLE, VEHICLE.c.organisation_id == ORGANISATION.c.id)
                .where(VEHICLE.c.plate == plate)
            ).scalar_one()
        return LegRequest(self._carriers[plate], plate, driver)

    def lot(self, login: str, site: str, code: str, mass_g: int) -> int:
        """Register waste that lies on a producer's site; gives the lot."""
        body = {"waste_code": code, "mass_g": mass_g, "basis": str(Basis.SCALE), "at": stamp(self.now)}
        request = lots.LotRequest(self.new_id(), site, code, mass_g, Basis.SCALE, self.now, body)
        return lots.register_lot(self.desk(login), request).lot

    def try_filing(
        self,
        login: str,
        stream: str,
        way: tuple[str, str],
        lines: Sequence[LineRequest],
        legs: Sequence[LegRequest],
        *,
        planned_at: datetime,
        trip: UUID | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> filing.Filed:
        """File a manifest over a `way` (consignor, consignee); it may be refused."""
        request = FilingRequest(
            stream=stream,
            consignor=way[0],
            consignee=way[1],
            planned_at=planned_at,
            legs=tuple(legs),
            lines=tuple(lines),
            id=self.new_id(),
            trip=trip or self.new_id(),
            fields=fields or {},
            body=filing_body(stream, way, lines, legs, planned_at),
        )
        return filing.file_manifest(self.desk(login), request)

    def file(self, *args: Any, **others: Any) -> str:
        """File a manifest that the law allows; gives its number."""
        filed = self.try_filing(*args, **others)
        if filed.number is None:
            raise DemoBroken(f"{args}: {[(error.code, dict(error.params)) for error in filed.errors]}")
        return filed.number

    def draft(self, login: str, stream: str, way: tuple[str, str], planned_at: datetime) -> None:
        """Keep a manifest that is not complete yet."""
        body = {"stream": stream, "consignor": way[0], "consignee": way[1], "planned_at": stamp(planned_at),
                "draft": True, "legs": [], "lines": []}  # fmt: skip
        drafts.save_draft(
            self.desk(login), drafts.DraftRequest(stream, way[0], way[1], planned_at, self.new_id(), {}, body)
        )

    def act(
        self, login: str, ref: str, kind: Act, lines: Sequence[LineReport] = (), **others: Any
    ) -> custody.Recorded:
        """One act on a manifest, which the law allows or only notes."""
        body: dict[str, Any] = {
            "kind": str(kind),
            "at": stamp(others.get("at", self.now)),
            "lines": [line_body(row) for row in lines],
            **{name: others[name] for name in ("ticket", "reason", "offline") if name in others},
        }
        values: dict[str, Any] = {"id": self.new_id(), "at": self.now, "lines": tuple(lines), **others}
        recorded = custody.record_act(self.desk(login), ref, EventRequest(kind=kind, body=body, **values))
        if recorded.verdict is Verdict.REFUSED:
            raise DemoBroken(f"{login} {ref} {kind}: {[error.code for error in recorded.errors]}")
        return recorded

    def treat(
        self,
        login: str,
        site: str,
        operation: str,
        inputs: Sequence[tuple[int, int]],
        *,
        outputs: Sequence[Output] = (),
        additives: Sequence[tuple[str, int]] = (),
        done: bool = True,
    ) -> treatments.Treated:
        """A batch of lots (lot, grams); its inputs are what lies there."""
        body = {
            "site": site,
            "operation": operation,
            "at": stamp(self.now),
            "inputs": [{"lot": lot, "mass_g": grams} for lot, grams in inputs],
            "additives": [{"name": name, "mass_g": grams} for name, grams in additives],
            "outputs": [output_body(output) for output in outputs],
            "done": done,
        }
        request = TreatmentRequest(
            id=self.new_id(), site=site, operation=operation, at=self.now, body=body,
            inputs=tuple((lot, None, grams) for lot, grams in inputs),
            additives=tuple(additives), outputs=tuple(outputs), done=done,
        )  # fmt: skip
        return _made(treatments.treat(self.desk(login), request))

    def put_out(
        self, login: str, treatment: UUID, outputs: Sequence[Output], *, done: bool
    ) -> treatments.Treated:
        """What came out of a batch later."""
        body = {"at": stamp(self.now), "outputs": [output_body(output) for output in outputs], "done": done}
        request = OutputsRequest(self.new_id(), self.now, tuple(outputs), body, done)
        return _made(treatments.add_outputs(self.desk(login), treatment, request))

    def stock(self, login: str, site: str, code: str | None = None) -> list[tuple[int, str, int]]:
        """(lot, waste code, free grams) of what lies on a site, oldest first."""
        desk = self.desk(login)
        place = desk.register.place_called(site)
        if place is None:
            raise DemoBroken(site)
        return [
            (row.id, row.waste_code, row.grams - row.held_g)
            for row in desk.books.open_lots(place.id, code)
            if row.grams > row.held_g and row.part != "gate"
        ]

    def expire(self) -> None:
        """What `flask tick` does."""
        expiry.expire_due(self.session, self.law, self.now, new_id=self.new_id)

    def about(self, grams: int, spread: float = 0.15) -> int:
        """Near so many grams, as a scale of a hundred grams would show it."""
        return max(100, round(grams * self.chance.uniform(1 - spread, 1 + spread) / 100) * 100)


def _actor(session: Session, login: str) -> Actor:
    """A person as the services know him."""
    user = session.execute(select(USER.c.id, USER.c.role).where(USER.c.login == login)).one()
    places = session.execute(
        select(MEMBERSHIP.c.organisation_id, MEMBERSHIP.c.region, SITE.c.id.label("site"))
        .outerjoin(
            SITE,
            and_(
                SITE.c.organisation_id == MEMBERSHIP.c.organisation_id,
                or_(MEMBERSHIP.c.site_id.is_(None), MEMBERSHIP.c.site_id == SITE.c.id),
            ),
        )
        .where(MEMBERSHIP.c.user_id == user.id)
    ).all()
    return Actor(
        user_id=user.id,
        login=login,
        role=Role(user.role),
        organisations=frozenset(row.organisation_id for row in places if row.organisation_id is not None),
        sites=frozenset(row.site for row in places if row.site is not None),
        regions=tuple(sorted(row.region for row in places if row.region)),
    )


def _made(treated: treatments.Treated) -> treatments.Treated:
    if treated.errors:
        raise DemoBroken(f"treatment: {[(error.code, dict(error.params)) for error in treated.errors]}")
    return treated
