"""Entry point of `genba`. Imports nothing before it knows that it must: `--version` is instant."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (0 done, 1 error, 2 usage, 130 cancelled)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments in (["--version"], ["-V"]):
        from genba import __version__

        print(f"genba {__version__}")
        return 0
    if not arguments:
        return _open_window()
    from genba.cli.dispatch import dispatch

    return dispatch(arguments)


def _open_window() -> int:
    try:
        from genba.gui.main import main as open_window
    except ImportError as error:
        print(f"The window needs Qt, which could not be loaded: {error}", file=sys.stderr)
        print("Run: python3 packaging/bootstrap.py setup", file=sys.stderr)
        return 1
    return open_window([])


if __name__ == "__main__":
    sys.exit(main())
