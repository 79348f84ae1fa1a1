"""The emergency button, as a page."""

import re
from collections.abc import Callable

from sqlalchemy import select, update

from tests.cast import FAY, RITA
from tests.city import PLANT, SMALL
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader
from tests.web.pages.test_gate import hidden
from zerowaste.models.tables import SITE

SignIn = Callable[..., Reader]


def test_fay_reports_a_fire_rita_sees_it_on_her_first_page_and_fay_ends_it(sign_in: SignIn) -> None:
    fay, rita = sign_in(FAY), sign_in(RITA, "en")
    form = fay.get("/incidents").text
    moment = re.search(r'name="at"[^>]*value="([^"]+)"', form)
    assert moment is not None
    typed = {
        **hidden(form),
        "site": PLANT,
        "kind": "fire",
        "at": moment[1],
        "note": "<b>2 号炉</b>",
        "stops": "yes",
    }
    for _ in range(2):  # a double click
        assert fay.post("/incidents", **typed).location == "/incidents"
    home = rita.get("/").text
    assert "An incident is going on" in home
    assert "fire or explosion" in home
    told = rita.get("/incidents").text
    assert "&lt;b&gt;2 号炉" in told
    assert told.count("takes nothing in") == 1
    (way,) = re.findall(r'action="(/sites/[^"]+/end)"', fay.get("/incidents").text)
    ending = re.findall(r'name="id" value="([^"]+)"', fay.get("/incidents").text)[-1]
    assert fay.post(way, id=ending).location == "/incidents"
    assert "An incident is going on" not in rita.get("/").text


def test_two_incidents_are_ended_from_one_page(sign_in: SignIn) -> None:
    fay = sign_in(FAY)
    for kind in ("fire", "spill"):
        form = fay.get("/incidents").text
        moment = re.search(r'name="at"[^>]*value="([^"]+)"', form)
        assert moment is not None
        assert fay.post(
            "/incidents", **{**hidden(form), "site": PLANT, "kind": kind, "at": moment[1]}
        ).location
    shown = fay.get("/incidents").text  # and still on the screen after the first is over, by the back button
    endings = re.findall(r'action="(/sites/[^"]+/end)".*?name="id" value="([^"]+)"', shown)
    assert [fay.post(way, id=ending).status_code for way, ending in endings] == [303, 303]


def test_what_is_wrong_keeps_what_was_typed(sign_in: SignIn) -> None:
    answer = sign_in(FAY).post("/incidents", site=PLANT, kind="earthquake", note="摇晃")
    assert answer.status_code == 422
    assert "摇晃" in answer.text


def test_who_keeps_several_sites_says_which_and_none_is_chosen_for_her(
    sign_in: SignIn, running: Running
) -> None:
    """The first of a list would be told of a fire that burns elsewhere, and be closed for it."""
    with running.service.database.session_for(write=True) as session:
        mine = select(SITE.c.organisation_id).where(SITE.c.code == PLANT).scalar_subquery()
        session.execute(update(SITE).where(SITE.c.code == SMALL).values(organisation_id=mine))
        session.commit()
    fay = sign_in(FAY, "en")
    form = fay.get("/incidents").text
    chooser = form.split('name="site"')[1].split("</select>")[0]
    assert "Where did it happen?" in chooser
    assert "selected" not in chooser
    answer = fay.post(
        "/incidents", **hidden(form), site="", kind="fire", at="2026-11-29T10:00", note="tank 3"
    )
    assert answer.status_code == 422
    assert 'id="wrong-site"' in answer.text
    assert "tank 3" in answer.text
