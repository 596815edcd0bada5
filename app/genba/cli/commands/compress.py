"""`genba compress`: make a Variant of a Model."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from genba.cli.parser import Commands
from genba.cli.terminal import Terminal
from genba.cli.values import add_study
from genba.errors import N_
from genba.study.variant import Quality, Variant


def register(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add("compress", N_("compress a model with a preset or a recipe"), run)
    parser.add_argument("model", metavar="MODEL")
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--preset", metavar="ID", help=commands.t(N_("a recipe that ships")))
    how.add_argument(
        "--recipe", type=Path, metavar="FILE", help=commands.t(N_("a recipe of yours"))
    )
    parser.add_argument(
        "--evaluate", metavar="DATA", help=commands.t(N_("data on which the quality is measured"))
    )
    parser.add_argument(
        "--runtime",
        default="onnxruntime",
        metavar="R",
        help=commands.t(N_("runtime for the quality")),
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help=commands.t(N_("also write the compressed model here")),
    )
    add_study(parser, commands)


def run(options: argparse.Namespace, terminal: Terminal) -> None:
    """Compress and say what came out."""
    from genba.usecases import variants

    variant = terminal.work(
        variants.compress,
        options.model,
        preset=options.preset,
        recipe_file=options.recipe,
        evaluate=options.evaluate,
        output=options.output,
        study=options.study,
        runtime=options.runtime,
    )
    path = options.output or variant.path
    terminal.answer(_document(variant, path), lambda: _tell(variant, path, terminal))


def _document(variant: Variant, path: object) -> dict[str, Any]:
    quality = variant.quality()
    return {
        "variant_id": variant.variant_id,
        "model_id": variant.model_id,
        "name": variant.name,
        "path": str(path),
        "bytes": variant.bytes,
        "ratio": variant.ratio,
        "quality": _quality(quality) if quality else {"not_measured": "no_evaluation_data"},
        "wall_s": variant.wall_s,
        "peak_rss_bytes": variant.peak_rss_bytes,
        "passes": [record.model_dump(mode="json") for record in variant.passes],
    }


def _quality(quality: Quality) -> dict[str, Any]:
    return {
        "metric": quality.metric,
        "higher_is_better": quality.higher_is_better,
        "reference": quality.reference.to_json(),
        "value": quality.value.to_json(),
        "runtime": quality.runtime,
        "n": quality.n,
    }


def _tell(variant: Variant, path: object, terminal: Terminal) -> None:
    terminal.say(
        N_("{name}: {bytes}, {ratio} of the original, made in {wall}."),
        name=variant.name,
        bytes=terminal.language.quantity(variant.bytes, "byte"),
        ratio=terminal.language.percent(variant.ratio),
        wall=terminal.language.duration(variant.wall_s),
    )
    quality = variant.quality()
    if quality is None:
        terminal.say(N_("Quality: not measured, no evaluation data was given."))
    else:
        terminal.say(
            N_("Quality ({metric}, n = {n}): {value}, original {reference}."),
            metric=quality.metric,
            n=quality.n,
            value=quality.value,
            reference=quality.reference,
        )
    terminal.say(N_("Variant {id} at {path}"), id=variant.variant_id[:12], path=path)
