"""Reading PDF pages back as a person or a phone would: letters, pictures, QR codes."""

import unicodedata
from typing import NamedTuple

import pypdfium2
import zxingcpp
from PIL.Image import Image as Picture


class Rect(NamedTuple):
    """A stretch of letters on a page, in points from the lower left."""

    left: float
    bottom: float
    right: float
    top: float
    text: str


def texts(pdf: bytes) -> list[str]:
    """The letters of each page, without spaces and line ends, full-width marks made plain."""
    document = pypdfium2.PdfDocument(pdf)
    return [plain(page.get_textpage().get_text_range()) for page in document]


def plain(text: str) -> str:
    """Text as compared: how a line was broken or a mark was set says nothing."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def sizes(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of each page in points."""
    return [page.get_size() for page in pypdfium2.PdfDocument(pdf)]


def coloured(pdf: bytes, page: int = 0, dots_per_inch: int = 150) -> Picture:
    """One page as it comes out of a colour printer."""
    bitmap = pypdfium2.PdfDocument(pdf)[page].render(scale=dots_per_inch / 72)
    return bitmap.to_pil().convert("RGB")


def picture(pdf: bytes, page: int = 0, dots_per_inch: int = 150) -> Picture:
    """One page as a camera sees it, straight from above."""
    return coloured(pdf, page, dots_per_inch).convert("L")


def decoded(image: Picture) -> list[str]:
    """What a reader finds in the picture."""
    return [result.text for result in zxingcpp.read_barcodes(image)]


def rects(pdf: bytes) -> list[list[Rect]]:
    """Where the letters of each page stand."""
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        letters = page.get_textpage()
        boxes = (letters.get_rect(number) for number in range(letters.count_rects()))
        found.append([Rect(*box, letters.get_text_bounded(*box)) for box in boxes])
    return found


def overlaps(found: list[Rect]) -> list[tuple[Rect, Rect]]:
    """Stretches of letters that lie over each other by more than half a point both ways."""
    slack = 0.5
    return [
        (one, other)
        for place, one in enumerate(found)
        for other in found[place + 1 :]
        if min(one.right, other.right) - max(one.left, other.left) > slack
        and min(one.top, other.top) - max(one.bottom, other.bottom) > slack
    ]
