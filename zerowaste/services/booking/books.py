"""What judging an act reads from the books and asks of their counters; bulk history keeps its own."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, case, func, or_, select
from sqlmodel import Session

from zerowaste.models.conditions import OPEN_HOLDING
from zerowaste.models.tables import HOLDING, INCIDENT, LEG, LINE, MANIFEST, PACKAGE, TRIP
from zerowaste.services.booking import ledger
from zerowaste.services.booking.writing import AGAIN
from zerowaste.services.together import ask
from zerowaste.vocabulary import HoldingKind, Status

LOTS_AT_ONCE = 500  # who needs more than these asks again
_ENDED_OTHERWISE = (Status.CANCELLED, Status.EXPIRED, Status.DRAFT)


# Made once: they run at every act, and making a statement takes longer than running it.
_LYING = (
    HOLDING.c.site_id == bindparam("site"),
    OPEN_HOLDING,
    HOLDING.c.kind == HoldingKind.LOT,
)
_LOTS = (
    select(HOLDING)
    .where(
        *_LYING,
        or_(
            HOLDING.c.since > bindparam("since"),
            and_(HOLDING.c.since == bindparam("since"), HOLDING.c.id > bindparam("id")),
        ),
    )
    .order_by(HOLDING.c.since, HOLDING.c.id)
    .limit(LOTS_AT_ONCE)
)
_LOTS_OF_CODE = _LOTS.where(HOLDING.c.waste_code == bindparam("code"))
_LOTS_OF_CODE_LOCKED = _LOTS_OF_CODE.with_for_update(key_share=True)
_BEFORE_ALL = {"since": datetime(1970, 1, 1, tzinfo=UTC), "id": 0}
_STOCK = (
    select(HOLDING.c.stream, HOLDING.c.waste_code, func.sum(HOLDING.c.grams).label("grams"))
    .where(*_LYING)
    .group_by(HOLDING.c.stream, HOLDING.c.waste_code)
)
_HOLDINGS = select(HOLDING).where(HOLDING.c.id.in_(bindparam("ids", expanding=True))).order_by(HOLDING.c.id)
_HOLDINGS_LOCKED = _HOLDINGS.with_for_update(key_share=True)
_ABOARD = (
    select(MANIFEST.c.stream, LINE.c.waste_code)
    .join(LINE, LINE.c.manifest_id == MANIFEST.c.id)
    .join(LEG, LEG.c.manifest_id == MANIFEST.c.id)
    .where(
        LEG.c.vehicle_id == bindparam("vehicle"),
        LEG.c.manifest_id != bindparam("beside"),
        LEG.c.began_at <= bindparam("at"),
        # Whoever was accepted without a scan at the gate is unloaded, though nobody said when.
        or_(
            LEG.c.ended_at > bindparam("at"), and_(LEG.c.ended_at.is_(None), LEG.c.back | ~MANIFEST.c.at_gate)
        ),
        case((LEG.c.back, LINE.c.sent_back_g), else_=LINE.c.loaded_g) > 0,
    )
)
_LOADS = (
    select(MANIFEST.c.id, func.sum(func.coalesce(LINE.c.loaded_g, LINE.c.declared_g)).label("grams"))
    .join(LINE, LINE.c.manifest_id == MANIFEST.c.id)
    .where(
        MANIFEST.c.trip_id == bindparam("trip"),
        MANIFEST.c.consignee_id == bindparam("consignee"),
        MANIFEST.c.status.not_in(_ENDED_OTHERWISE),
    )
    .group_by(MANIFEST.c.id)
)
_LOADS_SCANNED = _LOADS.join(LEG, (LEG.c.manifest_id == MANIFEST.c.id) & (LEG.c.number == 1)).where(
    LEG.c.began_at.is_not(None)
)
_STOPPED = (
    select(INCIDENT.c.at)
    .where(INCIDENT.c.site_id == bindparam("site"), INCIDENT.c.stops, INCIDENT.c.ended_at.is_(None))
    .order_by(INCIDENT.c.at)
    .limit(1)
)


class Books:
    """The stored tables, asked through one session. Rows know their columns by name."""

    def __init__(self, session: Session) -> None:
        self.session = session
        # What was new when it was asked about is written as new: if somebody else has made it since, the
        # two collide, and the second looks again.
        self._trips: dict[UUID, bool] = {}
        self._packages: dict[str, bool] = {}

    def open_lots(self, site_id: int, code: str | None = None) -> Iterator[Any]:
        """Lots that lie on a site with grams left, oldest first; the younger are asked for only by whoever
        goes on.

        Who was too slow once locks those of his code now: where many want the oldest lots, only one a
        round would get them otherwise, and the last of them never."""
        ours = _LOTS_OF_CODE_LOCKED if self.session.info.get(AGAIN) else _LOTS_OF_CODE
        asked = {"site": site_id} if code is None else {"site": site_id, "code": code}
        place, whole = _BEFORE_ALL, True
        while whole:
            (found,) = ask(self.session, (_LOTS if code is None else ours, {**asked, **place}))
            yield from found
            whole = len(found) == LOTS_AT_ONCE
            place = {"since": found[-1].since, "id": found[-1].id} if whole else place

    def stock(self, site_id: int) -> Sequence[Any]:
        """(stream, waste_code, grams) of all lots on a site."""
        return ask(self.session, (_STOCK, {"site": site_id}))[0]

    def holdings(self, ids: Collection[int], *, lock: bool = False) -> Sequence[Any]:
        """The holdings with these ids, by id."""
        return ask(self.session, (_HOLDINGS_LOCKED if lock else _HOLDINGS, {"ids": list(ids)}))[0]

    def aboard(self, vehicle_id: int, *, beside: UUID, at: datetime) -> Sequence[Any]:
        """(stream, waste code) of what a vehicle carried at a moment under other manifests than this one."""
        asked = {"vehicle": vehicle_id, "beside": beside, "at": at}
        return ask(self.session, (_ABOARD, asked))[0]

    def on_trip(self, trip: UUID) -> Sequence[Any]:
        """A row for each line of each manifest on a trip that has not ended otherwise: id, number,
        stream, consignor_id, consignee_id, vehicle_id, waste_code. The trip is locked: of two that join it
        at once the second sees the first."""
        locked = select(TRIP.c.id).where(TRIP.c.id == trip).with_for_update(key_share=True)
        self._trips[trip] = self.session.execute(locked).one_or_none() is not None
        return self.session.execute(
            select(
                MANIFEST.c.id, MANIFEST.c.number, MANIFEST.c.stream, MANIFEST.c.consignor_id,
                MANIFEST.c.consignee_id, LEG.c.vehicle_id, LINE.c.waste_code,
            )
            .join(LEG, (LEG.c.manifest_id == MANIFEST.c.id) & (LEG.c.number == 1))
            .join(LINE, LINE.c.manifest_id == MANIFEST.c.id)
            .where(MANIFEST.c.trip_id == trip, MANIFEST.c.status.not_in(_ENDED_OTHERWISE))
        ).all()  # fmt: skip

    def loads_on_trip(self, trip: UUID, consignee_id: int, *, scanned: bool) -> dict[UUID, int]:
        """Manifest → grams it carries, of the manifests on a trip to one receiver. `scanned`: only of those
        whose loading was."""
        asked = {"trip": trip, "consignee": consignee_id}
        (rows,) = ask(self.session, (_LOADS_SCANNED if scanned else _LOADS, asked))
        return {row.id: int(row.grams) for row in rows}

    def trip_known(self, trip: UUID) -> bool:
        """Whether it was there when its manifests were asked for."""
        return self._trips[trip]

    def packages_known(self, tags: Collection[str]) -> set[str]:
        """Those that are there already, locked when they are first asked about."""
        unasked = set(tags) - self._packages.keys()
        if unasked:
            locked = select(PACKAGE.c.tag).where(PACKAGE.c.tag.in_(unasked)).order_by(PACKAGE.c.tag)
            found = set(self.session.execute(locked.with_for_update(key_share=True)).scalars())
            self._packages |= {tag: tag in found for tag in unasked}
        return {tag for tag in tags if self._packages[tag]}

    def stopped_since(self, site_id: int) -> datetime | None:
        """Since when an incident has kept a site from taking anything in; None: it works."""
        (rows,) = ask(self.session, (_STOPPED, {"site": site_id}))
        return rows[0].at if rows else None

    def allot(self, count: int) -> list[int]:
        """The next ids for holdings, in order."""
        return ledger.allot(self.session, count)

    def next_serial(self, key: str) -> int:
        """The next serial of a series, starting at 1."""
        return ledger.next_serial(self.session, key)
