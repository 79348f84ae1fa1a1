"""What every story of the law begins with: the city on a Monday morning."""

import pytest
from sqlmodel import Session

from tests.city import City
from tests.story import Story


@pytest.fixture
def story(session: Session, city: City) -> Story:
    return Story(session, city)
