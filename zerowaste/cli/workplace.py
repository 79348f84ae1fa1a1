"""What a command works with: settings, database, law; and how it speaks to people."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, NoReturn, ParamSpec, TypeVar

import click
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, ProgrammingError

from zerowaste.config import Settings, WrongSetting, read_settings
from zerowaste.db import Database, Unavailable
from zerowaste.errors import Problem, Refusal
from zerowaste.rules.law import Law, read_law

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
# Exit codes, for cron and scripts.
FOUND = 1  # done, and something was found (faults, differences, findings)
TRY_AGAIN = 75  # the database is busy or away: run it again later
WRONG_SETTING = 78


class Workplace:
    """Opened once by a command. Statements may take as long as they need; nobody waits for a page."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._law: Law | None = None

    @property
    def law(self) -> Law:
        if self._law is None:
            self._law = read_law(self.settings.manifests)
        return self._law

    @contextmanager
    def database(self, *, durable: bool = True) -> Iterator[Database]:
        """The city's database. `durable` False: a city that is being made need not wait for the disk."""
        database = Database(self.settings.database_url, longest_statement_ms=0, durable=durable)
        try:
            yield database
        finally:
            database.close()


def with_workplace(command: Callable[..., R]) -> Callable[..., R]:
    """Give a command its workplace, and turn what may go wrong into a sentence and an exit code."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> R:
        try:
            return command(Workplace(read_settings()), *args, **kwargs)
        except WrongSetting as wrong:
            stop(f"设置有误 A setting is wrong: {wrong}", WRONG_SETTING)
        except Unavailable:
            stop(
                "数据库繁忙或无法连接，请稍后再试。 The database is busy or away: try again later.", TRY_AGAIN
            )
        except Refusal as refusal:
            tell_refusal(refusal)
            raise SystemExit(FOUND) from None
        except ArgumentError:
            stop(
                "ZEROWASTE_DATABASE_URL 不是数据库地址，例如 sqlite:///zerowaste.sqlite 或 "
                "postgresql+psycopg://…。 ZEROWASTE_DATABASE_URL is not the address of a database, such as "
                "sqlite:///zerowaste.sqlite or postgresql+psycopg://...",
                WRONG_SETTING,
            )
        except (OperationalError, ProgrammingError) as error:
            stop(_database_trouble(error), TRY_AGAIN)

    return run


def _database_trouble(error: DBAPIError) -> str:
    """Tables that are not there yet, or a database that is away: what to do about it."""
    told = str(error.orig).strip().partition("\n")[0]
    if "no such table" in told or "does not exist" in told:
        return (
            "数据库尚未建表，请先运行 flask upgrade。 "
            f"The database has no tables yet: run flask upgrade first. ({told})"
        )
    return f"无法使用数据库。 The database cannot be used: {told}"


def stop(sentence: str, code: int) -> NoReturn:
    """Say why, and end."""
    click.echo(sentence, err=True)
    raise SystemExit(code)


def tell_refusal(refusal: Refusal) -> None:
    """All reasons, each where it stands, in both languages."""
    for problem in refusal.problems:
        click.echo(both(problem, where=problem.path), err=True)
    click.echo(both(refusal.headline), err=True)


def both(problem: Problem, *, where: str = "") -> str:
    """A problem as one line: where, Chinese, English."""
    sentence = f"{problem.sentence('zh')} {problem.sentence('en')}"
    return f"{where}  {sentence}" if where else sentence


def say(chinese: str, english: str) -> None:
    click.echo(f"{chinese} {english}")


def progress(items: Iterable[T], label: str, length: int | None = None) -> Iterator[T]:
    """The items; with a bar where somebody watches, silent in a log. `length`: how many they are."""
    if not sys.stderr.isatty():
        yield from items
        return
    with click.progressbar(items, label=label, length=length, file=sys.stderr) as bar:
        yield from bar
