"""What stories of medical, construction and kitchen waste share: an ordinary load of each, and its papers."""

import uuid
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import select, update

from tests.cast import DAN, FAY, PAULA, Person
from tests.city import BUILDING, CANTEEN, CLINIC, LORRY, PLANT, VAN
from tests.story import Story, audited
from zerowaste.audits.finding import Finding
from zerowaste.models.tables import HOLDING, SITE
from zerowaste.services import register
from zerowaste.services.acts import filing, treatments
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act

INFECTIOUS, SHARPS, TISSUE = "841-001-01", "841-002-01", "841-003-01"
SOIL, RUBBLE = "CW-1", "CW-4"
FOOD, MARKET, COOKING_OIL = "KW-1", "KW-3", "KW-4"
TONNE = 1_000_000


class Round(NamedTuple):
    """Where a stream's waste comes from, on what it travels, and an ordinary line of it."""

    stream: str
    consignor: str
    vehicle: str
    line: LineRequest


MEDICAL = Round("medical", CLINIC, VAN, LineRequest(INFECTIOUS, 80_000, packages=4, packaging="箱"))
CONSTRUCTION = Round("construction", BUILDING, LORRY, LineRequest(SOIL, 20 * TONNE))
KITCHEN = Round("kitchen", CANTEEN, LORRY, LineRequest(FOOD, 300_000))


def file(
    story: Story, load: Round, *lines: LineRequest, person: Person = PAULA, **other: Any
) -> filing.Filed:
    """Paula sends an ordinary load to the plant with Dan, unless it is said otherwise."""
    values: dict[str, Any] = {
        "stream": load.stream, "consignor": load.consignor, "consignee": PLANT,
        "legs": [story.leg(load.vehicle, DAN)], **other,
    }  # fmt: skip
    return story.file(person, lines=lines or (load.line,), **values)


def filed(story: Story, load: Round, *lines: LineRequest, **other: Any) -> str:
    """The number of a manifest that was filed without a fault."""
    answer = file(story, load, *lines, **other)
    assert answer.number is not None, answer.errors
    return answer.number


def on_the_road(story: Story, load: Round, *lines: LineRequest, **other: Any) -> str:
    """The number of a manifest whose load Dan has picked up."""
    ref = filed(story, load, *lines, **other)
    picked_up = story.act(DAN, ref, Act.PICKUP)
    assert picked_up.code == "", picked_up.errors
    return ref


def accepted(story: Story, load: Round, *lines: LineRequest, by: Person, **other: Any) -> str:
    """The number of a manifest whose load the receiver has accepted whole."""
    ref = on_the_road(story, load, *lines, **other)
    for person, kind in ((DAN, Act.ARRIVE), (by, Act.ACCEPT)):
        done = story.act(person, ref, kind)
        assert done.code == "", done.errors
    return ref


def change_site(story: Story, site: str, **values: Any) -> None:
    """The register learns something new of a site: its beds, how it stores."""
    story.session.execute(update(SITE).where(SITE.c.code == site).values(**values))
    register.bump(story.session)


def lots_at(story: Story, site: str) -> list[Any]:
    """What lies on a site, oldest first."""
    return list(
        story.session.execute(
            select(HOLDING)
            .where(
                HOLDING.c.site_id == story.city.sites[site], HOLDING.c.kind == "lot", HOLDING.c.grams > 0
            )
            .order_by(HOLDING.c.id)
        )
    )  # fmt: skip


def overdue(story: Story, rules: Iterable[str]) -> list[Finding]:
    """What the audit of the city finds under these rules, now."""
    return [f for f in audited(story.session, story.law, now=story.now) if f.rule in set(rules)]


def treat(story: Story, lot: int, mass_g: int, operation: str) -> treatments.Treated:
    """Fay puts a lot through the plant and says that nothing more comes of it."""
    request = treatments.TreatmentRequest(
        id=uuid.uuid4(), site=PLANT, operation=operation, at=story.now, inputs=((lot, None, mass_g),),
        body={"lot": lot, "mass_g": mass_g}, done=True,
    )  # fmt: skip
    return treatments.treat(story.desk(FAY), request)
