"""A city for audits, put together from a drawing: nothing is read from a database."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np

from tests.city import NOW
from tests.graph.drawing import Drawing, Drawn, draw
from tests.story import the_law
from zerowaste.graph.city import NOWHERE, City
from zerowaste.graph.city_rows import Difference, SitePlace, Standing
from zerowaste.vocabulary import HoldingKind, SiteKind

CLINIC = SitePlace(1, "CLINIC", "诊所", SiteKind.PRODUCER, "warm", "诊所业主", collecting=False)
PLANT = SitePlace(2, "PLANT", "处置厂", SiteKind.FACILITY, "warm", "处置单位", collecting=False)
STATION = SitePlace(3, "STATION", "收集站", SiteKind.TRANSFER, "warm", "收集单位", collecting=True)
SITES = {place.id: place for place in (CLINIC, PLANT, STATION)}


def place_of(node: Drawn, places: Mapping[str, SitePlace]) -> SitePlace | None:
    """Where a drawn holding lies: as told by its name, on the road, at the clinic or at the plant."""
    if node.name in places:
        return places[node.name]
    if node.part.startswith(("load", "back")):
        return None
    return CLINIC if node.part in ("lot", "yard", "returned") else PLANT


def city_of(
    drawing: Drawing | str,
    *,
    places: Mapping[str, SitePlace] | None = None,
    stream: str = "medical",
    waste_code: str = "841-001-01",
    age: timedelta = timedelta(hours=1),
    due_in: timedelta | None = timedelta(hours=1),
    decided: bool = False,
    balances: Mapping[str, int] | None = None,
    differences: tuple[Difference, ...] = (),
    pickups: Mapping[tuple[int, str], datetime] | None = None,
) -> City:
    """The drawing as a city at NOW; every holding came `age` ago. `balances`: changed behind the
    ledger's back."""
    drawing = draw(drawing) if isinstance(drawing, str) else drawing
    nodes = sorted(drawing.nodes.values(), key=lambda node: node.id)
    at = {node.name: position for position, node in enumerate(nodes)}
    sites = [place_of(node, places or {}) for node in nodes]
    grams = [(balances or {}).get(node.name, node.left) for node in nodes]
    standing = [
        Standing(
            node.id, UUID(int=node.id), node.kind, node.part, stream, waste_code,
            place.id if place else None, place.holder if place else "承运人",
            NOW - age, None if due_in is None else NOW + due_in, left, decided,
        )
        for node, place, left in zip(nodes, sites, grams, strict=True)
        if left and node.kind in (HoldingKind.LOT, HoldingKind.LOAD, HoldingKind.BATCH)
    ]  # fmt: skip
    return City(
        now=NOW,
        law=the_law(),
        ids=np.array([node.id for node in nodes], np.int64),
        grams=np.array(grams, np.int64),
        site=np.array([place.id if place else 0 for place in sites], np.int32),
        residue=np.array([node.part == "residue" for node in nodes], np.bool_),
        origin=np.array([NOWHERE if a is None else at[a] for a, *_ in drawing.edges], np.int32),
        target=np.array([at[edge[1]] for edge in drawing.edges], np.int32),
        moved=np.array([edge[2] for edge in drawing.edges], np.int64),
        sites=SITES,
        standing=standing,
        differences=differences,
        pickups=pickups or {},
    )
