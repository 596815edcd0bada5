"""`genba plugin`: what is plugged in."""

from __future__ import annotations

import argparse

from genba.cli.parser import Commands
from genba.cli.terminal import Terminal
from genba.errors import N_


def register(commands: Commands) -> None:
    """Declare the verbs."""
    group = commands.group("plugin", N_("what is plugged in"))
    group.add("list", N_("list the runners that were found"), list_)


def list_(options: argparse.Namespace, terminal: Terminal) -> None:
    """List the runners."""
    from genba.usecases import plugins

    found = plugins.list_plugins()
    terminal.answer(
        {"plugins": [p.model_dump(mode="json") for p in found]},
        lambda: terminal.table(
            [N_("Kind"), N_("Name"), N_("Package"), N_("State")],
            [
                [terminal.language.text(p.kind), p.name, p.package, terminal.language.text(p.state)]
                for p in found
            ],
        ),
    )
