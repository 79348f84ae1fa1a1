"""What a row of master data may say: one model for each table, and what is wrong in people's words."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from stdnum.cn import uscc

from zerowaste.errors import Problem, catalogue
from zerowaste.services.masterdata.files import RawRow
from zerowaste.vocabulary import Instrument, Period, Role, SiteKind, Unit

PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z]"
    r"(?:[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警港澳]|[A-HJK][A-HJ-NP-Z0-9][0-9]{4}|[0-9]{5}[A-HJK])"
)
CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
# How many grams or litres one of each is.
UNITS = {
    "g": (Unit.GRAM, 1), "kg": (Unit.GRAM, 1_000), "t": (Unit.GRAM, 1_000_000),
    "l": (Unit.LITRE, 1), "m3": (Unit.LITRE, 1_000),
}  # fmt: skip
MOST = 10**15
MOST_PRICE, FEN = 10**7, 100
# What names a term within its paper: stream, pattern, operation, period, and whether it counts litres.
TermKey = tuple[str, str, str, str, str]


def _day(value: Any) -> Any:
    """A day as people write it; bare numbers are not days."""
    if isinstance(value, date) or (isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value)):
        return value
    raise PydanticCustomError("load_not_date", "a day")


def _printable(value: str) -> str:
    if not value.replace("\n", "").isprintable():
        raise PydanticCustomError("bad_characters", "control characters")
    return value


def _as_text(value: Any) -> Any:
    return _printable(value.strip()) if isinstance(value, str) else value


# Last, so that it runs first: behind it the bounds are those of a text, and told so.
TEXT = BeforeValidator(_as_text)
Name = Annotated[str, StringConstraints(min_length=1, max_length=120), TEXT]
Word = Annotated[str, StringConstraints(min_length=1, max_length=60), TEXT]
Code = Annotated[str, StringConstraints(min_length=1, max_length=32), TEXT]
Phone = Annotated[str, StringConstraints(max_length=40), TEXT]
Note = Annotated[str, StringConstraints(max_length=60), TEXT]
English = Annotated[str, StringConstraints(max_length=160), TEXT]
Address = Annotated[str, StringConstraints(max_length=200), TEXT]
Operation = Annotated[str, StringConstraints(max_length=8), TEXT]
Region = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{3}([0-9]{2}|[0-9]{5})?$")]
Day = Annotated[date, BeforeValidator(_day)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OrganisationRow(Strict):
    """A legal person. A code whose check digit is wrong needs `credit_code_reason`."""

    name: Name
    name_en: English = ""
    address: Address = ""
    phone: Phone = ""
    credit_code_reason: Address = ""
    credit_code: Code

    @field_validator("credit_code")
    @classmethod
    def _code(cls, code: str, info: ValidationInfo) -> str:
        code = code.upper()
        if not CREDIT_CODE.fullmatch(code):
            raise PydanticCustomError("credit_code_form", "credit code", {"value": code})
        if not uscc.is_valid(code) and not info.data.get("credit_code_reason"):
            right = uscc.calc_check_digit(code[:-1])
            raise PydanticCustomError("credit_code_digit", "check digit", {"value": code, "right": right})
        return code


class SiteRow(Strict):
    """A place where waste may lie. `lat`, `lon`: degrees. `product_t`: tonnes of product a year."""

    code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z-]{1,23}$")]
    organisation: Code
    kind: SiteKind
    name: Name
    name_en: English = ""
    address: Address = ""
    contact: Note = ""
    phone: Phone = ""
    outside: bool = False
    street: Code
    lat: Decimal | None = Field(default=None, ge=-90, le=90)
    lon: Decimal | None = Field(default=None, ge=-180, le=180)
    storage: Literal["warm", "cold", "remote"] = "warm"
    beds: int | None = Field(default=None, ge=0, le=100_000)
    seats: int | None = Field(default=None, ge=0, le=100_000)
    product_t: int | None = Field(default=None, ge=0, le=1_000_000_000)

    @field_validator("street")
    @classmethod
    def _street(cls, street: str, info: ValidationInfo) -> str:
        city = (info.context or {}).get("city", "")
        if not re.fullmatch(r"[1-9][0-9]{3}(?:[0-9]{2}|[0-9]{5})?", street):
            raise PydanticCustomError("street_form", "street", {"value": street})
        if info.data.get("outside"):
            if street.startswith(city):
                raise PydanticCustomError("street_of_city", "street", {"value": street, "city": city})
        elif len(street) != 9 or not street.startswith(city):
            raise PydanticCustomError("street_not_of_city", "street", {"value": street, "city": city})
        return street


class TermRow(Strict):
    """What a paper covers. `limit` and `hard_limit` count `unit`: g, kg, t, l or m3. `price`:
    published, in yuan a tonne."""

    stream: Annotated[str, StringConstraints(max_length=32), TEXT] = ""
    pattern: Code = "*"
    operation: Operation = ""
    period: Period = Period.TERM
    unit: Literal["g", "kg", "t", "l", "m3"] = "t"
    limit: Decimal | None = Field(default=None, ge=0)
    hard_limit: Decimal | None = Field(default=None, ge=0)
    price: Decimal | None = Field(default=None, ge=0, le=MOST_PRICE)

    @field_validator("price")
    @classmethod
    def _fen(cls, price: Decimal | None) -> Decimal | None:
        if price is not None and price * FEN != int(price * FEN):
            raise PydanticCustomError("price_not_whole", "price", {"value": str(price)})
        return price

    @field_validator("limit", "hard_limit")
    @classmethod
    def _whole(cls, amount: Decimal | None, info: ValidationInfo) -> Decimal | None:
        factor = UNITS[info.data.get("unit", "t")][1]
        if amount is not None and (amount * factor != int(amount * factor) or amount * factor > MOST):
            raise PydanticCustomError("amount_not_whole", "amount", {"value": str(amount)})
        return amount

    @property
    def key(self) -> TermKey:
        unit = "litre" if UNITS[self.unit][0] is Unit.LITRE else ""
        return self.stream, self.pattern, self.operation, str(self.period), unit

    @property
    def price_fen(self) -> int | None:
        return None if self.price is None else int(self.price * FEN)

    def counted(self, amount: Decimal | None) -> int | None:
        """An amount in grams or litres."""
        return None if amount is None else int(amount * UNITS[self.unit][1])


class PermitRow(Strict):
    """A paper of one holder, for one site or for all of his, for one receiver or for any."""

    kind: Instrument
    number: Word
    organisation: Code
    site: Code | None = None
    receiver: Code | None = None
    valid_from: Day
    valid_to: Day
    suspended: bool = False
    collecting: bool = False
    term: tuple[TermRow, ...] = Field(min_length=1)

    @field_validator("valid_to")
    @classmethod
    def _after(cls, last: date, info: ValidationInfo) -> date:
        first = info.data.get("valid_from")
        if first and last < first:
            raise PydanticCustomError("ends_before_it_begins", "days", {"first": str(first)})
        return last


class VehicleRow(Strict):
    """A vehicle. `streams`: what its road licence allows; `dedicated`: for medical waste alone."""

    plate: Code
    organisation: Code
    streams: tuple[Code, ...] = Field(min_length=1)
    licence_number: Note = ""
    licence_to: Day
    dedicated: bool = False
    withdrawn: bool = False

    @field_validator("plate")
    @classmethod
    def _plate(cls, plate: str) -> str:
        plate = plate.upper().replace("·", "").replace(" ", "")
        if not PLATE.fullmatch(plate):
            raise PydanticCustomError("plate_form", "plate", {"value": plate})
        return plate


class PersonRow(Strict):
    """An account. `organisation`: where he works; a regulator's or administrator's authority.

    `sites`: only these of its sites (none named: all). `regions`: what a regulator oversees."""

    login: Annotated[str, StringConstraints(pattern=r"^[^\s]{2,64}$", to_lower=True)]
    name: Word
    role: Role
    organisation: Code
    sites: tuple[Code, ...] = ()
    regions: tuple[Region, ...] = ()
    phone: Phone = ""
    language: Literal["zh", "en"] = "zh"
    licence_number: Note = ""
    licence_to: Day | None = None
    password: SecretStr | None = None
    active: bool = True


MODELS: Mapping[str, type[Strict]] = {
    "organisation": OrganisationRow,
    "site": SiteRow,
    "permit": PermitRow,
    "vehicle": VehicleRow,
    "person": PersonRow,
}


def natural_key(row: Any) -> tuple[str, ...]:
    """What names a row among its like."""
    match row:
        case OrganisationRow():
            return (row.credit_code,)
        case SiteRow():
            return (row.code,)
        case PermitRow():
            return (row.organisation, str(row.kind), row.number)
        case VehicleRow():
            return (row.plate,)
        case PersonRow():
            return (row.login,)
    raise TypeError(type(row))


_CODES = {
    "missing": "missing", "extra_forbidden": "unknown_field", "enum": "not_among",
    "literal_error": "not_among", "bool_parsing": "not_true_or_false", "bool_type": "not_true_or_false",
    "int_parsing": "not_whole_number", "int_type": "not_whole_number", "string_type": "not_text",
    "decimal_parsing": "load_not_number", "decimal_type": "load_not_number",
    "string_too_long": "too_long", "string_too_short": "too_short",
    "greater_than_equal": "below_least", "less_than_equal": "above_most",
    "string_pattern_mismatch": "wrong_form", "tuple_type": "not_list", "too_short": "too_few",
    "model_type": "not_object",
}  # fmt: skip
_LIMITS = ("max_length", "min_length", "ge", "le")


def read_row(raw: RawRow, *, city: str, faults: list[Problem]) -> Any | None:
    """The row as its model, or None with every fault, each at its line."""
    try:
        return MODELS[raw.table].model_validate(raw.values, context={"city": city})
    except ValidationError as error:
        faults.extend(_problem(raw, fault) for fault in error.errors(include_url=False))
        return None


def _problem(raw: RawRow, fault: ErrorDetails) -> Problem:
    key = ".".join(str(part) for part in fault["loc"])
    context = fault.get("ctx", {})
    code = _CODES.get(fault["type"], fault["type"])
    if code not in catalogue():
        code = "wrong_value"
    limit = next((context[name] for name in _LIMITS if name in context), None)
    choices = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
    return raw.problem(code, key, **{"limit": limit, "choices": choices, **context})
