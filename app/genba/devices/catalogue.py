"""The device profiles: those that ship, those that the user added, and this computer as `demo`.

A profile file is a `DeviceProfile` as JSON, one file a device; `sources.json` beside the shipped
ones explains the keys that their quantities name. A user's file has the same form, may carry its
own `sources`, lies in ``home/devices`` and wins over a shipped profile of the same id.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from genba.devices.this_computer import this_computer
from genba.errors import N_, GenbaError, Message, UnknownId
from genba.files import disk_errors, reason_of, replacing, strict_json
from genba.resources import asset, asset_json
from genba.study.base import Data, first_problem
from genba.study.device import DEMO_ID, ComputePeaks, DeviceProfile, Quantity

LARGEST_FILE = 1 << 20
_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
_LIMITS = {
    "cpu_cores": (1, 4096),
    "cpu_freq_ghz": (0.001, 20),
    "memory_bytes": (1024, 2**50),
    "memory_usable_bytes": (1024, 2**50),
    "bandwidth_theoretical_gbs": (0.001, 1e6),
    "bandwidth_measured_gbs": (0.001, 1e6),
    "idle_w": (0, 1e5),
    "typical_w": (0, 1e5),
    "max_w": (0, 1e5),
    "price": (0, 1e9),
}
"""What a quantity may be, in its field's unit: a guard against kilobytes and milliwatts."""


class DeviceFileInvalid(GenbaError):
    """A profile file breaks a rule."""

    code = "device_file_invalid"
    what = N_("{file} is not a valid device profile: {field}: {problem}.")
    fix = N_("Correct that field; “genba device show raspberry-pi-5 --json” shows a valid profile.")


def profiles(home: Path | None) -> tuple[DeviceProfile, ...]:
    """All profiles by id: shipped, then changed by the user's (`home`; None: no user's), and demo.

    A user's file that is not valid is left out; `problems` names it.
    """
    found = dict(_shipped())
    for path in _user_files(home):
        try:
            profile = _read(path)
        except DeviceFileInvalid:
            continue
        found[profile.id] = profile
    found[DEMO_ID] = this_computer()
    return tuple(found[key] for key in sorted(found))


def profile(device_id: str, home: Path | None) -> DeviceProfile:
    """One profile by its id (or its unique beginning).

    Raises:
        UnknownId: there is none. DeviceFileInvalid: it is the user's, and broken.
    """
    if device_id == DEMO_ID:
        return this_computer()
    for path in _user_files(home):
        if path.stem == device_id:
            return _read(path)
    known = {p.id: p for p in profiles(home)}
    if device_id in known:
        return known[device_id]
    fitting = [p for key, p in known.items() if device_id and key.startswith(device_id)]
    if len(fitting) == 1:
        return fitting[0]
    raise UnknownId(kind=Message(text=N_("device")), name=device_id, command="genba device list")


def problems(home: Path | None) -> tuple[DeviceFileInvalid, ...]:
    """What is wrong with the user's profile files."""
    broken = []
    for path in _user_files(home):
        try:
            _read(path)
        except DeviceFileInvalid as error:
            broken.append(error)
    return tuple(broken)


def add(file: Path, home: Path) -> DeviceProfile:
    """Validate a profile file and keep it in `home`, replacing the user's one of the same id.

    Raises:
        DeviceFileInvalid: file, field and rule in one sentence.
        DiskFull, NotWritable: the home folder.
    """
    added = _read(file)
    if added.id == DEMO_ID:
        raise _invalid(file, "id", Message(text=N_("this id belongs to the built-in demo device")))
    folder = home / "devices"
    text = json.dumps(to_file(added), indent=1, ensure_ascii=False) + "\n"
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(folder / f"{added.id}.json") as draft:
            draft.write_text(text, encoding="utf-8")
    return added


def to_file(device: DeviceProfile) -> dict[str, Any]:
    """The content of a profile file: every known fact, with nothing that is only a default."""
    return device.model_dump(mode="json", exclude_defaults=True)


@cache
def _shipped() -> dict[str, DeviceProfile]:
    folder = asset("devices")
    sources = asset_json("devices", "sources.json")["sources"]
    found = {}
    for path in sorted(folder.glob("*.json")):
        if path.name in ("sources.json", "efficiency.json"):
            continue
        raw = asset_json("devices", path.name)
        raw["sources"] = {key: sources[key] for key in sorted(set(_source_keys(raw)))}
        found[raw["id"]] = DeviceProfile.model_validate(raw)
    return found


def _source_keys(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _source_keys(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if (key == "source" or key.endswith("_source")) and isinstance(item, str):
                yield item
            else:
                yield from _source_keys(item)


def _user_files(home: Path | None) -> list[Path]:
    return [] if home is None else sorted((home / "devices").glob("[!.]*.json"))


def _read(path: Path) -> DeviceProfile:
    """Read and check one user's file."""
    raw = _json(path)
    try:
        device = DeviceProfile.model_validate(raw)
    except ValidationError as error:
        field, problem = first_problem(error)
        raise _invalid(path, field or "document", problem) from error
    _check_facts(path, device)
    return device


def _json(path: Path) -> Any:
    try:
        if not path.is_file():
            raise _invalid(path, "file", Message(text=N_("there is no such file")))
        if path.stat().st_size > LARGEST_FILE:
            raise _invalid(path, "file", Message(text=N_("it is larger than 1 MB")))
        return strict_json(path.read_bytes())
    except ValueError as error:
        raise _invalid(path, "file", Message(text=N_("it is not JSON"))) from error
    except OSError as error:
        raise _invalid(path, "file", reason_of(error)) from error


def _check_facts(path: Path, device: DeviceProfile) -> None:
    """The rules beyond types: ids, units of the right size, and no value without its basis."""
    if not _ID.fullmatch(device.id):
        rule = Message(text=N_("use small letters, digits, dots and dashes"))
        raise _invalid(path, "id", rule)
    for field, (low, high) in _LIMITS.items():
        value = getattr(device, field).value
        if value is not None and not low <= value <= high:
            rule = Message(
                text=N_("{value} is out of range; it must lie between {low} and {high}"),
                params={"value": value, "low": low, "high": high},
            )
            raise _invalid(path, field, rule)
    for unit, peaks in device.compute.items():
        if unit not in ("cpu", "gpu", "npu"):
            rule = Message(text=N_("the unit must be cpu, gpu or npu"))
            raise _invalid(path, f"compute.{unit}", rule)
        for precision in ComputePeaks.model_fields:
            if (getattr(peaks, precision).value or 0) < 0:
                rule = Message(text=N_("it must not be negative"))
                raise _invalid(path, f"compute.{unit}.{precision}", rule)
    for field, quantity in _quantities(device):
        if quantity.value is not None and quantity.confidence is None:
            rule = Message(text=N_("a value needs a “confidence” that says where it comes from"))
            raise _invalid(path, field, rule)


def _quantities(value: Any, place: str = "") -> Iterator[tuple[str, Quantity]]:
    if isinstance(value, Quantity):
        yield place, value
    elif isinstance(value, Data):
        for name in type(value).model_fields:
            yield from _quantities(getattr(value, name), f"{place}.{name}".lstrip("."))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _quantities(item, f"{place}.{name}")
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from _quantities(item, f"{place}.{number}")


def _invalid(path: Path, field: str, problem: str | Message) -> DeviceFileInvalid:
    return DeviceFileInvalid(file=path.name, field=field, problem=problem)
