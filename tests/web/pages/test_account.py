"""One's own account: tokens come and go, a password changes, and whoever was in is out."""

import re
from collections.abc import Callable

from tests.cast import ADA, PASSWORD, PAULA, RITA, TESS
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader

SignIn = Callable[..., Reader]


def test_a_token_is_shown_once_and_works_until_it_is_revoked(sign_in: SignIn, running: Running) -> None:
    paula = sign_in(PAULA)
    made = paula.post("/account/tokens", name="地磅接口", scope="read", days="30")
    token = re.search(r"zwt_[\w-]+", made.text)
    assert token is not None
    signed = {"Authorization": f"Bearer {token.group()}"}
    assert running.client().get("/api/v1/me", headers=signed).status_code == 200
    listed = paula.get("/account").text
    assert "地磅接口" in listed
    assert token.group() not in listed
    newest = max(int(number) for number in re.findall(r"/account/tokens/(\d+)/revoke", listed))
    assert paula.post(f"/account/tokens/{newest}/revoke").status_code == 303
    assert running.client().get("/api/v1/me", headers=signed).status_code == 401


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
    token = re.search(r"zwt_[\w-]+", made.text)
    assert token is not None
    assert here.post("/account/sign-out-everywhere").location == "/sign-in"
    for reader in (here, there):
        assert reader.get("/account", headers={"Accept": "text/html"}).status_code == 303
    signed = {"Authorization": f"Bearer {token.group()}"}
    assert running.client().get("/api/v1/me", headers=signed).status_code == 200
    shown = sign_in(RITA, "en").get("/account").text
    assert "signed out everywhere" in shown
    assert "a token was made: program" in shown


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
