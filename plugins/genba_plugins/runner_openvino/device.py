"""OpenVINO on the device: one file for Python 3.8 and later, with numpy and openvino."""

from __future__ import annotations

import os
import sys
from typing import Any


def load(path: str, settings: dict[str, Any]) -> Handle:
    """Open the model at `path` (ONNX or OpenVINO IR).

    Settings: ``threads`` (0: as many as there are cores that this process may use), ``provider``
    (an OpenVINO device, default CPU), ``hint`` (default LATENCY), ``config`` (dict of OpenVINO's
    own properties, which win over the others).

    Raises RuntimeError when the device is not there.
    """
    _no_telemetry()
    import openvino

    core = openvino.Core()
    device = settings.get("provider") or "CPU"
    present = core.available_devices
    if device.split(".")[0] not in [name.split(".")[0] for name in present]:
        raise RuntimeError(f"OpenVINO sees no {device} here, only {', '.join(present)}")
    threads = int(settings.get("threads") or 0) or _usable_cores()
    config = {"PERFORMANCE_HINT": settings.get("hint") or "LATENCY"}
    if device == "CPU":
        config["INFERENCE_NUM_THREADS"] = threads
        config["NUM_STREAMS"] = 1
    config.update(settings.get("config") or {})
    compiled = core.compile_model(core.read_model(str(path)), device, config)
    about = {
        "runtime": "openvino",
        "version": openvino.__version__.split("-")[0],
        "build": openvino.__version__,
        "provider": device,
        "threads": threads,
    }
    return Handle(compiled, about)


class Handle:
    """An open model."""

    def __init__(self, compiled: Any, about: dict[str, Any]) -> None:
        self._compiled = compiled
        self._infer = compiled.create_infer_request().infer
        self._names = [_name(port, index) for index, port in enumerate(compiled.outputs)]
        self.inputs = [_spec(port, index) for index, port in enumerate(compiled.inputs)]
        self.outputs = [_spec(port, index) for index, port in enumerate(compiled.outputs)]
        self._about = about
        for key in ("INFERENCE_PRECISION_HINT", "PERFORMANCE_HINT", "NUM_STREAMS"):
            try:
                self._about[key.lower()] = _plain(compiled.get_property(key))
            except RuntimeError:  # not every device knows every property
                continue

    def infer(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """One pass: arrays by input name in, arrays by output name out.

        Inputs are read in place; outputs are copies, because the request reuses its own memory.
        """
        results = self._infer(inputs, share_inputs=True).to_tuple()
        return dict(zip(self._names, results))  # noqa: B905 - not in Python 3.8

    def describe(self) -> dict[str, Any]:
        """The facts that belong to every figure taken with this handle."""
        return dict(self._about)


def _no_telemetry() -> None:
    """Keep `import openvino` from reporting itself to a web statistics service.

    openvino/tools/ovc/__init__.py sends an "import" event through the package openvino_telemetry.
    With None in its place the import fails, and OpenVINO takes its own silent stub.
    """
    modules: dict[str, Any] = sys.modules
    modules.setdefault("openvino_telemetry", None)


def _name(port: Any, index: int) -> str:
    """The name in the model file.

    Compiling adds aliases to a port (of a cast that was folded into it), so its set of names alone
    does not tell; the node keeps the file's name, an output's node with a suffix.
    """
    names = port.get_names()
    own = port.get_node().get_friendly_name().split("/sink_port_")[0]
    if own in names:
        return str(own)
    return str(min(sorted(names), key=len)) if names else f"output_{index}"


def _spec(port: Any, index: int) -> dict[str, Any]:
    shape = [dim.get_length() if dim.is_static else "?" for dim in port.get_partial_shape()]
    dtype = port.get_element_type().to_dtype().name
    return {"name": _name(port, index), "dtype": dtype, "shape": shape}


def _plain(value: Any) -> Any:
    if isinstance(value, (bool, int, float, str)):
        return value
    name = getattr(value, "get_type_name", None) or getattr(value, "to_string", None)
    return name() if name is not None else str(value)


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)
