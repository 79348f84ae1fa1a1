"""A fifth stream is one file dropped into manifests/: sewage sludge goes its whole way, and on paper."""

import re
import shutil
import uuid
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlmodel import Session

from tests.cast import DAN, FAY, PAULA
from tests.city import LORRY, PLANT, WORKS, City
from tests.documents import pages
from tests.law.hazardous import codes, findings, lot_at, paper, refused
from tests.law.rounds import CONSTRUCTION, filed, lots_at
from tests.story import Story, audited
from zerowaste.documents.manifest import manifest_pdf
from zerowaste.documents.paper import Language
from zerowaste.models.tables import TERM, VEHICLE
from zerowaste.rules.law import read_law
from zerowaste.rules.state import LineReport
from zerowaste.rules.streams import MANIFESTS
from zerowaste.rules.treating import Output
from zerowaste.services import register
from zerowaste.services.acts import filing, treatments
from zerowaste.services.acts.expiry import expire_due
from zerowaste.services.history.replay import replay
from zerowaste.services.history.verify import verify
from zerowaste.services.queries.chains import ChainView, chain
from zerowaste.services.queries.papers import manifest_paper
from zerowaste.services.queries.papers_sheet import sheet_of
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act, Instrument, Period, Status, Unit

SLUDGE_FILE = Path(__file__).with_name("sludge-1.toml")
ROOT = Path(__file__).resolve().parents[2]
SLUDGE, ASH = "WN-1", "WN-R1"
TONNE = 1_000_000
LOAD = LineRequest(SLUDGE, 12 * TONNE)
QR_URL = "https://waste.example.cn/Q/ONE"
WET: dict[str, Any] = {"fields": {"moisture_percent": 80}}


@pytest.fixture
def story(session: Session, city: City, tmp_path: Path) -> Story:
    """The city with one file more under manifests/, and the papers that let it be moved."""
    folder = shutil.copytree(MANIFESTS, tmp_path / "manifests")
    shutil.copy(SLUDGE_FILE, folder)
    told = Story(session, city, law=read_law(folder))
    grant(told, paper(told, Instrument.LICENCE, "carrier"), "")
    grant(told, paper(told, Instrument.PERMIT, "plant", PLANT), "Z1", limit=1_000 * TONNE)
    grant(told, paper(told, Instrument.PERMIT, "plant", PLANT), "K2")
    streams = "hazardous construction kitchen sludge"
    session.execute(update(VEHICLE).where(VEHICLE.c.plate == LORRY).values(streams=streams))
    register.bump(session)
    return told


def grant(story: Story, permit: int, operation: str, limit: int | None = None) -> None:
    """The authority adds sludge to a paper."""
    period = Period.TERM if limit is None else Period.YEAR
    story.session.execute(
        insert(TERM).values(
            permit_id=permit, stream="sludge", pattern="*", operation=operation, period=period,
            unit=Unit.GRAM, limit_g=limit, hard_limit_g=limit,
        )
    )  # fmt: skip


def file(story: Story, line: LineRequest = LOAD, **other: Any) -> filing.Filed:
    values = {"consignor": WORKS, "consignee": PLANT, "legs": [story.leg(LORRY, DAN)], **WET, **other}
    return story.file(PAULA, stream="sludge", lines=[line], **values)


def at_the_gate(story: Story) -> str:
    ref = file(story).number
    assert ref is not None
    for kind in (Act.PICKUP, Act.ARRIVE):
        done = story.act(DAN, ref, kind)
        assert done.code == "", done.errors
    return ref


def burn(story: Story, lot: int, mass_g: int, *outputs: Output, by: str = "Z1") -> None:
    request = treatments.TreatmentRequest(
        id=uuid.uuid4(), site=PLANT, operation=by, at=story.now, inputs=((lot, None, mass_g),),
        outputs=outputs, body={"lot": lot, "mass_g": mass_g}, done=True,
    )  # fmt: skip
    assert refused(treatments.treat(story.desk(FAY), request)) == set()


def seen(story: Story, ref: str) -> ChainView:
    return chain(story.session, story.law, story.city.actor(PAULA), ref, now=story.now)


def test_sludge_goes_its_whole_way(story: Story) -> None:
    """Lot, filing, pickup, arrival, acceptance, treatment with ash, and the ash's own fate: closed."""
    lot = story.lot(PAULA, WORKS, SLUDGE, 20 * TONNE)
    answer = file(story)
    ref = answer.number
    assert ref == "WN2026360100000001"
    assert codes(answer.warnings) == set()
    story.act(DAN, ref, Act.PICKUP)
    story.act(DAN, ref, Act.ARRIVE)
    done = story.act(FAY, ref, Act.ACCEPT, [LineReport(1, received_g=12 * TONNE - 15_000)])
    assert (done.code, done.status) == ("", Status.ACCEPTED)
    (arrived,) = lots_at(story, PLANT)
    assert (arrived.stream, arrived.waste_code) == ("sludge", SLUDGE)
    view = seen(story, ref)
    assert (view.settled, view.treated, view.closed) == (True, False, False)

    burn(story, arrived.id, arrived.grams, Output("residue", TONNE, "sludge", ASH))
    assert [entry.mass_g for entry in seen(story, ref).open] == [TONNE]
    burn(story, lot_at(story, PLANT, ASH).id, TONNE, by="K2")
    view = seen(story, ref)
    assert (view.settled, view.treated, view.closed, list(view.open)) == (True, True, True, [])
    assert [row.grams for row in lots_at(story, WORKS) if row.id == lot.lot] == [8 * TONNE]


def test_its_own_law_is_kept(story: Story) -> None:
    """Its form, its codes, its operations, its papers and its trips are those of its file."""
    assert refused(file(story, fields={})) == {"field_missing"}
    assert refused(file(story, LineRequest("WN-9", TONNE))) == {"waste_code_unknown"}
    assert refused(file(story, LineRequest(SLUDGE, TONNE, operation="K1"))) >= {"operation_not_for_waste"}
    assert refused(file(story, consignee="N-SMALL")) == {"permit_code"}
    assert refused(file(story, LineRequest(SLUDGE, 1_001 * TONNE))) == {"capacity_exceeded"}
    trip = uuid.uuid4()
    assert refused(file(story, trip=trip)) == set()
    assert refused(file(story, trip=trip)) >= {"one_manifest_a_trip"}
    filed(story, CONSTRUCTION)  # the others go on as ever


def test_its_clocks_run_and_its_tolerance_counts(story: Story) -> None:
    """Seven days in the yard; 5 % of what travelled asks for no opinions, a gram more does."""
    story.lot(PAULA, WORKS, SLUDGE, TONNE)
    story.wait(days=6)
    assert [f.audit for f in audited(story.session, story.law, now=story.now)] == []
    story.wait(days=2)
    (late,) = findings(story, "setting")
    assert (late.audit, late.grams) == ("stuck_in_storage", TONNE)
    allowed = 12 * TONNE * 5 // 100
    for missing, status in ((allowed, True), (allowed + 1, False)):
        ref = at_the_gate(story)
        row = LineReport(1, received_g=12 * TONNE - missing)
        assert story.act(FAY, ref, Act.ACCEPT, [row]).code == ""
        assert seen(story, ref).settled is status


def test_refused_sludge_goes_home(story: Story) -> None:
    ref = at_the_gate(story)
    story.act(FAY, ref, Act.REFUSE, reason="not_as_declared")
    story.act(FAY, ref, Act.RETURN)
    assert story.act(PAULA, ref, Act.RECEIVE_BACK).status is Status.SETTLED
    (back,) = lots_at(story, WORKS)
    assert (back.waste_code, back.grams) == (SLUDGE, 12 * TONNE)


def test_its_events_prove_its_tables(story: Story) -> None:
    """Replay and verify read the fifth stream's events like any other's."""
    ref = at_the_gate(story)
    story.act(FAY, ref, Act.ACCEPT)
    story.session.commit()
    assert replay(story.session, story.law) == []
    assert verify(story.session, story.law) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_its_manifest_is_printed(story: Story, language: Language) -> None:
    """The family's form, with the stream's name, its numbers and its own question."""
    ref = at_the_gate(story)
    story.act(FAY, ref, Act.ACCEPT)
    sheet = sheet_of(story.desk(FAY), ref, language, QR_URL)
    pdf = manifest_pdf(manifest_paper(sheet), language)
    text = "".join(pages.texts(pdf))
    names = story.law.streams.get("sludge").name
    said = {"zh": [names.zh, "脱水污泥", "含水率"], "en": [names.en, "Dewatered sludge", "Moisture"]}[
        language
    ]
    for words in [ref, SLUDGE, "80", *said]:
        assert pages.plain(words).lower() in text.lower()
    assert pages.decoded(pages.picture(pdf)) == [QR_URL]


def test_an_expired_filing_gives_its_room_back(story: Story) -> None:
    """A manifest nobody picks up ends a day after its plan, and the plant's year is whole again."""
    file(story, LineRequest(SLUDGE, 1_000 * TONNE))
    story.wait(hours=25)
    expire_due(story.session, story.law, now=story.now)
    assert refused(file(story, LineRequest(SLUDGE, 1_000 * TONNE))) == set()


def test_the_program_has_never_heard_of_it() -> None:
    """No module, stream file or template names the fifth stream: the demonstration's oil sludge
    (a hazardous waste) and the words of official lists aside."""
    files = [*ROOT.glob("zerowaste/**/*.py"), *ROOT.glob("manifests/*.toml"), *ROOT.glob("templates/**/*.*")]
    named = [
        str(file.relative_to(ROOT))
        for file in files
        if "demo_city" not in file.parts and re.search(r"sludge|WN-1", file.read_text("utf-8"), re.IGNORECASE)
    ]
    assert named == []
