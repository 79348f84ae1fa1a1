"""What a driver's camera sees: the code on a printed page, held at an angle, a little out of focus."""

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import zxingcpp
from PIL import Image, ImageFilter

FRAME = (1280, 720)
ANGLES = (-9, -8, -7, -8)  # degrees; a hand is never still
SHARPNESS_DPI = 200


def film(printed: bytes, into: Path) -> None:
    """A short film (Motion JPEG) of the first code on the first page of a PDF."""
    page = pypdfium2.PdfDocument(printed)[0].render(scale=SHARPNESS_DPI / 72).to_pil().convert("RGB")
    code = _around_code(page)
    with into.open("wb") as file:
        for frame in _frames(code):
            frame.save(file, "JPEG", quality=85)


def _around_code(page: Image.Image) -> Image.Image:
    """The part of the page a phone is held over."""
    (found, *_) = zxingcpp.read_barcodes(page)
    corners = [getattr(found.position, name) for name in ("top_left", "bottom_right")]
    left, top, right, bottom = corners[0].x, corners[0].y, corners[1].x, corners[1].y
    margin = (right - left) // 2
    return page.crop((left - margin, top - margin, right + margin, bottom + margin))


def _frames(code: Image.Image) -> Iterator[Image.Image]:
    for angle in ANGLES:
        seen = code.resize((FRAME[1], FRAME[1])).rotate(
            angle, Image.Resampling.BILINEAR, fillcolor=(190, 190, 185)
        )
        width, height = seen.size
        leaning = (-0.12 * width, -0.1 * height, 0, height, 1.05 * width, 0.98 * height, 1.2 * width, 0)
        seen = seen.transform(
            seen.size, Image.Transform.QUAD, leaning, Image.Resampling.BILINEAR, fillcolor=190
        )
        frame = Image.new("RGB", FRAME, (70, 74, 72))
        frame.paste(seen, ((FRAME[0] - width) // 2, 0))
        yield frame.filter(ImageFilter.GaussianBlur(1.2))
