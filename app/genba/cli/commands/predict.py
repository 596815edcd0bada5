"""`genba predict`: what a model would do on devices that nobody has bought yet."""

from __future__ import annotations

import argparse
from typing import Any

from genba.cli.parser import Commands
from genba.cli.terminal import Terminal
from genba.cli.values import add_dims, add_lengths, add_study, dims_of, figures_json
from genba.errors import N_
from genba.study.candidate import Prediction


def register(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add("predict", N_("predict speed, memory and energy on devices"), run)
    parser.add_argument("subject", metavar="MODEL|VARIANT")
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
