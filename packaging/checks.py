"""All checks of the project with one summary, or pytest alone; standard library only."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from environment import say, script

STATIC = (
    ("ruff check", ("ruff", "check", ".")),
    ("ruff format", ("ruff", "format", "--check", ".")),
    ("mypy", ("mypy",)),
    ("import-linter", ("lint-imports",)),
)
_CLOSING = re.compile(
    r"^(=+ )?(no tests ran|\d+ (passed|failed|errors?|skipped|deselected)\b.* in )"
)


def everything(root: Path, python: Path) -> int:
    """Run the static checks, then the tests; 0 when all of them passed.

    Prints one summary at the end, and pytest's closing line last of all.
    """
    outcomes = []
    for name, (program, *arguments) in STATIC:
        say(f"{name} …")
        started = time.monotonic()
        answer = subprocess.run(
            [str(script(python, program)), *arguments], cwd=root, env=_environment(""),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            check=False,
        )  # fmt: skip
        outcomes.append((name, answer.returncode, time.monotonic() - started))
        if answer.returncode != 0:
            print(answer.stdout.decode(errors="replace"), flush=True)
    started = time.monotonic()
    workers = ["-n", str(min(2, os.cpu_count() or 1))]
    code, closing = _pytest(root, python, workers)
    outcomes.append(("pytest", code, time.monotonic() - started))
    for name, outcome, took_s in outcomes:
        print(f"{name:15}{'ok' if outcome == 0 else 'FAILED':8}{took_s:6.1f} s")
    print(closing or f"pytest ended with exit code {code} and no closing line", flush=True)
    return int(any(outcome != 0 for _, outcome, _ in outcomes))


def pytest_only(root: Path, python: Path, arguments: Sequence[str]) -> int:
    """Run pytest alone with `arguments`; its exit code."""
    return _pytest(root, python, arguments)[0]


def _pytest(root: Path, python: Path, arguments: Sequence[str]) -> tuple[int, str]:
    """Run pytest, showing what it prints as it prints it; its exit code and closing line."""
    closing = ""
    with tempfile.TemporaryDirectory(prefix="genba-test-") as home:
        process = subprocess.Popen(
            [str(python), "-m", "pytest", *arguments], cwd=root, env=_environment(home),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert process.stdout is not None  # noqa: S101 - for the type checker
        for line in iter(process.stdout.readline, b""):
            text = line.decode(errors="replace")
            sys.stdout.write(text)
            sys.stdout.flush()
            if _CLOSING.match(text):
                closing = text.strip().strip("=").strip()
        return process.wait(), closing


def _environment(home: str) -> dict[str, str]:
    environ = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        # Two test processes on two cores: more threads would only wait for each other.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    if home:  # the workspace of whoever runs the tests stays untouched
        environ["GENBA_HOME"] = str(Path(home) / "home")
    return environ
