"""`genba report`: the PDF that a manager reads."""

from __future__ import annotations

import argparse
from pathlib import Path

from genba.cli.parser import Commands
from genba.cli.terminal import Terminal
from genba.errors import N_


def register(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add("report", N_("write a study's report as PDF"), run)
    parser.add_argument("study", metavar="STUDY")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.pdf")
    parser.add_argument(
        "--template",
        choices=["manager", "engineer", "full"],
        default="full",
        help=commands.t(N_("for whom")),
    )
    parser.add_argument(
        "--lint", action="store_true", help=commands.t(N_("also list what is weak in the report"))
    )


def run(options: argparse.Namespace, terminal: Terminal) -> None:
    """Write the PDF."""
    from genba.usecases import reports

    language = terminal.language.code
    written = terminal.work(
        reports.write, options.study, options.output, language=language, template=options.template
    )

    def human() -> None:
        terminal.say(N_("Written: {path}"), path=written.path)
        if options.lint:
            for finding in written.findings:
                terminal.tell(finding.message)

    document = {"path": str(written.path), "pages": written.pages}
    if options.lint:
        document["findings"] = [
            {"id": f.rule, "severity": f.severity, "message": terminal.language.message(f.message)}
            for f in written.findings
        ]
    terminal.answer(document, human)
