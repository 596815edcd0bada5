"""ONNX Runtime on the device: one file for Python 3.8 and later, with numpy and onnxruntime."""

from __future__ import annotations

import functools
import os
from typing import Any

NUMPY_NAMES = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(double)": "float64",
    "tensor(int8)": "int8",
    "tensor(uint8)": "uint8",
    "tensor(int16)": "int16",
    "tensor(uint16)": "uint16",
    "tensor(int32)": "int32",
    "tensor(uint32)": "uint32",
    "tensor(int64)": "int64",
    "tensor(uint64)": "uint64",
    "tensor(bool)": "bool",
    "tensor(string)": "str",
}


def load(path: str, settings: dict[str, Any]) -> Handle:
    """Open the model at `path`.

    Settings: ``threads`` (0: as many as there are cores that this process may use),
    ``provider`` (default CPUExecutionProvider), ``provider_options`` (dict of str),
    ``allow_spinning`` (default true: idle workers poll, which shortens small models' latency and
    costs power), ``optimized`` (default true: graph optimisations on).

    Raises RuntimeError when the provider is not in this build or did not take the model:
    onnxruntime itself would fall back to the CPU without a word.
    """
    import onnxruntime as ort

    provider = settings.get("provider") or "CPUExecutionProvider"
    present = ort.get_available_providers()
    if provider not in present:
        raise RuntimeError(
            f"{provider} is not in this build of onnxruntime, which has {', '.join(present)}"
        )
    threads = int(settings.get("threads") or 0) or _usable_cores()
    spinning = bool(settings.get("allow_spinning", True))
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.add_session_config_entry("session.intra_op.allow_spinning", "1" if spinning else "0")
    if not settings.get("optimized", True):
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    providers: list[Any] = ["CPUExecutionProvider"]
    if provider != "CPUExecutionProvider":
        providers.insert(0, (provider, dict(settings.get("provider_options") or {})))
    session = ort.InferenceSession(str(path), options, providers=providers)
    if session.get_providers()[0] != provider:
        raise RuntimeError(f"onnxruntime fell back from {provider} to {session.get_providers()[0]}")
    about = {
        "runtime": "onnxruntime",
        "version": ort.__version__,
        "provider": provider,
        "threads": threads,
        "allow_spinning": spinning,
        "execution": "sequential",
    }
    return Handle(session, about)


class Handle:
    """An open model."""

    def __init__(self, session: Any, about: dict[str, Any]) -> None:
        self._run = session.run
        # Timed by the benchmark instead of `infer`: the dictionary below costs over a microsecond.
        self.run = functools.partial(session.run, None)
        self._names = [value.name for value in session.get_outputs()]
        self._about = about
        self.inputs = [_spec(value) for value in session.get_inputs()]
        self.outputs = [_spec(value) for value in session.get_outputs()]

    def infer(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """One pass: arrays by input name in, arrays by output name out."""
        return dict(zip(self._names, self._run(None, inputs)))  # noqa: B905 - not in Python 3.8

    def describe(self) -> dict[str, Any]:
        """The facts that belong to every figure taken with this handle."""
        return dict(self._about)


def _spec(value: Any) -> dict[str, Any]:
    shape = [dim if isinstance(dim, int) else str(dim or "?") for dim in value.shape]
    dtype = NUMPY_NAMES.get(value.type, value.type)
    return {"name": value.name, "dtype": dtype, "shape": shape}


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)
