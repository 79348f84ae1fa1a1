"""What the command line offers, and how it speaks."""

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests.cli.conftest import Clerk
from zerowaste.cli.commands import COMMANDS
from zerowaste.cli.workplace import progress
from zerowaste.config import ROOT

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z]{3,}")
NAMES = {
    "upgrade", "load", "demo", "tick", "audit", "replay", "verify", "catalogue", "user", "serve",
}  # fmt: skip


def all_commands() -> list[click.Command]:
    found: list[click.Command] = []
    waiting = list(COMMANDS)
    while waiting:
        command = waiting.pop()
        found.append(command)
        waiting += command.commands.values() if isinstance(command, click.Group) else []
    return found


def test_every_command_is_there() -> None:
    assert {command.name for command in COMMANDS} >= NAMES


def test_help_needs_neither_a_database_nor_a_city() -> None:
    clerk = Clerk({"ZEROWASTE_DATABASE_URL": "sqlite:////nowhere/at/all.sqlite"})
    assert clerk.flask("load", "--help").exit_code == 0
    listed = clerk.flask("--help").output
    assert all(name in listed for name in NAMES)


@pytest.mark.parametrize("command", all_commands(), ids=lambda command: str(command.name))
def test_help_is_in_both_languages(command: click.Command) -> None:
    texts = [command.help or "", command.short_help or ""]
    texts += [option.help or "" for option in command.params if isinstance(option, click.Option)]
    for text in texts:
        assert CHINESE.search(text), text
        assert ENGLISH.search(text), text


def test_progress_is_silent_where_nobody_watches(capfd: pytest.CaptureFixture[str]) -> None:
    assert list(progress([1, 2, 3], "写入 Writing")) == [1, 2, 3]
    assert capfd.readouterr() == ("", "")


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    clerk = Clerk({"ZEROWASTE_CITY": "Nanchang", "ZEROWASTE_INSTANCE": str(tmp_path)})
    result = clerk.flask("audit")
    assert result.exit_code == 78
    assert "ZEROWASTE_CITY" in result.stderr


def test_a_database_that_is_away_says_try_again(tmp_path: Path) -> None:
    clerk = Clerk(
        {
            "ZEROWASTE_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing",
            "ZEROWASTE_INSTANCE": str(tmp_path),
        }
    )
    result = clerk.flask("tick")
    assert result.exit_code == 75
    assert "try again" in result.stderr


@pytest.mark.parametrize("words", [["audit"], ["--help"]])
def test_flask_itself_says_in_a_sentence_why_it_cannot_start(words: list[str], tmp_path: Path) -> None:
    environ = {**os.environ, "ZEROWASTE_CITY": "Nanchang", "ZEROWASTE_INSTANCE": str(tmp_path)}
    command = [sys.executable, "-m", "flask", *words]
    ended = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith("无法启动 Cannot start: ZEROWASTE_CITY")
    assert "Traceback" not in ended.stderr
