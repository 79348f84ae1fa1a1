"""A chain as a picture: holdings in columns by how many steps they are from the start, flows between."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from zerowaste.services.queries.chains import ChainView, EdgeEntry, NodeEntry
from zerowaste.vocabulary import OPEN_KINDS, HoldingKind

COLUMN, ROW, WIDTH, HEIGHT, MARGIN = 272, 104, 196, 84, 12
THINNEST, THICKEST = 1.5, 9.0
MOST_DRAWN = 120


@dataclass(frozen=True, slots=True)
class Box:
    """A holding where it is drawn. `state`: open, done, outside or variance."""

    node: NodeEntry
    x: int
    y: int
    state: str


@dataclass(frozen=True, slots=True)
class Line:
    """A flow: its path in the drawing, how thick, and what is written on it."""

    edge: EdgeEntry
    path: str
    thickness: float
    x: int
    y: int
    anchor: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The picture, `width` by `height` units."""

    boxes: Sequence[Box]
    lines: Sequence[Line]
    width: int
    height: int


def draw(chain: ChainView) -> Drawing | None:
    """The chain, if it is small enough to be looked at as a picture."""
    if not chain.nodes or len(chain.nodes) > MOST_DRAWN:
        return None
    depths = _depths(chain)
    columns: dict[int, list[NodeEntry]] = {}
    for node in sorted(chain.nodes, key=lambda node: node.id):
        columns.setdefault(depths[node.id], []).append(node)
    tallest = max(len(column) for column in columns.values())
    boxes = {
        node.id: Box(node, MARGIN + depth * COLUMN, _height(row, len(column), tallest), _state(node))
        for depth, column in columns.items()
        for row, node in enumerate(column)
    }
    most = max((edge.mass_g for edge in chain.edges), default=1)
    shown = [edge for edge in chain.edges if {edge.origin, edge.target} <= boxes.keys()]
    leaving = Counter(edge.origin for edge in shown)
    lines = [_line(edge, boxes, most, split=leaving[edge.origin] > 1) for edge in shown]
    width = 2 * MARGIN + max(columns) * COLUMN + WIDTH
    return Drawing(list(boxes.values()), lines, width, 2 * MARGIN + tallest * ROW)


def _depths(chain: ChainView) -> dict[int, int]:
    """Steps from the start, along the longest way: ids rise along every flow, so one pass is enough."""
    depths = {node.id: 0 for node in chain.nodes}
    for edge in sorted(chain.edges, key=lambda edge: edge.target):
        if {edge.origin, edge.target} <= depths.keys():
            depths[edge.target] = max(depths[edge.target], depths[edge.origin] + 1)
    return depths


def _height(row: int, rows: int, tallest: int) -> int:
    """Columns with fewer boxes stand in the middle."""
    return MARGIN + round((tallest - rows) * ROW / 2) + row * ROW


def _state(node: NodeEntry) -> str:
    if node.kind in OPEN_KINDS:
        return "open" if node.left_g else "passed"
    return {HoldingKind.FATE: "done", HoldingKind.OUTSIDE: "outside"}.get(node.kind, "variance")


def _line(edge: EdgeEntry, boxes: dict[int, Box], most: int, *, split: bool) -> Line:
    """Its grams stand where it is alone: at its end where the origin is split up, else at its start."""
    start, end = boxes[edge.origin], boxes[edge.target]
    x1, y1 = start.x + WIDTH, start.y + HEIGHT // 2
    x2, y2 = end.x, end.y + HEIGHT // 2
    bend = max(30, (x2 - x1) // 2)
    thickness = THINNEST + (THICKEST - THINNEST) * max(0, edge.mass_g) / most
    path = f"M{x1},{y1} C{x1 + bend},{y1} {x2 - bend},{y2} {x2},{y2}"
    x, y, anchor = (x2 - 5, y2 - 8, "end") if split else (x1 + 5, y1 - 8, "start")
    return Line(edge, path, round(thickness, 1), x, y, anchor)
