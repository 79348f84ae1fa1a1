"""Nonsense filings, thrown at the service as the API would let them through: all or nothing is kept.

Whatever is sent, the schema refuses it, or the service answers with sentences people can read; and the
database holds one whole manifest more, one refusal more, or nothing more."""

import json
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlmodel import Session

from tests.cast import PAULA
from tests.city import LORRY, OTHER, PLANT, WORKS, City
from tests.city import NOW as MONDAY
from tests.proof.invariants import broken
from tests.services.nonsense import LOT_ID, YARD_G, bodies, lot_bodies, soon
from tests.story import Story
from zerowaste.errors import LANGUAGES, Problem, Refusal
from zerowaste.models.tables import (
    CHARGE,
    DRAW,
    EVENT,
    FLOW,
    HOLDING,
    LEG,
    LINE,
    LINE_PACKAGE,
    MANIFEST,
    PACKAGE,
    QUOTA,
    SERIES,
    TRIP,
)
from zerowaste.services.acts import filing, lots
from zerowaste.services.requests import FilingRequest, LegRequest, LineRequest
from zerowaste.web.schemas.filing import FilingBody
from zerowaste.web.schemas.lots import LotBody

THROWN = settings(max_examples=80, deadline=None, derandomize=True, database=None)


@pytest.fixture
def story(session: Session, city: City) -> Iterator[Story]:
    """Paula has half a tonne of oil in the yard before the nonsense begins."""
    told = Story(session, city)
    told.lot(PAULA, WORKS, "900-249-08", YARD_G, id=LOT_ID)
    session.commit()
    yield told
    session.rollback()


ROWS = (CHARGE, DRAW, EVENT, FLOW, HOLDING, LEG, LINE, LINE_PACKAGE, MANIFEST, PACKAGE, TRIP)
COUNTERS = {"held": HOLDING.c.held_g, "reserved": QUOTA.c.reserved_g, "used": QUOTA.c.used_g}


def stand(story: Story) -> dict[str, int]:
    """How many rows the tables have that a filing writes to, and what the counters say."""
    asked = {table.name: select(func.count()).select_from(table) for table in ROWS}
    asked |= {name: select(func.coalesce(func.sum(column), 0)) for name, column in COUNTERS.items()}
    asked["serials"] = select(func.coalesce(func.sum(SERIES.c.next - 1), 0)).where(
        SERIES.c.key.startswith("manifest/")
    )
    return {name: int(story.session.execute(query).scalar_one()) for name, query in asked.items()}


def changes(story: Story, before: dict[str, int]) -> dict[str, int]:
    """What is different now; then everything is as it was before."""
    story.session.flush()
    assert broken(story.session.connection()) == []
    changed = {name: number - before[name] for name, number in stand(story).items() if number != before[name]}
    story.session.rollback()
    return changed


def readable(problems: Iterable[Problem]) -> bool:
    """Whether each has a sentence in both languages, and nothing it names is missing."""
    return all("…" not in problem.sentence(language) for problem in problems for language in LANGUAGES)


def asked_for(story: Story, body: FilingBody) -> FilingRequest:
    """What the service is asked for, once the schema has let it through."""
    firms = {firm: story.carrier_code(firm) for firm in ("carrier", "second_carrier")}
    return FilingRequest(
        stream=body.stream, consignor=body.consignor, consignee=body.consignee, planned_at=body.planned_at,
        legs=tuple(LegRequest(firms.get(leg.carrier, "none"), leg.vehicle, leg.driver) for leg in body.legs),
        lines=tuple(
            LineRequest(
                line.waste_code, line.mass_g, line.basis, line.volume_l, line.packages, line.packaging,
                line.operation or "", tuple((one.lot, one.mass_g) for one in line.draws), tuple(line.tags),
            )
            for line in body.lines
        ),
        trip=uuid.UUID(body.trip) if body.trip else None,
        fields=body.fields, body=body.as_act("id", "draft"),
    )  # fmt: skip


OUTCOMES = {"unread", "unknown", "refused", "filed"}


def thrown(story: Story, sent: dict[str, Any], before: dict[str, int]) -> str:
    """What became of a filing: `unread`, `unknown`, `refused` or `filed`; each leaves what it should."""
    try:
        request = asked_for(story, FilingBody.model_validate_json(json.dumps(sent)))
    except (ValidationError, ValueError):
        return "unread"
    try:
        answer = filing.file_manifest(story.desk(PAULA), request)
    except Refusal as refusal:
        problems = [*refusal.problems, refusal.headline]
        return "unknown" if readable(problems) and changes(story, before) == {} else f"{problems}"
    assert readable([*answer.errors, *answer.warnings])
    changed = changes(story, before)
    if answer.refused:
        assert changed == {"event": 1}
        return "refused"
    assert (answer.number is not None, changed["manifest"], changed["event"]) == (True, 1, 1)
    assert (changed["line"], changed["leg"]) == (len(request.lines), len(request.legs))
    assert changed["serials"] == 1
    assert changed.get("line_package", 0) == sum(len(line.tags) for line in request.lines)
    assert (changed.get("held", 0) > 0) == (changed.get("draw", 0) > 0)
    return "filed"


@pytest.mark.parametrize("wild", [False, True], ids=["plausible", "wild"])
def test_a_filing_is_kept_whole_or_not_at_all(story: Story, wild: bool) -> None:
    before = stand(story)
    seen: Counter[str] = Counter()

    @THROWN
    @given(sent=bodies(wild))
    def throw(sent: dict[str, Any]) -> None:
        seen[thrown(story, sent, before)] += 1

    throw()
    assert OUTCOMES >= set(seen) >= OUTCOMES - ({"filed"} if wild else set()), seen


GOOD: dict[str, Any] = {
    "stream": "hazardous", "consignor": WORKS, "consignee": PLANT, "planned_at": soon,
    "legs": [{"carrier": "carrier", "vehicle": LORRY, "driver": "dan"}],
    "lines": [{"waste_code": "900-249-08", "mass_g": 400_000, "packages": 2, "packaging": "桶",
               "tags": ["T-1", "T-2"]}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("key", "value", "outcome"),
    [
        ("trip", None, "filed"),
        ("mass_g", 0, "refused"),
        ("mass_g", -400_000, "refused"),
        ("mass_g", 10**12 + 1, "unread"),
        ("mass_g", 10**12, "refused"),
        ("mass_g", 0.4, "unread"),
        ("packaging", "桶" * 61, "unread"),
        ("waste_code", "9" * 33, "unread"),
        ("tags", ["T" * 65], "unread"),
        ("tags", ["T-1", "T-1"], "refused"),
        ("packages", 0, "refused"),
        ("volume_l", 0, "unread"),
        ("draws", [{"lot": str(LOT_ID), "mass_g": 400_001}], "refused"),
        ("draws", [{"lot": str(LOT_ID), "mass_g": 0}], "unread"),
        ("draws", [{"lot": str(uuid.UUID(int=9)), "mass_g": 1}], "refused"),
        ("planned_at", "2099-12-31T00:00:00Z", "refused"),
        ("planned_at", "1999-12-31T00:00:00Z", "unread"),
        ("planned_at", "2026-03-02T09:00:00", "unread"),
        ("planned_at", (MONDAY - timedelta(days=2)).isoformat(), "refused"),
        ("legs", [], "unread"),
        ("lines", [], "unread"),
        ("consignee", "N-NOWHERE", "unknown"),
        ("consignor", OTHER, "unknown"),
        ("fields", {"remark": "记" * 501}, "unread"),
        ("fields", {"bins": 3}, "refused"),
    ],
)
def test_one_wrong_value_in_a_good_filing(story: Story, key: str, value: Any, outcome: str) -> None:
    """The filing is good but for one value; what becomes of it is known, and nothing is half kept."""
    line = dict(GOOD["lines"][0])
    sent = dict(GOOD)
    if key in line or key in ("volume_l", "draws"):
        sent["lines"] = [{**line, key: value}]
    else:
        sent[key] = value
    assert thrown(story, sent, stand(story)) == outcome


def test_a_lot_is_registered_whole_or_not_at_all(story: Story) -> None:
    before = stand(story)
    seen: Counter[str] = Counter()

    def registered(sent: dict[str, Any]) -> str:
        try:
            body = LotBody.model_validate_json(json.dumps(sent))
        except ValidationError:
            return "unread"
        request = lots.LotRequest(
            body.id, WORKS, body.waste_code, body.mass_g, body.basis, body.at, body.as_act("id")
        )
        try:
            lots.register_lot(story.desk(PAULA), request)
        except Refusal as refusal:
            kept = changes(story, before)
            return "refused" if readable(refusal.problems) and kept == {} else f"{refusal.problems}"
        assert changes(story, before) == {"event": 1, "flow": 1, "holding": 1}
        return "registered"

    @THROWN
    @given(sent=lot_bodies)
    def throw(sent: dict[str, Any]) -> None:
        seen[registered(sent)] += 1

    throw()
    good = {"waste_code": "900-249-08", "mass_g": 1, "at": MONDAY.isoformat()}
    assert registered({"id": str(uuid.UUID(int=3)), **good}) == "registered"
    assert set(seen) <= {"unread", "refused", "registered"}, seen
    assert set(seen) >= {"unread", "refused"}, seen
