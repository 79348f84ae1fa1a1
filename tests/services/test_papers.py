"""Papers: the printed note cites the law of the day on which the waste left."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from tests.cast import DAN, PAULA
from tests.city import LORRY, PLANT, WORKS, City
from tests.story import Story
from zerowaste.services.queries.papers import manifest_paper
from zerowaste.services.queries.papers_sheet import sheet_of
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act

# The Code came into force on 2026-08-15, Beijing time.
LAST_EVENING = datetime(2026, 8, 14, 15, 30, tzinfo=UTC)


@pytest.fixture
def story(session: Session, city: City) -> Story:
    return Story(session, city, now=LAST_EVENING)


def noted(story: Story, ref: str) -> tuple[str, str]:
    note = manifest_paper(sheet_of(story.desk(PAULA), ref, "zh", "https://waste.example.org/Q/1")).legal_note
    assert note
    return note.zh, note.en


@pytest.mark.parametrize(
    ("waited", "zh", "en"),
    [
        (timedelta(), "固体废物污染环境防治法》第82、", "Solid Waste Law (2020), articles 82, "),
        (timedelta(hours=1), "生态环境法典》第536、", "Environmental Code, articles 536, "),
    ],
)
def test_a_load_that_left_under_the_old_law_is_printed_with_its_articles_for_ever(
    story: Story, waited: timedelta, zh: str, en: str
) -> None:
    number = story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest("900-249-08", 500_000, packages=1, packaging="桶")],
    ).number  # fmt: skip
    assert number
    story.now += waited
    story.act(DAN, number, Act.PICKUP)
    story.wait(days=100)
    said = noted(story, number)
    assert zh in said[0]
    assert en in said[1]
    assert said[0].startswith("依据《危险废物转移管理办法》第三章运行")
