"""`genba doctor`: what is installed, what is missing, what to do."""

from __future__ import annotations

import argparse

from genba.cli.parser import Commands
from genba.cli.terminal import Terminal
from genba.errors import N_


def register(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add("doctor", N_("say what is installed, what is missing, what to do"), run)
    parser.add_argument(
        "target", nargs="?", metavar="TARGET", help=commands.t(N_("also look at this target"))
    )


def run(options: argparse.Namespace, terminal: Terminal) -> None:
    """Look around and list what was found."""
    from genba.usecases import doctor

    findings = terminal.work(doctor.check, target=options.target)
    message = terminal.language.message
    terminal.answer(
        {
            "findings": [
                {"name": f.name, "ok": f.ok, "detail": message(f.detail), "fix": message(f.fix)}
                for f in findings
            ]
        },
        lambda: terminal.table(
            [N_("What"), N_("State"), N_("Detail"), N_("What to do")],
            [
                [
                    f.name,
                    terminal.language.text(N_("fine") if f.ok else N_("missing")),
                    f.detail,
                    f.fix,
                ]
                for f in findings
            ],
        ),
    )
