"""What a page says: plain values a service fills in and the drawing code lays out."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, NamedTuple

from zerowaste.vocabulary import Basis

Language = Literal["zh", "en"]


class Words(NamedTuple):
    """One wording in both languages."""

    zh: str
    en: str

    def of(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


DEMONSTRATION = Words("演示数据", "Demo data")
DRAFT = Words("草稿", "Draft")
VOID = Words("已作废", "Void")


class Layout(StrEnum):
    """Which boxes a manifest has: the hazardous form's, or those common to every stream."""

    OFFICIAL = "official"
    PLAIN = "plain"


class MassUnit(StrEnum):
    """The unit a form's masses are printed in; they are kept in grams."""

    TONNE = "tonne"
    KILOGRAM = "kilogram"


class Opinion(StrEnum):
    """The receiver's decision on one line (接受人处理意见)."""

    ACCEPT = "accept"
    PART = "part"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Entry:
    """One further box of a part: a field of the stream's own. `wide`: it takes the whole row."""

    label: Words
    value: str
    wide: bool = False


@dataclass(frozen=True, slots=True)
class ConsignorBlock:
    """Part one, who hands over (移出人)."""

    name: str
    address: str = ""
    emergency_phone: str = ""
    agent: str = ""
    phone: str = ""
    handed_at: datetime | None = None
    emergency_measures: str = ""
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class CarrierLeg:
    """Part two, one carrier's stretch (联运段次). `handover_*`: where and when it took over from
    the leg before. `back`: it carries refused waste home."""

    number: int
    name: str
    licence_number: str = ""
    address: str = ""
    phone: str = ""
    driver: str = ""
    driver_phone: str = ""
    escort: str = ""
    vehicle: str = ""
    plate: str = ""
    start: str = ""
    departed_at: datetime | None = None
    via: str = ""
    end: str = ""
    arrived_at: datetime | None = None
    handover_at: datetime | None = None
    handover_place: str = ""
    back: bool = False
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsigneeBlock:
    """Part three, who receives (接受人). `permit_label` names the paper that lets him."""

    name: str
    permit_number: str = ""
    address: str = ""
    agent: str = ""
    phone: str = ""
    accepted_at: datetime | None = None
    entries: tuple[Entry, ...] = ()
    permit_label: Words | None = None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One waste that leaves. `mass_g` in grams, `volume_l` in litres."""

    name: str
    code: str
    mass_g: int | None
    hazard: str = ""
    form: str = ""
    harmful: str = ""
    packaging: str = ""
    packages: int | None = None
    volume_l: int | None = None
    basis: Basis | None = None


@dataclass(frozen=True, slots=True)
class AcceptanceRow:
    """What the receiver found for one waste. Masses in grams; None: not decided yet."""

    name: str
    code: str
    major_difference: bool | None = None
    difference_note: str = ""
    opinion: Opinion | None = None
    operation: str = ""
    accepted_g: int | None = None
    refused_g: int | None = None


@dataclass(frozen=True, slots=True)
class PartyOpinion:
    """What one party said about a difference, and when."""

    party: str
    text: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ManifestPaper:
    """One manifest. `stream` is the waste's noun (危险废物), `title` the form's own heading.

    `national_number`: the legal 联单编号; a blank line is printed where it is unknown, and nothing
    at all where the stream has none (`nationally_numbered` false). `serial`: ours (市级流水号)."""

    title: Words
    stream: Words
    qr_url: str
    consignor: ConsignorBlock
    legs: tuple[CarrierLeg, ...]
    consignee: ConsigneeBlock
    items: tuple[ItemRow, ...]
    acceptance: tuple[AcceptanceRow, ...] = ()
    serial: str = ""
    national_number: str = ""
    nationally_numbered: bool = True
    layout: Layout = Layout.OFFICIAL
    mass_unit: MassUnit = MassUnit.TONNE
    status: Words | None = None
    planned_at: datetime | None = None
    opinions: tuple[PartyOpinion, ...] = ()
    notes: str = ""
    legal_note: Words | None = None
    watermarks: tuple[Words, ...] = ()
    edition: str = ""


class LabelSize(StrEnum):
    """HJ 1276-2022: the label's side follows the container's volume."""

    SMALL = "100"  # up to 50 litres
    MEDIUM = "150"  # up to 450 litres
    LARGE = "200"  # above; on two opposite sides


@dataclass(frozen=True, slots=True)
class LabelPaper:
    """One hazardous waste label (HJ 1276-2022). `digital_id`: 37 characters, see `digital_id()`."""

    name: str
    category: str
    code: str
    qr_url: str
    form: str = ""
    hazards: tuple[str, ...] = ()
    composition: str = ""
    harmful: str = ""
    precautions: str = ""
    digital_id: str = ""
    organisation: str = ""
    contact: str = ""
    generated_on: date | None = None
    mass_g: int | None = None
    notes: str = ""
    watermarks: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class TagPaper:
    """One medical waste package tag: what a ward writes on a bag or box, and its own QR."""

    tag: str
    waste: str
    code: str
    organisation: str
    qr_url: str
    department: str = ""
    generated_on: date | None = None
    mass_g: int | None = None
    notes: str = ""
    watermarks: tuple[Words, ...] = field(default=())


def digital_id(credit_code: str, waste_code: str, on: date, sequence: int) -> str:
    """The label's 37 characters (HJ 1276-2022): unit 18, waste code 8, day 8, running number 3.

    Raises ValueError where a part has not the length the standard gives it."""
    parts = (credit_code, waste_code.replace("-", ""), on.strftime("%Y%m%d"), f"{sequence:03d}")
    if tuple(map(len, parts)) != (18, 8, 8, 3):
        raise ValueError(f"a digital id is made of 18 + 8 + 8 + 3 characters, not {parts}")
    return "".join(parts)
