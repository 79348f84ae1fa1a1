"""The printed manifest: scannable, whole on all its pages, never broken by what people write."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime

import pypdfium2
import pytest
from PIL import Image, ImageFilter

from tests.documents import pages
from tests.documents.sample_papers import (
    ACID,
    CONSTRUCTION,
    FIRST_LEG,
    FULL,
    KEY,
    KEY_ID,
    KITCHEN,
    LANGUAGES,
    MANIFEST_ID,
    MEDICAL,
    QR_URL,
    STREAMS,
)
from zerowaste.documents.manifest import manifest_pdf
from zerowaste.documents.paper import (
    AcceptanceRow,
    Entry,
    Language,
    ManifestPaper,
    PartyOpinion,
    Words,
)
from zerowaste.rules import token
from zerowaste.rules.token import TokenKind

# --- the code


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phone_reads_the_code_and_the_public_key_proves_it(language: Language) -> None:
    pdf = manifest_pdf(FULL, language)
    for page in range(len(pypdfium2.PdfDocument(pdf))):
        _prove(pages.picture(pdf, page))


@pytest.mark.parametrize("degrees", [7, 23, 90, 161])
def test_the_code_is_read_from_a_turned_page(degrees: int) -> None:
    image = pages.picture(manifest_pdf(FULL, "zh"))
    _prove(image.rotate(degrees, Image.Resampling.BILINEAR, expand=True, fillcolor=180))


def test_the_code_is_read_from_a_page_seen_at_an_angle() -> None:
    image = pages.picture(manifest_pdf(FULL, "zh"), dots_per_inch=200)
    _prove(_tilted(image))


@pytest.mark.parametrize("radius", [1.0, 1.8])
def test_the_code_is_read_out_of_focus(radius: float) -> None:
    image = pages.picture(manifest_pdf(FULL, "zh"), dots_per_inch=200)
    _prove(image.filter(ImageFilter.GaussianBlur(radius)))


def test_the_code_is_read_tilted_blurred_and_dirty() -> None:
    image = pages.picture(manifest_pdf(FULL, "zh"), dots_per_inch=200)
    image.paste(255, (1350, 130, 1390, 160))  # a scratch across the code
    _prove(_tilted(image.rotate(11, Image.Resampling.BILINEAR, expand=True, fillcolor=200)).filter(
        ImageFilter.GaussianBlur(1.0)
    ))  # fmt: skip


def test_the_code_is_at_least_three_centimetres_and_no_image() -> None:
    pdf = manifest_pdf(FULL, "zh")
    page = pypdfium2.PdfDocument(pdf)[0]
    assert [each for each in page.get_objects() if each.type == 3] == []  # 3: an image
    image = pages.picture(pdf, dots_per_inch=300)
    dark = image.crop((1900, 60, 2400, 560)).point(lambda tone: 255 * (tone < 128)).getbbox()
    assert dark is not None
    assert (dark[2] - dark[0]) / 300 * 25.4 == pytest.approx(30, abs=0.3)


# --- pages


def test_forty_lines_go_on_on_further_pages_and_none_is_lost() -> None:
    items = tuple(
        replace(ACID, name=f"废酸洗液第{number}批", mass_g=1_000_000 + number) for number in range(1, 41)
    )
    rows = tuple(AcceptanceRow(f"验收第{number}批", "313-001-17") for number in range(1, 41))
    printed = pages.texts(manifest_pdf(replace(FULL, items=items, acceptance=rows), "zh"))
    whole = "".join(printed)
    assert len(printed) >= 4
    for number in range(1, 41):
        assert f"废酸洗液第{number}批" in whole
        assert f"1.{number:06d}".rstrip("0") in whole
        assert f"验收第{number}批" in whole
    for number, page in enumerate(printed, 1):
        assert f"第{number}页/共{len(printed)}页" in page
        assert "危险废物转移联单" in page
        assert FULL.serial in page
        assert "部分危险废物" in page or "意见与备注" in page  # each page says which part it shows
    going_on = [page for page in printed if "第一部分危险废物移出信息(由移出人填写)(续)" in page]
    assert all("有害成分名称" in page for page in going_on)


def test_a_note_longer_than_a_page_is_printed_to_its_end() -> None:
    notes = "".join(f"第{number}条说明；" for number in range(1, 901))
    printed = pages.texts(manifest_pdf(replace(FULL, notes=notes), "zh"))
    whole = "".join(page.replace("第三部分", "") for page in printed)
    assert "第1条说明" in whole
    assert "第900条说明" in whole
    assert len([n for n in range(1, 901) if f"第{n}条" not in whole]) <= len(printed)  # page ends


NASTY = [
    "特别长的名称" * 60,
    "Averylongwordwithoutanyplacetobreak" * 12,
    "<b>&amp;</b><script>alert(1)</script>&lt;%s{0}{name}",
    "😀👨‍👩‍👧‍👦 emoji 🚛 in the name",
    "㙓𠮷𫖮 rare hanzi",
    "line\nbreak\r\nand\ttab\x00\x07\u202eright to left\u200b",
    "\ud800 a lone half",
    "e\u0301 combining, ﬁ ligature, العربية ไทย",
    "（（（（（（（（（（。。。。。。。。。。",
    " ",
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", NASTY)
def test_nothing_people_write_breaks_the_page(text: str, language: Language) -> None:
    pdf = manifest_pdf(_filled_with(text), language)
    for size, found in zip(pages.sizes(pdf), pages.rects(pdf), strict=True):
        assert _outside(found, size) == []
        assert pages.overlaps(found) == []


def test_markup_is_printed_as_it_was_written() -> None:
    printed = pages.texts(manifest_pdf(replace(FULL, notes="<b>a & b</b> &lt;"), "zh"))
    assert "<b>a&b</b>&lt;" in "".join(printed)


def test_what_no_font_has_is_printed_as_a_geta() -> None:
    printed = "".join(pages.texts(manifest_pdf(replace(FULL, notes="经办人𠮷田，㙓"), "zh")))
    assert "经办人〓田,㙓" in printed


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", STREAMS)
def test_no_letters_lie_over_each_other_or_off_the_page(name: str, language: Language) -> None:
    pdf = manifest_pdf(replace(STREAMS[name], watermarks=()), language)
    for size, found in zip(pages.sizes(pdf), pages.rects(pdf), strict=True):
        assert len(found) > 8
        assert _outside(found, size) == []
        assert pages.overlaps(found) == []


def test_equal_papers_are_equal_bytes() -> None:
    first = manifest_pdf(FULL, "zh")
    manifest_pdf(MEDICAL, "en")
    assert manifest_pdf(FULL, "zh") == first
    assert manifest_pdf(replace(FULL, notes="x"), "zh") != first


def test_all_letters_are_embedded() -> None:
    """A reader without Chinese fonts must see the same page."""
    assert b"Helvetica" not in manifest_pdf(FULL, "zh")
    assert manifest_pdf(FULL, "zh").count(b"/FontFile2") >= 2


def _prove(image: Image.Image) -> None:
    found = pages.decoded(image)
    assert found == [QR_URL]
    claim = token.verify(found[0].rsplit("/", 1)[1], {KEY_ID: KEY.public_key()})
    assert claim is not None
    assert (claim.kind, claim.id) == (TokenKind.MANIFEST, MANIFEST_ID)


def _tilted(image: Image.Image) -> Image.Image:
    """The page lying on a desk: its far edge is shorter and it leans to one side."""
    width, height = image.size
    corners = (-0.12 * width, -0.1 * height, 0, height, 1.05 * width, 0.98 * height, 1.2 * width, 0)
    return image.transform(
        image.size, Image.Transform.QUAD, corners, Image.Resampling.BILINEAR, fillcolor=190
    )


def _outside(found: list[pages.Rect], size: tuple[float, float]) -> list[pages.Rect]:
    margin = 20.0
    return [
        rect
        for rect in found
        if rect.left < margin
        or rect.bottom < margin
        or rect.right > size[0] - margin
        or rect.top > size[1] - margin
    ]


def _filled_with(text: str) -> ManifestPaper:
    """A paper whose every text is the same."""
    at = datetime(2026, 11, 23, tzinfo=UTC)
    words = Words(text, text)
    texts = {name: text for name, value in asdict(FIRST_LEG).items() if isinstance(value, str)}
    entries = (Entry(words, text), Entry(words, text, wide=True))
    leg = replace(FIRST_LEG, **texts, entries=entries)
    return ManifestPaper(
        title=words,
        stream=words,
        qr_url=QR_URL,
        serial=text,
        national_number=text,
        status=words,
        planned_at=at,
        consignor=replace(
            FULL.consignor, name=text, address=text, agent=text, phone=text, emergency_phone=text
        ),
        legs=(leg, leg),
        consignee=replace(FULL.consignee, name=text, permit_number=text, permit_label=words),
        items=(replace(ACID, name=text, code=text, packaging=text, harmful=text), ACID),
        acceptance=(AcceptanceRow(text, text, True, text, operation=text),),
        opinions=(PartyOpinion(text, text, at),),
        notes=text,
        legal_note=words,
        edition=text,
    )


def test_threads_printing_at_once_do_not_mix_their_letters() -> None:
    """The fonts are shared by all threads of a worker; each document keeps its own subset."""
    papers = [FULL, MEDICAL, CONSTRUCTION, KITCHEN] * 3
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda paper: manifest_pdf(paper, "zh"), papers))
    assert together == [manifest_pdf(paper, "zh") for paper in papers]
