"""The browser of the tests: Chromium of this machine; installed where there is none."""

import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ELSEWHERE = (Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),)
PACKAGES = ("chromium", "fonts-noto-cjk")  # pages in Chinese need letters
NO_BROWSER = (
    "The tests need Chromium and found none: install it "
    "(Debian, Ubuntu: apt-get install chromium fonts-noto-cjk) and run them again."
)
# Nothing is asked of the network but the service under test.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


class NoBrowser(Exception):
    """No Chromium here, and it cannot be installed; the message is one sentence for people."""


def chromium() -> str:
    """The program. Raises NoBrowser."""
    return _found() or _installed()


def _found() -> str | None:
    for name in NAMES:
        if program := shutil.which(name):
            return program
    return next((str(program) for program in ELSEWHERE if program.exists()), None)


def _installed() -> str:
    """Debian's own, where we may install it."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (("update", "-q"), ("install", "-y", "-q", "--no-install-recommends", *PACKAGES)):
            subprocess.run(["apt-get", *command], check=False, capture_output=True, env=quiet)
    program = _found()
    if program is None:
        raise NoBrowser(NO_BROWSER)
    return program
