"""What lies on a site: seen with its clock, registered, and sent on by ticking it."""

import re
from collections.abc import Callable

import pytest

from tests.cast import FAY, OLAF, PAULA
from tests.city import PLANT, WORKS
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader
from tests.web.pages.test_gate import hidden

SignIn = Callable[..., Reader]
OIL = "900-249-08"


def register(paula: Reader, mass_kg: str, waste_code: str = OIL) -> None:
    form = paula.get(f"/sites/{WORKS}/stores/new").text
    moment = re.search(r'name="at"[^>]*value="([^"]+)"', form)
    assert moment is not None
    answer = paula.post(
        f"/sites/{WORKS}/stores/new", **hidden(form), waste_code=waste_code, mass_kg=mass_kg, basis="scale",
        at=moment[1],
    )  # fmt: skip
    assert answer.location == f"/sites/{WORKS}/stores"


def lots(running: Running, code: str = OIL) -> list[dict[str, int]]:
    found = running.log_in(PAULA).get(f"/sites/{WORKS}/lots?waste_code={code}").json["items"]
    return list(found)


def test_a_lot_is_registered_in_kilograms_and_lies_there_with_its_clock(
    sign_in: SignIn, running: Running
) -> None:
    paula = sign_in(PAULA, "en")
    register(paula, "12.345")
    assert lots(running)[-1]["mass_g"] == 12_345
    page = paula.get(f"/sites/{WORKS}/stores?waste_code={OIL}").text
    assert "12.345 kg" in page
    assert "left</span>" in page


def test_what_is_wrong_keeps_what_was_typed(sign_in: SignIn) -> None:
    answer = sign_in(PAULA).post(f"/sites/{WORKS}/stores/new", waste_code="NO-SUCH", mass_kg="lots")
    assert answer.status_code == 422
    assert 'value="lots"' in answer.text
    assert 'id="wrong-mass_g"' in answer.text


def test_ticked_lots_go_on_one_manifest_each_drawn_whole(sign_in: SignIn, running: Running) -> None:
    paula = sign_in(PAULA)
    for mass in ("10", "20", "30"):
        register(paula, mass)
    *_, first, second, third = lots(running)
    onward = paula.post(f"/sites/{WORKS}/stores", lot=[str(first["lot"]), str(third["lot"])])
    assert onward.location == f"/manifests/new?site={WORKS}&lots={first['lot']},{third['lot']}"
    form = paula.get(onward.location).text
    assert re.search(rf'value="{first["lot"]}" checked', form)
    assert re.search(rf'value="{third["lot"]}" checked', form)
    assert not re.search(rf'value="{second["lot"]}" checked', form)
    assert 'name="lines.0.mass_kg" type="text" value="40"' in form


def test_nothing_ticked_leads_nowhere(sign_in: SignIn) -> None:
    assert sign_in(PAULA).post(f"/sites/{WORKS}/stores").location == f"/sites/{WORKS}/stores"


def test_nobody_sends_on_what_lies_elsewhere(sign_in: SignIn) -> None:
    assert sign_in(OLAF).post(f"/sites/{WORKS}/stores", lot="1").status_code == 404


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_store_as_a_sheet(sign_in: SignIn, kind: str) -> None:
    answer = sign_in(FAY).get(f"/sites/{PLANT}/stores.{kind}")
    assert answer.status_code == 200
    assert f"stores-{PLANT}.{kind}" in answer.headers["Content-Disposition"]


def test_who_has_several_sites_chooses_one(sign_in: SignIn) -> None:
    assert f"/sites/{WORKS}/stores" in sign_in(PAULA).get("/stores").text
