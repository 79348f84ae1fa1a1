"""What is behind an indicator's figure, one by one: batches' inputs, lots, sites, permits, manifests.

By the very conditions of the sums (`indicator_rows.py`), so that what is listed adds up to the figure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, null, or_, select, true
from sqlmodel import Session

from zerowaste.clock import day_start
from zerowaste.models.tables import FLOW, HOLDING, LEG, MANIFEST, PERMIT, SITE, TERM, TREATMENT
from zerowaste.rules.access import Actor
from zerowaste.rules.indicators import Measure, Reckoning
from zerowaste.rules.law import Law
from zerowaste.rules.spans import Span
from zerowaste.services.regions import inside, lies_in
from zerowaste.services.reporting.indicator_rows import (
    ORIGIN,
    PLANT,
    Window,
    fed_rows,
    filed_rows,
    made_rows,
    waiting_rows,
)
from zerowaste.services.reporting.indicator_sites import (
    granted_g,
    papered_sites,
    permitted_terms,
    producers,
)
from zerowaste.services.reporting.indicators import groups
from zerowaste.vocabulary import NEVER_LEFT


class Part(StrEnum):
    """Which figure is asked about."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    UNKNOWN = "unknown"


class Behind(NamedTuple):
    """One contribution. `kind`: fed, made, waiting, site, permit or manifest; `ref`: what it is called
    (a batch's id, a lot's number, a code); `manifest`: its paper ("" without one); `amount`: grams,
    negative what is corrected or, of a decline, taken away; or 1 of what is counted. `place`: where it
    stands in the list."""

    place: tuple[int, str]
    kind: str
    ref: str
    site: str
    manifest: str
    waste_code: str
    operation: str
    amount: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Question:
    """Whose figure: the reckoning, the period, the reader, and if wanted one district."""

    law: Law
    actor: Actor
    over: Span
    by: Reckoning
    district: str = ""

    @property
    def window(self) -> Window:
        return Window(day_start(self.over.first), day_start(self.over.after))

    def here(self, site: Any) -> ColumnElement[bool]:
        """Whether a site counts for the figure."""
        return and_(inside(self.actor, site), lies_in([self.district], site.c.street))

    def waste(self) -> ColumnElement[bool]:
        return and_(HOLDING.c.stream == self.by.stream, HOLDING.c.waste_code.not_in(self.by.left_out))

    def operations(self) -> ColumnElement[bool]:
        recovery, _ = groups(self.law.catalogue)
        return TREATMENT.c.operation.in_(self.by.operations or sorted(recovery))


class _Source(NamedTuple):
    """A statement of the columns of `Behind` after `place`, by rising `key`."""

    statement: Select[Any]
    key: ColumnElement[Any]
    read: Callable[[str], Any] = int


def behind(
    session: Session, asked: Question, part: Part, *, after: tuple[int, str] | None, limit: int
) -> Sequence[Behind]:
    """The next contributions to a figure. Raises ValueError where `after` is no place in the list."""
    at, key = after or (0, "")
    sources = _sources(asked, part)
    if key and at >= len(sources):
        raise ValueError("a place in another list")
    found: list[Behind] = []
    for number, source in enumerate(sources):
        if number < at or len(found) >= limit:
            continue
        statement = source.statement.add_columns(source.key.label("key")).order_by(source.key)
        if key and number == at:
            statement = statement.where(source.key > source.read(key))
        for row in session.execute(statement.limit(limit - len(found))):
            *told, place = row
            found.append(_row((number, str(place)), told))
    return found


def _row(place: tuple[int, str], told: Sequence[Any]) -> Behind:
    kind, ref, site, manifest, code, operation, amount, at = told
    return Behind(place, kind, str(ref), site, str(manifest or ""), code, operation, int(amount), at)


def _sources(asked: Question, part: Part) -> list[_Source]:
    return _PARTS[asked.by.measure or Measure.ELECTRONIC](asked, part)


def _recovered(asked: Question, part: Part) -> list[_Source]:
    primary = and_(asked.waste(), asked.operations(), ~asked.window.residue, asked.here(ORIGIN))
    if part is Part.NUMERATOR:
        return [_fed(asked.window, primary)]
    if part is Part.UNKNOWN:
        return [_waiting(asked)]
    return [_made(asked), _fed(asked.window, and_(primary, asked.window.earlier))]


def _decline(asked: Question, part: Part) -> list[_Source]:
    if part is Part.UNKNOWN:
        return []
    meant = and_(HOLDING.c.stream == asked.by.stream, asked.operations(), asked.here(PLANT))
    before = asked.over.a_year_before()
    found = [_fed(Window(day_start(before.first), day_start(before.after)), meant)] if before else []
    return [*found, _fed(asked.window, meant, sign=-1)] if part is Part.NUMERATOR else found


def _load(asked: Question, part: Part) -> list[_Source]:
    _, storing = groups(asked.law.catalogue)
    if part is Part.NUMERATOR:
        treats = TREATMENT.c.operation.not_in(sorted(storing))
        return [_fed(asked.window, and_(HOLDING.c.stream == asked.by.stream, treats, asked.here(PLANT)))]
    if part is Part.UNKNOWN:
        return []
    rows = permitted_terms(asked.over).where(
        TERM.c.stream == asked.by.stream, TERM.c.operation.not_in(sorted(storing)), asked.here(SITE)
    )
    columns = (
        literal("permit"), PERMIT.c.number, SITE.c.code, null(), TERM.c.pattern, TERM.c.operation,
        granted_g(asked.over), null(),
    )  # fmt: skip
    return [_Source(rows.with_only_columns(*columns), TERM.c.id)]


def _fed(window: Window, meant: ColumnElement[bool], *, sign: int = 1) -> _Source:
    """What was fed into batches; where a figure is a difference, what it takes away counts negative."""
    columns = (
        literal("fed"), TREATMENT.c.id, PLANT.c.code, func.coalesce(MANIFEST.c.number, ""),
        HOLDING.c.waste_code, TREATMENT.c.operation, FLOW.c.grams * sign, TREATMENT.c.at,
    )  # fmt: skip
    return _Source(fed_rows(window).where(meant).with_only_columns(*columns), FLOW.c.id)


def _made(asked: Question) -> _Source:
    rows = (
        made_rows(asked.window)
        .outerjoin(MANIFEST, MANIFEST.c.id == HOLDING.c.manifest_id)
        .where(asked.waste(), asked.here(SITE))
    )
    columns = (
        literal("made"), HOLDING.c.id, SITE.c.code, func.coalesce(MANIFEST.c.number, ""),
        HOLDING.c.waste_code, literal(""), FLOW.c.grams, HOLDING.c.since,
    )  # fmt: skip
    return _Source(rows.with_only_columns(*columns), FLOW.c.id)


def _waiting(asked: Question) -> _Source:
    rows = waiting_rows(asked.window).where(asked.waste(), asked.here(ORIGIN))
    columns = (
        literal("waiting"), HOLDING.c.id, ORIGIN.c.code, func.coalesce(MANIFEST.c.number, ""),
        HOLDING.c.waste_code, literal(""), HOLDING.c.grams, HOLDING.c.since,
    )  # fmt: skip
    return _Source(rows.with_only_columns(*columns), HOLDING.c.id)


def _coverage(asked: Question, part: Part) -> list[_Source]:
    window = asked.window
    collected = (
        select(literal(1))
        .where(
            MANIFEST.c.consignor_id == SITE.c.id,
            MANIFEST.c.filed_at >= window.begins,
            MANIFEST.c.filed_at < window.ends,
            MANIFEST.c.stream == asked.by.stream,
            MANIFEST.c.carried > 0,
            MANIFEST.c.status.not_in(NEVER_LEFT),
        )
        .exists()
    )
    meant = {
        Part.NUMERATOR: collected,
        Part.DENOMINATOR: true(),
        Part.UNKNOWN: and_(~collected, SITE.c.id.not_in(papered_sites(asked.by.stream, asked.over))),
    }[part]
    columns = (
        literal("site"), SITE.c.code, SITE.c.code, null(), literal(""), literal(""), literal(1), null(),
    )  # fmt: skip
    rows = producers(asked.by.stream, asked.over).where(meant, asked.here(SITE))
    return [_Source(rows.with_only_columns(*columns), SITE.c.id)]


def _electronic(asked: Question, part: Part) -> list[_Source]:
    if part is Part.UNKNOWN:
        return []
    in_time = or_(LEG.c.began_at.is_(None), LEG.c.began_at >= MANIFEST.c.filed_at)
    rows = filed_rows(asked.window).where(asked.here(SITE), in_time if part is Part.NUMERATOR else true())
    columns = (
        literal("manifest"), func.coalesce(MANIFEST.c.number, ""), SITE.c.code,
        func.coalesce(MANIFEST.c.number, ""), literal(""), literal(""), literal(1), MANIFEST.c.filed_at,
    )  # fmt: skip
    return [_Source(rows.with_only_columns(*columns), MANIFEST.c.id, UUID)]


_PARTS: dict[Measure, Callable[[Question, Part], list[_Source]]] = {
    Measure.RECOVERED_SHARE: _recovered,
    Measure.DECLINE: _decline,
    Measure.COVERAGE: _coverage,
    Measure.LOAD: _load,
    Measure.ELECTRONIC: _electronic,
}
