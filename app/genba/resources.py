"""Finds the files under `assets/`, in a checkout and in an installed wheel."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def assets_dir() -> Path:
    """The folder that holds devices/, fonts/, locale/, samples/ and so on."""
    package = Path(__file__).resolve().parent
    installed = package / "_assets"
    if installed.is_dir():
        return installed
    return package.parent.parent / "assets"


def asset(*parts: str) -> Path:
    """The path of one bundled file or folder, for example ``asset("fonts", "Inter-Bold.ttf")``."""
    return assets_dir().joinpath(*parts)


def asset_json(*parts: str) -> dict[str, Any]:
    """The content of one bundled JSON file, an object."""
    content: dict[str, Any] = json.loads(asset(*parts).read_text(encoding="utf-8"))
    return content
