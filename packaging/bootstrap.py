"""Sets Genba up and starts it, on a machine that may have nothing but Python.

    python3 packaging/bootstrap.py demo [-o DIR]   the whole job on the built-in demo device
    python3 packaging/bootstrap.py run [ARGS]      the window, or `genba ARGS`
    python3 packaging/bootstrap.py test [ARGS]     all checks, or pytest with ARGS
    python3 packaging/bootstrap.py bench [ARGS]    the table of measured figures
    python3 packaging/bootstrap.py setup [--dev]   only the set-up

Standard library only. The grammar is that of Python 3.8, so that an older interpreter can say what
it needs instead of failing on a syntax error. Nothing here names a package index: pip and uv use
the one that the machine is set up for. Linux is tested; macOS and Windows paths are handled but
not verified.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import checks
import environment
import system_packages
from environment import SetupError, say

ROOT = Path(__file__).resolve().parent.parent
OLDEST, NEWEST = (3, 11), (3, 13)
INTERPRETERS = ("python3.13", "python3.12", "python3.11")


class UsageError(Exception):
    """The command line makes no sense; the text says which part."""


GROUPS = {
    "setup": ("base", "offscreen", "window"),
    "run": ("base", "offscreen", "window"),
    "demo": ("base",),
    "bench": ("base",),
    "test": ("base", "offscreen", "test"),
}
"""Which groups of system packages a command needs; the command line itself needs no Qt."""


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit code of what it started.

    Raises:
        UsageError: there is no such command or option.
        SetupError: the set-up failed; its text says what to do.
    """
    command, rest = _parse(arguments)
    another = _supported_interpreter()
    if another is not None:
        return subprocess.call([another, __file__, *arguments])
    developer = command in ("test", "bench") or (command == "setup" and "--dev" in rest)
    system_packages.ensure(GROUPS[command])
    python = environment.ensure(ROOT, developer=developer)
    return _start(command, rest, python)


def _start(command: str, rest: list[str], python: Path) -> int:
    genba = [str(python), "-m", "genba.cli.main"]
    if command == "setup":
        say(f"Genba is set up. Start it with: {_shown(environment.script(python, 'genba'))}")
        return 0
    if command == "demo":
        named = any(argument.startswith(("-o", "--output", "-h", "--help")) for argument in rest)
        where = [] if named else ["-o", str(ROOT / "out" / "demo")]
        return _become([*genba, "demo", *where, *rest])
    if command == "run":
        return _become([*genba, *rest])
    if command == "bench":
        return _become([str(python), str(ROOT / "tests" / "bench" / "run.py"), *rest])
    return checks.pytest_only(ROOT, python, rest) if rest else checks.everything(ROOT, python)


def _parse(arguments: list[str]) -> tuple[str, list[str]]:
    """The command and what follows it; whatever Genba or pytest understands is passed on."""
    command, rest = (arguments[0], arguments[1:]) if arguments else ("--help", [])
    asks = command in ("-h", "--help") or (command == "setup" and {"-h", "--help"} & set(rest))
    if asks:
        print((__doc__ or "").partition("\n\nStandard")[0])
        raise SystemExit(0)
    if command not in GROUPS:
        raise UsageError(f"there is no command “{command}”; there are: {', '.join(GROUPS)}")
    unknown = [a for a in rest if a != "--dev"] if command == "setup" else []
    if unknown:
        raise UsageError(f"setup does not know {unknown[0]}; it takes only --dev")
    return command, rest


def _supported_interpreter() -> str | None:
    """None when this interpreter will do, else the path of one that does."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return None
    looked = []
    for name in INTERPRETERS:
        found = shutil.which(name)
        looked.append(name)
        if found is not None and _runs(found):
            return found
    raise SetupError(
        "Genba needs Python 3.11, 3.12 or 3.13. This is Python {}.{} ({}), and none of {} was "
        "found. Install one of them and start again with it.".format(
            *sys.version_info[:2], sys.executable, ", ".join(looked)
        )
    )


def _runs(interpreter: str) -> bool:
    """Whether it starts: a version manager's stand-in may be on the path without the real one."""
    return subprocess.call([interpreter, "-c", ""], stderr=subprocess.DEVNULL) == 0


def _become(command: list[str]) -> int:
    """Hand this process over, so that signals reach the program; on Windows wait for it."""
    if os.name == "posix":
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(command[0], command)  # noqa: S606 - our own interpreter, no shell
    return subprocess.call(command)


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except UsageError as error:
        sys.stderr.write(f"bootstrap: {error}\n")
        sys.exit(2)
    except SetupError as error:
        sys.exit(f"bootstrap: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
