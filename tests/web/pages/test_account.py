"""One's own account: tokens come and go, a password changes, and whoever was in is out."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import ADA, DAN, DORA, DREW, FAY, OLAF, PASSWORD, PAULA, RITA, RUTH, TESS, Person
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader

SignIn = Callable[..., Reader]


def test_a_token_is_shown_once_and_works_until_it_is_revoked(sign_in: SignIn, running: Running) -> None:
    paula = sign_in(PAULA)
    made = paula.post("/account/tokens", name="地磅接口", scope="read", days="30")
    assert (made.status_code, made.location) == (303, "/account")
    token = re.search(r"zwt_[\w-]+", paula.get(made.location).text)
    assert token is not None
    signed = {"Authorization": f"Bearer {token.group()}"}
    assert running.client().get("/api/v1/me", headers=signed).status_code == 200
    listed = paula.get("/account").text  # as whoever reloads the page that showed it
    assert listed.count('data-label="名称">地磅接口') == 1
    assert token.group() not in listed
    newest = max(int(number) for number in re.findall(r"/account/tokens/(\d+)/revoke", listed))
    assert paula.post(f"/account/tokens/{newest}/revoke").status_code == 303
    assert running.client().get("/api/v1/me", headers=signed).status_code == 401


def test_what_was_made_for_one_is_shown_to_nobody_else_and_on_no_other_page(
    sign_in: SignIn, running: Running
) -> None:
    paula, name = sign_in(PAULA), running.service.secret_cookie
    paula.post("/account/tokens", name="地磅接口", scope="read", days="30")
    carried = paula.client.get_cookie(name)
    assert carried is not None
    assert (carried.http_only, carried.same_site) == (True, "Strict")
    assert "zws_" not in paula.get("/webhooks").text
    for value in (carried.value, "nonsense"):
        rita = sign_in(RITA)
        rita.client.set_cookie(name, value)
        assert "zwt_" not in rita.get("/account").text
    assert "zwt_" in paula.get("/account").text


def test_what_is_wrong_with_a_token_is_said(sign_in: SignIn) -> None:
    answer = sign_in(PAULA, "en").post("/account/tokens", scope="read", days="9999")
    assert answer.status_code == 422
    assert 'value="9999"' in answer.text
    assert answer.text.count('class="wrong"') == 2


def test_a_new_password_ends_every_session(sign_in: SignIn) -> None:
    here, there = sign_in(ADA), sign_in(ADA)
    fresh = "a long and new sentence"
    answer = here.post("/account/password", old=PASSWORD, password=fresh, again=fresh)
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert there.get("/account", headers={"Accept": "text/html"}).status_code == 303
    assert sign_in(ADA, password=fresh).get("/account").status_code == 200


def test_who_does_not_know_the_old_password_changes_nothing(sign_in: SignIn) -> None:
    paula = sign_in(PAULA, "en")
    answer = paula.post("/account/password", old="wrong", password="one thing here", again="another thing")
    assert answer.status_code == 422
    assert "The present password is another one." in answer.text
    assert "not written the same way twice" in answer.text
    assert paula.get("/account").status_code == 200


def test_signed_out_everywhere_programs_go_on(sign_in: SignIn, running: Running) -> None:
    here, there = sign_in(RITA), sign_in(RITA, "en")
    made = here.post("/account/tokens", name="program", scope="read", days="30")
    token = re.search(r"zwt_[\w-]+", here.get(made.location).text)
    assert token is not None
    assert here.post("/account/sign-out-everywhere").location == "/sign-in"
    for reader in (here, there):
        assert reader.get("/account", headers={"Accept": "text/html"}).status_code == 303
    signed = {"Authorization": f"Bearer {token.group()}"}
    assert running.client().get("/api/v1/me", headers=signed).status_code == 200
    shown = sign_in(RITA, "en").get("/account").text
    assert "signed out everywhere" in shown
    assert "a token was made: program" in shown


WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 14; LIO-AL00) AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("says", "shown"),
    [
        (f"{WINDOWS} Chrome/126.0 Safari/537.36 Edg/126.0", "Edge · Windows"),
        (f"{WINDOWS} Chrome/126.0 Safari/537.36", "Chrome · Windows"),
        (
            f"{ANDROID} Version/4.0 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0",
            "微信 WeChat · Android",
        ),
        (f"{ANDROID} Chrome/99.0 HuaweiBrowser/14.0 Mobile Safari/537.36", "Huawei Browser · Android"),
        (f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox · Linux"),
        ("weighbridge/2.1 (gate 3)", "weighbridge"),
        ("<b>bold</b>", "&lt;b&gt;bold&lt;"),
        ("", "未说明"),
    ],
)
def test_where_one_is_signed_in_is_told_by_browser_and_system(
    running: Running, says: str, shown: str
) -> None:
    client = running.client()
    headers = {"User-Agent": says}
    entered = client.post("/sign-in", data={"login": PAULA.login, "password": PASSWORD}, headers=headers)
    assert entered.status_code == 303
    account = client.get("/account").text
    (this,) = re.findall(r"<span>([^<]*) <strong>（本次）", account)
    assert this == shown


def test_a_token_for_a_program_is_no_sign_in_whatever_its_name(sign_in: SignIn, running: Running) -> None:
    dora = sign_in(DORA)
    made = dora.post("/account/tokens", name="login", scope="read", days="30")
    token = re.search(r"zwt_[\w-]+", dora.get(made.location).text)
    assert token is not None
    dora.post("/account/sign-out-everywhere")
    signed = {"Authorization": f"Bearer {token.group()}"}
    listed = running.client().get("/api/v1/tokens", headers=signed).json["items"]
    assert [(each["name"], each["client"]) for each in listed] == [("login", None)]


def test_guesses_at_the_present_password_lock_the_account(sign_in: SignIn) -> None:
    tess = sign_in(TESS, "en")
    for _ in range(10):
        answer = tess.post(
            "/account/password", old="wrong", password="one thing here", again="one thing here"
        )
        assert answer.status_code == 422
    assert "Too many failed attempts" in answer.text
    right = tess.post("/account/password", old=PASSWORD, password="one thing here", again="one thing here")
    assert right.status_code == 422


def guess(running: Running, login: str, cookie: str = "") -> Any:
    """A stranger tries ten passwords; the last answer."""
    stranger = running.client(address="a stranger's")
    if cookie:
        stranger.set_cookie(running.service.device_cookie, cookie)
    for turn in range(10):
        answer = stranger.post("/sign-in", data={"login": login, "password": f"guess {turn}"})
    return answer


def test_strangers_who_guess_do_not_keep_her_out(sign_in: SignIn, running: Running) -> None:
    """Her browser knows her since she was let in there; nobody else's does."""
    hers = sign_in(OLAF).client
    hers.post("/sign-out", headers={"Sec-Fetch-Site": "same-origin"})
    assert "次数过多" in guess(running, OLAF.login).text
    elsewhere = running.client(address="another of hers")
    answer = elsewhere.post("/sign-in", data={"login": OLAF.login, "password": PASSWORD})
    assert (answer.status_code, "次数过多" in answer.text) == (401, True)
    assert hers.post("/sign-in", data={"login": " Olaf ", "password": PASSWORD}).status_code == 303


@pytest.mark.parametrize(
    ("person", "forged"), [(DORA, "nonsense"), (DREW, "WyJkcmV3Il0.c2lnbmVk"), (FAY, '{"fay":"x"}')]
)
def test_a_forged_device_is_a_stranger(running: Running, person: Person, forged: str) -> None:
    guess(running, person.login, forged)
    elsewhere = running.client(address="another")
    answer = elsewhere.post("/sign-in", data={"login": person.login, "password": PASSWORD})
    assert answer.status_code == 401


def test_a_browser_knows_all_who_share_it(sign_in: SignIn, running: Running) -> None:
    shared = sign_in(DAN).client
    assert shared.post("/sign-in", data={"login": RUTH.login, "password": PASSWORD}).status_code == 303
    for login in (DAN.login, RUTH.login):
        guess(running, login)
        answer = shared.post("/sign-in", data={"login": login, "password": PASSWORD})
        assert answer.status_code == 303
