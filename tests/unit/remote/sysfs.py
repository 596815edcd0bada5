"""Unfolds the trees of tests/data/sysfs."""

from __future__ import annotations

from pathlib import Path

DATA = Path(__file__).parents[2] / "data" / "sysfs"


def unfold(device: str, folder: Path) -> Path:
    """Write a device's tree below `folder` and return that folder, to stand for /sys."""
    for line in (DATA / f"{device}.txt").read_text().splitlines():
        name, _, value = line.partition(" ")
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value + "\n")
    return folder
