"""`genba predict`: what a model would do on devices that nobody has bought yet."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from genba.cli.parser import Commands
from genba.cli.terminal import Terminal
from genba.cli.values import add_dims, add_lengths, add_study, dims_of, figures_json
from genba.errors import N_
from genba.study.candidate import Prediction


def register(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add("predict", N_("predict speed, memory and energy on devices"), run)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("subject", metavar="MODEL|VARIANT", nargs="?")
    what.add_argument(
        "--check",
        type=Path,
        metavar="FILE.csv",
        help=commands.t(N_("say how good the predictor is on these measurements")),
    )
    parser.add_argument(
        "--device",
        action="append",
        default=[],
        metavar="ID",
        help=commands.t(N_("a device profile; may be repeated")),
    )
    parser.add_argument("--all", action="store_true", help=commands.t(N_("every profile")))
    parser.add_argument("--runtime", metavar="R", help=commands.t(N_("only this runtime")))
    parser.add_argument(
        "--explain", action="store_true", help=commands.t(N_("say what bounds each prediction"))
    )
    add_dims(parser, commands)
    add_lengths(parser, commands)
    add_study(parser, commands)


def run(options: argparse.Namespace, terminal: Terminal) -> None:
    """Predict and print one row a device."""
    from genba.usecases import predictions

    if options.check is not None:
        _check(options.check, terminal)
        return
    found = terminal.work(
        predictions.predict,
        options.subject,
        device_ids=tuple(options.device),
        all_devices=options.all,
        runtime=options.runtime,
        dims=dims_of(options),
        prompt_tokens=options.prompt_tokens,
        generate_tokens=options.generate_tokens,
        study=options.study,
    )
    terminal.answer(
        {"predictions": [_document(p, terminal) for p in found]},
        lambda: _tell(found, terminal, explain=options.explain),
    )


def _check(path: Path, terminal: Terminal) -> None:
    from genba.usecases import predictions

    found = terminal.work(predictions.check, path)
    percent = terminal.language.percent
    terminal.answer(
        {
            "rows": [{**asdict(row), "error": row.error} for row in found.rows],
            "scores": [
                {
                    "family": s.family,
                    "rows": s.rows,
                    "devices": s.devices,
                    "median_error": s.median_error,
                    "p90_error": s.p90_error,
                    "coverage": s.coverage,
                    "width": s.width,
                }
                for s in found.scores
            ],
            "left_out": dict(found.left_out),
        },
        lambda: terminal.table(
            [
                N_("Kind"),
                N_("Rows"),
                N_("Devices"),
                N_("Median error"),
                N_("p90 of the error"),
                N_("Inside the 80 % interval"),
            ],
            [
                [
                    s.family,
                    s.rows,
                    s.devices,
                    percent(s.median_error),
                    percent(s.p90_error),
                    percent(s.coverage),
                ]
                for s in found.scores
            ],
        ),
    )


def _tell(found: tuple[Prediction, ...], terminal: Terminal, *, explain: bool) -> None:
    names = ("latency_ms", "ttft_ms", "tpot_ms", "memory_bytes", "energy_mj")
    headers = [
        N_("Device"),
        N_("Runtime"),
        N_("Latency"),
        N_("TTFT"),
        N_("TPOT"),
        N_("Memory"),
        N_("Energy"),
        N_("Fits"),
        N_("Bound by"),
    ]
    fits = {True: N_("yes"), False: N_("no"), None: N_("unknown")}
    text = terminal.language.text
    terminal.table(
        headers,
        [
            [
                p.device_name,
                p.runtime,
                *(p.figures.get(n, "") for n in names),
                text(fits[p.fits]),
                text(p.bound_by),
            ]
            for p in found
        ],
    )
    if explain:
        for prediction in found:
            print()
            print(f"{prediction.device_name} · {prediction.runtime}")
            for message in prediction.explanation + prediction.warnings:
                terminal.tell(message)


def _document(prediction: Prediction, terminal: Terminal) -> dict[str, Any]:
    message = terminal.language.message
    return {
        "variant_id": prediction.variant_id,
        "device_id": prediction.device_id,
        "device_name": prediction.device_name,
        "runtime": prediction.runtime,
        **figures_json(prediction.figures),
        "fits": prediction.fits,
        "bound_by": prediction.bound_by,
        "explanation": [message(m) for m in prediction.explanation],
        "warnings": [message(m) for m in prediction.warnings],
    }
