"""`flask simulate`: bulk history at the command line."""

import re

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlmodel import Session

from tests.cli.conftest import Clerk
from zerowaste.cli.simulate import simulate
from zerowaste.models.tables import EVENT, MANIFEST


def run(clerk: Clerk, *words: str) -> Result:
    result = CliRunner().invoke(simulate, words, env=dict(clerk.environ))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_so_many_manifests_are_there_and_it_says_what_they_cost(clerk: Clerk, session: Session) -> None:
    done = run(clerk, "--manifests", "25", "--seed", "4", "--days", "10", "--until", "2026-03-02")
    assert done.exit_code == 0, done.output
    assert "25 manifests" in done.output
    assert re.search(r"in all [0-9.]+ times the bare inserts", done.output)
    assert session.execute(select(func.count()).select_from(MANIFEST)).scalar_one() == 25


def test_nothing_but_the_result_is_said_off_a_terminal(clerk: Clerk) -> None:
    done = run(clerk, "--manifests", "3", "--until", "2026-03-02")
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1


def test_replay_and_verify_find_nothing_afterwards(clerk: Clerk) -> None:
    run(clerk, "--manifests", "40", "--until", "2026-03-02")
    assert clerk.flask("replay").exit_code == 0
    assert clerk.flask("verify").exit_code == 0


@pytest.mark.usefixtures("city")
def test_a_database_that_holds_anything_is_left_as_it_is(clerk: Clerk, session: Session) -> None:
    refused = run(clerk, "--manifests", "3")
    assert refused.exit_code == 1
    assert "not empty" in refused.output
    assert session.execute(select(func.count()).select_from(EVENT)).scalar_one() == 0


def test_no_manifests_at_all_is_a_mistake(clerk: Clerk) -> None:
    assert run(clerk, "--manifests", "0").exit_code == 2
