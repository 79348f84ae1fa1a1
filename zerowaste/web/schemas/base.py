"""The types all schemas are made of: strict, bounded, and without characters that harm."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic import Tag as PydanticTag
from pydantic_core import PydanticCustomError

MOST_GRAMS = 10**12
LARGEST_NUMBER = 10**15
EARLIEST, LATEST = 2000, 2100  # years
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})?", re.ASCII
)
_ALLOWED_CONTROLS = "\n\t\r"


class Request(BaseModel):
    """What is sent: nothing unknown, nothing coerced."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    def as_act(self, *apart: str) -> dict[str, Any]:
        """What was sent, in plain values, without the fields named: what an event keeps as its act.

        Two ways to write the same thing (another offset, a default spelt out) give the same."""
        return self.model_dump(mode="json", exclude=set(apart), exclude_defaults=True)


class Query(BaseModel):
    """Query parameters; texts are read as the type asked for."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class Answer(BaseModel):
    """What is answered."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def printable(text: str) -> str:
    """The text, if it holds no control characters besides line ends and tabs, and no half pairs."""
    if text.isprintable():
        return text
    for character in text:
        code = ord(character)
        harmful = code < 32 and character not in _ALLOWED_CONTROLS
        if harmful or code == 127 or 0xD800 <= code <= 0xDFFF:
            raise PydanticCustomError("bad_characters", "control characters are not allowed")
    return text


def _read_moment(value: Any) -> Any:
    """A time as RFC 3339 writes it; a number of seconds or a bare day is none."""
    if not isinstance(value, str):
        return value
    if not _MOMENT.fullmatch(value):
        raise PydanticCustomError("datetime_parsing", "not a time")
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError as error:
        raise PydanticCustomError("datetime_parsing", "not a time") from error


def _sane(moment: datetime) -> datetime:
    """Years 2000 to 2099; also keeps conversions to other zones from overflowing."""
    if not EARLIEST <= moment.year < LATEST:
        raise PydanticCustomError("time_out_of_range", "out of range")
    return moment.astimezone(UTC)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def sized(longest: int, *, shortest: int = 1, pattern: str | None = None) -> StringConstraints:
    """The bounds of a text."""
    return StringConstraints(min_length=shortest, max_length=longest, pattern=pattern)


class _Printable(AfterValidator):
    """`printable`, told in the document too."""

    def __get_pydantic_json_schema__(self, core: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"pattern": r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$", **handler(core)}


PRINTABLE = _Printable(printable)
Word = Annotated[str, sized(64), PRINTABLE]
Note = Annotated[str, sized(2000, shortest=0), PRINTABLE]
Search = Annotated[str, sized(100, shortest=0), PRINTABLE]
Stream = Annotated[str, sized(32, pattern=r"^[a-z][a-z0-9_]*$")]
CODE_FORM = r"^[0-9A-Z]{1,4}(-[0-9A-Z]{1,4}){1,3}$"
WasteCode = Annotated[str, sized(32, pattern=CODE_FORM)]
SiteCode = Annotated[str, sized(24), PRINTABLE]
OrganisationCode = Annotated[str, sized(18), PRINTABLE]
Operation = Annotated[str, sized(8), PRINTABLE]
Tag = Annotated[str, sized(64), PRINTABLE]
Sha256 = Annotated[str, sized(64, pattern=r"^[0-9a-f]{64}$")]
Region = Annotated[str, sized(9, pattern=r"^[0-9]{2,9}$")]
Grams = Annotated[int, Field(ge=0, le=MOST_GRAMS)]
PositiveGrams = Annotated[int, Field(gt=0, le=MOST_GRAMS)]
# What people write on a line. Whether it is a code, and a mass, the law says together with all else that
# is wrong; a form that refused it first would hide the rest.
WrittenCode = Annotated[
    str,
    sized(32),
    PRINTABLE,
    WithJsonSchema({"type": "string", "maxLength": 32, "pattern": CODE_FORM}),
]
WrittenGrams = Annotated[
    int,
    Field(ge=-MOST_GRAMS, le=MOST_GRAMS),
    WithJsonSchema({"type": "integer", "exclusiveMinimum": 0, "maximum": MOST_GRAMS}),
]
PositiveLitres = Annotated[int, Field(gt=0, le=MOST_GRAMS)]
Count = Annotated[int, Field(ge=0, le=100_000)]


LONGEST_NUMBER = 17  # digits; longer ones are no number of ours, and costly to read


def _read_reference(value: Any, sent: ValidationInfo) -> int | UUID:
    """A number counted from 1, or an id. In JSON a number is written as one; forms know only texts."""
    if isinstance(value, UUID):
        return value
    typed = isinstance(value, str) and sent.mode != "json" and len(value) <= LONGEST_NUMBER
    if typed and value.isascii() and value.isdecimal():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= 2**53 - 1:
        return value
    try:
        return UUID(value)
    except (ValueError, AttributeError, TypeError) as error:
        raise PydanticCustomError("number_or_id", "neither a number nor an id") from error


def _write_reference(value: int | UUID) -> int | str:
    return value if isinstance(value, int) else str(value)


# What is called by its number, or by the id it came under: a lot, an act.
NumberOrId = Annotated[
    int | UUID,
    PlainValidator(_read_reference),
    PlainSerializer(_write_reference),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": 2**53 - 1},
                {"type": "string", "format": "uuid"},
            ]
        }
    ),
]
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_read_moment),
    AfterValidator(_sane),
    PlainSerializer(_iso, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Id = UUID


def _expected_form(content: Any) -> str:
    return "=word" if isinstance(content, str) else "=count"


# What the sender knew of something: how many events, the last one's hash, or the status.
Expected = Annotated[
    Annotated[Annotated[int, Field(ge=0, le=1_000_000)], PydanticTag("=count")]
    | Annotated[Word, PydanticTag("=word")],
    Discriminator(_expected_form),
]


class Notice(Answer):
    """Something to know: where (a path such as `lines.0.mass_g`), what (a code), in words.

    `params`: the values the sentence names, for programs."""

    path: str
    code: str
    message: str
    params: dict[str, Any] = Field(default_factory=dict)


class Problem(Answer):
    """A refusal (RFC 9457). `code` and the codes in `errors` are listed at /api/v1/problems."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[Notice]
    warnings: list[Notice]
    request_id: str
