"""QR codes: the right level for the size, one path, readable for people who cannot see it."""

import io
import xml.etree.ElementTree as ET

import pypdfium2
import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.documents import pages
from tests.documents.sample_papers import QR_URL
from zerowaste.documents import qr

SVG = "{http://www.w3.org/2000/svg}"


def test_our_address_gets_the_strong_level_at_three_centimetres() -> None:
    assert qr.code(QR_URL).modules == 53  # version 9, level Q


def test_a_longer_address_gives_up_strength_before_legibility() -> None:
    long = QR_URL.replace("WASTE", "WASTE." * 14)
    assert qr.code(long).modules <= 60
    assert qr.code(long, side_mm=60).modules > 60


def test_an_address_no_code_can_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="more than a QR code can hold"):
        qr.code("A" * 5000)


def test_lower_case_is_kept_as_it_is() -> None:
    assert pages.decoded(pages.picture(_drawn("https://waste.example.cn/q/abc"))) == [
        "https://waste.example.cn/q/abc"
    ]


def test_the_drawing_is_one_path_on_one_white_ground() -> None:
    page = pypdfium2.PdfDocument(_drawn(QR_URL))[0]
    assert [each.type for each in page.get_objects()] == [2, 2]  # 2: a path
    assert pages.decoded(pages.picture(_drawn(QR_URL))) == [QR_URL]


def test_the_svg_is_one_path_with_its_quiet_zone() -> None:
    root = ET.fromstring(qr.qr_svg(QR_URL))  # noqa: S314 -- our own output
    ground, code = root.findall(f"{SVG}path")
    side = 53 + 2 * 4
    assert root.get("viewBox") == f"0 0 {side} {side}"
    assert ground.get("fill") == "#fff"
    assert float((root.get("width") or "").removesuffix("mm")) * 53 / side == pytest.approx(30, 1e-3)
    dark = _modules(code.get("d") or "")
    assert min(min(dot) for dot in dark) == 4
    assert max(max(dot) for dot in dark) == side - 5
    assert dark == {
        (strip.x + step + 4, strip.y + 4) for strip in qr.code(QR_URL).strips for step in range(strip.length)
    }


def test_the_svg_has_a_title_that_is_escaped() -> None:
    root = ET.fromstring(qr.qr_svg(QR_URL, title='<联单> & "20263601000042"'))  # noqa: S314
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == '<联单> & "20263601000042"'
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", title.get("id"))


def _drawn(text: str) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(150, 150))
    qr.draw(canvas, qr.code(text), 20, 20, 85)
    canvas.save()
    return file.getvalue()


def _modules(path: str) -> set[tuple[int, int]]:
    """The unit squares a path of `Mx yhN…` strips covers."""
    squares = set()
    for strip in path.removesuffix("z").split("z"):
        x, _, rest = strip.removeprefix("M").partition(" ")
        y, _, rest = rest.partition("h")
        length = rest.partition("v")[0]
        squares |= {(int(x) + step, int(y)) for step in range(int(length))}
    return squares
