"""The agenda: many stories that go on at once, told in the order of time."""

import heapq
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

# A story does something and gives how long it waits until it does the next thing.
Story = Iterator[timedelta]


class Agenda:
    """Stories by the moment at which each goes on. Two at one moment: the one begun first."""

    def __init__(self) -> None:
        self._next: list[tuple[datetime, int, Story]] = []
        self._begun = 0

    def begin(self, at: datetime, story: Story) -> None:
        """Let a story begin at that moment."""
        self._begun += 1
        heapq.heappush(self._next, (at, self._begun, story))

    def run(self, until: datetime, turn_clock: Callable[[datetime], None]) -> None:
        """Go on with everything up to `until`; `turn_clock` is told of every moment before."""
        while self._next and self._next[0][0] <= until:
            at, number, story = heapq.heappop(self._next)
            turn_clock(at)
            wait = next(story, None)
            if wait is not None:
                heapq.heappush(self._next, (at + wait, number, story))
