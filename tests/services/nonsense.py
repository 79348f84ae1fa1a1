"""Filings and lots as people and broken devices send them: plausible ones, and wild ones."""

import uuid
from datetime import UTC, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.city import ABROAD, BUILDING, CANTEEN, CLINIC, LORRY, OTHER, PLANT, SMALL, STATION, VAN, WORKS
from tests.city import NOW as MONDAY

SITES = [WORKS, WORKS, WORKS, CLINIC, BUILDING, CANTEEN, OTHER, STATION]
RECEIVERS = [PLANT, PLANT, PLANT, SMALL, STATION, ABROAD, WORKS]
CODES = ["900-249-08", "900-249-08", "900-300-34", "900-352-35", "841-001-01", "CW-1", "KW-1", "KW-4",
         "772-003-18", "900-000-08", "900-000-99", "WN-1"]  # fmt: skip
STREAMS = ["hazardous", "hazardous", "medical", "construction", "kitchen", "sludge"]
LOT_ID = uuid.UUID("0192f000-0000-7000-8000-000000000001")
YARD_G = 500_000

anything = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=80))
names = st.sampled_from(["", "x" * 10_000, "\x00", "'; DROP TABLE manifest; --", "T-1", "九" * 65, "\u202e"])
masses = st.sampled_from([0, -1, 1, YARD_G - 1, YARD_G, YARD_G + 1, 10**12, 10**12 + 1, 2**63, 1.5, "7"])
grams = st.integers(min_value=1, max_value=2_000_000)
soon = (MONDAY + timedelta(hours=3)).isoformat()
moments = st.one_of(
    st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.isoformat()),
    st.sampled_from([
        "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2099-12-31T23:59:59-14:00", "2026-02-30T00:00:00Z",
        "2026-03-02", "yesterday", 1772413200, soon, (MONDAY - timedelta(days=2)).isoformat(),
    ]),
)  # fmt: skip
LOTS = st.sampled_from([str(LOT_ID), str(uuid.UUID(int=7)), 1, 2, 2**53 - 1])


def sometimes(draw: st.DrawFn, one_in: int = 3) -> bool:
    return draw(st.integers(min_value=1, max_value=one_in)) == 1


@st.composite
def lines(draw: st.DrawFn, wild: bool) -> dict[str, Any]:
    line: dict[str, Any] = {
        "waste_code": draw(st.sampled_from(CODES)),
        "mass_g": draw(masses if wild and sometimes(draw, 9) else grams),
        "packages": draw(st.sampled_from([1, 1, 3, 0, 100_000])),
        "packaging": "桶",
    }
    if sometimes(draw):
        line["tags"] = draw(st.lists(st.sampled_from(["T-1", "T-2", "T-3"]), max_size=3))
    if sometimes(draw):
        line["draws"] = draw(st.lists(st.fixed_dictionaries({"lot": LOTS, "mass_g": grams}), max_size=3))
    if sometimes(draw):
        line["basis"] = draw(st.sampled_from(["scale", "estimate", "volume", "count"]))
        line["volume_l"] = draw(grams)
    if sometimes(draw):
        line["operation"] = draw(st.sampled_from(["R9", "D10", "S1", "Q9"]))
    if wild and sometimes(draw, 6):
        line[draw(st.sampled_from([*line, "colour"]))] = draw(anything | names)
    return line


@st.composite
def bodies(draw: st.DrawFn, wild: bool) -> dict[str, Any]:
    """A filing as it is sent in; `wild`: with values that no schema should let through."""
    leg = {
        "carrier": draw(st.sampled_from(["carrier", "carrier", "second_carrier", "nobody"])),
        "vehicle": draw(st.sampled_from([LORRY, LORRY, VAN, "赣A99999"])),
        "driver": draw(st.sampled_from(["dan", "dan", "drew", "paula", "nobody"])),
    }
    body: dict[str, Any] = {
        "stream": draw(st.sampled_from(STREAMS)),
        "consignor": draw(st.sampled_from(SITES)),
        "consignee": draw(st.sampled_from(RECEIVERS)),
        "planned_at": draw(moments) if wild and sometimes(draw, 9) else soon,
        "legs": [leg] * draw(st.sampled_from([1, 1, 1, 2])),
        "lines": draw(st.lists(lines(wild), min_size=1, max_size=3)),
    }
    if sometimes(draw):
        body["fields"] = draw(st.dictionaries(st.sampled_from(["remark", "bins", "nothing"]), anything))
    if sometimes(draw):
        body["trip"] = str(draw(st.uuids()))
    if wild and sometimes(draw, 6):
        body[draw(st.sampled_from([*body]))] = draw(anything | names)
    return body


lot_bodies = st.fixed_dictionaries(
    {
        "id": st.uuids().map(str),
        "waste_code": st.sampled_from([*CODES, "999-999-99", ""]),
        "mass_g": masses | grams,
        "basis": st.sampled_from(["scale", "estimate", "guess"]),
        "at": moments,
    }
)
