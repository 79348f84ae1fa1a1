"""The forms of master data: which fields each has, what they are called, and how they are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from zerowaste.web.forms import Typed

YES = "yes"
TERM_FIELDS = ("stream", "pattern", "operation", "period", "unit", "limit", "hard_limit", "price")


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `kind`: text, number, date, check, choice, choices, list (several: ticked, or their codes
    with blanks between). `of`: what is chosen by name, an organisation or a site. `fixed`: cannot be changed
    once it is there. `blank`: what an empty one means (None: nothing said)."""

    name: str
    zh: str
    en: str
    kind: str = "text"
    required: bool = False
    fixed: bool = False
    hint_zh: str = ""
    hint_en: str = ""
    blank: Any = ""
    of: str = ""

    def read(self, typed: Typed) -> dict[str, Any]:
        """What was entered, as a row of a file has it; nothing where a required field is empty."""
        match self.kind:
            case "check":
                return {self.name: typed.one(self.name) == YES}
            case "choices":
                return {self.name: list(typed.all(f"{self.name}[]"))}
            case "list":
                return {self.name: sorted({*typed.all(f"{self.name}[]"), *typed.one(self.name).split()})}
        value = typed.one(self.name)
        if value:
            return {self.name: value}
        return {} if self.required else {self.name: self.blank}

    def show(self, value: Any) -> dict[str, list[str]]:
        """The same value as the form has it."""
        match self.kind:
            case "check":
                return {self.name: [YES] if value else []}
            case "choices":
                return {f"{self.name}[]": list(value)}
            case "list":
                return {self.name: [" ".join(value)]}
        return {self.name: ["" if value is None else str(value)]}


NAME = Field("name", "名称", "Name", required=True)
NAME_EN = Field("name_en", "英文名称", "Name in English")
ADDRESS = Field("address", "地址", "Address")
PHONE = Field("phone", "电话", "Telephone")
OWNER = Field(
    "organisation", "所属单位", "Organisation", required=True, fixed=True, of="organisation",
    hint_zh="输入名称选取，或填统一社会信用代码", hint_en="type its name and choose, or its credit code",
)  # fmt: skip
LICENCE = Field("licence_number", "证号", "Number of the licence")
FIELDS: Mapping[str, Sequence[Field]] = {
    "organisation": (
        Field("credit_code", "统一社会信用代码", "Credit code", required=True, fixed=True),
        NAME, NAME_EN, ADDRESS, PHONE,
        Field(
            "credit_code_reason", "校验码不符的理由", "Why the check digit is wrong",
            hint_zh="仅当证照上的代码确实如此", hint_en="only if the licence really says so",
        ),
    ),
    "site": (
        Field("code", "场所编码", "Code of the site", required=True, fixed=True),
        OWNER,
        Field("kind", "类型", "Kind", "choice", required=True, fixed=True),
        NAME, NAME_EN,
        Field(
            "street", "街道代码", "Street", required=True,
            hint_zh="9 位区划代码", hint_en="nine-digit region code",
        ),
        ADDRESS,
        Field("contact", "联系人", "Contact"),
        PHONE,
        Field("outside", "在本市以外", "Outside the city", "check"),
        Field("lat", "纬度", "Latitude", "number", blank=None),
        Field("lon", "经度", "Longitude", "number", blank=None),
        Field("storage", "医疗废物暂存", "Store of medical waste", "choice", required=True),
        Field("beds", "床位", "Beds", "number", blank=None),
        Field("seats", "餐位", "Seats", "number", blank=None),
        Field("product_t", "年产量（吨）", "Product, tonnes a year", "number", blank=None),
    ),
    "vehicle": (
        Field("plate", "车牌号", "Number plate", required=True, fixed=True),
        Field(
            "organisation", "所属单位", "Organisation", required=True, of="organisation",
            hint_zh="输入名称选取，或填统一社会信用代码",
            hint_en="type its name and choose, or its credit code",
        ),
        Field("streams", "可运类别", "May carry", "choices", required=True),
        LICENCE,
        Field("licence_to", "道路运输证有效期至", "Licence is good until", "date", required=True),
        Field("dedicated", "医疗废物专用车", "For medical waste alone", "check"),
        Field("withdrawn", "已停用", "Withdrawn", "check"),
    ),
    "person": (
        Field("login", "账号", "Login", required=True, fixed=True),
        Field("name", "姓名", "Name", required=True),
        Field("role", "角色", "Role", "choice", required=True, fixed=True),
        Field(
            "organisation", "工作单位", "Works at", required=True, of="organisation",
            hint_zh="输入名称选取；监管人员、管理员选其机关",
            hint_en="type its name and choose; of regulators and administrators, their authority",
        ),
        Field(
            "sites", "只限这些场所", "Only these sites", "list",
            hint_zh="不选为全部", hint_en="none chosen: all",
        ),
        Field(
            "regions", "监管区域", "Region overseen", "list",
            hint_zh="监管人员必选", hint_en="for regulators",
        ),
        PHONE,
        Field("language", "语言", "Language", "choice", required=True),
        LICENCE,
        Field(
            "licence_to", "从业资格证有效期至", "Driver's licence is good until", "date",
            blank=None, hint_zh="驾驶员必填", hint_en="for drivers",
        ),
        Field(
            "active", "账号有效", "The account is open", "check",
            hint_zh="停用后立即退出，不能再登录", hint_en="shut, it is signed out at once and cannot sign in",
        ),
    ),
    "permit": (
        Field("kind", "证件类型", "Kind of paper", "choice", required=True, fixed=True),
        Field("number", "证件编号", "Number", required=True, fixed=True),
        OWNER,
        Field(
            "site", "适用场所", "For the site", fixed=True, blank=None, of="site",
            hint_zh="输入名称选取；不填为该单位全部场所",
            hint_en="type its name and choose; none: all of the organisation's",
        ),
        Field(
            "receiver", "接受场所", "For the receiver", fixed=True, blank=None, of="site",
            hint_zh="输入名称选取；仅管理计划、跨省批准",
            hint_en="type its name and choose; of plans and consents only",
        ),
        Field("valid_from", "起日", "First day", "date", required=True),
        Field("valid_to", "止日", "Last day", "date", required=True),
        Field("suspended", "已暂停", "Suspended", "check"),
        Field("collecting", "收集许可（须再转移）", "For collecting: must be passed on", "check"),
    ),
}  # fmt: skip


def values_of(table: str, typed: Typed) -> dict[str, Any]:
    """A form as the row of a file it stands for. Rows of terms with nothing in them are left out."""
    values: dict[str, Any] = {}
    for field in FIELDS[table]:
        values |= field.read(typed)
    if table == "permit":
        values["term"] = [_term(typed, row) for row in term_rows(typed)]
    return values


def term_rows(typed: Typed) -> list[int]:
    """The numbers of the terms in which something was entered, in their order."""
    telling = ("stream", "pattern", "operation", "limit", "hard_limit", "price")
    rows = typed.numbers("term")
    return [row for row in rows if any(typed.one(f"term.{row}.{name}") for name in telling)]


def _term(typed: Typed, row: int) -> dict[str, str]:
    given = {name: typed.one(f"term.{row}.{name}") for name in TERM_FIELDS}
    return {name: value for name, value in given.items() if value}


def typed_row(table: str, values: Mapping[str, Any]) -> Typed:
    """The form that shows a stored row."""
    shown: dict[str, list[str]] = {}
    for field in FIELDS[table]:
        shown |= field.show(values[field.name])
    for number, term in enumerate(values.get("term", ())):
        shown |= {f"term.{number}.{name}": [str(term[name])] for name in TERM_FIELDS}
    return Typed(shown)


def blank_row(table: str, today: date, **known: str) -> Typed:
    """The form of a new row; `known`: what the page it was opened from knows of it."""
    usual = {
        "site": {"storage": "warm", "kind": "producer"},
        "person": {"language": "zh", "active": YES},
        "permit": {"valid_from": today.isoformat()},
    }.get(table, {})
    return Typed({name: [value] for name, value in {**usual, **known}.items() if value})
