"""The virtual environment `.venv`: made, filled from the lock files, and stamped.

Standard library only. A stamp holds what the environment was made from, so that the next start
only compares it. uv fills the environment in seconds; where it cannot, pip does.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

STAMP = "genba-stamp.json"
BUILD_LOCK = "requirements-build.txt"
_HASHED = ("install", "--require-hashes", "--no-deps")  # a lock is complete


class SetupError(Exception):
    """The set-up cannot go on; the text says why and what to do."""


def say(text: str) -> None:
    """One line of progress. On stderr: stdout belongs to the program that is started."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def ensure(root: Path, *, developer: bool) -> Path:
    """The interpreter of an environment under `root` that holds what the lock files name.

    With `developer` it also holds the tools of the tests; an environment that has them serves
    both. An environment that is up to date costs a few milliseconds.

    Raises:
        SetupError: no environment could be made, or a package could not be installed.
    """
    folder = root / ".venv"
    python = _interpreter(folder)
    stamp = _read_stamp(folder)
    developer = developer or stamp.get("developer") is True
    wanted = _made_from(root, developer)
    if stamp != wanted or not python.exists():
        (folder / STAMP).unlink(missing_ok=True)
        started = time.monotonic()
        _fill(root, folder, [_lock(root, developer), root / "packaging" / BUILD_LOCK])
        (folder / STAMP).write_text(json.dumps(wanted, indent=1) + "\n", encoding="utf-8")
        say(f"Python packages: ready after {time.monotonic() - started:.0f} s.")
    _compile_catalogues(root, python)
    return python


def script(python: Path, name: str) -> Path:
    """The path of a program that lies beside the environment's interpreter."""
    return python.parent / (name + ".exe" if os.name == "nt" else name)


def _fill(root: Path, folder: Path, locks: Sequence[Path]) -> None:
    count = sum(1 for lock in locks for line in lock.open(encoding="utf-8") if "==" in line)
    say(f"Python packages: installing {count} into {folder.name} (about 300 MB the first time).")
    uv = find_uv(root)
    if uv is None:
        uv = _uv_by_pip(folder, locks[-1])
    if not _fill_with_uv(root, folder, locks, uv):
        say("Python packages: uv could not install them, so pip does; this takes longer.")
        _fill_with_pip(root, folder, locks)


def _uv_by_pip(folder: Path, build_lock: Path) -> list[str]:
    """Bring uv into the environment with the build tools; pip is slower, so it does only this."""
    _make_venv(folder)
    python = _interpreter(folder)
    _must([*_pip(folder, python), *_HASHED, "-r", str(build_lock)], "pip")
    return [str(script(python, "uv"))]


def _fill_with_pip(root: Path, folder: Path, locks: Sequence[Path]) -> None:
    _make_venv(folder)
    pip = _pip(folder, _interpreter(folder))
    for lock in locks:
        _must([*pip, *_HASHED, "-r", str(lock)], "pip")
    _must([*pip, "install", "--no-deps", "--no-build-isolation", "--editable", str(root)], "pip")


def _fill_with_uv(root: Path, folder: Path, locks: Sequence[Path], uv: list[str]) -> bool:
    python = _interpreter(folder)
    if not _works(python):
        made = _run([*uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)])
        if made.returncode != 0:
            return False
    at = ["--quiet", *_uv_cache(), "--python", str(python)]
    # `install`, not `sync`: plugins that somebody added to the environment stay.
    # Compiled now, or each start would compile anew where nothing may be written later.
    filled = [*uv, "pip", "install", *at, "--require-hashes", "--no-deps", "--compile-bytecode"]
    filled += [part for lock in locks for part in ("-r", str(lock))]
    # The build back end comes from the lock too: nothing is fetched that has no hash.
    project = [*uv, "pip", "install", *at, "--no-deps", "--no-build-isolation", "-e", str(root)]
    index = _index_of_pip(python)
    for command in (filled, project):
        answer = _run(command, index)
        if answer.returncode != 0:
            say("Python packages: uv says: " + _tail(answer, 3))
            return False
    return True


def _uv_cache() -> list[str]:
    """uv gives up where it cannot write its cache, for example in a container without a home."""
    named = os.environ.get("UV_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    place = Path(named) if named else Path.home() / ".cache"
    while not place.exists() and place != place.parent:
        place = place.parent
    return [] if os.access(place, os.W_OK) else ["--no-cache"]


def _make_venv(folder: Path) -> None:
    """An environment with its own pip where Python brings one, else one that an outer pip fills."""
    python = _interpreter(folder)
    importlib.invalidate_caches()  # the system package that brings ensurepip may be minutes old
    has_ensurepip = importlib.util.find_spec("ensurepip") is not None
    if _works(python):
        if has_ensurepip and not _has_pip(python):
            _must([str(python), "-m", "ensurepip"], "ensurepip")
        return
    shutil.rmtree(folder, ignore_errors=True)
    if has_ensurepip:
        _must([sys.executable, "-m", "venv", str(folder)], "venv")
    elif importlib.util.find_spec("pip") is not None:
        _must([sys.executable, "-m", "venv", "--without-pip", str(folder)], "venv")
    else:
        raise SetupError(
            f"{sys.executable} has neither ensurepip nor pip, so no environment can be made. "
            "Install them (on Debian: sudo apt-get install -y python3-venv), then start again."
        )


def _pip(folder: Path, python: Path) -> list[str]:
    """pip for the environment: its own, else that of the interpreter outside."""
    options = ["--disable-pip-version-check", "--no-input", "--quiet"]
    if _has_pip(python):
        return [str(python), "-m", "pip", *options]
    return [sys.executable, "-m", "pip", "--python", str(folder), *options]


def _has_pip(python: Path) -> bool:
    return _run([str(python), "-m", "pip", "--version"]).returncode == 0


def find_uv(root: Path) -> list[str] | None:
    """The command that starts uv: on the path, importable, or in the environment; else None."""
    found = shutil.which("uv")
    if found is not None:
        return [found]
    if importlib.util.find_spec("uv") is not None:
        return [sys.executable, "-m", "uv"]
    inside = script(_interpreter(root / ".venv"), "uv")
    return [str(inside)] if inside.exists() else None


def _index_of_pip(python: Path) -> dict[str, str]:
    """The index that pip is set up for, as uv wants to be told of it: uv reads no pip.conf."""
    if any(name in os.environ for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_CONFIG_FILE")):
        return {}
    index = os.environ.get("PIP_INDEX_URL", "")
    for interpreter in () if index else (str(python), sys.executable):
        answer = _run([interpreter, "-m", "pip", "config", "get", "global.index-url"])
        index = index or (answer.stdout.decode().strip() if answer.returncode == 0 else "")
    return {"UV_DEFAULT_INDEX": index} if index else {}


def _compile_catalogues(root: Path, python: Path) -> None:
    sources = (root / "assets" / "locale").glob("*/LC_MESSAGES/*.po")
    stale = any(_older(source.with_suffix(".mo"), source) for source in sources)
    if stale:
        say("Translations: compiling the catalogue.")
        tool = str(root / "packaging" / "translations.py")
        _must([str(python), tool, "compile"], "translations.py")


def _older(product: Path, source: Path) -> bool:
    return not product.exists() or product.stat().st_mtime < source.stat().st_mtime


def _interpreter(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _works(python: Path) -> bool:
    """Whether the environment's interpreter starts and is the version that was asked for."""
    if not python.exists():
        return False
    answer = _run([str(python), "-c", "import sys; print(*sys.version_info[:2])"])
    version = "{} {}".format(*sys.version_info[:2])
    return answer.returncode == 0 and answer.stdout.decode().strip() == version


def _lock(root: Path, developer: bool) -> Path:
    return root / "packaging" / ("requirements-dev.txt" if developer else "requirements.txt")


def _made_from(root: Path, developer: bool) -> dict[str, object]:
    digest = hashlib.sha256()
    for path in (_lock(root, developer), root / "packaging" / BUILD_LOCK, root / "pyproject.toml"):
        digest.update(path.read_bytes())
    return {
        "developer": developer,
        "inputs_sha256": digest.hexdigest(),
        "python": "{}.{}".format(*sys.version_info[:2]),
        "place": str(root),  # an environment does not survive being moved
    }


def _read_stamp(folder: Path) -> dict[str, object]:
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _run(
    command: Sequence[str], extra: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    environ = {**os.environ, **(extra or {})}
    environ.pop("VIRTUAL_ENV", None)  # an activated environment elsewhere must not be filled
    environ.pop("PYTHONPATH", None)
    return subprocess.run(
        command, env=environ, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip


def _must(command: Sequence[str], name: str) -> None:
    answer = _run(command)
    if answer.returncode == 0:
        return
    raise SetupError(
        f"{name} failed:\n  {_tail(answer, 12)}\nCheck the network, the disk and the package index "
        "that pip is set up for, then start again."
    )


def _tail(answer: subprocess.CompletedProcess[bytes], lines: int) -> str:
    """The last lines of what a program said."""
    return "\n  ".join(answer.stdout.decode(errors="replace").strip().splitlines()[-lines:])
