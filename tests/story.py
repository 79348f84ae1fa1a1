"""What a story needs to be told in few words: desks for the cast, and the acts of a chain."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlmodel import Session

from tests import cast
from tests.cast import Person
from tests.city import NOW, City
from zerowaste.audits import Finding
from zerowaste.rules.law import Law, read_law
from zerowaste.rules.state import LineReport
from zerowaste.rules.streams import MANIFESTS
from zerowaste.services.acts import custody, filing, lots
from zerowaste.services.desk import Desk, open_desk
from zerowaste.services.findings.auditing import examine_whole
from zerowaste.services.requests import EventRequest, FilingRequest, LegRequest, LineRequest
from zerowaste.vocabulary import Act, Basis


@cache
def the_law() -> Law:
    return read_law(MANIFESTS)


def audited(session: Session, law: Law, *, now: datetime) -> list[Finding]:
    """What an audit of the whole city finds, the most urgent first."""
    return [case.finding for case in examine_whole(session, law, now=now).cases]


@dataclass
class Story:
    """One session's city, with a clock that the teller moves."""

    session: Session
    city: City
    now: datetime = NOW
    law: Law = field(default_factory=the_law)

    def desk(self, person: Person) -> Desk:
        return open_desk(self.session, self.law, self.city.actor(person), now=self.now)

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)

    def carrier_code(self, key: str = "carrier") -> str:
        from tests.city import ORGANISATIONS
        from zerowaste.models import Organisation

        organisation = self.session.get(Organisation, self.city.organisations[key])
        assert organisation is not None
        assert organisation.name == ORGANISATIONS[key]
        return organisation.credit_code

    def leg(self, plate: str, driver: Person) -> LegRequest:
        key = driver.organisation
        return LegRequest(self.carrier_code(key), plate, driver.login)

    def file(
        self,
        person: Person,
        *,
        stream: str,
        consignor: str,
        consignee: str,
        lines: Sequence[LineRequest],
        legs: Sequence[LegRequest],
        **other: Any,
    ) -> filing.Filed:
        dry_run = other.pop("dry_run", False)
        values: dict[str, Any] = {
            "stream": stream,
            "consignor": consignor,
            "consignee": consignee,
            "planned_at": other.pop("planned_at", self.now),
            "legs": tuple(legs),
            "lines": tuple(lines),
            **other,
        }
        body = {
            "lines": [[line.waste_code, line.mass_g] for line in lines],
            "consignor": consignor,
            "consignee": consignee,
        }
        return filing.file_manifest(self.desk(person), FilingRequest(**values, body=body), dry_run=dry_run)

    def lot(self, person: Person, site: str, code: str, mass_g: int, **other: Any) -> lots.Registered:
        request = lots.LotRequest(
            id=other.pop("id", uuid.uuid4()),
            site=site,
            waste_code=code,
            mass_g=mass_g,
            basis=Basis.SCALE,
            at=other.pop("at", self.now),
            body={"waste_code": code, "mass_g": mass_g},
        )
        return lots.register_lot(self.desk(person), request)

    def act(
        self, person: Person, ref: str, kind: Act, lines: Sequence[LineReport] = (), **other: Any
    ) -> custody.Recorded:
        values: dict[str, Any] = {"at": self.now, "id": uuid.uuid4(), **other}
        body = {
            "lines": [[row.line, row.mass_g, row.received_g, row.accepted_g] for row in lines],
            "reason": values.get("reason", ""),
        }
        request = EventRequest(kind=kind, lines=tuple(lines), body=body, **values)
        return custody.record_act(self.desk(person), ref, request)


CAST = cast
