"""Comparing stored rows with replayed ones, both in one order, a row of each at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from zerowaste.errors import LANGUAGES, Problem
from zerowaste.services.history.replay_events import streamed
from zerowaste.services.history.replay_scratch import Scratch
from zerowaste.services.history.replay_tables import Proved

Values = tuple[Any, ...]
Keyed = tuple[Values, Values]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the stored tables are not what the events say. `column` empty: the whole row, which is
    `stored` or `replayed` only; else the values there, in the plain form of the events' texts."""

    table: str
    key: tuple[tuple[str, Any], ...]
    column: str = ""
    stored: Any = None
    replayed: Any = None

    @property
    def problem(self) -> Problem:
        """What is to be told of it."""
        where = {"table": self.table, "key": " ".join(f"{name}={value}" for name, value in self.key)}
        if self.column:
            values = {"column": self.column, "stored": str(self.stored), "replayed": str(self.replayed)}
            return Problem("replay_value_differs", params=where | values)
        if self.table == "event":
            return Problem("replay_event_unreadable", params=where)
        if self.stored:
            return Problem("replay_row_surplus", params=where)
        return Problem("replay_row_missing", params=where)

    def __str__(self) -> str:
        return " ".join(self.problem.sentence(language) for language in LANGUAGES)


def compare(session: Session, scratch: Scratch, proved: Proved) -> Iterator[Difference]:
    """Every difference in one table, in the order of its keys."""
    stored = _keyed(_stored(session, proved), proved)
    replayed = _keyed(scratch.rows(proved.replayed()), proved)
    for mine, said in _side_by_side(stored, replayed, proved.key_types()):
        key = _named(proved, (mine or said or ((), ()))[0])
        old = mine[1] if mine else proved.absent
        new = said[1] if said else proved.absent
        if old is None or new is None:
            yield Difference(proved.name, key, stored=mine is not None, replayed=said is not None)
        elif old != new:
            for column, before, after in zip(proved.values, old, new, strict=True):
                if before != after:
                    yield Difference(proved.name, key, column, before, after)


def _named(proved: Proved, key: Values) -> tuple[tuple[str, Any], ...]:
    return tuple(zip(proved.key, key, strict=False))  # without the number of a repeated key


def _stored(session: Session, proved: Proved) -> Iterator[Values]:
    """The stored rows in the plain values of the events' texts."""
    plain = [(index, how) for index, how in enumerate(proved.plain()) if how is not None]
    for row in streamed(session, proved.stored(session.get_bind().dialect.name)):
        values = list(row)
        for index, how in plain:
            values[index] = how(values[index])
        yield tuple(values)


def _keyed(rows: Iterable[Values], proved: Proved) -> Iterator[Keyed]:
    """Rows as key and values. Where keys repeat, each also bears its number among its like."""
    width = len(proved.key)
    if not proved.repeats:
        for row in rows:
            yield row[:width], row[width:]
        return
    before, count = None, 0
    for row in rows:
        key = row[:width]
        count = count + 1 if key == before else 0
        before = key
        yield (*key, count), row[width:]


def _side_by_side(
    stored: Iterator[Keyed], replayed: Iterable[Keyed], types: tuple[type, ...]
) -> Iterator[tuple[Keyed | None, Keyed | None]]:
    """Pairs with the same key, and what has no counterpart. A tampered event may say anything, so keys
    made of something else than the table's are in nobody's order."""
    mine = next(stored, None)
    for said in replayed:
        key = said[0]
        if tuple(map(type, key[: len(types)])) != types:
            yield None, said
            continue
        while mine is not None and mine[0] < key:
            yield mine, None
            mine = next(stored, None)
        if mine is not None and mine[0] == key:
            yield mine, said
            mine = next(stored, None)
        else:
            yield None, said
    while mine is not None:
        yield mine, None
        mine = next(stored, None)
