"""The administrator at his pages: what he adds counts at once, and is checked as a file would be."""

import csv
import html
import io
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from tests.cast import ADA, DAN, PAULA
from tests.city import CLINIC, LORRY, PLANT, WORKS
from tests.heard import statements
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader
from zerowaste.models.tables import EVENT, ORGANISATION, PERMIT, SITE, VEHICLE
from zerowaste.services.booking.ledger import content_of
from zerowaste.vocabulary import Instrument

SignIn = Callable[..., Reader]


def fresh() -> str:
    return str(uuid.uuid4())


def code_of(running: Running, key: str) -> str:
    """The credit code of somebody in the city."""
    with running.service.database.session_for(write=False) as session:
        found = session.execute(
            select(ORGANISATION.c.credit_code).where(ORGANISATION.c.id == running.city.organisations[key])
        )
        return str(found.scalar_one())


def events_of(running: Running, subject: str, key: str) -> list[dict[str, Any]]:
    with running.service.database.session_for(write=False) as session:
        rows = session.execute(
            select(EVENT).where(EVENT.c.subject == subject, EVENT.c.key == key).order_by(EVENT.c.number)
        ).all()
    return [content_of(row) for row in rows]


def fields_of(page: str) -> dict[str, str]:
    """The form of a page as a browser would send it untouched."""
    form = page.partition('<form method="post" action="/administration/')[2].partition("</form>")[0]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        ticked = 'type="checkbox"' not in tag or " checked" in tag
        if name and value and ticked:
            found[name[1]] = html.unescape(value[1])
    for name, inner in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        found[name] = chosen[1] if chosen else ""
    return found


def wrong_of(page: str) -> list[str]:
    return re.findall(r'class="wrong" id="wrong-([^"]+)"', page)


def test_a_vehicle_is_added_once_and_recorded_as_his_act(sign_in: SignIn, running: Running) -> None:
    ada, carrier = sign_in(ADA), code_of(running, "carrier")
    fields = {
        "id": fresh(), "plate": "赣A·99001", "organisation": carrier, "streams[]": "kitchen",
        "licence_to": "2031-01-01",
    }  # fmt: skip
    first, second = (ada.post("/administration/vehicles/new", **fields) for _ in range(2))
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert "赣A99001" in ada.get(first.location).text
    told = [each for each in events_of(running, "organisation", carrier) if each["act"]["name"] == "赣A99001"]
    assert [(each["kind"], each["actor"], each["role"]) for each in told] == [
        ("vehicle", "ada", "administrator")
    ]
    another = ada.post("/administration/vehicles/new", **(fields | {"id": fresh()}))
    assert another.status_code == 422
    assert wrong_of(another.text) == ["plate"]


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(sign_in: SignIn) -> None:
    answer = sign_in(ADA, "en").post(
        "/administration/vehicles/new",
        id=fresh(), plate="nonsense", organisation="nobody", licence_to="soon",
        licence_number="kept as typed",
    )  # fmt: skip
    assert answer.status_code == 422
    assert {"plate", "streams", "licence_to"} <= set(wrong_of(answer.text))
    assert 'value="kept as typed"' in answer.text
    known = sign_in(ADA).post(
        "/administration/vehicles/new",
        id=fresh(), plate="赣A99002", organisation="nobody", licence_to="2031-01-01",
        **{"streams[]": "kitchen"},
    )  # fmt: skip
    assert wrong_of(known.text) == ["organisation"]


def test_a_saved_form_that_nobody_touched_changes_nothing(sign_in: SignIn, running: Running) -> None:
    ada, city = sign_in(ADA), running.city
    with running.service.database.session_for(write=False) as session:
        # The small city's consent is good for ever, which no form would let through.
        lawful = PERMIT.c.kind != Instrument.CONSENT
        permits = session.execute(select(PERMIT.c.id).where(lawful)).scalars().all()
        vehicle = session.execute(select(VEHICLE.c.streams).where(VEHICLE.c.plate == LORRY)).scalar_one()
    pages = [
        f"/administration/organisations/{city.organisations['producer']}",
        f"/administration/sites/{city.sites[WORKS]}",
        f"/administration/people/{city.users[PAULA.login]}",
        f"/administration/people/{city.users[DAN.login]}",
        *(f"/administration/permits/{each}" for each in permits),
    ]
    before = count_of_events(running)
    for path in pages:
        fields = fields_of(ada.get(path).text)
        answer = ada.post(path, **fields)
        assert answer.status_code == 303, (path, wrong_of(answer.text))
    streams = {"streams[]": vehicle.split()}
    path = f"/administration/vehicles/{city.vehicles[LORRY]}"
    assert ada.post(path, **(fields_of(ada.get(path).text) | streams)).status_code == 303
    assert count_of_events(running) == before


def count_of_events(running: Running) -> int:
    with running.service.database.session_for(write=False) as session:
        return len(session.execute(select(EVENT.c.id)).all())


def test_a_change_made_in_two_windows_is_not_lost_unseen(sign_in: SignIn, running: Running) -> None:
    ada = sign_in(ADA, "en")
    path = f"/administration/sites/{running.city.sites[WORKS]}"
    here, there = fields_of(ada.get(path).text), fields_of(ada.get(path).text)
    assert ada.post(path, **(here | {"contact": "王敏"})).status_code == 303
    stale = ada.post(path, **(there | {"phone": "0791-1"}))
    assert stale.status_code == 422
    assert "Somebody changed this" in stale.text
    assert 'value="0791-1"' in stale.text
    assert ada.post(path, **fields_of(stale.text)).status_code == 303
    told = events_of(running, "site", WORKS)[-1]
    assert (told["kind"], told["role"], told["private"] is not None) == ("site", "administrator", True)


def test_how_large_a_site_is_is_written_down_by_each_measure(sign_in: SignIn, running: Running) -> None:
    """A hospital with a canteen has beds and seats; works have tonnes of product."""
    ada, site = sign_in(ADA, "en"), running.city.sites[CLINIC]
    path = f"/administration/sites/{site}"
    fields = fields_of(ada.get(path).text)
    assert ada.post(path, **(fields | {"seats": "260", "product_t": ""})).status_code == 303
    with running.service.database.session_for(write=False) as session:
        row = session.execute(select(SITE).where(SITE.c.id == site)).one()
    assert (row.beds, row.seats, row.product_t) == (120, 260, None)
    fields = fields_of(ada.get(path).text)
    assert wrong_of(ada.post(path, **(fields | {"seats": "-1"})).text) == ["seats"]


def test_what_is_fixed_stays(sign_in: SignIn, running: Running) -> None:
    ada = sign_in(ADA)
    path = f"/administration/sites/{running.city.sites[WORKS]}"
    fields = fields_of(ada.get(path).text)
    assert wrong_of(ada.post(path, **(fields | {"kind": "facility"})).text) == ["kind"]
    assert wrong_of(ada.post(path, **(fields | {"code": "N-PLANT"})).text) == ["code"]


def test_a_paper_with_its_terms(sign_in: SignIn, running: Running) -> None:
    ada, producer = sign_in(ADA), code_of(running, "producer")
    fields = {
        "id": fresh(), "kind": "plan", "number": "计划-新", "organisation": producer,
        "valid_from": "2026-01-01", "valid_to": "2027-12-31",
        "term.0.stream": "hazardous", "term.0.pattern": "HW08", "term.0.period": "year", "term.0.unit": "t",
        "term.0.limit": "12.5", "term.1.stream": "", "term.1.period": "year", "term.1.unit": "t",
        "term.2.stream": "hazardous", "term.2.pattern": "HW99", "term.2.period": "year", "term.2.unit": "t",
    }  # fmt: skip
    wrong = ada.post("/administration/permits/new", **fields)
    assert wrong_of(wrong.text) == ["term.2.pattern"]
    more = ada.post("/administration/permits/new", **fields, step="more")
    assert 'name="term.3.pattern"' in more.text
    made = ada.post("/administration/permits/new", **(fields | {"term.2.pattern": "HW09"}))
    assert made.status_code == 303, made.text
    shown = ada.get(made.location).text
    assert 'value="12.5"' in shown
    assert shown.count('class="row"') == 2
    again = fields_of(shown) | {"term.1.stream": "", "term.1.pattern": "", "term.0.limit": "20"}
    assert ada.post(made.location.partition("?")[0], **again).status_code == 303
    assert ada.get(made.location).text.count('class="row"') == 1


def test_a_published_price_stands_where_waste_is_filed(sign_in: SignIn, running: Running) -> None:
    ada = sign_in(ADA)
    with running.service.database.session_for(write=False) as session:
        paper = session.execute(select(PERMIT.c.id).where(PERMIT.c.site_id == running.city.sites[PLANT]))
        path = f"/administration/permits/{paper.scalars().first()}"
    fields = fields_of(ada.get(path).text)
    rows = {name.split(".")[1] for name, value in fields.items() if value == "year"}
    priced = fields | {f"term.{row}.price": "2350.5" for row in rows}
    assert ada.post(path, **priced).status_code == 303
    assert "2350.5" in fields_of(ada.get(path).text).values()
    asked = {"stream": "hazardous", "consignor": WORKS, "lines.0.waste_code": "900-249-08", "step": "next"}
    assert "2,350.50 元/吨" in sign_in(PAULA).post("/manifests/new", **asked).text
    assert "¥2,350.50/t" in sign_in(PAULA, "en").post("/manifests/new", **asked).text
    found = running.log_in(PAULA).get(f"/sites?q={PLANT}&stream=hazardous&waste_code=900-249-08")
    assert [site["price_fen_per_t"] for site in found.json["items"]] == [235_050]

    # It may be burnt there as well, for more: both ends of the range stand beside the plant.
    priced = fields_of(ada.get(path).text)
    (burnt,) = {name.split(".")[1] for name, value in priced.items() if value == "D10"}
    assert ada.post(path, **(priced | {f"term.{burnt}.price": "3100"})).status_code == 303
    assert "2,350.50–3,100 元/吨" in sign_in(PAULA).post("/manifests/new", **asked).text
    found = running.log_in(PAULA).get(f"/sites?q={PLANT}&stream=hazardous&waste_code=900-249-08")
    assert [site["highest_price_fen_per_t"] for site in found.json["items"]] == [310_000]


def test_an_invited_person_sets_the_password_and_is_in(sign_in: SignIn, running: Running) -> None:
    ada = sign_in(ADA)
    made = ada.post(
        "/administration/people/new",
        id=fresh(), login="xin", name="辛来", role="producer", organisation=code_of(running, "producer"),
        sites=WORKS, language="zh", active="yes",
    )  # fmt: skip
    link = re.search(r"/invitation/[\w-]+", ada.get(made.location).text)
    assert link is not None
    assert "/invitation/" not in ada.get(ada.get(made.location).location).text
    client = running.client(address="xin")
    assert "辛来" in client.get(link[0]).text
    weak = client.post(link[0], data={"password": "short", "again": "short"})
    assert (weak.status_code, wrong_of(weak.text)) == (422, ["password"])
    differing = client.post(link[0], data={"password": "a long and new sentence", "again": "another"})
    assert wrong_of(differing.text) == ["again"]
    fields = {"password": "a long and new sentence", "again": "a long and new sentence"}
    assert client.post(link[0], data=fields).location == "/sign-in"
    assert client.post(link[0], data=fields).status_code == 404
    body = {"login": "xin", "password": "a long and new sentence"}
    token = client.post("/api/v1/login", json=body).json["token"]
    me = client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).json
    assert [site["code"] for site in me["sites"]] == [WORKS]
    person = re.match(r"/administration/people/\d+", made.location)
    assert person is not None
    shut = fields_of(ada.get(person[0]).text)
    del shut["active"]
    assert ada.post(person[0], **shut).status_code == 303
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_lists_are_searched_and_paged(sign_in: SignIn) -> None:
    ada = sign_in(ADA)
    found = ada.get(f"/administration/sites?q={WORKS}").text
    assert WORKS in found
    assert "N-PLANT" not in found
    for kind in ("organisations", "sites", "vehicles", "people", "permits"):
        seen: list[str] = []
        path: str | None = f"/administration/{kind}?limit=1"
        while path:
            page = ada.get(path).text
            row = re.findall(rf'href="(/administration/{kind}/\d+)"', page)
            assert len(row) == 1
            seen += row
            following = re.search(r'rel="next" href="([^"]+)"', page)
            path = f"/administration/{kind}{html.unescape(following[1])}" if following else None
        assert len(seen) == len(set(seen)) > 2
    assert ada.get("/administration/permits?cursor=eA").status_code == 422
    assert "查看全部" in ada.get("/administration/vehicles?q=zzz").text


def test_an_organisation_shows_all_that_is_its_own(sign_in: SignIn, running: Running) -> None:
    page = sign_in(ADA).get(f"/administration/organisations/{running.city.organisations['carrier']}").text
    assert LORRY in page
    assert "单驰" in page
    assert "杜运" not in page
    assert sign_in(ADA).get("/administration/organisations/999999").status_code == 404
    assert sign_in(ADA).get("/administration/organisations/99999999999").status_code == 404


def test_no_page_asks_the_database_more_for_more_rows(sign_in: SignIn, running: Running) -> None:
    ada = sign_in(ADA)
    for path in (
        "/administration", "/administration/people", "/administration/permits", "/administration/quotas",
        f"/administration/organisations/{running.city.organisations['plant']}", "/account",
    ):  # fmt: skip
        with statements(running.service.database.engine) as asked:
            assert ada.get(path).status_code == 200
        assert len(asked) <= 15, (path, len(asked))


@pytest.mark.parametrize(
    ("kind", "held"),
    [
        ("organisations", "彭氏实业（测试）"), ("sites", WORKS), ("vehicles", LORRY), ("people", "驾驶员"),
        ("permits", "运输资质"), ("quotas", "年度限量"),
    ],
)  # fmt: skip
def test_each_list_is_a_sheet_too(sign_in: SignIn, kind: str, held: str) -> None:
    ada = sign_in(ADA)
    sheet = ada.get(f"/administration/{kind}.csv?limit=200")
    heading, *rows = csv.reader(io.StringIO(sheet.data.decode("utf-8-sig")))
    assert {len(row) for row in rows} <= {len(heading)}
    assert held in sheet.text or not rows  # a quota appears when it is first used
    assert f'href="/administration/{kind}.xlsx?' in ada.get(f"/administration/{kind}").text or not rows
    assert ada.get(f"/administration/{kind}.xlsx").data.startswith(b"PK")
