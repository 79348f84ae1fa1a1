"""One manifest as the law sees it: its parties, path and lines, and what an act makes of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from zerowaste.errors import Problem
from zerowaste.rules.access import Actor
from zerowaste.rules.balance import LineFacts, Path
from zerowaste.rules.lifecycle import Marks, Side, status_of
from zerowaste.rules.parties import Carriage, Place
from zerowaste.rules.streams import Stream
from zerowaste.vocabulary import Act, Role, Status


@dataclass(frozen=True, slots=True)
class Stretch:
    """A leg with what has been scanned of it."""

    carriage: Carriage
    began_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ManifestState:
    """All that is known of one manifest. `ended`: cancelled or expired; `lapsed`: nobody
    came in time, though no event says so yet. `parts`: (line, part) → holding; `last`:
    (kind, role) of the last act that stands; `former`: the legs as they were each time before they were
    planned anew."""

    key: str
    number: str
    stream: Stream
    consignor: Place
    consignee: Place
    planned_at: datetime
    expires_at: datetime
    legs: tuple[Stretch, ...]
    lines: tuple[LineFacts, ...]
    path: Path = field(default_factory=Path)
    back: tuple[Stretch, ...] = ()
    ended: Status | None = None
    lapsed: bool = False
    settled: bool = False
    trip: str | None = None
    filed_at: datetime | None = None
    parts: Mapping[tuple[int, str], int] = field(default_factory=dict)
    charges: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    last: tuple[str, str] | None = None
    former: tuple[tuple[Stretch, ...], ...] = ()

    @property
    def status(self) -> Status:
        ended = Status.EXPIRED if self.lapsed and self.ended is None else self.ended
        return status_of(self.lines, self.path, ended, self.settled)

    @property
    def marks(self) -> Marks:
        return Marks(
            begun=frozenset(leg.carriage.number for leg in self.legs if leg.began_at),
            legs=len(self.legs),
            arrived=self.legs[-1].ended_at is not None,
            refused=any(line.refused_g for line in self.lines),
        )

    def line(self, number: int) -> LineFacts | None:
        """The line with this number."""
        return next((line for line in self.lines if line.number == number), None)


@dataclass(frozen=True, slots=True)
class LineReport:
    """What an act says of one line; None: it says nothing of that."""

    line: int
    mass_g: int | None = None
    received_g: int | None = None
    accepted_g: int | None = None
    refused_g: int | None = None
    reason: str = ""
    waste_code: str | None = None
    basis: str | None = None
    volume_l: int | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """One act on a manifest as it was sent in. `leg`: a leg's number, for handover; `share_g`: this
    manifest's part of the ticket; `carriage`: who carries refused mass home; `noted`: it has a note;
    `reverses`: the number or id of the event to take back. `legs`: those that follow the ones already
    begun, numbered from 1; `unnamed`: what of them names nobody; `trip`: the one to travel on.
    `told_at`: what the device's clock said, where that ran ahead of ours. `superseded`: said without network
    by whoever it was to do before the legs were planned anew."""

    kind: Act
    at: datetime
    told_at: datetime | None = None
    offline: bool = False
    lines: tuple[LineReport, ...] = ()
    ticket: Mapping[str, Any] | None = None
    evidence: tuple[str, ...] = ()
    share_g: int | None = None
    leg: int | None = None
    carriage: Carriage | None = None
    reason: str = ""
    noted: bool = False
    reverses: int | UUID | None = None
    position: Mapping[str, int] | None = None
    legs: tuple[Carriage, ...] = ()
    unnamed: tuple[Problem, ...] = ()
    trip: UUID | None = None
    superseded: bool = False

    def path_of(self, line: int) -> str:
        """Where it speaks of a line; where it would, if it speaks of none."""
        if not self.lines:
            return f"lines.{line - 1}"
        return next((f"lines.{index}" for index, row in enumerate(self.lines) if row.line == line), "lines")


@dataclass(slots=True)
class Findings:
    """What is wrong (errors refuse), doubtful (warnings save), and worth a look later (findings)."""

    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    findings: list[Problem] = field(default_factory=list)

    def error(self, code: str, path: str = "", **params: Any) -> None:
        self.errors.append(Problem(code, path, params))

    def warn(self, code: str, path: str = "", **params: Any) -> None:
        self.warnings.append(Problem(code, path, params))

    def find(self, code: str, path: str = "", **params: Any) -> None:
        self.findings.append(Problem(code, path, params))

    def forgive(self) -> None:
        """What already happened cannot be refused: its errors become findings."""
        self.findings.extend(self.errors)
        self.errors.clear()


def sides(actor: Actor, state: ManifestState) -> frozenset[Side]:
    """What an actor is to this manifest; empty: nothing, he may not even see it."""
    found = set()
    acts_for_site = actor.role in (Role.PRODUCER, Role.FACILITY)
    if acts_for_site and state.consignor.id in actor.sites:
        found.add(Side.CONSIGNOR)
    if actor.role is Role.FACILITY and state.consignee.id in actor.sites:
        found.add(Side.CONSIGNEE)
    stretches = (*state.legs, *state.back)
    if actor.role is Role.DRIVER:
        if any(leg.carriage.driver.id == actor.user_id for leg in stretches):
            found.add(Side.DRIVER)
    elif actor.role is Role.DISPATCHER and any(
        leg.carriage.carrier_id in actor.organisations for leg in stretches
    ):
        found.add(Side.DISPATCHER)
    if actor.oversees(state.consignor.street) or actor.oversees(state.consignee.street):
        found.add(Side.AUTHORITY)
    return frozenset(found)
