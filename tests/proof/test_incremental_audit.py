"""Auditing only what was touched finds what auditing everything finds, after any acts in any order.

A deep run: `PROOF_STORIES=500 pytest tests/proof/test_incremental_audit.py`."""

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from sqlalchemy import select, update

from tests.city import City
from tests.proof.test_machine import LifeOfACity
from tests.story import the_law
from zerowaste.db import Database
from zerowaste.models.tables import FINDING, SITE
from zerowaste.services.findings.auditing import examine, examine_whole, keep

DEEP = int(os.environ.get("PROOF_STORIES", "0"))
STORIES = {"sqlite": 16, "postgresql": 5}
SAID = [column for column in FINDING.columns if column.name not in ("found_at", "gone_at")]


class AuditedLife(LifeOfACity):
    """One story: whatever happened since, the register of findings is brought up to date after it. The
    sites lie so far apart that who acts at two of them at once is seen."""

    def __init__(self) -> None:
        super().__init__()
        north, east = 28_500_000 + 200_000 * SITE.c.id, 115_800_000 + 1_000 * SITE.c.id
        self.session.execute(update(SITE).values(lat_e6=north, lon_e6=east))

    @rule(days=st.sampled_from([1, 3, 20, 70]))
    def days_go_by(self, days: int) -> None:
        self.world.wait(days * 24)

    @invariant()
    def the_books_hold(self) -> None:
        now, law = self.world.story.now, the_law()
        keep(self.session, examine(self.session, law, now=now))
        kept = self._standing()
        keep(self.session, examine_whole(self.session, law, now=now))
        assert kept == self._standing()

    def _standing(self) -> dict[Any, Any]:
        rows = self.session.execute(select(*SAID).where(FINDING.c.gone_at.is_(None)))
        return {row.key: row._asdict() for row in rows}

    def teardown(self) -> None:
        self.session.rollback()
        self.session.close()


def test_what_is_touched_is_all_that_can_have_changed(
    database: Database, city: City, database_kind: str
) -> None:
    profile = settings(
        max_examples=DEEP or STORIES[database_kind],
        stateful_step_count=40 if DEEP else 15,
        deadline=None,
        derandomize=not DEEP,
        phases=[Phase.generate, Phase.shrink],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    story = type("Story", (AuditedLife,), {"database": database, "city": city})
    run_state_machine_as_test(story, settings=profile)
