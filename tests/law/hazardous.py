"""What stories of hazardous waste share: wastes by their names, loads in a line, papers that change."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, update

from tests.cast import DAN, PAULA, Person
from tests.city import LORRY, PLANT, WORKS
from tests.story import Story, audited
from zerowaste.audits.finding import Finding
from zerowaste.errors import Problem
from zerowaste.models.tables import HOLDING, PERMIT, SITE, TERM
from zerowaste.rules.state import LineReport
from zerowaste.services import register
from zerowaste.services.acts import custody, filing, treatments
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act, Instrument

OIL, ENGINE_OIL = "900-249-08", "900-214-08"
ACID, ALKALI, CYANIDE = "900-300-34", "900-352-35", "900-027-33"
PLATING_SLUDGE, BATTERIES = "336-052-17", "900-044-49"
TONNE = 1_000_000


def of(code: str, mass_g: int = 500_000, **other: Any) -> LineRequest:
    """A line as people mostly file it: three drums."""
    return LineRequest(code, mass_g, **{"packages": 3, "packaging": "桶", **other})


def file(story: Story, *lines: LineRequest, person: Person = PAULA, **other: Any) -> filing.Filed:
    """Paula's works send oil to the plant on Dan's lorry, unless it is said otherwise."""
    values = {"consignor": WORKS, "consignee": PLANT, "legs": [story.leg(LORRY, DAN)], **other}
    return story.file(person, stream="hazardous", lines=lines or (of(OIL),), **values)


def filed(story: Story, *lines: LineRequest, **other: Any) -> str:
    """The number of a manifest that was filed without a fault."""
    answer = file(story, *lines, **other)
    assert answer.number is not None, answer.errors
    return answer.number


def warned(story: Story, *lines: LineRequest, **other: Any) -> set[str]:
    """What a filing that goes through is warned of, beside that the waste was not registered before."""
    answer = file(story, *lines, **other)
    assert answer.number, answer.errors
    return codes(answer.warnings) - {"generated_by_filing"}


def at_the_gate(story: Story, *lines: LineRequest, **other: Any) -> str:
    """The number of a manifest whose load Dan has brought to the receiver."""
    ref = filed(story, *lines, **other)
    for kind in (Act.PICKUP, Act.ARRIVE):
        assert story.act(DAN, ref, kind).code == ""
    return ref


def accepted(story: Story, *lines: LineRequest, by: Person, **other: Any) -> str:
    """The number of a manifest whose load the receiver has accepted whole."""
    ref = at_the_gate(story, *lines, **other)
    assert story.act(by, ref, Act.ACCEPT).code == ""
    return ref


def weighed(received_g: int, **other: Any) -> LineReport:
    """Line 1 as the receiver weighed it."""
    return LineReport(1, received_g=received_g, **other)


def codes(problems: Iterable[Problem]) -> set[str]:
    return {problem.code for problem in problems}


def refused(answer: filing.Filed | custody.Recorded | treatments.Treated) -> set[str]:
    """Why it was refused: the codes of its errors; empty where it went through."""
    return codes(answer.errors)


def lot_at(story: Story, site: str, code: str = OIL) -> Any:
    """The one open lot of a waste on a site."""
    return story.session.execute(
        select(HOLDING).where(
            HOLDING.c.site_id == story.city.sites[site], HOLDING.c.waste_code == code,
            HOLDING.c.kind == "lot", HOLDING.c.grams > 0,
        )
    ).one()  # fmt: skip


def findings(story: Story, rule: str) -> list[Finding]:
    """What the audit of the city finds under a rule, now."""
    return [f for f in audited(story.session, story.law, now=story.now) if f.rule == rule]


def paper(story: Story, kind: Instrument, organisation: str, site: str | None = None) -> int:
    """The id of the one paper of this kind, of an organisation, for one site or for all."""
    place = None if site is None else story.city.sites[site]
    where = [PERMIT.c.kind == kind, PERMIT.c.organisation_id == story.city.organisations[organisation]]
    row = story.session.execute(
        select(PERMIT.c.id).where(*where, PERMIT.c.site_id.is_not_distinct_from(place))
    )
    return int(row.scalar_one())


def change_paper(story: Story, permit_id: int, **values: Any) -> None:
    """The authority changes a paper: its days, whether it is suspended, whom it names."""
    story.session.execute(update(PERMIT).where(PERMIT.c.id == permit_id).values(**values))
    register.bump(story.session)


def change_terms(story: Story, permit_id: int, **values: Any) -> None:
    """The authority changes what a paper covers, in all its terms."""
    story.session.execute(update(TERM).where(TERM.c.permit_id == permit_id).values(**values))
    register.bump(story.session)


def place_on_the_map(story: Story, site: str, lat: float, lon: float) -> None:
    where = {"lat_e6": round(lat * 1e6), "lon_e6": round(lon * 1e6)}
    story.session.execute(update(SITE).where(SITE.c.code == site).values(**where))
    register.bump(story.session)
