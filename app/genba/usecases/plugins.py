"""What is plugged in."""

from __future__ import annotations

from genba.errors import N_
from genba.study.base import Data


class PluginInfo(Data):
    """One plugin: its kind, name, where it comes from, and whether it could be loaded."""

    kind: str
    name: str
    package: str
    state: str


def list_plugins() -> tuple[PluginInfo, ...]:
    """All runners that were found; broken plugins are listed with the reason."""
    from genba.extension import runners

    found = runners.installed()
    good = [
        PluginInfo(kind=N_("runner"), name=name, package=type(runner).__module__, state=N_("ready"))
        for name, runner in sorted(found.runners.items())
    ]
    broken = [
        PluginInfo(
            kind=N_("runner"), name=str(w.params.get("name", "")),
            package=str(w.params.get("value", "")), state=N_("broken"),
        )
        for w in found.warnings
    ]  # fmt: skip
    return (*good, *broken)
