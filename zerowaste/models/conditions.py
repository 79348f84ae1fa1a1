"""The conditions of the partial indexes, as statements say them.

A statement uses such an index only if it repeats its condition word for word: with bound values SQLite
does not see that it may. So each is made of the index's own words, with the table before every column."""

import re

from sqlalchemy import Table, TextClause, text

from zerowaste.models import instrument, ledger, manifest
from zerowaste.models.tables import EVENT, FLOW, HOLDING, MANIFEST, QUOTA


def _of(table: Table, condition: TextClause) -> TextClause:
    columns = "|".join(table.columns.keys())
    return text("(" + re.sub(rf"\b({columns})\b(?!')", rf"{table.name}.\1", condition.text) + ")")


OPEN_HOLDING = _of(HOLDING, ledger.OPEN)
ENDED_HOLDING = _of(HOLDING, ledger.ENDED)
MADE_HOLDING = _of(HOLDING, ledger.MADE)
RETURNED_HOLDING = _of(HOLDING, ledger.RETURNED)
GENERATED_FLOW = _of(FLOW, ledger.GENERATED)
REMARKABLE_EVENT = _of(EVENT, ledger.REMARKABLE)
OVERDRAWN_QUOTA = _of(QUOTA, instrument.OVERDRAWN)
FILED_MANIFEST = _of(MANIFEST, manifest.FILED)
