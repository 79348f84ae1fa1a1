"""A manifest that is being filed, with everything it names resolved: what the law judges."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from zerowaste.clock import local_day
from zerowaste.rules.balance import Portion
from zerowaste.rules.catalogue import WasteCode
from zerowaste.rules.parties import Carriage, Paper, Place
from zerowaste.rules.streams import Stream
from zerowaste.vocabulary import Basis


@dataclass(frozen=True, slots=True)
class FiledLine:
    """One line as it was filed, with its waste code resolved (None: unknown)."""

    number: int
    waste_code: str
    waste: WasteCode | None
    mass_g: int
    basis: Basis = Basis.ESTIMATE
    volume_l: int | None = None
    packages: int = 0
    packaging: str = ""
    operation: str = ""
    draws: tuple[Portion, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return f"lines.{self.number - 1}"


@dataclass(frozen=True, slots=True)
class Companion:
    """Another manifest on the same trip: who files it, what it carries. `number`: what it is called to the
    one who files; another sender's is not his to know."""

    number: str | Mapping[str, str]
    stream: Stream
    consignor_id: int
    consignee_id: int
    vehicle_id: int
    wastes: tuple[WasteCode, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """What stands on a manifest apart from its parties."""

    stream: Stream
    planned_at: datetime
    lines: tuple[FiledLine, ...]
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Filing:
    """A manifest that is being filed, everything it names resolved."""

    stream: Stream
    consignor: Place
    consignee: Place
    planned_at: datetime
    legs: tuple[Carriage, ...]
    lines: tuple[FiledLine, ...]
    fields: Mapping[str, Any] = field(default_factory=dict)
    consignor_papers: tuple[Paper, ...] = ()
    consignee_papers: tuple[Paper, ...] = ()
    companions: tuple[Companion, ...] = ()

    @property
    def contents(self) -> Contents:
        """What can be judged whoever the parties are."""
        return Contents(self.stream, self.planned_at, self.lines, self.fields)

    @property
    def day(self) -> date:
        """The city day on which it is planned to go."""
        return local_day(self.planned_at)

    @property
    def exempt_collection(self) -> bool:
        """MW-EXEMPT: a clinic of at most 19 beds; its collection is not managed as hazardous waste."""
        beds = self.consignor.beds
        most = self.stream.exempt_beds
        return most is not None and beds is not None and beds <= most
