"""Where the workspace lies."""

from __future__ import annotations

import os
from pathlib import Path


def default_home() -> Path:
    """`GENBA_HOME` when it is set, else the platform's data directory for Genba."""
    chosen = os.environ.get("GENBA_HOME", "").strip()
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("genba", appauthor=False)


def resolve_home(home: Path | None) -> Path:
    """`home` made absolute, or the default workspace."""
    return default_home() if home is None else home.expanduser().absolute()
