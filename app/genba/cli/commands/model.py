"""`genba model`: import, analyse, list and show models."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from genba.cli.parser import Commands
from genba.cli.terminal import Terminal
from genba.cli.values import add_dims, dims_of
from genba.errors import N_
from genba.study.costs import ModelCosts
from genba.study.model import Model


def register(commands: Commands) -> None:
    """Declare the verbs."""
    group = commands.group("model", N_("import, analyse, list and show models"))
    parser = group.add("import", N_("copy a model into the workspace"), import_)
    parser.add_argument("path", type=Path, metavar="PATH")
    parser.add_argument("--name", help=group.t(N_("a name for it; default: the file's name")))
    parser = group.add("analyze", N_("count what one pass through a model costs"), analyze)
    parser.add_argument("model", metavar="MODEL")
    add_dims(parser, group)
    group.add("list", N_("list the models of the workspace"), list_)
    parser = group.add("show", N_("show one model"), show)
    parser.add_argument("model", metavar="MODEL")


def import_(options: argparse.Namespace, terminal: Terminal) -> None:
    """Copy a model into the workspace."""
    from genba.usecases import models

    _answer(terminal.work(models.import_model, options.path, name=options.name), terminal)


def show(options: argparse.Namespace, terminal: Terminal) -> None:
    """Show one model."""
    from genba.usecases import models

    _answer(models.show(options.model), terminal)


def list_(options: argparse.Namespace, terminal: Terminal) -> None:
    """List the models of the workspace."""
    from genba.usecases import models

    found = models.list_models()
    terminal.answer(
        {"models": [_document(model) for model in found]},
        lambda: terminal.table(
            [N_("Id"), N_("Name"), N_("Format"), N_("Parameters"), N_("Weights")],
            [_row(model, terminal) for model in found],
        ),
    )


def analyze(options: argparse.Namespace, terminal: Terminal) -> None:
    """Count what one pass through a model costs."""
    from genba.usecases import models

    costs = terminal.work(models.analyze, options.model, dims=dims_of(options))
    document = costs.to_json()
    document["warnings"] = [terminal.language.message(w) for w in costs.warnings]
    for warning in costs.warnings:
        terminal.note(warning)
    terminal.answer(document, lambda: _tell_costs(costs, terminal))


def _tell_costs(costs: ModelCosts, terminal: Terminal) -> None:
    quantity = terminal.language.quantity
    terminal.table(
        [N_("Quantity"), N_("Value")],
        [
            [terminal.language.text(N_("Parameters")), costs.parameters],
            [terminal.language.text(N_("Weights")), quantity(costs.weight_bytes, "byte")],
            [terminal.language.text(N_("Multiply-accumulates")), quantity(costs.macs, "MAC")],
            [
                terminal.language.text(N_("Peak activation")),
                quantity(costs.peak_activation_bytes, "byte"),
            ],
            [
                terminal.language.text(N_("KV cache per token")),
                quantity(costs.kv_cache_bytes_per_token, "byte"),
            ],
        ],
    )
    print()
    largest = sorted(costs.operators, key=lambda o: (o.macs, o.weight_bytes), reverse=True)[:12]
    terminal.table(
        [N_("Operator"), N_("Type"), N_("MACs"), N_("Weights"), N_("Output shape")],
        [
            [
                o.name,
                o.op_type,
                quantity(o.macs, "MAC"),
                quantity(o.weight_bytes, "byte"),
                "×".join(map(str, o.output_shape)),
            ]
            for o in largest
        ],
    )


def _document(model: Model) -> dict[str, Any]:
    return model.model_dump(mode="json")


def _row(model: Model, terminal: Terminal) -> list[Any]:
    weights = terminal.language.quantity(model.weight_bytes, "byte")
    return [model.model_id[:12], model.name, model.format, model.parameters, weights]


def _answer(model: Model, terminal: Terminal) -> None:
    terminal.answer(
        _document(model),
        lambda: terminal.table(
            [N_("Id"), N_("Name"), N_("Format"), N_("Parameters"), N_("Weights")],
            [_row(model, terminal)],
        ),
    )
