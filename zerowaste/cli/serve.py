"""`flask serve`: the service under a production server, with its database ready."""

import sys
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from zerowaste.cli.upgrade import upgrade_database
from zerowaste.cli.work import work_beside
from zerowaste.cli.workplace import Workplace, with_workplace
from zerowaste.config import Settings

GRACE_S = 30


@click.command(short_help="启动服务。 Start the service.")
@click.option(
    "--demo", is_flag=True, help="数据库为空时先生成演示城市。 Build the demo city if the database is empty."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址。 Address to listen on.")
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="进程数（SQLite 请用 1）。 Worker processes (1 for SQLite).",
)
@click.option(
    "--work",
    is_flag=True,
    help="同时每分钟处理到期事项，无须另行 flask work。 Also do what flask work does (a small town).",
)
@with_appcontext
@with_workplace
def serve(place: Workplace, demo: bool, host: str, workers: int, work: bool) -> None:
    """启动服务。 Start the service.

    先升级数据库，再监听 http://127.0.0.1:8000；端口由环境变量 PORT 指定，数据库由 ZEROWASTE_DATABASE_URL
    指定。按 Ctrl-C 停止。

    Brings the database up to date, then listens on http://127.0.0.1:8000. PORT and
    ZEROWASTE_DATABASE_URL are respected. Stop it with Ctrl-C.
    """
    from zerowaste.cli.gunicorn_server import Server

    settings = place.settings
    upgrade_database(settings.database_url)
    if demo:
        _make_demo(place)
    greeting = [*_logins(place), _url(settings, host)]
    app: Any = current_app
    options = _options(settings, host, workers, greeting)
    if work:
        # In the workers, after the fork: a thread would not outlive it.
        options["post_worker_init"] = lambda _worker: work_beside(settings)
    Server(app._get_current_object(), options).run()


def _make_demo(place: Workplace) -> None:
    from zerowaste.cli.demo import DEFAULT_SEED, make_demo

    make_demo(place, seed=DEFAULT_SEED, quiet=True)


def _logins(place: Workplace) -> list[str]:
    from zerowaste.cli.demo_city.cast import login_lines

    with place.database() as database, database.session_for(write=False) as session:
        return login_lines(session)


def _url(settings: Settings, host: str) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"服务地址 The service is at: http://{shown}:{settings.port}"


def _options(settings: Settings, host: str, workers: int, greeting: list[str]) -> dict[str, Any]:
    def greet(_arbiter: Any) -> None:
        for line in greeting:
            click.echo(line)
        sys.stdout.flush()

    return {
        "bind": f"[{host}]:{settings.port}" if ":" in host else f"{host}:{settings.port}",
        "workers": workers,
        "worker_class": "zerowaste.cli.gunicorn_server.Worker",
        "threads": settings.threads,
        "graceful_timeout": GRACE_S,
        "timeout": 2 * GRACE_S,
        "keepalive": 5,
        "accesslog": None,  # the service writes its own request log
        "loglevel": "warning",
        "proc_name": "zerowaste",
        "control_socket_disable": True,
        "when_ready": greet,
    }
