"""Which series a manifest's number is out of, and how far each series has counted by that."""

import re
from typing import Any

from zerowaste.rules.law import Law
from zerowaste.rules.stream_parts import last_serial

# Numbers of manifests count in series whose key begins so; the others prove nothing.
NUMBERS = "manifest/"
_FOUR_DIGITS = r"\d{4}"


class Series:
    """Counts numbers. `last`: key of a series → the greatest serial out of it; `counted`: how many."""

    def __init__(self, law: Law) -> None:
        self.last: dict[str, int] = {}
        self.counted: dict[str, int] = {}
        self._looks: dict[str, list[re.Pattern[str]]] = {}
        for stream in law.streams:
            for number in filter(None, (stream.number, stream.long_number)):
                self._looks.setdefault(stream.code, []).append(_looks(number))

    def count(self, stream: Any, number: Any) -> None:
        """Count one number. What looks like no number of that stream counts nowhere."""
        found = self.place(stream, number)
        if found:
            key, serial = found
            self.last[key] = max(serial, self.last.get(key, 0))
            self.counted[key] = self.counted.get(key, 0) + 1

    def place(self, stream: Any, number: Any) -> tuple[str, int] | None:
        """(key of the series, serial) of a number."""
        if not isinstance(number, str) or not isinstance(stream, str):
            return None
        for looks in self._looks.get(stream, ()):
            match = looks.fullmatch(number)
            if match:
                return NUMBERS + match["series"], int(match["serial"])
        return None


def _looks(number: str) -> re.Pattern[str]:
    """What numbers of this format look like; the serial stands at their end."""
    before = number.rpartition("{serial")[0]
    fixed = _FOUR_DIGITS.join(re.escape(part) for part in re.split(r"\{year\}|\{city\}", before))
    return re.compile(rf"(?P<series>{fixed})(?P<serial>\d{{{len(str(last_serial(number)))}}})")
