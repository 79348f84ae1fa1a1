"""Choosing how one is told: paces, quiet hours, a mailbox; and webhooks whose secret is shown once."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from tests.cast import ADA, DAN, FAY, OLAF, PAULA, RITA
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader
from zerowaste.models.tables import DELIVERY, WEBHOOK

SignIn = Callable[..., Reader]
ALL = {f"{channel}.{kind}": "at_once" for channel in ("in_app", "email")
       for kind in ("reminder", "overdue", "difference", "incident")}  # fmt: skip


def test_choices_are_kept_and_told_in_the_account(sign_in: SignIn) -> None:
    reader = sign_in(PAULA, "en")
    chosen = {**ALL, "email.reminder": "weekly", "in_app.reminder": "never"}
    answer = reader.post("/account/notifications", **chosen, quiet_from="21", quiet_to="6")
    assert answer.status_code == 200
    assert "Saved." in answer.text
    page = reader.get("/account/notifications").text
    assert re.search(r'name="email.reminder".*?value="weekly" selected', page, re.DOTALL)
    assert '<option value="21" selected>21:00' in page
    assert "the choices of notification were changed" in reader.get("/account").text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email.overdue": "never"}, "your role must know of it"),
        ({"in_app.reminder": "daily"}, "no such pace"),
        ({"in_app.reminder": "sometimes"}, "no such pace"),
        ({"quiet_from": "25"}, "from 0 to 23"),
        ({"quiet_to": "x"}, "from 0 to 23"),
    ],
)
def test_what_cannot_be_chosen_is_said_and_what_was_chosen_stays(
    sign_in: SignIn, changes: dict[str, str], said: str
) -> None:
    chosen = {**ALL, "email.difference": "weekly", "quiet_from": "20", "quiet_to": "6", **changes}
    answer = sign_in(RITA, "en").post("/account/notifications", **chosen)
    assert answer.status_code == 422
    assert said in answer.text
    assert re.search(r'name="email.difference".*?value="weekly" selected', answer.text, re.DOTALL)
    assert "20:00" in answer.text


def test_a_mailbox_is_confirmed_by_a_link_that_programs_may_look_at(
    running: Running, sign_in: SignIn
) -> None:
    reader = sign_in(DAN, "en")
    assert reader.post("/account/mailbox", address="no address").status_code == 422
    assert reader.post("/account/mailbox", address="dan@example.org").status_code == 303
    assert "waiting: open the link" in reader.get("/account/notifications").text
    link = running.service.database.transact(
        lambda session: session.execute(select(DELIVERY.c.content)).scalar_one()["confirm"], write=False
    )
    stranger = running.client()
    for _ in range(2):
        assert "dan@example.org" in stranger.get(link).text
    assert stranger.post(link).status_code == 200
    assert stranger.post(link).status_code == 404
    assert "confirmed" in reader.get("/account/notifications").text
    reader.post("/account/mailbox/remove")
    assert "dan@example.org" not in reader.get("/account/notifications").text


def test_a_webhooks_secret_is_shown_once_and_kept_encrypted(running: Running, sign_in: SignIn) -> None:
    reader = sign_in(PAULA, "en")
    data = {"url": "https://hooks.example.org/zerowaste", "kinds[]": ["overdue", "incident"]}
    answer = reader.post("/webhooks", **data)
    secret = re.search(r"zws_[\w-]{43}", reader.get(answer.location).text)
    assert secret is not None
    page = reader.get("/webhooks").text
    assert "hooks.example.org" in page
    assert secret[0] not in page
    kept = running.service.database.transact(
        lambda session: session.execute(select(WEBHOOK.c.secret, WEBHOOK.c.kinds)).one(), write=False
    )
    assert secret[0] not in kept.secret
    assert kept.kinds == "overdue incident"
    assert "a webhook was added: hooks.example.org" in reader.get("/account").text
    for stranger in (OLAF, FAY, RITA):
        assert "hooks.example.org" not in sign_in(stranger).get("/webhooks").text
        number = re.search(r"/webhooks/(\d+)/remove", page)
        assert number is not None
        assert sign_in(stranger).post(f"/webhooks/{number[1]}/remove").status_code == 404
    assert "hooks.example.org" in sign_in(ADA).get("/webhooks").text
    assert reader.post(f"/webhooks/{number[1]}/remove").status_code == 303
    assert "hooks.example.org" not in reader.get("/webhooks").text


@pytest.mark.parametrize(
    ("url", "kinds", "said"),
    [
        ("http://hooks.example.org/", ["overdue"], "begins with https://"),
        ("https://hooks.example.org/", [], "at least one kind"),
        ("https://user@hooks.example.org/", ["nothing"], "begins with https://"),
    ],
)
def test_a_webhook_that_cannot_be(sign_in: SignIn, url: str, kinds: list[str], said: str) -> None:
    answer = sign_in(FAY, "en").post("/webhooks", url=url, **{"kinds[]": kinds})
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{url}"' in answer.text


def test_ten_webhooks_are_the_most(sign_in: SignIn) -> None:
    reader = sign_in(ADA, "en")
    for number in range(10):
        assert reader.post("/webhooks", url=f"https://h{number}.example.org/", **{"kinds[]": ["overdue"]})
    answer = reader.post("/webhooks", url="https://h11.example.org/", **{"kinds[]": ["overdue"]})
    assert answer.status_code == 422
    assert "10 webhooks are the most" in answer.text
