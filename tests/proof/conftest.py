"""The crowd of the races: each of it with a connection of its own."""

from collections.abc import Iterator

import pytest

from tests.city import City
from tests.proof.crowd import MOST, Crowd
from zerowaste.db import Database

PATIENCE_S = 300.0


@pytest.fixture
def crowd(database_url: str, city: City) -> Iterator[Crowd]:
    """Everybody has a connection of his own and all the time he needs, on however slow a machine; the books
    must be right when they are gone."""
    database = Database(
        database_url, connections=MOST, longest_statement_ms=0, patience_s=PATIENCE_S, durable=False
    )
    crowd = Crowd(database, city)
    yield crowd
    troubles = crowd.troubles()
    database.close()
    assert troubles == []
