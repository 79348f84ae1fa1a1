"""What other programs take along: graphs, registers, the feed, national field names."""

import csv
import io
import json
from datetime import date
from typing import Any

import networkx as nx
import pytest
from sqlalchemy import insert, select, update

from tests.cast import DAN, FAY, OLAF, PAULA, RITA, RUTH
from tests.city import PLANT, SITES, WORKS
from tests.web.acts import act, file, fresh, now
from tests.web.conftest import Running
from zerowaste import clock
from zerowaste.models.tables import MANIFEST, PERMIT
from zerowaste.services.history.sealing import seal
from zerowaste.services.reporting import feed
from zerowaste.vocabulary import Status


@pytest.fixture
def number(running: Running, oil: dict[str, Any]) -> str:
    """A load that was accepted."""
    ref = str(file(running.log_in(PAULA), oil)["number"])
    act(running.log_in(DAN), ref, "pickup")
    act(running.log_in(FAY), ref, "accept", lines=[{"line": 1, "received_g": 499_000}])
    return ref


def sealed(running: Running) -> None:
    signing = running.service.settings.signing
    running.service.database.transact(lambda session: seal(session, signing, now=clock.now(), complete=True))


def test_networkx_reads_the_chain_as_it_is(running: Running, number: str) -> None:
    paula = running.log_in(PAULA)
    told = paula.get(f"/manifests/{number}/chain").json
    graph = nx.read_graphml(io.BytesIO(paula.get(f"/manifests/{number}/chain.graphml").data), node_type=int)
    assert set(graph.nodes) == {node["id"] for node in told["nodes"]}
    assert sorted((a, b, data["mass_g"]) for a, b, data in graph.edges(data=True)) == sorted(
        (edge["from"], edge["to"], edge["mass_g"]) for edge in told["edges"]
    )
    assert nx.is_directed_acyclic_graph(graph)


def test_a_sankey_tool_reads_the_edges(running: Running, number: str) -> None:
    text = running.log_in(PAULA).get(f"/manifests/{number}/chain.csv").data.decode()  # no mark before it
    heading, *rows = csv.reader(io.StringIO(text))
    assert heading == ["source", "target", "type", "value"]
    assert {row[2] for row in rows} == {"lot", "load", "variance"}
    assert all(int(row[3]) > 0 for row in rows)


def test_each_side_has_its_register(running: Running, number: str) -> None:
    for person, kind, may in (
        (PAULA, "outgoing", True), (FAY, "incoming", True), (OLAF, "outgoing", False),
        (RITA, "transported", True), (RUTH, "incoming", True), (RUTH, "outgoing", False),
    ):  # fmt: skip
        items = running.log_in(person).get(f"/registers/{kind}?limit=200").json["items"]
        rows = [item for item in items if item["manifest"] == number]
        assert bool(rows) is may, (person.login, kind)
        for row in rows:
            assert (row["consignor"], row["consignee"], row["accepted_g"]) == (WORKS, PLANT, 499_000)


def test_a_register_goes_on_by_cursor_and_is_bounded_by_days(running: Running, number: str) -> None:
    paula, seen, cursor = running.log_in(PAULA), [], ""
    while True:
        page = paula.get(f"/registers/outgoing?limit=1{cursor}").json
        seen += [(item["manifest"], item["line"]) for item in page["items"]]
        if not page["next"]:
            break
        cursor = f"&cursor={page['next']}"
    assert (number, 1) in seen
    assert len(seen) == len(set(seen))
    assert paula.get("/registers/outgoing?from=2020-01-01&to=2020-02-01").json["items"] == []
    assert paula.get("/registers/gold").status_code == 404
    assert paula.get("/registers/outgoing?from=never").status_code == 422


def test_no_row_is_skipped_when_one_before_it_goes(
    running: Running, number: str, oil: dict[str, Any]
) -> None:
    """A cursor names the last row seen, not how many were: between two pages the first load is no more."""
    later = str(file(running.log_in(PAULA), oil)["number"])
    act(running.log_in(DAN), later, "pickup")
    paula = running.log_in(PAULA)
    page = paula.get("/registers/outgoing?limit=1").json
    seen, was = page["items"][0]["manifest"], page["items"][0]["status"]
    gone = update(MANIFEST).where(MANIFEST.c.number == seen)
    running.service.database.transact(lambda session: session.execute(gone.values(status=Status.CANCELLED)))
    try:
        rest = paula.get(f"/registers/outgoing?limit=200&cursor={page['next']}").json["items"]
    finally:
        running.service.database.transact(lambda session: session.execute(gone.values(status=was)))
    assert later in {item["manifest"] for item in rest}
    whole = [item["manifest"] for item in paula.get("/registers/outgoing?limit=200").json["items"]]
    assert [item["manifest"] for item in rest] == whole[1:]
    assert paula.get("/registers/outgoing?cursor=MQ").status_code == 422


@pytest.mark.parametrize("kind", ["outgoing", "incoming", "transported", "treated"])
def test_a_whole_register_is_what_its_pages_tell(running: Running, number: str, kind: str) -> None:
    rita = running.log_in(RITA)
    saved = rita.get(f"/registers/{kind}.csv")
    assert (saved.status_code, saved.is_streamed) == (200, True)
    rows = list(csv.DictReader(io.StringIO(saved.data.decode())))
    told = rita.get(f"/registers/{kind}?limit=200").json["items"]
    assert [(row["manifest"], row["line"], row["declared_g"]) for row in rows] == [
        (item["manifest"], str(item["line"]), str(item["declared_g"])) for item in told
    ]
    assert (number in {row["manifest"] for row in rows}) is (kind != "treated")
    assert rita.get("/registers/gold.csv").status_code == 404
    assert rita.get(f"/registers/{kind}.csv?stream=gold").status_code == 422


def test_the_city_is_one_graph_for_other_programs(running: Running, number: str) -> None:
    rita = running.log_in(RITA)
    text = rita.get("/flows.csv?stream=hazardous").data.decode()
    heading, *rows = csv.reader(io.StringIO(text))
    assert heading == ["source", "target", "type", "value"]
    register = rita.get("/registers/transported?stream=hazardous&limit=200").json["items"]
    assert number in {item["manifest"] for item in register}
    known = ("accepted_g", "received_g", "loaded_g", "declared_g")
    sums: dict[tuple[str, str, str], int] = {}
    for item in register:
        way = (item["consignor"], item["consignee"], item["waste_code"])
        grams = next(item[name] for name in known if item[name] is not None)
        sums[way] = sums.get(way, 0) + grams
    carried = {tuple(row[:3]): int(row[3]) for row in rows if row[0] in SITES and row[1] in SITES}
    assert carried == sums
    graph = nx.read_graphml(io.BytesIO(rita.get("/flows.graphml?stream=hazardous").data))
    assert {(a, b, data["waste_code"]): data["mass_g"] for a, b, data in graph.edges(data=True)} == {
        tuple(row[:3]): int(row[3]) for row in rows
    }
    assert running.log_in(PAULA).get("/flows.csv").status_code == 403


def test_all_manifests_by_national_names_are_each_as_it_is_told_alone(running: Running, number: str) -> None:
    for person, sees in ((PAULA, True), (RITA, True), (OLAF, False)):
        sheet = running.log_in(person).get("/national.ndjson?stream=hazardous").data.decode()
        alone = running.log_in(person).get(f"/manifests/{number}/national").json.get("fields")
        assert (alone in [json.loads(line) for line in sheet.splitlines()]) is sees
    assert running.log_in(RITA).get("/national.ndjson?from=2020-01-01&to=2020-02-01").data == b""


def test_the_feed_tells_everything_once_and_nothing_personal(running: Running, oil: dict[str, Any]) -> None:
    rita = running.log_in(RITA)
    sealed(running)
    before = following(rita)
    number = str(file(running.log_in(PAULA), oil)["number"])
    act(running.log_in(DAN), number, "pickup", note="电话 13800000000")
    assert rita.get(f"/feed?cursor={before}").json["items"] == []  # not sealed yet
    sealed(running)
    page = rita.get(f"/feed?cursor={before}").json
    told = [item for item in page["items"] if item["manifest"] == number]
    assert [item["kind"] for item in told] == ["file", "pickup"]
    assert told[0]["lines"][0]["declared_g"] == 500_000
    assert "13800000000" not in str(page)
    assert rita.get(f"/feed?cursor={page['next']}").json["items"] == []
    assert rita.get(f"/feed?cursor={before}").json == page


def following(person: Any) -> str:
    """The place after everything that is sealed."""
    cursor = ""
    while True:
        page = person.get(f"/feed?limit=200{'&cursor=' + cursor if cursor else ''}").json
        if not page["items"]:
            return str(page["next"])
        cursor = page["next"]


def all_of_the_feed(person: Any, query: str = "") -> list[dict[str, Any]]:
    """As the documentation says: on and on while there is more."""
    found, cursor, more = [], "", True
    while more:
        page = person.get(f"/feed?limit=200{query}{'&cursor=' + cursor if cursor else ''}").json
        found += page["items"]
        more, cursor = page["more"], page["next"]
    return found


def test_who_oversees_a_rare_district_is_told_that_there_is_more(
    running: Running, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page on which nothing is hers is no end: what happened elsewhere may be thousands of events."""
    sealed(running)
    ruth = running.log_in(RUTH)
    whole = all_of_the_feed(ruth)
    assert whole
    monkeypatch.setattr(feed, "MOST_LOOKED_AT", 1)
    kitchen = ruth.get("/feed?stream=kitchen").json
    assert (kitchen["items"], kitchen["more"]) == ([], True)
    assert all_of_the_feed(ruth) == whole


def test_a_stream_is_its_manifests_its_lots_and_its_batches(running: Running, number: str) -> None:
    lot = {"id": fresh(), "waste_code": "900-249-08", "mass_g": 1_000, "basis": "scale", "at": now()}
    assert running.log_in(PAULA).post(f"/sites/{WORKS}/lots", json=lot).status_code == 201
    fay = running.log_in(FAY)
    held = next(each for each in fay.get(f"/sites/{PLANT}/lots").json["items"])
    batch = {"id": fresh(), "site": PLANT, "operation": "R9", "at": now(), "done": True,
             "inputs": [{"lot": held["lot"], "mass_g": 499_000}]}  # fmt: skip
    assert fay.post("/treatments", json=batch).status_code == 201
    sealed(running)
    rita = running.log_in(RITA)
    told = all_of_the_feed(rita, "&stream=hazardous")
    assert {(each["subject"], each["kind"]) for each in told} >= {
        ("manifest", "accept"), ("site", "lot"), ("treatment", "treat"),
    }  # fmt: skip
    assert {each["subject"] for each in all_of_the_feed(rita, "&stream=kitchen")} == set()


def test_a_district_is_told_of_its_own_only(running: Running, number: str) -> None:
    sealed(running)
    ruth, cursor, places = running.log_in(RUTH), "", set()
    while True:
        page = ruth.get(f"/feed?limit=200{'&cursor=' + cursor if cursor else ''}").json
        if not page["items"]:
            break
        places |= {(item["subject"], item["key"]) for item in page["items"]}
        cursor = page["next"]
    assert ("site", WORKS) not in places
    assert any(subject == "manifest" for subject, _ in places)


def test_the_national_names_are_filled_as_far_as_we_know(running: Running, number: str) -> None:
    fields = running.log_in(PAULA).get(f"/manifests/{number}/national").json["fields"]
    assert (fields["wfycdwbm"], fields["ycsxzqhdm"], fields["zyjhbh"]) == (WORKS, "3601", "")
    (item,) = fields["fwsz"]
    assert (item["fwdm"], item["zysl"], item["jssl"], item["jldw"]) == (
        "900-249-08",
        "0.500000",
        "0.499000",
        "吨",
    )


@pytest.mark.parametrize(
    ("said", "decision", "differs"),
    [
        ({"received_g": 499_000}, "接受", "否"),
        ({"received_g": 400_000}, "接受", "是"),  # a fifth is missing, and nobody has said a word of it
        ({"received_g": 500_000, "accepted_g": 300_000, "refused_g": 200_000, "reason": "packaging"},
         "部分接受", "否"),
        ({"received_g": 500_000, "accepted_g": 0, "refused_g": 500_000, "reason": "packaging"}, "拒收", "否"),
    ],
)  # fmt: skip
def test_what_the_gate_said_is_said_nationally_too(
    running: Running, oil: dict[str, Any], said: dict[str, Any], decision: str, differs: str
) -> None:
    ref = str(file(running.log_in(PAULA), oil)["number"])
    act(running.log_in(DAN), ref, "pickup")
    read = running.log_in(PAULA)
    before = read.get(f"/manifests/{ref}/national").json["fields"]
    assert (before["wfjsdwclyj"], before["fwsz"][0]["sfczzdcy"], before["fwsz"][0]["jssl"]) == ("", "", "")
    act(running.log_in(FAY), ref, "accept", lines=[{"line": 1, **said}])
    fields = read.get(f"/manifests/{ref}/national").json["fields"]
    assert (fields["wfjsdwclyj"], fields["fwsz"][0]["sfczzdcy"]) == (decision, differs)


def test_a_refused_load_that_went_home_was_not_accepted(running: Running, oil: dict[str, Any]) -> None:
    """It is settled; the gate refused it all the same."""
    ref = str(file(running.log_in(PAULA), oil)["number"])
    act(running.log_in(DAN), ref, "pickup")
    act(running.log_in(FAY), ref, "accept", lines=[
        {"line": 1, "received_g": 500_000, "accepted_g": 0, "refused_g": 500_000, "reason": "packaging"},
    ])  # fmt: skip
    with running.service.database.session_for(write=True) as session:
        session.execute(update(MANIFEST).where(MANIFEST.c.number == ref).values(status=Status.SETTLED))
        session.commit()
    assert running.log_in(PAULA).get(f"/manifests/{ref}/national").json["fields"]["wfjsdwclyj"] == "拒收"


def test_the_permit_told_is_the_one_of_that_day(running: Running, number: str) -> None:
    """A permit that begins next year does not cover what arrived today."""
    read = running.log_in(PAULA)
    then = read.get(f"/manifests/{number}/national").json["fields"]["jsqyxkz"]
    assert then
    with running.service.database.session_for(write=True) as session:
        row = session.execute(select(PERMIT).where(PERMIT.c.number == then)).one()
        later = {
            **row._mapping,
            "number": "next year",
            "valid_from": date(2098, 1, 1),
            "valid_to": date(2110, 1, 1),
        }
        del later["id"]
        session.execute(insert(PERMIT).values(**later))
        session.commit()
    assert read.get(f"/manifests/{number}/national").json["fields"]["jsqyxkz"] == then
