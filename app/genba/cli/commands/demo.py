"""`genba demo`: the whole job on the built-in demo device."""

from __future__ import annotations

import argparse
from pathlib import Path

from genba.cli.parser import Commands
from genba.cli.terminal import Terminal
from genba.errors import N_


def register(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add("demo", N_("run the whole job on the built-in demo device"), run)
    parser.add_argument(
        "-o",
        "--output",
        metavar="DIR",
        type=Path,
        default=Path("genba-demo"),
        help=commands.t(N_("folder for the two reports and the study file")),
    )


def run(options: argparse.Namespace, terminal: Terminal) -> None:
    """Run the demo and say what it found and where its files lie."""
    from genba.usecases import demo

    result = terminal.work(demo.run, options.output)

    def human() -> None:
        for line in result.lines:
            terminal.tell(line)
        for path in result.files:
            terminal.say(N_("Written: {path}"), path=path)

    terminal.answer(
        {
            "study_id": result.study_id,
            "lines": [terminal.language.message(line) for line in result.lines],
            "files": [str(path) for path in result.files],
        },
        human,
    )
