"""What lies on a site: seen with its clock, registered, and sent on by ticking it."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import DAN, FAY, OLAF, PAULA
from tests.city import LORRY, OTHER, PLANT, WORKS
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader
from tests.web.pages.test_gate import hidden
from zerowaste import clock

SignIn = Callable[..., Reader]
OIL = "900-249-08"


def send_lot(reader: Reader, site: str, mass_kg: str, waste_code: str = OIL) -> Any:
    form = reader.get(f"/sites/{site}/stores/new").text
    moment = re.search(r'name="at"[^>]*value="([^"]+)"', form)
    assert moment is not None
    return reader.post(
        f"/sites/{site}/stores/new", **hidden(form), waste_code=waste_code, mass_kg=mass_kg, basis="scale",
        at=moment[1],
    )  # fmt: skip


def register(paula: Reader, mass_kg: str, waste_code: str = OIL) -> None:
    answer = send_lot(paula, WORKS, mass_kg, waste_code)
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


def test_what_must_be_heeded_is_told_after_registering(sign_in: SignIn) -> None:
    """GB 18597-2023 8.3.5: over three tonnes at one point. Olaf's yard, so nobody else stumbles over it."""
    olaf = sign_in(OLAF, "en")
    answer = send_lot(olaf, OTHER, "3500")
    assert answer.status_code == 200
    assert "more than its limit of 3" in answer.text
    assert "is registered" in answer.text


def test_the_store_can_be_narrowed_to_a_stream(sign_in: SignIn) -> None:
    paula = sign_in(PAULA, "en")
    register(paula, "77.777")
    assert "77.777 kg" in paula.get(f"/sites/{WORKS}/stores?stream=hazardous&waste_code=").text
    none = paula.get(f"/sites/{WORKS}/stores?stream=kitchen").text
    assert "77.777 kg" not in none
    assert "Nothing here answers to that" in none
    assert paula.get(f"/sites/{WORKS}/stores?stream=nonsense").status_code == 422


def test_lots_of_two_codes_become_two_lines_of_one_manifest(
    sign_in: SignIn, running: Running, carriers: dict[str, str]
) -> None:  # fmt: skip
    """The onward manifest is filed from the very form the store leads to; the lots are held for it."""
    paula = sign_in(PAULA)
    register(paula, "11")
    register(paula, "22")
    register(paula, "5.5", "900-214-08")
    oil, other = lots(running)[-2:], lots(running, "900-214-08")[-1]
    ticked = [str(lot["lot"]) for lot in (*oil, other)]
    form = paula.get(paula.post(f"/sites/{WORKS}/stores", lot=ticked).location).text
    planned = re.search(r'name="planned_at"[^>]*value="([^"]+)"', form)
    assert planned is not None
    typed = {
        **hidden(form), "consignor": WORKS, "stream": "hazardous", "consignee": PLANT, "step": "file",
        "planned_at": planned[1], "lines.0.packages": "2", "lines.0.packaging": "桶",
        "lines.1.packages": "1", "lines.1.packaging": "桶",
        "legs.0.carrier": carriers[LORRY], "legs.0.vehicle": LORRY, "legs.0.driver": DAN.login,
    }  # fmt: skip
    ticks = r'name="(lines[^"]*\.lot)" value="([^"]*)" checked'
    written = r'name="(lines[^"]*(?:waste_code|_kg))" type="text" value="([^"]+)"'
    typed |= dict(re.findall(ticks, form) + re.findall(written, form))
    answer = paula.post("/manifests/new", **typed)
    assert answer.status_code == 303, answer.text
    filed = running.log_in(PAULA).get(answer.location).json
    assert [(line["waste_code"], line["mass_g"]) for line in filed["lines"]] == [
        (OIL, 33_000),
        ("900-214-08", 5_500),
    ]
    held = {lot["lot"]: lot["held_g"] for lot in [*lots(running), *lots(running, "900-214-08")]}
    assert [held[int(number)] for number in ticked] == [11_000, 22_000, 5_500]


def test_what_is_wrong_with_a_draw_stands_at_its_lot(sign_in: SignIn, running: Running) -> None:
    paula = sign_in(PAULA)
    register(paula, "1")
    register(paula, "2")
    first, second = (lot["lot"] for lot in lots(running)[-2:])
    form = paula.get(f"/manifests/new?site={WORKS}&lots={first},{second}").text
    typed = {
        **hidden(form), "consignor": WORKS, "stream": "hazardous", "lines.0.waste_code": OIL,
        "lines.0.mass_kg": "3", f"lines.0.draws.{first}.mass_kg": "1", "step": "check",
        f"lines.0.draws.{second}.lot": str(second), f"lines.0.draws.{second}.mass_kg": "two",
    }  # fmt: skip
    answer = paula.post("/manifests/new", **typed)
    assert f'id="wrong-lines.0.draws.{second}.mass_g"' in answer.text
    assert f'id="wrong-lines.0.draws.{first}.mass_g"' not in answer.text
    assert 'value="two"' in answer.text


def test_the_list_of_stores_says_what_lies_where_and_what_must_go_first(
    sign_in: SignIn, running: Running
) -> None:
    paula = sign_in(PAULA, "en")
    register(paula, "12.5")
    grams = sum(lot["mass_g"] for lot in lots(running))
    page = paula.get("/stores").text
    card = page.split(f"/sites/{WORKS}/stores")[1].split("</li>")[0]
    assert "first due:" in card
    assert grams >= 12_500
    assert "nothing lies here" in page


def test_a_draft_that_calls_its_lots_by_id_keeps_them_on_the_page(sign_in: SignIn, running: Running) -> None:
    caller, identity = running.log_in(PAULA), str(uuid.uuid4())
    lot = {
        "id": identity,
        "waste_code": OIL,
        "mass_g": 7_000,
        "basis": "scale",
        "at": clock.now().isoformat(),
    }
    answer = caller.post(f"/sites/{WORKS}/lots", json=lot)
    assert answer.status_code == 201, answer.text
    number = answer.json["lot"]
    draft = {
        "draft": True, "stream": "hazardous", "consignor": WORKS,
        "lines": [{"waste_code": OIL, "mass_g": 7_000, "draws": [{"lot": identity, "mass_g": 7_000}]}],
    }  # fmt: skip
    kept = caller.post("/manifests", json=draft)
    assert kept.status_code == 201, kept.text
    form = sign_in(PAULA).get(f"/manifests/new?draft={kept.json['id']}").text
    assert re.search(rf'value="{number}" checked', form)
    assert f'name="lines.0.draws.{number}.mass_kg" type="text" value="7"' in form


def test_a_lot_with_a_slip_of_the_unit_is_put_right(sign_in: SignIn, running: Running) -> None:
    """Paula meant 17 kg and wrote 17,000; the store leads to the form, which says what lies there."""
    paula = sign_in(PAULA, "en")
    assert send_lot(paula, WORKS, "17000").status_code == 200  # over the three tonnes of a storage point
    lot = max(each["lot"] for each in lots(running))
    address = f"/sites/{WORKS}/stores/{lot}/correct"
    assert address in paula.get(f"/sites/{WORKS}/stores?waste_code={OIL}&limit=200").text
    form = paula.get(address).text
    assert "17 t" in form
    silent = paula.post(address, **hidden(form), mass_kg="17")
    assert silent.status_code == 422
    assert 'id="wrong-note"' in silent.text
    answer = paula.post(address, **hidden(form), mass_kg="17", note="单位写错")
    assert answer.location == f"/sites/{WORKS}/stores"
    assert [each["mass_g"] for each in lots(running) if each["lot"] == lot] == [17_000]
