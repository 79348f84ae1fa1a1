"""A few days of a small city, told through the services: what the large city is many copies of."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from tests.cast import DAN, FAY, PAULA, TESS
from tests.city import LORRY, PLANT, STATION, WORKS
from tests.story import Story
from zerowaste.models.tables import HOLDING
from zerowaste.rules.state import LineReport
from zerowaste.rules.treating import Output
from zerowaste.services.acts.treatments import TreatmentRequest, treat
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act

OIL, ASH = "900-249-08", "772-003-18"
ONWARD = 3
TREATED, IN_STORE = 9, 1
MASS_G = 901_000


@dataclass(frozen=True, slots=True)
class Pattern:
    """`long`: the id of the manifest whose chain has some fifty edges. `done`: how many manifests are
    through; `under_way`: those that are not."""

    long: uuid.UUID
    done: int
    under_way: tuple[uuid.UUID, ...]


def tell(story: Story) -> Pattern:
    """One long chain through a transfer station, several batches and their ashes, and beside it
    loads of all ages: treated, in store, on the road, only filed."""
    long, first = _carried(story, WORKS, STATION, MASS_G, PAULA, TESS)
    ashes = []
    for _ in range(ONWARD):
        story.wait(hours=1)
        _, lot = _carried(story, STATION, PLANT, (MASS_G - 1_000) // ONWARD, TESS, FAY, lot=first)
        ashes += _burnt(story, [lot], OIL, ash_lots=4)
    for some in (ashes[: len(ashes) // 2], ashes[len(ashes) // 2 :]):
        _burnt(story, some, ASH, ash_lots=0)
    for number in range(TREATED + IN_STORE):
        story.wait(minutes=10)
        in_store, lot = _carried(story, WORKS, PLANT, 500_000 + number, PAULA, FAY)
        if number < TREATED:
            _burnt(story, [lot], OIL, ash_lots=0)
    on_the_road, filed = (_filed(story, WORKS, PLANT, grams, PAULA) for grams in (700_000, 800_000))
    story.act(DAN, on_the_road, Act.PICKUP)
    under_way = (in_store, uuid.UUID(on_the_road), uuid.UUID(filed))
    return Pattern(long, 1 + ONWARD + TREATED, under_way)


def _filed(story: Story, origin: str, target: str, grams: int, who: Any, lot: int | None = None) -> str:
    line = LineRequest(OIL, grams, packages=1, packaging="桶", draws=((lot, grams),) if lot else ())
    filed = story.file(
        who,
        stream="hazardous",
        consignor=origin,
        consignee=target,
        lines=[line],
        legs=[story.leg(LORRY, DAN)],
    )
    assert filed.number is not None, filed.errors
    return str(filed.id)


def _carried(
    story: Story, origin: str, target: str, grams: int, who: Any, receiver: Any, lot: int | None = None
) -> tuple[uuid.UUID, int]:
    """(manifest, the lot it became): a load that lost some grams on the way."""
    ref = _filed(story, origin, target, grams, who, lot)
    for person, act, lines in (
        (DAN, Act.PICKUP, [LineReport(1, mass_g=grams)]),
        (DAN, Act.ARRIVE, []),
        (receiver, Act.ACCEPT, [LineReport(1, received_g=grams - 1_000, accepted_g=grams - 1_000)]),
    ):
        story.wait(minutes=20)
        recorded = story.act(person, ref, act, lines)
        assert not recorded.errors, recorded.errors
    key = uuid.UUID(ref)
    found = story.session.execute(
        select(HOLDING.c.id).where(HOLDING.c.manifest_id == key, HOLDING.c.part == "accepted")
    ).scalar_one()
    return key, int(found)


def _burnt(story: Story, lots: list[int], code: str, *, ash_lots: int) -> list[int]:
    """A batch of these lots, whole; the ash it leaves. Without ash: refined, so that none is missed."""
    rows = story.session.execute(select(HOLDING.c.id, HOLDING.c.grams).where(HOLDING.c.id.in_(lots)))
    inputs = tuple((row.id, None, row.grams) for row in rows)
    total = sum(grams for _, _, grams in inputs)
    ash = tuple(Output("residue", total // 20, "hazardous", ASH) for _ in range(ash_lots))
    refined = (Output("product", total * 9 // 10, name="再生料"),)
    story.wait(hours=2)
    request = TreatmentRequest(
        id=uuid.uuid4(), site=PLANT, operation="D10" if ash else "R9", at=story.now, inputs=inputs,
        additives=(), outputs=ash or refined, done=True, body={"code": code, "mass_g": total},
    )  # fmt: skip
    treated = treat(story.desk(FAY), request)
    assert not treated.errors, treated.errors
    return list(treated.residues)
