"""What people of the random city take back or put right that is no act on a manifest."""

import uuid

from tests.cast import FAY
from tests.proof.random_city import ROUTES, RandomCity
from zerowaste.services.acts.batches_undone import UndoRequest, take_back
from zerowaste.services.acts.corrections import CorrectionRequest, correct_lot
from zerowaste.vocabulary import Basis


def put_a_lot_right(world: RandomCity, pick: int, part: int) -> None:
    """A producer's lot, from nothing to thousandths of what it was registered with."""
    lots = world.rows(
        """SELECT holding.id, site.code, SUM(flow.grams) FROM holding JOIN site ON site.id = holding.site_id
           JOIN flow ON flow.to_id = holding.id AND flow.source = 'generation'
           WHERE holding.part = 'lot' GROUP BY holding.id, site.code ORDER BY holding.id"""
    )
    if not lots:
        return
    lot, site, made = lots[pick % len(lots)]
    whose = next(route.person for route in ROUTES if route.consignor == site)
    request = CorrectionRequest(
        id=uuid.uuid4(), site=site, lot=int(lot), mass_g=int(made) * part // 1000, basis=Basis.SCALE,
        at=world.story.now, note="wrong unit", body={"lot": str(lot), "part": part},
    )  # fmt: skip
    world.attempt(lambda: correct_lot(world.story.desk(whose), request))


def take_a_batch_back(world: RandomCity, pick: int) -> None:
    """The last report of one of the plant's batches."""
    if not world.treatments:
        return
    batch = world.treatments[pick % len(world.treatments)]
    request = UndoRequest(id=uuid.uuid4(), at=world.story.now, note="wrong lot", body={"batch": str(batch)})
    world.attempt(lambda: take_back(world.story.desk(FAY), batch, request))
