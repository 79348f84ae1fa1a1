"""The account library (Flask-Security) on our tables: browser sessions, and the one password rule.

It keeps its hands off the API: tokens are ours (services/identity/tokens.py), and what the library
does before every request (reading a session, looking for its own tokens) it does for pages only."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import Flask, Response, request
from flask_security import Security, UserDatastore, UserMixin
from sqlalchemy import select

from zerowaste import clock
from zerowaste.models.tables import USER
from zerowaste.services.identity.accounts import login_of
from zerowaste.services.identity.logins import locked_until
from zerowaste.web.service import Service

API_PREFIX = "/api/"
_LOGIN_NAMES = frozenset({"email", "username", "login"})


class Account(UserMixin):
    """An account as the library wants to see one."""

    # The library asks the class for this name before there is any account.
    fs_uniquifier: str = ""

    def __init__(self, row: Any, service: Service) -> None:
        self.id: int = row.id
        self.login: str = row.login
        self.email: str = row.login
        self.password: str = row.password
        self.active: bool = row.active
        self.fs_uniquifier = row.fs_uniquifier
        self.roles: list[Any] = []
        self._service = service

    def is_locked(self, form_error: list[str] | None = None) -> bool:
        """Locked out after too many failures in a row, whichever door they were made at."""
        with self._service.database.session_for(write=False) as session:
            until = locked_until(session, self.login, request.remote_addr or "", now=clock.now())
        return until is not None


class Accounts(UserDatastore):
    """Where the library finds accounts. Making and changing them is services/identity/accounts.py's work."""

    def __init__(self, service: Service) -> None:
        super().__init__(Account, type("Role", (), {}))
        self._service = service

    def find_user(self, case_insensitive: bool = False, **wanted: Any) -> Account | None:
        """The account with this `fs_uniquifier` (a session), `id`, or login (`email`)."""
        ((name, value),) = wanted.items()
        column = USER.c.login if name in _LOGIN_NAMES else USER.c[name]
        value = login_of(str(value)) if name in _LOGIN_NAMES else value
        with self._service.database.session_for(write=False) as session:
            row = session.execute(select(USER).where(column == value)).one_or_none()
        return Account(row, self._service) if row else None


def install_security(app: Flask, service: Service) -> None:
    """Set the library up on our accounts, with our hashes, without its pages or commands."""
    cost = service.settings.password_cost
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of a method
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS={
            "argon2__time_cost": cost.rounds,
            "argon2__memory_cost": cost.memory_kib,
            "argon2__parallelism": cost.lanes,
        },
        SECURITY_CLI_USERS_NAME=None,
        SECURITY_CLI_ROLES_NAME=None,
        SECURITY_API_ENABLED_METHODS=["session"],
    )
    with _hooks_on_pages_only(app):
        Security(app, Accounts(service), register_blueprint=False)


@contextmanager
def _hooks_on_pages_only(app: Flask) -> Iterator[None]:
    """Whatever is hooked into every request inside this block, API requests go past it."""
    before: list[Any] = list(app.before_request_funcs.pop(None, ()))
    after: list[Any] = list(app.after_request_funcs.pop(None, ()))
    yield
    before += [_before_pages(hook) for hook in app.before_request_funcs.pop(None, ())]
    after += [_after_pages(hook) for hook in app.after_request_funcs.pop(None, ())]
    app.before_request_funcs[None] = before
    app.after_request_funcs[None] = after


def _before_pages(hook: Any) -> Any:
    def run() -> Any:
        return None if request.path.startswith(API_PREFIX) else hook()

    return run


def _after_pages(hook: Any) -> Any:
    def run(response: Response) -> Response:
        return response if request.path.startswith(API_PREFIX) else cast(Response, hook(response))

    return run
