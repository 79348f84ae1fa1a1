"""What is wrong with files under `manifests/`: every fault with its file, key and reason, all at once."""

from collections.abc import Sequence
from typing import NamedTuple


class Fault(NamedTuple):
    """One thing to mend. `key`: the TOML key with dots, a line of a list, or empty for the whole file."""

    file: str
    key: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key or '(file)'}: {self.reason}"


class StreamFileError(Exception):
    """Files that cannot be used. `faults`: all of them; `file`, `key` and `reason`: the first one's."""

    def __init__(self, file: str, key: str, reason: str, *others: Fault) -> None:
        self.file, self.key, self.reason = file, key, reason
        self.faults = (Fault(file, key, reason), *others)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def refuse(faults: Sequence[Fault]) -> None:
    """Raises StreamFileError if there is any fault."""
    if faults:
        first, *others = faults
        raise StreamFileError(*first, *others)
