"""Options that several commands share, and how their values are read."""

from __future__ import annotations

import argparse
from typing import Any

from genba.cli.parser import Commands, Parser
from genba.errors import N_, InvalidValue
from genba.figures import Figure
from genba.study.run import ScenarioSettings


def add_dims(parser: Parser, commands: Commands) -> None:
    """``--dim NAME=N``, repeatable."""
    parser.add_argument(
        "--dim",
        action="append",
        default=[],
        metavar="NAME=N",
        help=commands.t(N_("give a symbolic dimension a value; may be repeated")),
    )


def dims_of(options: argparse.Namespace) -> dict[str, int]:
    """The dimensions given on the line.

    Raises:
        InvalidValue: not ``NAME=N`` with a positive integer (0 is allowed, for an empty cache).
    """
    dims: dict[str, int] = {}
    for text in options.dim:
        name, equals, number = text.partition("=")
        if not (name and equals and number.isdigit()):
            raise InvalidValue(
                value=text, field="--dim", rule="it must read NAME=N, N a whole number"
            )
        dims[name] = int(number)
    return dims


def add_lengths(parser: Parser, commands: Commands, *, defaults: bool = False) -> None:
    """``--prompt-tokens`` and ``--generate-tokens``."""
    parser.add_argument(
        "--prompt-tokens",
        type=int,
        metavar="N",
        default=64 if defaults else None,
        help=commands.t(N_("tokens that go in")),
    )
    parser.add_argument(
        "--generate-tokens",
        type=int,
        metavar="N",
        default=64 if defaults else None,
        help=commands.t(N_("tokens that come out")),
    )


def add_study(parser: Parser, commands: Commands) -> None:
    """``--study S``: the result becomes evidence of that study."""
    parser.add_argument(
        "--study", metavar="STUDY", help=commands.t(N_("make the result evidence of this study"))
    )


def scenario_of(options: argparse.Namespace) -> ScenarioSettings:
    """The load that was asked for on the line.

    Raises:
        InvalidValue: a length or count that is not positive, or both ends given.
    """
    for name in ("duration_s", "queries", "prompt_tokens", "generate_tokens"):
        value = getattr(options, name)
        if value is not None and value <= 0:
            raise InvalidValue(
                value=value, field="--" + name.replace("_", "-"), rule="it must be above 0"
            )
    return ScenarioSettings(
        kind=options.scenario,
        duration_s=options.duration_s,
        queries=options.queries,
        prompt_tokens=options.prompt_tokens,
        generate_tokens=options.generate_tokens,
        threads=options.threads,
    )


def figures_json(figures: dict[str, Figure]) -> dict[str, Any]:
    """Figures by name in their contract form."""
    return {name: figure.to_json() for name, figure in figures.items()}
