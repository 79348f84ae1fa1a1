"""Default deny: a route that does not say who may open it stops the start."""

from pathlib import Path

import pytest
from flask import Flask

from tests.databases import Databases
from tests.web.conftest import Running, settings
from zerowaste.web.app import create_app
from zerowaste.web.running import endpoint
from zerowaste.web.views import (
    PUBLIC,
    Call,
    NoQuery,
    Reply,
    UndeclaredRoute,
    Views,
    declare_public,
    declared_views,
    register_views,
    require_policies,
)


@pytest.fixture
def app(databases: Databases, tmp_path: Path) -> Flask:
    return create_app(settings(tmp_path, f"sqlite:///{tmp_path}/unused.db"))


def test_a_route_nobody_declared_stops_the_start(app: Flask) -> None:
    app.add_url_rule("/secret", "secret", lambda: "everything")
    with pytest.raises(UndeclaredRoute, match="/secret"):
        require_policies(app)


def test_a_view_must_name_its_policy() -> None:
    views = Views("careless")
    with pytest.raises(KeyError, match="allow"):
        views.get("/careless", replies={})


def test_a_view_that_nobody_may_open_is_a_mistake(app: Flask) -> None:
    views = Views("closed")

    @views.get("/closed", allow=(), replies={})
    def closed(call: Call[None, NoQuery]) -> Reply:
        raise AssertionError("never opened")

    with pytest.raises(UndeclaredRoute, match="closed"):
        register_views(app, [views], endpoint)


def test_what_flask_makes_itself_can_be_declared(app: Flask) -> None:
    app.add_url_rule("/health", "health", lambda: "ok")
    declare_public(app, "health")
    require_policies(app)


def test_every_view_says_what_it_does_and_answers(running: Running) -> None:
    for name, view in declared_views(running.app).items():
        assert view.summary, name
        assert view.replies, name
        assert view.policy is PUBLIC or view.policy, name


def test_the_call_of_a_public_view_has_no_actor(running: Running) -> None:
    call = Call(running.service, None, None, None, None)  # type: ignore[arg-type]  # time is not asked for
    with pytest.raises(RuntimeError, match="no actor"):
        _ = call.actor
    with pytest.raises(RuntimeError, match="no transaction"):
        _ = call.session
