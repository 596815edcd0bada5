"""How the agent starts on a device: constant commands, everything variable by standard input."""

from __future__ import annotations

import hashlib
import shlex
from functools import cache
from pathlib import Path

from genba.remote.agent import ONE_LINER, opening

TOO_OLD = 96
"""Exit status of the one-liner under a Python before 3.8."""
DAMAGED = 97
"""Exit status of the one-liner when the agent's bytes do not have the announced hash."""
NOT_FOUND = 127
"""Exit status of a shell that finds no such command."""

# -I keeps the account's modules and PYTHON* variables away, -S skips site-packages: the agent
# starts in some 15 ms and imports the standard library only. The last word marks the process.
_FLAGS = "-I -S -c"
_CANDIDATES = (
    "python3 python3.14 python3.13 python3.12 python3.11 python3.10 python3.9 python3.8 python"
)

FIND_PYTHON = (
    "exec /bin/sh -c 'for p in " + _CANDIDATES + "; do "
    f'if "$p" {_FLAGS} "import sys;sys.exit(sys.version_info<(3,8))" >/dev/null 2>&1; then '
    f'exec "$p" {_FLAGS} "{ONE_LINER}" genba-agent; fi; done; exit {NOT_FOUND}\''
)
"""Starts the agent with the first Python of 3.8 or later that the account finds."""

LIST_PYTHONS = (
    "exec /bin/sh -c 'for p in " + _CANDIDATES + "; do "
    'if command -v "$p" >/dev/null 2>&1; then "$p" --version 2>&1; fi; done; exit 0\''
)
"""Says which interpreters there are, for an error message."""


def start_command(python: str = "") -> str:
    """The command that starts the agent, with the interpreter given or the first one that serves.

    This is the only place where something variable enters a remote command.
    """
    if not python:
        return FIND_PYTHON
    return f'exec {shlex.quote(python)} {_FLAGS} "{ONE_LINER}" genba-agent'


@cache
def agent_source() -> bytes:
    """The agent's file."""
    return Path(__file__).with_name("agent.py").read_bytes()


def agent_sha256() -> str:
    """The agent's hash, as Runs record it."""
    return hashlib.sha256(agent_source()).hexdigest()


def start_input(request: dict[str, object]) -> bytes:
    """What to send to the started command: the agent and its request."""
    return opening(agent_source(), request)
