"""Every command of the service, and how the application gets them."""

import click

from zerowaste.cli.audit import audit
from zerowaste.cli.catalogue import catalogue
from zerowaste.cli.demo import demo
from zerowaste.cli.load import load
from zerowaste.cli.proof import replay, verify
from zerowaste.cli.reconcile import reconcile
from zerowaste.cli.seal import seal
from zerowaste.cli.serve import serve
from zerowaste.cli.simulate import simulate
from zerowaste.cli.tick import tick
from zerowaste.cli.upgrade import upgrade
from zerowaste.cli.user import user
from zerowaste.cli.work import work

COMMANDS: tuple[click.Command, ...] = (
    audit,
    catalogue,
    demo,
    load,
    reconcile,
    replay,
    seal,
    serve,
    simulate,
    tick,
    upgrade,
    user,
    verify,
    work,
)


def install_commands(group: click.Group) -> None:
    """Hang the commands on `flask`."""
    for command in COMMANDS:
        group.add_command(command)
