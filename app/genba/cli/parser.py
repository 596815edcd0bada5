"""The argument parser: every command declares itself in a module of `cli/commands`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from genba.cli.terminal import Terminal
from genba.errors import N_
from genba.i18n import LANGUAGES, Language

Parser = argparse.ArgumentParser
Handler = Callable[[argparse.Namespace, Terminal], None]

_MODULES = (
    "demo",
    "model",
    "device",
    "target",
    "predict",
    "preset",
    "compress",
    "bench",
    "run",
    "study",
    "business",
    "report",
    "plugin",
    "doctor",
)


class Commands:
    """Where a command module registers: hides argparse's plumbing and translates the help."""

    def __init__(self, subparsers: Any, language: Language) -> None:
        self._subparsers = subparsers
        self.language = language

    def add(self, name: str, text: str, run: Handler | None = None) -> Parser:
        """Declare a command with a one-line help text; every command takes the common options."""
        parser: Parser = self._subparsers.add_parser(
            name,
            help=self.language.text(text),
            description=self.language.text(text),
            allow_abbrev=False,
        )
        add_common(parser, self.language)
        if run is not None:
            parser.set_defaults(run=run)
        return parser

    def group(self, name: str, text: str) -> Commands:
        """Declare a noun whose verbs are added to the answer."""
        parser = self.add(name, text)
        verbs = parser.add_subparsers(metavar=self.language.text(N_("ACTION")), required=True)
        return Commands(verbs, self.language)

    def t(self, text: str) -> str:
        """Translate a help text."""
        return self.language.text(text).replace("%", "%%")


def add_common(parser: Parser, language: Language) -> None:
    """The options that every command takes, before or after its name."""
    group = parser.add_argument_group(language.text(N_("common options")))
    group.add_argument(
        "--json",
        action="store_true",
        default=argparse.SUPPRESS,
        help=language.text(N_("print one JSON document and nothing else")),
    )
    group.add_argument(
        "--lang",
        choices=LANGUAGES,
        default=argparse.SUPPRESS,
        help=language.text(N_("language of texts and numbers")),
    )
    group.add_argument(
        "--quiet",
        action="store_true",
        default=argparse.SUPPRESS,
        help=language.text(N_("no progress on stderr")),
    )


class _Defaults(Parser):
    """Fills in the common options that were not given anywhere on the line."""

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        options = super().parse_args(args, namespace)
        for name, default in (("json", False), ("lang", None), ("quiet", False)):
            if not hasattr(options, name):
                setattr(options, name, default)
        return options


def build_parser(language: Language) -> Parser:
    """The parser with all commands; help texts in the given language."""
    parser = _Defaults(
        prog="genba",
        description=language.text(
            N_("Plans, proves and prices a proof of concept of generative AI on an edge device.")
        ),
        epilog=language.text(N_("Without a command the window opens.")),
        allow_abbrev=False,
    )
    parser.add_argument("-V", "--version", action="version", version=_version())
    add_common(parser, language)
    subparsers = parser.add_subparsers(
        metavar=language.text(N_("COMMAND")), required=True, parser_class=Parser
    )
    commands = Commands(subparsers, language)
    for name in _MODULES:
        import_module(f"genba.cli.commands.{name}").register(commands)
    return parser


def language_of(arguments: Sequence[str]) -> str:
    """The language asked for on the line, or that of the environment; needed before parsing."""
    for index, argument in enumerate(arguments):
        if argument == "--lang" and index + 1 < len(arguments):
            return arguments[index + 1]
        if argument.startswith("--lang="):
            return argument.partition("=")[2]
    wanted = next(
        (os.environ[k] for k in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(k)), ""
    )
    return "ja" if wanted.startswith("ja") else "en"


def _version() -> str:
    from genba import __version__

    return f"genba {__version__}"
