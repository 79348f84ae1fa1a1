"""What a stream file is made of: number formats, clocks, papers, and codes written into it."""

import re
from string import Formatter
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from zerowaste.rules.stream_fields import Name, Strict

LONGEST_NUMBER = 24
MOST_DIGITS = 12
_WIDTHS = {"year": 4, "city": 4}


def _whole_number(text: str) -> str:
    """A number format has {year}, {city} and, at its end, {serial:0Nd}, each once."""
    length, seen, spec = 0, [], ""
    for literal, key, spec_text, conversion in Formatter().parse(text):
        length += len(literal)
        if key is None:
            continue
        if conversion or key not in (*_WIDTHS, "serial") or (key in _WIDTHS and spec_text):
            raise ValueError("only {year}, {city} and {serial:06d} may stand here")
        spec = spec_text or ""
        length += _WIDTHS[key] if key in _WIDTHS else _digits(spec)
        seen.append(key)
    if sorted(seen) != ["city", "serial", "year"]:
        raise ValueError("year, city and serial must each stand there once")
    if not text.endswith(f"{{serial:{spec}}}"):
        raise ValueError("the serial must stand at the end")
    if length > LONGEST_NUMBER:
        raise ValueError(f"numbers would have {length} characters; at most {LONGEST_NUMBER}")
    return text


def _digits(spec: str) -> int:
    digits = re.fullmatch(r"0(\d{1,2})d", spec)
    if digits is None or not 1 <= int(digits[1]) <= MOST_DIGITS:
        raise ValueError("the serial needs a fixed width of 1 to 12 digits, e.g. {serial:06d}")
    return int(digits[1])


# How manifests are numbered. Formats with the same text before the serial share their serials.
NumberFormat = Annotated[str, AfterValidator(_whole_number)]


def last_serial(number: str) -> int:
    """The greatest serial that fits into a number format."""
    return int(10 ** _digits(number.rpartition(":")[2].rstrip("}"))) - 1


def compose(number: str, year: int, city: str, serial: int) -> str:
    """The number: 2026, "3601", 7 → 20263601000007. OverflowError: the series is used up."""
    if not 1 <= serial <= last_serial(number):
        raise OverflowError(f"the serials of {number} end at {last_serial(number)}")
    return number.format(year=f"{year:04d}", city=city, serial=serial)


class Clock(Strict):
    """A deadline: so many hours, days or working days (exactly one) after the moment `since` names.

    Hours are exact; days and working days end with the city's last day. `rule`: the id of the rule
    (manifests/rules.csv), or `setting` where no law fixes the number. `codes`: whom it concerns."""

    hours: int | None = Field(default=None, gt=0)
    days: int | None = Field(default=None, gt=0)
    working_days: int | None = Field(default=None, gt=0)
    since: Literal["opened", "arrived", "planned", "collected", "transferred"] = Field(alias="from")
    rule: str = Field(pattern=r"^(setting|[A-Z]{2,}(-[A-Z0-9-]+)?)$")
    severity: Literal["overdue", "warn"] = "overdue"
    codes: tuple[str, ...] = ("*",)

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if sum(length is not None for length in (self.hours, self.days, self.working_days)) != 1:
            raise ValueError("give exactly one of hours, days, working_days")
        return self


class StoreClocks(Strict):
    """How long a store may keep waste, by how it stores (a site's `storage`)."""

    warm: Clock
    cold: Clock | None = None
    remote: Clock | None = None

    def of(self, storage: str) -> Clock:
        """The clock of a way of storing; the strictest (warm) where the stream knows no other."""
        return {"cold": self.cold, "remote": self.remote}.get(storage) or self.warm


class Clocks(Strict):
    """Every deadline of a stream. Named after what must happen before they run out."""

    accept: Clock
    store_producer: Clock
    store_transfer: StoreClocks
    store_facility: StoreClocks
    transit: Clock
    refused: Clock
    treat: Clock
    expire: Clock
    back_fill: Clock
    pass_on: Clock | None = None
    collect_every: Clock | None = None


class Need(Strict):
    """A paper a party must hold for this waste, and what happens where it is missing."""

    instrument: Literal["permit", "approval", "plan", "consent", "licence", "none"]
    severity: Literal["warn", "block"] = "block"
    rule: str = "setting"


class Needs(Strict):
    """The papers of each party; `cross_province`: of a producer whose waste leaves the province."""

    producer: Need
    consignee: Need
    carrier: Need
    cross_province: Need


class Packages(Strict):
    """`required`: every line counts its packages; `per_package_tags`: each carries its own tag."""

    required: bool
    per_package_tags: bool = False


class PaperForm(Strict):
    """How a stream's manifest is printed. `official`: the national form for hazardous waste, with its
    number beside ours; `plain`: the same family without it. `title`: else the stream's name and 转移联单.
    `labels`: what is stuck on a package."""

    title: Name | None = None
    layout: Literal["official", "plain"] = "plain"
    mass_unit: Literal["tonne", "kilogram"] = "tonne"
    labels: Literal["label", "tag", "none"] = "none"
    note: Name | None = None


class Identified(Strict):
    """Waste found hazardous by testing has no row of its own: `prefix`, then two digits that name
    its category after `category` (900-000-08 → HW08)."""

    prefix: str
    category: str


class Plausible(Strict):
    """What a producer usually makes a day for each unit of its size; outside of it is worth a look."""

    least_g: int = Field(gt=0)
    most_g: int = Field(gt=0)
    rule: str


class InlineWaste(Strict):
    """A waste code written into the stream's own file."""

    code: str = Field(pattern=r"^[0-9A-Z]{1,4}(-[0-9A-Z]{1,4}){1,3}$")  # as people may send it
    name: Name
    category: str = ""
    hazards: tuple[Literal["T", "C", "I", "R", "In"], ...] = ()
    form: Literal["solid", "semi_solid", "liquid"] | None = None
    density_g_per_l: int | None = Field(default=None, gt=0)
    methods: tuple[str, ...] = ()
    residue: bool = False


class InlineOperation(Strict):
    """A way of treating written into the stream's own file. `terminal`: it is a fate."""

    code: str = Field(pattern=r"^[A-Z]{1,4}[0-9]{0,3}$")
    name: Name
    group: Literal["recovery", "disposal", "storage"]
    terminal: bool = True
