"""How long a command needs before it does anything, against an interpreter that does nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

from rows import Row, abba, paired

COMMANDS = {
    "genba --version": ["--version"],
    "genba model analyze --help": ["model", "analyze", "--help"],
    "genba study list": ["study", "list"],
}


def measure(*, quick: bool = False) -> list[Row]:
    """Wall time of short commands over that of ``python -c pass``."""
    rounds = 5 if quick else 15
    with tempfile.TemporaryDirectory() as home:
        environ = {**os.environ, "GENBA_HOME": home}
        rows = []
        for name, arguments in COMMANDS.items():
            ours = [sys.executable, "-m", "genba.cli.main", *arguments]
            _wall_ms(ours, environ)  # bytecode and the workspace are made once
            pairs = _pairs(ours, [sys.executable, "-c", "pass"], environ, rounds)
            rows.append(paired(name, "ms", "python -c pass", pairs))
        return rows


def _pairs(
    ours: list[str], peer: list[str], environ: dict[str, str], rounds: int
) -> list[tuple[float, float]]:
    taken: dict[bool, list[float]] = {True: [], False: []}
    for is_ours in abba(rounds):
        taken[is_ours].append(_wall_ms(ours if is_ours else peer, environ))
    return list(zip(taken[True], taken[False], strict=True))


def _wall_ms(command: list[str], environ: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, env=environ, check=True, capture_output=True)
    return (time.perf_counter() - started) * 1e3
