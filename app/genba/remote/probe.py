"""Asks a device what it is, what it can sense, and which runtimes its Python finds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from genba.errors import N_
from genba.jobs import JobContext
from genba.remote.agent_link import ask
from genba.remote.connection import Connection

Package = tuple[str, tuple[str, ...]]
"""An import name and the distributions that may carry it."""

RUNTIMES: tuple[Package, ...] = (
    ("numpy", ("numpy",)),
    ("onnxruntime", ("onnxruntime", "onnxruntime-gpu", "onnxruntime-openvino", "onnxruntime-qnn")),
    ("openvino", ("openvino",)),
    ("tensorrt", ("tensorrt",)),
    ("torch", ("torch",)),
)


def probe(
    connection: Connection, *, packages: Iterable[Package] = RUNTIMES, job: JobContext | None = None
) -> dict[str, Any]:
    """The facts of a device, as the agent reads them from /proc and /sys.

    Returns ``device`` (machine, cpu_model, cpu_flags, cpu_count, cpu_usable, memory_total_bytes,
    swap_total_bytes, kernel, os_name, device_model, boot_id, …), ``now`` (load, governor, memory
    available, throttle_count, cpu_quota, …), ``sensors`` (temperature_zones, power_source,
    cpu_clock), ``temperature_c``, ``power_w``, ``cpu_mhz`` (None where there is no sensor),
    ``pythons`` (paths) and ``packages`` (``packages``: import name to version, ``python``).

    Raises:
        NoPython, PythonMissing, PythonTooOld, PythonFailed: no usable interpreter.
        LinkLost, AgentFailed: the agent did not answer.
        Cancelled: the job was cancelled.
    """
    job = job or JobContext()
    job.report(N_("Asking {name} what it is"), None, name=connection.endpoint.name)
    request = {"role": "probe", "packages": [[name, list(names)] for name, names in packages]}
    answer = ask(connection, request, "probe", job)
    answer.pop("t")
    return answer


def clean_device(connection: Connection, *, job: JobContext | None = None) -> int:
    """Remove everything that Genba deployed on the device; returns the bytes freed.

    Raises:
        DeviceBusy: a measurement is running there.
    """
    answer = ask(connection, {"role": "clean"}, "cleaned", job or JobContext())
    return int(answer["freed_bytes"])
