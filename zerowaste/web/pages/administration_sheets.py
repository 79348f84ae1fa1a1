"""The lists of administration as sheets: their headings and cells, as the page shows them."""

from collections.abc import Mapping, Sequence
from typing import Any

from zerowaste.web.pages.drawing import say, term
from zerowaste.web.pages.sheets import Headings
from zerowaste.web.streaming import Cell

_OWNER = (("单位", "organisation"), ("统一社会信用代码", "credit code"))
HEADINGS: Mapping[str, Headings] = {
    "organisation": (("统一社会信用代码", "credit code"), ("名称", "name"), ("英文名称", "name in English")),
    "site": (
        ("场所编码", "site code"), ("名称", "name"), ("类型", "kind"), ("街道代码", "street"),
        ("在本市以外", "outside the city"), *_OWNER,
    ),
    "vehicle": (
        ("车牌号", "number plate"), ("可运类别", "may carry"), ("道路运输证至", "licence until"),
        ("医疗废物专用", "for medical waste alone"), ("已停用", "withdrawn"), *_OWNER,
    ),
    "person": (
        ("账号", "login"), ("姓名", "name"), ("角色", "role"), ("从业资格证至", "driver's licence until"),
        ("账号有效", "account open"), ("办事范围", "acts for"),
    ),
    "permit": (
        ("证件编号", "number"), ("类型", "kind"), ("适用场所", "for the site"), ("起日", "first day"),
        ("止日", "last day"), ("已暂停", "suspended"), *_OWNER,
    ),
    "quota": (
        ("证件编号", "paper"), ("场所", "site"), ("类别", "stream"), ("废物代码", "waste code"),
        ("方式", "operation"), ("时段", "counted by"), ("起", "from"), ("止", "to"), ("已用", "used"),
        ("预留", "reserved"), ("额度", "limit"), ("计量", "counted in"), *_OWNER,
    ),
}  # fmt: skip


def cells(table: str, row: Any, workplaces: Sequence[str]) -> list[Cell]:
    """One row of a list; `workplaces`: where a person acts."""
    match table:
        case "organisation":
            return [row.credit_code, row.name, row.name_en]
        case "site":
            kind = term("site_kind", row.kind)
            return [row.code, row.name, kind, row.street, _yes(row.outside), *_owner(row)]
        case "vehicle":
            days = [row.licence_to.isoformat(), _yes(row.dedicated), _yes(row.withdrawn)]
            return [row.plate, row.streams, *days, *_owner(row)]
        case "person":
            until = row.licence_to.isoformat() if row.licence_to else ""
            scope = say("；", "; ").join(workplaces)
            return [row.login, row.name, term("role", row.role), until, _yes(row.active), scope]
        case "permit":
            days = [row.valid_from.isoformat(), row.valid_to.isoformat(), _yes(row.suspended)]
            return [row.number, term("instrument", row.kind), row.code or "", *days, *_owner(row)]
    window = [row.starts.isoformat(), row.ends.isoformat()] if row.period != "level" else ["", ""]
    unit = say("升", "litres") if row.unit == "l" else say("克", "grams")
    what = [row.stream, row.pattern, row.operation, term("period", row.period)]
    return [row.number, row.code or "", *what, *window, row.used_g, row.reserved_g, row.limit_g, unit,
            *_owner(row)]  # fmt: skip


def _owner(row: Any) -> list[Cell]:
    return [row.organisation, row.credit_code]


def _yes(value: bool) -> str:
    return say("是", "yes") if value else ""
