"""`genba bench`: the live benchmark on a target."""

from __future__ import annotations

import argparse
from typing import Any

from genba.cli.parser import Commands
from genba.cli.terminal import Terminal
from genba.cli.values import add_lengths, add_study, figures_json, scenario_of
from genba.errors import N_
from genba.study.run import Run
from genba.study.words import MEASURES


def register(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add("bench", N_("measure on a target, live over SSH"), run)
    parser.add_argument("subject", metavar="MODEL|VARIANT")
    parser.add_argument(
        "--target",
        required=True,
        metavar="T",
        help=commands.t(N_("a target's name; demo is this computer")),
    )
    parser.add_argument("--runtime", default="onnxruntime", metavar="R")
    parser.add_argument(
        "--scenario", default="single-stream", choices=["single-stream", "generate"]
    )
    ends = parser.add_mutually_exclusive_group()
    ends.add_argument("--duration-s", type=float, metavar="N")
    ends.add_argument("--queries", type=int, metavar="N")
    parser.add_argument(
        "--threads",
        type=int,
        default=0,
        metavar="N",
        help=commands.t(N_("threads on the device; 0 lets the runtime choose")),
    )
    add_lengths(parser, commands, defaults=True)
    add_study(parser, commands)


def run(options: argparse.Namespace, terminal: Terminal) -> None:
    """Measure, and print the summary."""
    from genba.usecases import runs

    result = terminal.work(
        runs.benchmark,
        options.subject,
        target=options.target,
        runtime=options.runtime,
        scenario=scenario_of(options),
        study=options.study,
    )
    for warning in result.warnings:
        terminal.note(warning)
    terminal.answer(run_document(result, terminal), lambda: tell_run(result, terminal))


def run_document(run: Run, terminal: Terminal) -> dict[str, Any]:
    """A Run in the contract's form: latency grouped by percentile, the rest by name."""
    figures = figures_json(run.figures)
    latency = {
        p: figures.pop(f"latency_{p}_ms")
        for p in ("p50", "p90", "p99")
        if f"latency_{p}_ms" in figures
    }
    document = run.model_dump(mode="json", exclude={"figures", "warnings", "environment"})
    return {
        **document,
        "latency_ms": latency,
        **figures,
        "environment": dict(run.environment),
        "warnings": [terminal.language.message(w) for w in run.warnings],
    }


def tell_run(run: Run, terminal: Terminal) -> None:
    """A Run for a person: one row a figure."""
    terminal.say(
        N_("Run {id}: {variant} on {device}, {runtime} {version}, {n} requests."),
        id=run.run_id,
        variant=run.variant_name,
        device=run.device_name,
        runtime=run.runtime,
        version=run.runtime_version,
        n=run.samples_count,
    )
    if run.demo:
        terminal.say(N_("DEMO: measured on this computer, not on an edge device."))
    text = terminal.language.text
    rows = [[text(MEASURES.get(name, name)), figure] for name, figure in run.figures.items()]
    terminal.table([N_("Quantity"), N_("Value")], rows)
