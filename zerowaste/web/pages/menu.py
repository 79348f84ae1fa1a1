"""The menu: which pages a role's work is on, in the order it is done."""

from collections.abc import Sequence
from dataclasses import dataclass

from zerowaste.rules.access import Actor
from zerowaste.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the menu: its address, and its name in Chinese and English."""

    address: str
    zh: str
    en: str


HOME = Entry("/", "首页", "Home")
FILE = Entry("/manifests/new", "填报联单", "File a manifest")
MANIFESTS = Entry("/manifests", "联单", "Manifests")
UNCLOSED = Entry("/unclosed", "未闭环", "Not closed")
DEADLINES = Entry("/deadlines", "期限", "Deadlines")
GATE = Entry("/gate", "门口", "The gate")
OVERVIEW = Entry("/overview", "总览", "Overview")
FINDINGS = Entry("/findings", "问题线索", "Findings")
INDICATORS = Entry("/indicators", "指标", "Indicators")
INCIDENTS = Entry("/incidents", "突发事件", "Incidents")
STORES = Entry("/stores", "库存", "Stores")
TREATMENTS = Entry("/treatments", "处理", "Treatment")
CAPACITY = Entry("/capacity", "容量", "Capacity")
DRIVE = Entry("/drive", "扫码", "Scan")
BOARD = Entry("/board", "容量看板", "Capacity board")
REGISTERS = Entry("/registers", "台账", "Registers")
ADMINISTRATION = Entry("/administration", "登记管理", "Administration")
_MENUS: dict[Role, Sequence[Entry]] = {
    Role.PRODUCER: (HOME, FILE, MANIFESTS, STORES, UNCLOSED, DEADLINES, REGISTERS),
    Role.DRIVER: (HOME, DRIVE, MANIFESTS),
    Role.DISPATCHER: (HOME, MANIFESTS, UNCLOSED, DEADLINES, REGISTERS),
    Role.FACILITY: (
        HOME, GATE, STORES, TREATMENTS, CAPACITY, MANIFESTS, FILE, UNCLOSED, DEADLINES, REGISTERS,
    ),
    Role.REGULATOR: (
        HOME, OVERVIEW, UNCLOSED, DEADLINES, FINDINGS, BOARD, INDICATORS, MANIFESTS, INCIDENTS, REGISTERS,
    ),
    Role.ADMINISTRATOR: (
        HOME, OVERVIEW, UNCLOSED, DEADLINES, FINDINGS, BOARD, INDICATORS, MANIFESTS, REGISTERS,
        ADMINISTRATION,
    ),
}  # fmt: skip


def entries_for(actor: Actor | None) -> Sequence[Entry]:
    """The menu of whoever is signed in; empty for a visitor."""
    return () if actor is None else _MENUS[actor.role]
