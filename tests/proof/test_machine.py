"""Anybody does anything, at any time, in any order: the books must hold after every act.

A deep run: `PROOF_STORIES=2000 pytest tests/proof/test_machine.py` (so many stories, of 60 acts each,
other ones every time; with `PROOF_FAST=1` what fails is told as it was, not made short first)."""

import os
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.cast import CAST, DAN, DORA, DREW, FAY, PAULA, RITA, TESS
from tests.city import City
from tests.proof.random_city import ROUTES, RandomCity, Route
from tests.proof.second_thoughts import put_a_lot_right, take_a_batch_back
from zerowaste.db import Database
from zerowaste.rules.lifecycle import MOVES
from zerowaste.vocabulary import Act, Status

DEEP = int(os.environ.get("PROOF_STORIES", "0"))
STORIES = {"sqlite": 40, "postgresql": 10}
KINDS = [Act(kind) for kind in (
    "pickup", "handover", "arrive", "accept", "refuse", "return", "receive_back", "opinion", "reassign",
    "reverse", "cancel", "confirm_outside", "replan",
)]  # fmt: skip
# Who would say so; anybody else may try too.
LIKELY = {
    Act.PICKUP: (DAN, DORA), Act.HANDOVER: (DREW,), Act.ARRIVE: (DAN, FAY, TESS, DREW),
    Act.ACCEPT: (FAY, TESS), Act.REFUSE: (FAY, TESS), Act.RETURN: (FAY, TESS),
    Act.RECEIVE_BACK: (PAULA, TESS), Act.OPINION: (PAULA, FAY, TESS), Act.REASSIGN: (FAY, TESS),
    Act.REVERSE: (FAY, TESS, DAN, PAULA), Act.CANCEL: (PAULA, TESS), Act.CONFIRM_OUTSIDE: (RITA, PAULA),
    Act.REPLAN: (PAULA, DORA),
}  # fmt: skip
MASSES = st.sampled_from([500_000, 300_001, 1_000, 7, 2_900_000])
# Thousandths of what was declared: as much, a little off, far off, nothing, half as much again.
PARTS = st.sampled_from([1000, 1000, 990, 1010, 400, 0, 1500])
PICK = st.integers(0, 60)
TO_STATION, FROM_STATION = ROUTES[1], ROUTES[2]


class Try(NamedTuple):
    """An act that somebody tries: which manifest, what, who, thousandths, how long ago, what is said."""

    pick: int
    what: int
    who: int
    mass: int
    taken: int
    hours: int
    offline: bool
    said: int
    leg: int | None


ACTS = st.builds(
    Try, PICK, PICK, PICK, PARTS, PARTS, st.sampled_from([0, 0, 1, 30, 90]), st.booleans(), st.integers(0, 2),
    st.sampled_from([None, None, 2, 3]),
)  # fmt: skip


class LifeOfACity(RuleBasedStateMachine):
    """One story: `database` and `city` are set by the test."""

    database: Database
    city: City

    def __init__(self) -> None:
        super().__init__()
        self.session = self.database.session_for(write=True)
        self.world = RandomCity(self.session, self.city)

    @initialize(
        filings=st.lists(st.tuples(st.sampled_from(ROUTES), MASSES, PARTS, PARTS), min_size=1, max_size=4),
        taken=st.sampled_from([0, 400, 600, 990]), onward=st.sampled_from([100, 333, 800, 1000]),
        loaded=st.sampled_from([1000, 1000, 990, 1500]),
    )  # fmt: skip
    def waste_is_on_its_way(
        self, filings: Sequence[tuple[Route, int, int, int]], taken: int, onward: int, loaded: int
    ) -> None:
        """Every story begins where a station has taken some waste, refused some, and passes some on."""
        self._come(TO_STATION, 500_000, 1000, taken)
        self._come(FROM_STATION, 500_000 * onward // 1000 + 2, loaded, 1000)
        for route, mass, part, taken in filings:
            self._come(route, mass, part, taken)

    def _come(self, route: Route, mass: int, part: int, taken: int) -> None:
        before = len(self.world.manifests)
        self.world.file(route, [0], mass, 1000, 1)
        if len(self.world.manifests) > before and part != taken:
            self.world.deliver(self.world.manifests[-1], part, taken)

    @rule(
        route=st.sampled_from(ROUTES), codes=st.lists(PICK, min_size=1, max_size=2), mass=MASSES,
        named=st.sampled_from([0, 0, 300, 1000]), legs=st.integers(1, 2), dry=st.integers(0, 9),
        lot=st.booleans(),
    )  # fmt: skip
    def a_manifest_is_filed(
        self, route: Route, codes: Sequence[int], mass: int, named: int, legs: int, dry: int, lot: bool
    ) -> None:
        if lot:
            self.world.register(route, codes[-1], mass // 2)
        self.world.file(route, codes, mass, named, legs, dry_run=dry == 9)

    @precondition(lambda self: self.world.manifests)
    @rule(pick=PICK, mass=PARTS, taken=PARTS)
    def a_load_arrives_and_is_decided_on(self, pick: int, mass: int, taken: int) -> None:
        """The usual way in one go, so that stories get far."""
        due = [ref for ref in self.world.manifests if self.world.status_of(ref) is Status.FILED]
        if due:
            self.world.deliver(due[pick % len(due)], mass, taken)

    @precondition(lambda self: self.world.manifests)
    @rule(act=ACTS)
    def somebody_acts(self, act: Try) -> None:
        self._try(act)

    @precondition(lambda self: self.world.manifests)
    @rule(acts=st.lists(ACTS, min_size=2, max_size=4))
    def several_act(self, acts: Sequence[Try]) -> None:
        """On one manifest, one after the other."""
        for act in acts:
            self._try(act._replace(pick=acts[0].pick))

    def _try(self, act: Try) -> None:
        ref = self._ref(act.pick)
        status = self.world.status_of(ref)
        kinds = [kind for kind in KINDS if status in MOVES[kind].statuses] * 4 + KINDS
        kind = kinds[act.what % len(kinds)]
        whose = self.world.last_act(ref) if kind is Act.REVERSE else kind
        people = LIKELY.get(whose, ()) * 4 + CAST
        self.world.act(
            people[act.who % len(people)], ref, kind,
            self.world.reports(ref, kind, act.mass, act.taken, act.said),
            at=self.world.story.now - timedelta(hours=act.hours), offline=act.offline, reason="packaging",
            leg=act.leg, legs=self.world.plan(act.taken, act.leg) if kind is Act.REPLAN else (),
            ticket={"net_g": act.mass * 500} if kind is Act.ARRIVE and act.said == 2 else None,
        )  # fmt: skip

    @rule(
        pick=PICK, mass=MASSES, additive=st.sampled_from([0, 0, 1_001]), done=st.booleans(),
        fifo=st.booleans(), outputs=st.lists(st.sampled_from([1, 333, 40_000, 3_000_000]), max_size=2),
    )  # fmt: skip
    def a_batch_is_treated(
        self, pick: int, mass: int, additive: int, outputs: Sequence[int], done: bool, fifo: bool
    ) -> None:
        self.world.treat(pick, mass, additive, outputs, done, fifo)

    @rule(pick=PICK, outputs=st.lists(st.sampled_from([2, 777, 50_000]), max_size=2), done=st.booleans())
    def more_comes_out(self, pick: int, outputs: Sequence[int], done: bool) -> None:
        self.world.put_out(pick, outputs, done)

    @rule(pick=PICK, part=st.sampled_from([0, 1, 500, 999, 1500]), batch=st.booleans())
    def somebody_thinks_again(self, pick: int, part: int, batch: bool) -> None:
        """A lot is put right, or a batch taken back."""
        if batch:
            take_a_batch_back(self.world, pick)
        else:
            put_a_lot_right(self.world, pick, part)

    @rule(what=st.sampled_from(["again", "tick", 1, 5, 30, 80]))
    def time_passes(self, what: int | str) -> None:
        """Hours; or the clerk's clock ticks; or the last request comes in once more."""
        if isinstance(what, int):
            self.world.wait(what)
        elif what == "tick":
            self.world.tick()
        else:
            self.world.repeat()

    @invariant()
    def the_books_hold(self) -> None:
        assert self.world.troubles() == []

    def _ref(self, pick: int) -> str:
        manifests = self.world.manifests
        return manifests[-1 - pick % min(len(manifests), 4)]

    def teardown(self) -> None:
        try:
            assert self.world.last_judgement() == []
        finally:
            self.session.rollback()
            self.session.close()


def test_the_books_hold_whatever_happens(database: Database, city: City, database_kind: str) -> None:
    profile = settings(
        max_examples=DEEP or STORIES[database_kind],
        stateful_step_count=60 if DEEP else 30,
        deadline=None,
        derandomize=not DEEP,
        phases=[Phase.generate] if os.environ.get("PROOF_FAST") else [Phase.generate, Phase.shrink],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    story = type("Story", (LifeOfACity,), {"database": database, "city": city})
    run_state_machine_as_test(story, settings=profile)
