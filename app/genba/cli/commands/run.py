"""`genba run`: the Runs that were made."""

from __future__ import annotations

import argparse
from pathlib import Path

from genba.cli.commands.bench import run_document, tell_run
from genba.cli.parser import Commands
from genba.cli.terminal import Terminal
from genba.errors import N_


def register(commands: Commands) -> None:
    """Declare the verbs."""
    group = commands.group("run", N_("list, show and export measurements"))
    group.add("list", N_("list the runs, newest first"), list_)
    parser = group.add("show", N_("show one run"), show)
    parser.add_argument("run_id", metavar="ID")
    parser = group.add("export", N_("write a run's samples"), export)
    parser.add_argument("run_id", metavar="ID")
    parser.add_argument("--format", choices=["csv"], default="csv")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE")


def list_(options: argparse.Namespace, terminal: Terminal) -> None:
    """List the runs."""
    from genba.usecases import runs

    found = runs.list_runs()
    terminal.answer(
        {"runs": [run_document(r, terminal) for r in found]},
        lambda: terminal.table(
            [
                N_("Id"),
                N_("When"),
                N_("Variant"),
                N_("Device"),
                N_("Runtime"),
                N_("p50"),
                N_("Complete"),
            ],
            [
                [
                    r.run_id,
                    f"{r.created_at:%Y-%m-%d %H:%M}",
                    r.variant_name,
                    r.device_name,
                    r.runtime,
                    r.figures.get("latency_p50_ms", ""),
                    terminal.language.text(N_("yes") if r.complete else N_("no")),
                ]
                for r in found
            ],
        ),
    )


def show(options: argparse.Namespace, terminal: Terminal) -> None:
    """Show one run."""
    from genba.usecases import runs

    found = runs.show(options.run_id)
    terminal.answer(run_document(found, terminal), lambda: tell_run(found, terminal))


def export(options: argparse.Namespace, terminal: Terminal) -> None:
    """Write a run's samples as a table."""
    from genba.usecases import runs

    path = terminal.work(runs.export, options.run_id, format=options.format, output=options.output)
    terminal.answer({"path": str(path)}, lambda: terminal.say(N_("Written: {path}"), path=path))
