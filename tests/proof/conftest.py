"""The crowd of the races: each of it with a connection of its own."""

from collections.abc import Iterator

import pytest

from tests.city import City
from tests.proof.crowd import MOST, Crowd
from zerowaste.db import Database


@pytest.fixture
def crowd(database_url: str, city: City) -> Iterator[Crowd]:
    """Everybody has a connection of his own, and the books must be right when they are gone."""
    database = Database(database_url, connections=MOST, durable=False)
    crowd = Crowd(database, city)
    yield crowd
    troubles = crowd.troubles()
    database.close()
    assert troubles == []
