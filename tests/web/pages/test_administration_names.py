"""Who administers chooses organisations, sites and regions by their names; codes are kept."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.cast import ADA, RUTH
from tests.city import ABROAD, ORGANISATIONS, PLANT, WORKS
from tests.web.acts import fresh
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader
from tests.web.pages.test_administration import code_of, wrong_of
from zerowaste.models import Organisation
from zerowaste.models.tables import MEMBERSHIP, ORGANISATION, PERMIT, SITE, USER, VEHICLE

SignIn = Callable[..., Reader]


def options(page: str, field: str) -> list[str]:
    """What a field of the page offers while one types."""
    found = re.search(rf'<datalist id="named-{field}">(.*?)</datalist>', page, re.DOTALL)
    assert found is not None
    return [html.unescape(each) for each in re.findall(r'<option value="([^"]*)">', found[1])]


def ticked(page: str, field: str) -> list[str]:
    return re.findall(rf'name="{field}\[\]" value="([^"]+)" checked', page)


def regulator(**more: Any) -> dict[str, Any]:
    return {"id": fresh(), "login": f"reg-{fresh()[:8]}", "name": "任察", "role": "regulator",
            "language": "zh", "active": "yes", "regions[]": "360111", **more}  # fmt: skip


def places_of(running: Running, login: str) -> list[tuple[Any, Any]]:
    """(organisation, region) of each of somebody's memberships."""
    with running.service.database.session_for(write=False) as session:
        rows = session.execute(
            select(MEMBERSHIP.c.organisation_id, MEMBERSHIP.c.region)
            .join(USER, USER.c.id == MEMBERSHIP.c.user_id)
            .where(USER.c.login == login)
            .order_by(MEMBERSHIP.c.region)
        ).all()
    return [tuple(row) for row in rows]


def test_a_regulator_s_authority_is_chosen_by_name_and_his_districts_are_ticked(
    sign_in: SignIn, running: Running
) -> None:
    ada, name = sign_in(ADA), ORGANISATIONS["outsider"]
    empty = ada.get("/administration/people/new").text
    (offered,) = [each for each in options(empty, "organisation") if each.startswith(name)]
    assert offered == f"{name} {code_of(running, 'outsider')}"
    assert 'value="360111"> 青山湖区' in empty
    for chosen in (offered, name, code_of(running, "outsider")):
        fields = regulator(organisation=chosen, **{"regions[]": ["360102", "360111"]})
        assert ada.post("/administration/people/new", **fields).status_code == 303
        assert [region for _, region in places_of(running, fields["login"])] == ["360102", "360111"]


def test_a_street_may_be_named_beside_the_districts(sign_in: SignIn, running: Running) -> None:
    ada = sign_in(ADA)
    fields = regulator(organisation=ORGANISATIONS["outsider"], regions="360102002")
    made = ada.post("/administration/people/new", **fields)
    shown = re.search(r"/administration/people/\d+", made.location)
    assert shown is not None
    page = ada.get(shown[0]).text
    assert ticked(page, "regions") == ["360111"]
    assert 'name="regions" value="360102002"' in page


def test_a_stored_region_is_ticked_and_stays(sign_in: SignIn, running: Running) -> None:
    page = sign_in(ADA).get(f"/administration/people/{running.city.users[RUTH.login]}").text
    assert ticked(page, "regions") == ["360111"]
    assert 'name="regions" value=""' in page


def test_a_name_that_two_bear_needs_its_code(sign_in: SignIn, running: Running) -> None:
    """The list tells them apart; the bare name means neither."""
    ada, double = sign_in(ADA), "双生环保（测试）"
    with running.service.database.session_for(write=True) as session:
        codes = ["91360100MA0TWN001X", "91360100MA0TWN002X"]
        session.add_all(Organisation(credit_code=code, name=double) for code in codes)
        session.commit()
    page = ada.post("/administration/people/new", **regulator(organisation=double))
    assert (page.status_code, wrong_of(page.text)) == (422, ["organisation"])
    assert f'value="{double}"' in page.text
    assert {f"{double} {code}" for code in codes} <= set(options(page.text, "organisation"))
    made = ada.post("/administration/people/new", **regulator(organisation=f"{double} {codes[1]}"))
    assert made.status_code == 303


def test_a_vehicle_goes_to_another_firm_by_its_english_name(sign_in: SignIn, running: Running) -> None:
    ada, carrier = sign_in(ADA, "en"), running.city.organisations["second_carrier"]
    with running.service.database.session_for(write=True) as session:
        session.execute(
            update(ORGANISATION).where(ORGANISATION.c.id == carrier).values(name_en="Du Logistics")
        )
        session.commit()
    made = ada.post(
        "/administration/vehicles/new",
        id=fresh(), plate="赣A99077", organisation="Du Logistics", licence_to="2031-01-01",
        **{"streams[]": "kitchen"},
    )  # fmt: skip
    assert made.status_code == 303, wrong_of(made.text)
    with running.service.database.session_for(write=False) as session:
        owner = session.execute(select(VEHICLE.c.organisation_id).where(VEHICLE.c.plate == "赣A99077"))
        assert owner.scalar_one() == carrier
    shown = ada.get(made.location).text
    assert f'value="{ORGANISATIONS["second_carrier"]} {code_of(running, "second_carrier")}"' in shown


def test_a_paper_names_its_site_and_its_receiver(sign_in: SignIn, running: Running) -> None:
    ada = sign_in(ADA)
    begun = ada.get(f"/administration/permits/new?organisation={code_of(running, 'producer')}").text
    works = next(each for each in options(begun, "site") if each.endswith(WORKS))
    assert not any(each.endswith(PLANT) for each in options(begun, "site"))
    receivers = options(begun, "receiver")
    assert {each.split()[-1] for each in receivers} >= {PLANT, ABROAD}
    assert not any(each.endswith(WORKS) for each in receivers)
    made = ada.post(
        "/administration/permits/new",
        id=fresh(), kind="plan", number="计划-名", organisation=ORGANISATIONS["producer"], site=works,
        receiver=next(each for each in receivers if each.endswith(PLANT)), valid_from="2026-01-01",
        valid_to="2027-12-31",
        **{"term.0.pattern": "HW08", "term.0.period": "year",
           "term.0.unit": "t", "term.0.stream": "hazardous"},
    )  # fmt: skip
    assert made.status_code == 303, wrong_of(made.text)
    with running.service.database.session_for(write=False) as session:
        row = session.execute(select(PERMIT).where(PERMIT.c.number == "计划-名")).one()
        code = session.execute(select(SITE.c.code).where(SITE.c.id == row.counterpart_id)).scalar_one()
    assert (row.site_id, code) == (running.city.sites[WORKS], PLANT)


@pytest.mark.parametrize("typed", ["没有这家", "no such firm", "　", "91360100"])
def test_what_nobody_is_called_is_told_beside_the_field(sign_in: SignIn, typed: str) -> None:
    answer = sign_in(ADA).post("/administration/people/new", **regulator(organisation=typed))
    assert (answer.status_code, wrong_of(answer.text)) == (422, ["organisation"])
