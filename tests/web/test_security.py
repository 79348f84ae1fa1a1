"""The account library on our tables: the same accounts, the same hashes, none of it before API calls."""

import pytest
from flask import Flask, session
from flask_security import current_user, hash_password, verify_password

from tests.cast import PASSWORD, PAULA
from tests.web.conftest import Running
from zerowaste import clock
from zerowaste.services.identity.accounts import set_password, shut_account
from zerowaste.services.identity.logins import begin_login, finish_login


def spelled(app: Flask, password: str) -> str:
    """The password as the library's forms hand it on."""
    return str(app.extensions["security"]._password_util.normalize(password))


def test_each_reads_the_hashes_the_other_wrote(running: Running) -> None:
    passwords = running.service.passwords
    with running.app.app_context():
        for password in ("correct horse", "密码很长很长", "Ａﬁ é"):
            as_typed = spelled(running.app, password)
            assert verify_password(as_typed, passwords.hash(password))
            assert passwords.verify(password, hash_password(as_typed))
            assert not verify_password(password, passwords.hash(password + "!"))


def test_both_hash_at_the_same_cost(running: Running) -> None:
    with running.app.app_context():
        assert not running.service.passwords.outdated(hash_password("correct horse"))


def test_a_browser_session_is_the_accounts_own(running: Running) -> None:
    accounts = running.app.extensions["security"].datastore
    with running.app.test_request_context("/"):
        account = accounts.find_user(email=PAULA.login)
        session["_user_id"] = account.fs_uniquifier
        session["_fresh"] = True
        assert current_user.login == PAULA.login
        assert account.is_active
        assert not account.is_locked()
        assert account.verify_and_update_password(PASSWORD)


@pytest.mark.parametrize("change", ["password", "shut"])
def test_a_changed_or_shut_account_ends_its_sessions(running: Running, change: str) -> None:
    database, passwords = running.service.database, running.service.passwords
    login = {"password": "drew", "shut": "tess"}[change]
    accounts = running.app.extensions["security"].datastore
    user_id = running.city.users[login]
    with running.app.test_request_context("/"):
        session["_user_id"] = accounts.find_user(email=login).fs_uniquifier
        if change == "password":
            database.transact(
                lambda each: set_password(
                    each, user_id, "another long one", passwords=passwords, now=clock.now()
                )
            )
        else:
            database.transact(lambda each: shut_account(each, user_id, now=clock.now()))
        assert not current_user.is_authenticated


def test_a_login_locked_at_the_api_is_locked_in_the_browser_too(running: Running) -> None:
    database, now = running.service.database, clock.now()
    for _ in range(10):
        attempt = database.transact(
            lambda each: begin_login(each, "rita", "x", passwords=running.service.passwords, now=now)
        )
        database.transact(
            lambda each, attempt=attempt: finish_login(
                each,
                attempt,
                verified=False,
                fresh_hash=None,
                lifetime=clock.now() - clock.now(),
                limits=running.service.settings.login_limits,
                now=now,
            )
        )
    with running.app.test_request_context("/"):
        assert running.app.extensions["security"].datastore.find_user(email="rita").is_locked()


def test_the_library_adds_no_routes_and_no_commands(running: Running) -> None:
    endpoints = {rule.endpoint for rule in running.app.url_map.iter_rules()}
    assert not any(endpoint.startswith("security") for endpoint in endpoints)
    assert not {"users", "roles"} & set(running.app.cli.commands)


def test_before_an_api_call_no_session_is_opened(running: Running) -> None:
    asked: list[str] = []
    accounts = running.app.extensions["security"].datastore
    original = accounts.find_user
    accounts.find_user = lambda **wanted: asked.append("find_user") or original(**wanted)
    try:
        client = running.client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = "cast-paula"
        client.get("/api/v1/problems")
        assert asked == []
        client.get("/")
        assert asked == ["find_user"]
    finally:
        accounts.find_user = original
