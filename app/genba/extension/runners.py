"""Plugins that run models: entry points of the group ``genba.runners``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from genba.errors import N_, GenbaError, Message
from genba.runtimes.runner import Runner, split_runtime

GROUP = "genba.runners"


class UnknownRunner(GenbaError):
    """No plugin brings this runtime."""

    code = "unknown_runtime"
    what = N_("There is no runtime called “{name}”.")
    fix = N_("Choose one of: {known}")


@dataclass(frozen=True, slots=True)
class Runners:
    """The runners by name, and a warning for each plugin that could not be used."""

    runners: dict[str, Runner]
    warnings: tuple[Message, ...]


@cache
def installed() -> Runners:
    """All runners that are installed; found once a process."""
    return load(entry_points(group=GROUP))


def load(points: Iterable[EntryPoint]) -> Runners:
    """Load runners from entry points; a broken one becomes a warning and stops no other."""
    runners: dict[str, Runner] = {}
    warnings: list[Message] = []
    for point in sorted(points, key=lambda p: (p.name, p.value)):
        found = _load_one(point)
        if isinstance(found, Message):
            warnings.append(found)
        elif point.name in runners:
            warnings.append(_warning(point, N_("another plugin already brings this name")))
        else:
            runners[point.name] = found
    return Runners(runners, tuple(warnings))


def runner(runtime: str) -> Runner:
    """The runner for ``onnxruntime`` or ``onnxruntime:CUDAExecutionProvider``.

    Raises:
        UnknownRunner: no plugin brings it; names those there are.
    """
    name, _ = split_runtime(runtime)
    found = installed().runners
    if name not in found:
        raise UnknownRunner(name=name, known=", ".join(sorted(found)) or "–")
    return found[name]


def _load_one(point: EntryPoint) -> Runner | Message:
    try:
        found = point.load()
    except Exception as error:  # noqa: BLE001 - a plugin may fail in any way
        return _warning(point, f"{type(error).__name__}: {error}")
    if not isinstance(found, Runner):
        return _warning(point, N_("it is not a runner"))
    if found.name != point.name:
        return _warning(point, N_("its name differs from its entry point"))
    if not found.device_half.is_file():
        return _warning(point, N_("its device half is missing"))
    return found


def _warning(point: EntryPoint, reason: str) -> Message:
    return Message(
        text=N_("The plugin “{name}” ({value}) was left out: {reason}."),
        params={"name": point.name, "value": point.value, "reason": Message(text=reason)},
        code="plugin_broken",
    )
