"""What an outsider concludes from a proof: the two folds of docs/check_seals.py, called one by one."""

import runpy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_SCRIPT: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[1] / "docs" / "check_seals.py"))


def included(leaf: bytes, position: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows him the leaf hash at that position under that root."""
    try:
        return bool(_SCRIPT["root"](leaf, position, size, list(proof)) == root)
    except _SCRIPT["BROKEN"]:
        return False


def continues(shorter: int, longer: int, root: bytes, later: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows him that the list under `later` begins with that under `root`."""
    try:
        return bool(_SCRIPT["roots"](shorter, longer, root, list(proof)) == (root, later))
    except _SCRIPT["BROKEN"]:
        return False
