"""The application: what it is put together from, in order."""

from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from zerowaste.config import ROOT, Settings
from zerowaste.db import Database
from zerowaste.rules.law import read_law
from zerowaste.services.identity.factors import Authenticators
from zerowaste.services.identity.passwords import Passwords
from zerowaste.web.api.routes import GROUPS as API
from zerowaste.web.compression import install_compression
from zerowaste.web.headers import install_headers
from zerowaste.web.limits import install_limits
from zerowaste.web.logs import configure_logs, install_request_log, log_bug
from zerowaste.web.pages.drawing import install_drawing
from zerowaste.web.pages.routes import GROUPS as PAGES
from zerowaste.web.problems import install_problems
from zerowaste.web.reading import read_to_the_end
from zerowaste.web.running import endpoint
from zerowaste.web.security import install_security
from zerowaste.web.service import Service, keep
from zerowaste.web.views import LARGEST_JSON_BYTES, declare_public, register_views, require_policies


class Application(Flask):
    """Flask, whose bugs go to our log."""

    def log_exception(self, exc_info: Any, *_: Any) -> None:
        log_bug(exc_info)


def create_app(settings: Settings) -> Flask:
    """The whole service. A wrong manifest file, or a route that does not say who may open it, stops
    the start."""
    app = Application("zerowaste.web", template_folder=str(ROOT / "templates"))
    https = settings.base_url.lower().startswith("https:")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_SAMESITE="Lax",
        PROPAGATE_EXCEPTIONS=False,
        MAX_CONTENT_LENGTH=LARGEST_JSON_BYTES,
    )
    app.url_map.merge_slashes = False
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    service = open_service(settings)
    keep(app, service)

    configure_logs()
    app.after_request(read_to_the_end)
    install_headers(app, https=https)
    if settings.log_requests:
        install_request_log(app)
    install_compression(app)
    install_problems(app)
    install_drawing(app)
    install_limits(app, requests_per_minute=settings.requests_per_minute)
    install_security(app, service)

    register_views(app, (*API, *PAGES), endpoint)
    declare_public(app, "static")
    require_policies(app)

    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    return app


def open_service(settings: Settings) -> Service:
    """The parts a service works with. Raises StreamFileError for a wrong file under manifests/."""
    return Service(
        settings=settings,
        database=Database(settings.database_url, connections=settings.threads),
        law=read_law(settings.manifests),
        passwords=Passwords(settings.password_cost),
        authenticators=Authenticators(settings.factor_keys),
    )
