"""Audits: each a file with one `audit(city) → findings`, pure; a new one is a file and a name in ALL."""

from collections.abc import Callable, Iterable

from zerowaste.audits import balance, collection, conservation, overdue, point_limit, variance
from zerowaste.audits.finding import Finding, Severity
from zerowaste.graph.city import City

Audit = Callable[[City], Iterable[Finding]]

ALL: tuple[Audit, ...] = (
    conservation.audit,
    balance.audit,
    collection.audit,
    overdue.audit,
    point_limit.audit,
    variance.audit,
)

__all__ = ["ALL", "Audit", "Finding", "Severity"]
