"""Device profiles: the catalogue and the user's own."""

from __future__ import annotations

from pathlib import Path

from genba.devices import catalogue
from genba.store.home import resolve_home
from genba.study.device import DeviceProfile


def list_devices(*, home: Path | None = None) -> tuple[DeviceProfile, ...]:
    """All profiles, the user's own after the bundled ones."""
    return catalogue.profiles(resolve_home(home))


def show(identifier: str, *, home: Path | None = None) -> DeviceProfile:
    """One profile by its id or unique prefix.

    Raises:
        UnknownId: there is none.
    """
    return catalogue.profile(identifier, resolve_home(home))


def add(file: Path, *, home: Path | None = None) -> DeviceProfile:
    """Check a profile file and keep a copy of it."""
    return catalogue.add(file, resolve_home(home))
