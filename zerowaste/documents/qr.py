"""QR codes as vectors: the modules of one address as a single path, for PDF and for SVG."""

from collections.abc import Iterator
from functools import lru_cache
from html import escape
from typing import NamedTuple

import qrcode
from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.exceptions import DataOverflowError
from qrcode.util import QRData
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

# A phone at arm's length reads modules of half a millimetre; ISO/IEC 18004 asks for 4 of quiet.
LEAST_MODULE_MM = 0.5
QUIET_MODULES = 4
PRINTED_MM = 30.0


class Strip(NamedTuple):
    """Neighbouring dark modules of one row: column, row (from the top left), how many."""

    x: int
    y: int
    length: int


class Code(NamedTuple):
    """One QR code: modules a side, and its dark strips."""

    modules: int
    strips: tuple[Strip, ...]

    def pdf_path(self) -> PDFPathObject:
        """All strips as one path, one unit a module, from the lower left. Whole numbers written out
        here: through the library each would be formatted as a float, half the time of a page."""
        return PDFPathObject([f"{x} {self.modules - 1 - y} {length} 1 re" for x, y, length in self.strips])


@lru_cache(maxsize=256)
def code(text: str, side_mm: float = PRINTED_MM) -> Code:
    """The code for one address printed with that side (without its quiet zone).

    Level Q (a quarter may be damaged) while its modules stay at least half a millimetre, else M,
    and L where even M is too fine. Raises ValueError for text no QR code can hold."""
    try:
        for level in (ERROR_CORRECT_Q, ERROR_CORRECT_M):
            matrix = _matrix(text, level)
            if side_mm / len(matrix) >= LEAST_MODULE_MM:
                return Code(len(matrix), tuple(_strips(matrix)))
        matrix = _matrix(text, ERROR_CORRECT_L)
    except (DataOverflowError, ValueError) as error:  # version 41 is a plain ValueError there
        raise ValueError(f"{len(text)} characters are more than a QR code can hold") from error
    return Code(len(matrix), tuple(_strips(matrix)))


def full_side(side: float, modules: int) -> float:
    """The side with the quiet zone around it, in the unit given."""
    return side * (modules + 2 * QUIET_MODULES) / modules


def draw(canvas: Canvas, drawn: Code, x: float, y: float, side: float) -> None:
    """Fill the code as one path in black on its own white quiet zone.

    `x`, `y`: lower left of the quiet zone, `side`: of the code without it; all in points."""
    whole = full_side(side, drawn.modules)
    step = side / drawn.modules
    canvas.setFillGray(1)
    canvas.rect(x, y, whole, whole, stroke=0, fill=1)
    canvas.saveState()
    canvas.translate(x + QUIET_MODULES * step, y + QUIET_MODULES * step)
    canvas.scale(step, step)
    canvas.setFillGray(0)
    canvas.drawPath(drawn.pdf_path(), stroke=0, fill=1)
    canvas.restoreState()


def qr_svg(url: str, title: str | None = None) -> bytes:
    """The code as an SVG: one path, quiet zone, and a title that screen readers read out."""
    drawn = code(url)
    side = drawn.modules + 2 * QUIET_MODULES
    steps = "".join(
        f"M{x + QUIET_MODULES} {y + QUIET_MODULES}h{length}v1h-{length}z" for x, y, length in drawn.strips
    )
    size = f"{full_side(PRINTED_MM, drawn.modules):.2f}mm"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" '
        f'viewBox="0 0 {side} {side}" role="img" aria-labelledby="qr-title">'
        f'<title id="qr-title">{escape(title or f"二维码 QR code: {url}")}</title>'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path fill="#000" shape-rendering="crispEdges" d="{steps}"/></svg>\n'
    ).encode()


def _matrix(text: str, level: int) -> list[list[bool]]:
    # One fixed mask: a signature's bits are even under any of the eight, and trying them all takes
    # as long as drawing the page.
    qr = qrcode.QRCode(error_correction=level, border=0, mask_pattern=3)
    qr.add_data(QRData(text.encode(), check_data=False, mode=_mode(text)))
    qr.make(fit=True)
    return [[bool(module) for module in row] for row in qr.get_matrix()]


_ALPHANUMERIC = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
_MODE_ALPHANUMERIC, _MODE_BYTES = 1 << 1, 1 << 2


def _mode(text: str) -> int:
    return _MODE_ALPHANUMERIC if _ALPHANUMERIC.issuperset(text) else _MODE_BYTES


def _strips(matrix: list[list[bool]]) -> Iterator[Strip]:
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            length = 0
            while x + length < len(row) and row[x + length]:
                length += 1
            if length:
                yield Strip(x, y, length)
            x += max(length, 1)
