"""The language of an answer when nobody asks for one: the account's own."""

from sqlalchemy import update

from tests.cast import FAY, RUTH
from tests.web.conftest import Running
from zerowaste.errors import catalogue
from zerowaste.services.register import USER
from zerowaste.web.language import language


def test_an_account_that_prefers_english_is_answered_in_english(running: Running) -> None:
    running.service.database.transact(
        lambda session: session.execute(update(USER).where(USER.c.login == FAY.login).values(language="en"))
    )
    fay, ruth = running.log_in(FAY), running.log_in(RUTH)
    assert fay.get("/probe/for-drivers").json["title"] == catalogue()["forbidden"]["en"]
    assert ruth.get("/probe/for-drivers").json["title"] == catalogue()["forbidden"]["zh"]
    asked = fay.get("/probe/for-drivers", headers={"Accept-Language": "zh"})
    assert asked.json["title"] == catalogue()["forbidden"]["zh"]


def test_outside_a_request_chinese_is_spoken() -> None:
    assert language() == "zh"
