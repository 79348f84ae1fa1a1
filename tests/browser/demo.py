"""The demo city behind a real server, for what must be looked at with something on every page."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from tests.browser.conftest import Site
from tests.ports import free_port
from tests.web.conftest import settings
from zerowaste import clock
from zerowaste.cli.demo_city.history import Telling, tell
from zerowaste.cli.rounds import Round
from zerowaste.cli.upgrade import upgrade_database
from zerowaste.web.app import create_app

DAYS = 25


@dataclass(frozen=True)
class Guest:
    """Somebody of the demo city, by his login."""

    login: str


def demo_site(home: Path) -> Site:
    """A listening service with a demo city of its own under `home`."""
    url = f"sqlite:///{home / 'demo.sqlite'}"
    upgrade_database(url)
    site = Site(free_port())
    site.app = create_app(settings(home, url, base_url=site.address))
    fill(site.app)
    site.plug_in()
    return site


def fill(app: Flask) -> None:
    """Tell the demo city's history up to now, and go one round over it: audited, sealed, reminded."""
    service: Any = app.extensions["zerowaste"]
    with service.database.session_for(write=True) as session:
        moment = clock.now().replace(second=0, microsecond=0)
        tell(session, service.law, service.settings, Telling(seed=7, days=DAYS, now=moment))
        session.commit()
    Round(service.database, service.law, service.settings).bring_about()
