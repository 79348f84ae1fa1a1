"""Many at once: real threads that start at the same moment, each with a session of its own."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlmodel import Session

from zerowaste.db import Database
from zerowaste.errors import Refusal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What one of many got: an answer, or what was raised instead."""

    answer: T | None = None
    raised: BaseException | None = None


def all_at_once(database: Database, works: Sequence[Callable[[Session], T]]) -> list[Outcome[T]]:
    """Run all in threads, each as a request would be; the outcomes in the order of the works."""
    outcomes: list[Outcome[T]] = [Outcome(raised=AssertionError("never ran")) for _ in works]
    start = threading.Barrier(len(works))

    def run(index: int, work: Callable[[Session], T]) -> None:
        start.wait(timeout=30)
        try:
            outcomes[index] = Outcome(answer=database.transact(work))
        except BaseException as error:  # a test must see whatever reached the user
            outcomes[index] = Outcome(raised=error)

    threads = [threading.Thread(target=run, args=(index, work)) for index, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def answers(outcomes: Sequence[Outcome[T]]) -> list[T]:
    """The answers; an outcome without one fails the test with what was raised."""
    for outcome in outcomes:
        if outcome.raised is not None:
            raise outcome.raised
    return [outcome.answer for outcome in outcomes if outcome.answer is not None]


def split(outcomes: Sequence[Outcome[T]]) -> tuple[list[T], list[Refusal]]:
    """(answers, refusals): anything else that was raised fails the test."""
    refusals = [outcome.raised for outcome in outcomes if isinstance(outcome.raised, Refusal)]
    return answers([o for o in outcomes if not isinstance(o.raised, Refusal)]), refusals
