"""One story in which nearly everything happens, for proofs that must hold whatever happened."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from stdnum.cn import uscc

from tests.cast import DAN, DREW, FAY, OLAF, PAULA, TESS
from tests.city import BUILDING, CANTEEN, LORRY, OTHER, PLANT, SECOND_LORRY, STATION, WORKS
from tests.story import Story
from zerowaste.config import PasswordCost
from zerowaste.models.tables import HOLDING
from zerowaste.rules.state import LineReport
from zerowaste.rules.treating import Output
from zerowaste.services.acts import drafts, expiry, treatments
from zerowaste.services.identity.passwords import Passwords
from zerowaste.services.masterdata import masterdata
from zerowaste.services.requests import LineRequest, OutputsRequest, TreatmentRequest
from zerowaste.vocabulary import Act, Status, Verdict

OIL, ASH, RUBBLE, FOOD = "900-249-08", "772-003-18", "CW-3", "KW-1"
NEW_CODE = "91360100MA0NEW001"
NEWCOMER = NEW_CODE + uscc.calc_check_digit(NEW_CODE)
MASTER_DATA = f"""
[[organisation]]
credit_code = "{NEWCOMER}"
name = "新来单位（测试）"

[[site]]
code = "N-NEW"
organisation = "{NEWCOMER}"
kind = "facility"
name = "新来的厂"
street = "360111001"

[[permit]]
kind = "permit"
number = "测试-新"
organisation = "{NEWCOMER}"
site = "N-NEW"
valid_from = 2026-01-01
valid_to = 2027-12-31
[[permit.term]]
stream = "hazardous"
pattern = "HW08"
operation = "R9"
period = "year"
limit = 100

[[person]]
login = "nora"
name = "新诺"
role = "facility"
organisation = "{NEWCOMER}"
phone = "13800000000"
"""


@dataclass(frozen=True, slots=True)
class Told:
    """The manifests of the story by what became of them, its batch, and its last lot (300 kg, all there)."""

    settled: str
    cancelled: str
    expired: str
    reversed: str
    onward: str
    treatment: uuid.UUID
    lot: int


def tell(story: Story) -> Told:
    """Tell it: the session is flushed, not committed. Every act is checked to have gone as meant."""
    _load_master_data(story)
    first = story.lot(PAULA, WORKS, OIL, 300_000).lot
    cancelled = _file(story, 400_000, line={"draws": ((first, 100_000),)})
    settled = _there_and_partly_back(story)
    _done(story, PAULA, cancelled, Act.CANCEL)
    refused = story.act(DAN, cancelled, Act.PICKUP)
    assert refused.verdict is Verdict.REFUSED
    assert story.act(DAN, cancelled, Act.PICKUP, offline=True).verdict is Verdict.NOTED
    reversed_ = _taken_back(story)
    onward = _onward(story)
    treatment = _treated(story)
    _drafted(story)
    _other_streams(story)
    expired = _expired(story)
    last = story.lot(PAULA, WORKS, OIL, 300_000).lot
    return Told(settled, cancelled, expired, reversed_, onward, treatment, last)


def _load_master_data(story: Story) -> None:
    cost = PasswordCost(rounds=1, memory_kib=8, lanes=1)
    how = masterdata.Loading(city="3601", passwords=Passwords(cost), now=story.now)
    loaded = masterdata.load(story.session, story.law, [("new.toml", MASTER_DATA.encode())], how)
    assert loaded.new == 4


def _file(story: Story, mass_g: int, **other: object) -> str:
    line = other.pop("line", {})
    values = {
        "person": PAULA, "stream": "hazardous", "consignor": WORKS, "consignee": PLANT,
        "legs": [story.leg(LORRY, DAN)], "code": OIL, **other,
    }  # fmt: skip
    code = str(values.pop("code"))
    filed = story.file(
        values.pop("person"),  # type: ignore[arg-type]
        lines=[LineRequest(code, mass_g, packages=3, packaging="桶", **line)],  # type: ignore[arg-type]
        **values,  # type: ignore[arg-type]
    )
    assert filed.number is not None, filed.errors
    return filed.number


def _done(story: Story, person: object, ref: str, kind: Act, *lines: LineReport, **other: object) -> None:
    story.wait(minutes=20)
    recorded = story.act(person, ref, kind, lines, **other)  # type: ignore[arg-type]
    assert recorded.verdict is Verdict.APPLIED, (kind, recorded.code, recorded.errors)


def _there_and_partly_back(story: Story) -> str:
    """Two carriers, tags, a ticket, more loaded than filed, part refused, home again."""
    legs = [story.leg(LORRY, DAN), story.leg(SECOND_LORRY, DREW)]
    ref = _file(story, 500_000, legs=legs, line={"tags": ("T-1", "T-2")}, fields={})
    _done(story, DAN, ref, Act.PICKUP, LineReport(1, mass_g=501_000, tags=("T-1", "T-2", "T-3")),
          note="one more drum", position={"lat_e6": 28_000_000, "lon_e6": 115_000_000})  # fmt: skip
    _done(story, DREW, ref, Act.HANDOVER)
    _done(story, DREW, ref, Act.ARRIVE, ticket={"number": "W-1", "net_g": 500_500})
    part = LineReport(1, received_g=500_500, accepted_g=300_500, refused_g=200_000, reason="packaging",
                      tags=("T-1", "T-2"))  # fmt: skip
    _done(story, FAY, ref, Act.ACCEPT, part)
    _done(story, FAY, ref, Act.RETURN)
    _done(story, PAULA, ref, Act.RECEIVE_BACK, LineReport(1, received_g=199_000))
    return ref


def _taken_back(story: Story) -> str:
    ref = _file(story, 120_000)
    _done(story, DAN, ref, Act.PICKUP)
    _done(story, DAN, ref, Act.ARRIVE)
    _done(story, FAY, ref, Act.ACCEPT)
    _done(story, FAY, ref, Act.REVERSE, note="wrong line")
    return ref


def _onward(story: Story) -> str:
    """The station accepts a late-scanned load and passes part of it on to the plant."""
    first = _file(story, 300_000, consignee=STATION)
    _done(story, TESS, first, Act.ACCEPT, LineReport(1, received_g=299_000))
    _done(story, DAN, first, Act.PICKUP, LineReport(1, mass_g=299_500), offline=True)
    held = story.session.execute(
        select(HOLDING.c.id).where(HOLDING.c.part == "accepted", HOLDING.c.grams == 299_000)
    ).scalar_one()
    onward = _file(story, 250_000, person=TESS, consignor=STATION, line={"draws": ((held, 250_000),)})
    _done(story, DAN, onward, Act.PICKUP)
    _done(story, FAY, onward, Act.ACCEPT, LineReport(1, received_g=200_000))
    _done(story, FAY, onward, Act.OPINION, note="scale checked")
    _done(story, TESS, onward, Act.OPINION, note="water")
    return onward


def _treated(story: Story) -> uuid.UUID:
    """A batch with two kinds of lime; ash at once, more of it and a product later."""
    treatment = uuid.uuid4()
    begun = treatments.treat(
        story.desk(FAY),
        TreatmentRequest(
            id=treatment, site=PLANT, operation="D10", at=story.now, inputs=((None, OIL, 350_000),),
            body={"mass_g": 350_000}, additives=(("石灰", 20_000), ("活性炭", 1_000)),
            outputs=(Output("residue", 60_000, "hazardous", ASH),),
        ),
    )  # fmt: skip
    assert list(begun.errors) == []
    more = OutputsRequest(
        uuid.uuid4(), story.now, (Output("product", 5_000, name="砖"),), {"p": 1}, done=True
    )
    assert list(treatments.add_outputs(story.desk(FAY), treatment, more).errors) == []
    again = OutputsRequest(uuid.uuid4(), story.now, (), {"p": 2}, done=True)
    assert treatments.add_outputs(story.desk(FAY), treatment, again).code == "not_legal_now"
    return treatment


def _drafted(story: Story) -> None:
    draft = uuid.uuid4()
    request = drafts.DraftRequest(stream="hazardous", consignor=WORKS, id=draft, body={"lines": []})
    drafts.save_draft(story.desk(PAULA), request)
    _file(story, 80_000, id=draft)


def _other_streams(story: Story) -> None:
    rubble = _file(story, 9_000_000, stream="construction", consignor=BUILDING, code=RUBBLE)
    food = _file(story, 700_000, stream="kitchen", consignor=CANTEEN, code=FOOD)
    for ref in (rubble, food):
        _done(story, DAN, ref, Act.PICKUP)
        _done(story, DAN, ref, Act.ARRIVE)
        _done(story, FAY, ref, Act.ACCEPT)
    far_too_much = story.file(
        OLAF, stream="hazardous", consignor=OTHER, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest(OIL, 13_000_000_000, packages=1)],
    )  # fmt: skip
    assert far_too_much.refused


def _expired(story: Story) -> str:
    ref = _file(story, 70_000)
    story.wait(days=30)
    assert expiry.expire_due(story.session, story.law, story.now) >= 1
    assert story.act(PAULA, ref, Act.CANCEL).status is Status.EXPIRED
    story.now += timedelta(hours=1)
    return ref
