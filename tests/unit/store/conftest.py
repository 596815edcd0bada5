from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from genba.store.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "home") as opened:
        yield opened
