"""Parses the line, calls one command, and turns its error into a sentence and an exit code."""

from __future__ import annotations

import argparse
import errno
import os
import signal
import sys
from collections.abc import Sequence

from genba.cli.parser import build_parser, language_of
from genba.cli.terminal import Terminal
from genba.errors import Cancelled, DiskFull, GenbaError, NotWritable
from genba.i18n import Language


def dispatch(arguments: Sequence[str]) -> int:
    """Run the command that the arguments name and return its exit code."""
    language = Language(language_of(arguments))
    options = build_parser(language).parse_args(arguments)
    terminal = Terminal(language, json=options.json, quiet=options.quiet)
    signal.signal(signal.SIGTERM, _terminate)
    try:
        _call(options, terminal)
    except GenbaError as error:
        terminal.error(error)
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output went away (`| head`); nothing is wrong with the work.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _call(options: argparse.Namespace, terminal: Terminal) -> None:
    try:
        options.run(options, terminal)
    except KeyboardInterrupt:
        raise Cancelled from None
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(path=error.filename or "?") from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise NotWritable(path=error.filename or "?", reason=error.strerror) from error
        raise


def _terminate(*_: object) -> None:
    raise KeyboardInterrupt
