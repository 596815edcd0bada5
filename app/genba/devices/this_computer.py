"""The profile of the built-in demo device: this computer, read live.

Compute peaks and bandwidth stay unknown: nothing here knows them without measuring.
"""

from __future__ import annotations

import os
import platform
import sys
from contextlib import suppress
from pathlib import Path

from genba.errors import N_
from genba.study.device import DEMO_ID, DeviceProfile, Quantity

DEMO_NAME = N_("Demo device (this computer)")
_CPU_INFO = Path("/proc/cpuinfo")
_ISA = {
    "x86_64": ("sse4_2", "avx2", "fma", "f16c", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8"),
    "arm64": ("asimd", "asimdhp", "asimddp", "i8mm", "bf16", "sve", "sve2"),
}


def this_computer() -> DeviceProfile:
    """The demo device's profile, read now: cores that this process may use, memory, CPU name."""
    arch = {"amd64": "x86_64", "aarch64": "arm64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    info = _cpu_info()
    name = info.get("model name") or platform.processor() or arch
    flags = set((info.get("flags") or info.get("Features") or "").split())
    return DeviceProfile(
        id=DEMO_ID,
        name=DEMO_NAME,
        vendor="",
        device_class="pc",
        stage="demo",
        cpu_arch=arch,
        cpu_name=name,
        cpu_cores=_here(_cores()),
        cpu_isa=tuple(flag for flag in _ISA.get(arch, ()) if flag in flags),
        memory_bytes=_here(_memory_bytes()),
        memory_usable_bytes=_here(_available_bytes()),
        runtimes=("onnxruntime:CPUExecutionProvider", "openvino:CPU"),
    )


def _here(value: float | None) -> Quantity:
    if value is None:
        return Quantity()
    return Quantity(value=value, source="this_computer", confidence="measured_here")


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory_bytes() -> float | None:
    """The physical memory, or the container's limit where that is lower."""
    total = _physical_bytes()
    limit = _container_limit()
    return limit if limit is not None and (total is None or limit < total) else total


def _available_bytes() -> float | None:
    """What is free for a new program at this moment (Linux's own estimate)."""
    available = None
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                available = float(line.split()[1]) * 1024
    total = _memory_bytes()
    return min(available, total) if available is not None and total is not None else available


def _physical_bytes() -> float | None:
    if sys.platform == "win32":
        return _windows_bytes()
    with suppress(OSError, ValueError, AttributeError):
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return None


def _windows_bytes() -> float | None:
    if sys.platform != "win32":
        return None
    import ctypes

    kilobytes = ctypes.c_ulonglong()
    if not ctypes.windll.kernel32.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes)):
        return None
    return float(kilobytes.value * 1024)


def _container_limit() -> float | None:
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with suppress(OSError, ValueError):
            return float(int(Path(path).read_text()))
    return None


def _cpu_info() -> dict[str, str]:
    """The first CPU's lines of /proc/cpuinfo; empty elsewhere."""
    found: dict[str, str] = {}
    with suppress(OSError):
        for line in _CPU_INFO.read_text(errors="replace").splitlines():
            key, _, value = line.partition(":")
            if not line.strip() and found:
                break
            found[key.strip()] = value.strip()
    return found
