"""A manifest on paper, as people print it: what it says, whose code it bears, and who may see it."""

import io
import re
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from tests.cast import DAN, DREW, FAY, OLAF, PAULA, Person
from tests.city import CLINIC, SECOND_LORRY, VAN
from tests.web.acts import act, file, fresh
from tests.web.conftest import Caller, Running
from zerowaste.rules.token import TokenKind, verify

LogIn = Callable[[Person], Caller]


def pages(content: bytes) -> tuple[str, list[Any]]:
    """(all text, each page as an image)."""
    with pypdfium2.PdfDocument(io.BytesIO(content)) as document:
        texts, images = [], []
        for page in document:
            texts.append(page.get_textpage().get_text_bounded())
            images.append(page.render(scale=2).to_pil())
            page.close()
    return "\n".join(texts), images


def codes(image: Any) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image)]


def printed(caller: Caller, ref: str, path: str) -> tuple[str, list[Any]]:
    answer = caller.get(f"/manifests/{ref}/{path}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/pdf"
    return pages(answer.data)


@pytest.fixture
def ref(log_in: LogIn, oil: dict[str, Any]) -> str:
    """A load that came with less than was declared, and of which a part was refused."""
    paula, dan, fay = log_in(PAULA), log_in(DAN), log_in(FAY)
    number = str(file(paula, oil)["number"])
    act(dan, number, "pickup")
    act(dan, number, "arrive")
    part = {
        "line": 1,
        "received_g": 400_000,
        "accepted_g": 300_000,
        "refused_g": 100_000,
        "reason": "packaging",
    }
    act(fay, number, "accept", lines=[part])
    act(paula, number, "opinion", note="途中滴漏")
    return number


def test_the_form_says_what_was_sent_and_what_was_found(log_in: LogIn, ref: str) -> None:
    text, images = printed(log_in(PAULA), ref, "document.pdf")
    assert len(images) == 1
    for said in ("危险废物转移联单", ref, "彭氏实业", "单氏运输", "费氏环保", "900-249-08", "0791-12345678",
                 "0.500", "0.300", "途中滴漏", "彭拉", "费收", "测试-01", "测试-07", "包装破损"):  # fmt: skip
        assert said in text.replace("\r", "").replace("\n", ""), said


def test_the_form_is_whole_in_english(log_in: LogIn, ref: str) -> None:
    text, _ = printed(log_in(PAULA), ref, "document.pdf?lang=en")
    for said in ("Hazardous waste transfer manifest", "City serial", "Major difference", ref):
        assert said in text, said


def test_its_code_is_signed_by_this_service(running: Running, log_in: LogIn, ref: str) -> None:
    """The public key alone tells that the code is genuine."""
    _, images = printed(log_in(PAULA), ref, "document.pdf")
    (said,) = codes(images[0])
    token = verify(said.rpartition("/")[2], running.service.settings.signing.public)
    assert token is not None
    assert token.kind is TokenKind.MANIFEST
    shown = log_in(PAULA).get(f"/manifests/{ref}").json
    assert (str(token.id), said) == (shown["id"], shown["qr_url"])
    assert running.client().get(said.partition(":8000")[2]).status_code == 200


def test_one_label_a_package_in_each_size(running: Running, log_in: LogIn, ref: str) -> None:
    for size in ("100", "150", "200"):
        text, images = printed(log_in(PAULA), ref, f"labels.pdf?size={size}")
        assert len(images) == 3
        assert "900-249-08" in text
        assert len({code for image in images for code in codes(image)}) == 3
        assert abs(images[0].width - int(size) / 25.4 * 72 * 2) < 2
    assert log_in(PAULA).get(f"/manifests/{ref}/labels.pdf?size=90").status_code == 422


def names_on(caller: Caller, number: str, part: int) -> list[str]:
    """What the packages are called, label by label."""
    answer = caller.get(f"/manifests/{number}/labels.pdf?size=100&part={part}")
    assert answer.status_code == 200, answer.text
    with pypdfium2.PdfDocument(io.BytesIO(answer.data)) as document:
        texts = [page.get_textpage().get_text_bounded() for page in document]
    return [name for text in texts for name in re.findall(rf"{number}-\d+-\d+", text)]


def test_many_labels_come_in_parts_and_none_is_left_out(log_in: LogIn, oil: dict[str, Any]) -> None:
    """A print takes 500: whoever does not say which 500 is told how to ask, and gets none instead of some."""
    paula, line = log_in(PAULA), oil["lines"][0]
    lines = [{**line, "packages": 600}, {**line, "packages": 401, "waste_code": "900-214-08"}]
    number = file(paula, {**oil, "lines": lines})["number"]
    refused = paula.get(f"/manifests/{number}/labels.pdf", headers={"Accept-Language": "en"})
    assert (refused.status_code, refused.json["code"]) == (422, "labels_in_parts")
    assert "part=1 to part=3" in refused.json["detail"]
    first, second, third = (names_on(paula, number, part) for part in (1, 2, 3))
    assert (len(first), len(second), third) == (500, 500, [f"{number}-2-401"])
    assert second[99:101] == [f"{number}-1-600", f"{number}-2-1"]
    assert len({*first, *second, *third}) == 1001
    beyond = paula.get(f"/manifests/{number}/labels.pdf?part=4").json
    assert [(each["path"], each["code"]) for each in beyond["errors"]] == [("part", "above_most")]


def test_no_two_labels_bear_the_same_digital_id(log_in: LogIn, oil: dict[str, Any]) -> None:
    """The standard numbers 999 a day; what comes after is left to be written by hand."""
    paula = log_in(PAULA)
    number = file(paula, {**oil, "lines": [{**oil["lines"][0], "packages": 1001}]})["number"]
    text = printed(paula, number, "labels.pdf?size=100&part=2")[0]
    assert re.search(r"90024908 \d{8} 999", text.replace("\r\n", " "))
    text = printed(paula, number, "labels.pdf?size=100&part=3")[0]
    assert f"{number}-1-1001" in text
    assert "90024908" not in text


def test_medical_packages_bear_yellow_tags(log_in: LogIn, oil: dict[str, Any]) -> None:
    line = {
        "waste_code": "841-001-01",
        "mass_g": 4_000,
        "packages": 2,
        "packaging": "周转箱",
        "tags": ["A-1", "A-2"],
    }
    leg = {**oil["legs"][0], "vehicle": VAN}
    waste = {**oil, "stream": "medical", "consignor": CLINIC, "legs": [leg], "lines": [line], "fields": {}}
    number = file(log_in(PAULA), waste)["number"]
    text, images = printed(log_in(PAULA), number, "labels.pdf")
    assert len(images) == 2
    assert "A-1" in text
    assert "A-2" in text


def test_a_draft_and_what_is_void_say_so(log_in: LogIn, oil: dict[str, Any]) -> None:
    paula = log_in(PAULA)
    draft = fresh()
    file(paula, {"id": draft, "draft": True, "stream": "hazardous", "consignor": oil["consignor"]})
    assert "草稿" in printed(paula, draft, "document.pdf")[0]
    refused = paula.get(f"/manifests/{draft}/labels.pdf")
    assert (refused.status_code, refused.json["code"]) == (422, "no_labels")
    number = file(paula, oil)["number"]
    act(paula, number, "cancel")
    assert "已作废" in printed(paula, number, "document.pdf")[0]


def test_the_code_as_vectors(log_in: LogIn, ref: str) -> None:
    answer = log_in(PAULA).get(f"/manifests/{ref}/qr.svg")
    assert answer.headers["Content-Type"].startswith("image/svg+xml")
    assert re.search(r"<svg[^>]*viewBox", answer.text)


def test_a_handover_says_when_and_where(log_in: LogIn, oil: dict[str, Any], carriers: dict[str, str]) -> None:
    """HW-RELAY: the place and the moment of taking over are on the form."""
    legs = [*oil["legs"], {"carrier": carriers[SECOND_LORRY], "vehicle": SECOND_LORRY, "driver": DREW.login}]
    number = file(log_in(PAULA), {**oil, "legs": legs})["number"]
    act(log_in(DAN), number, "pickup")
    act(log_in(DREW), number, "handover", position={"lat": 28.69, "lon": 115.86})
    text, _ = printed(log_in(PAULA), number, "document.pdf")
    assert "28.69000° N, 115.86000° E" in text


@pytest.mark.parametrize("path", ["document.pdf", "labels.pdf", "qr.svg"])
def test_what_one_has_is_not_sent_again(log_in: LogIn, ref: str, path: str) -> None:
    paula = log_in(PAULA)
    first = paula.get(f"/manifests/{ref}/{path}")
    again = paula.get(f"/manifests/{ref}/{path}", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")


def test_papers_are_not_for_strangers(log_in: LogIn, ref: str) -> None:
    for path in ("document.pdf", "labels.pdf", "qr.svg"):
        assert log_in(OLAF).get(f"/manifests/{ref}/{path}").status_code == 404
