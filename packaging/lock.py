"""Makes the lock files anew from pyproject.toml: `python packaging/lock.py [--upgrade]`.

Needs uv and the network. The locks hold for Python 3.11 to 3.13 on every platform, with hashes,
wheels only, and without the address of an index. Without --upgrade a version that still fits
stays.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import environment

ROOT = Path(__file__).resolve().parent.parent


def _within(lock: str) -> tuple[str, str]:
    return "--constraint", f"packaging/{lock}"


LOCKS: dict[str, tuple[str, ...]] = {
    "requirements.txt": ("pyproject.toml",),
    # Each is bounded by the one before it: they are installed into one environment.
    "requirements-dev.txt": ("pyproject.toml", "--group", "dev", *_within("requirements.txt")),
    "requirements-build.txt": ("--group", "build", *_within("requirements-dev.txt")),
}
OPTIONS = (
    "--universal", "--python-version", "3.11", "--generate-hashes", "--only-binary", ":all:",
    "--no-emit-index-url", "--no-header", "--quiet",
)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Write every lock file; the exit code of the first uv that fails, else 0."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    upgrade = ["--upgrade"] if parser.parse_args(arguments).upgrade else []
    uv = environment.find_uv(ROOT)
    if uv is None:
        sys.stderr.write("uv is needed: python3 packaging/bootstrap.py setup --dev brings it\n")
        return 1
    for name, inputs in LOCKS.items():
        target = f"packaging/{name}"
        command = [*uv, "pip", "compile", *inputs, *OPTIONS, *upgrade, "-o", target]
        code = subprocess.call(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        if code != 0:
            return code
        print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
