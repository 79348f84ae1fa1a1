"""The tables the graph is read from, as Core sees them: reading builds no objects."""

from typing import Any

from sqlalchemy import Table

from zerowaste import models


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table


HOLDING, FLOW, EVENT = _table(models.Holding), _table(models.Flow), _table(models.Event)
MANIFEST, LINE, LEG, DRAW = (
    _table(models.Manifest),
    _table(models.Line),
    _table(models.Leg),
    _table(models.Draw),
)
SITE, ORGANISATION = _table(models.Site), _table(models.Organisation)
PERMIT, VEHICLE = _table(models.Permit), _table(models.Vehicle)
