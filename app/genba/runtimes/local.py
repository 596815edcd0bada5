"""A device half opened on this machine: for quality, calibration and golden inputs.

`run_local` is a module-level function with plain arguments for `JobContext.run_process`; inside a
worker process, `open_handle` gives the handle itself.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from genba.errors import N_, GenbaError
from genba.runtimes.runner import Settings

Arrays = dict[str, NDArray[Any]]


class RuntimeMissing(GenbaError):
    """The runtime of a runner is not installed here."""

    code = "runtime_missing"
    what = N_("{module} is not installed for this Python, so the model cannot be run here.")
    fix = N_("Install it with: pip install {module}")


class RuntimeRefused(GenbaError):
    """The runtime could not open or run the model."""

    code = "runtime_refused"
    what = N_("{runtime} could not run {name}: {reason}.")
    fix = N_("Try another runtime, or another preset of the model.")


class Handle(Protocol):
    """An open model, as `genba.runtimes.runner` describes it."""

    inputs: list[dict[str, Any]]
    outputs: list[dict[str, Any]]

    def infer(self, inputs: Arrays) -> Arrays:
        """One pass."""
        ...

    def describe(self) -> dict[str, Any]:
        """Runtime, version, provider, threads."""
        ...


class LocalHandle:
    """A handle whose failures are Genba's errors."""

    def __init__(self, handle: Handle, runtime: str, name: str) -> None:
        self._handle = handle
        self._runtime = runtime
        self._name = name
        self.inputs = handle.inputs
        self.outputs = handle.outputs

    def infer(self, inputs: Arrays) -> Arrays:
        """One pass.

        Raises:
            RuntimeRefused: the runtime reported an error.
        """
        try:
            return self._handle.infer(inputs)
        except Exception as error:  # each runtime has its own exceptions
            raise _refused(self._runtime, self._name, error) from error

    def describe(self) -> dict[str, Any]:
        """Runtime, version, provider, threads."""
        return self._handle.describe()


def open_handle(device_half: Path, model_path: Path, settings: Settings) -> LocalHandle:
    """Load the device half and open the model in this process.

    Raises:
        RuntimeMissing: the runtime is not installed.
        RuntimeRefused: the runtime could not open the model.
    """
    runtime = device_half.parent.name.removeprefix("runner_")
    module = _load_module(device_half)
    try:
        handle = module.load(str(model_path), settings)
    except ModuleNotFoundError as error:
        raise RuntimeMissing(module=error.name or runtime) from error
    except Exception as error:  # each runtime has its own exceptions
        raise _refused(runtime, model_path.name, error) from error
    return LocalHandle(handle, runtime, model_path.name)


def run_local(
    device_half: Path, model_path: Path, settings: Settings, batches: Sequence[Arrays]
) -> list[Arrays]:
    """Open the model once and run every batch; outputs in the same order.

    Raises:
        RuntimeMissing, RuntimeRefused: see `open_handle`.
    """
    handle = open_handle(device_half, model_path, settings)
    return [handle.infer(batch) for batch in batches]


def describe_local(device_half: Path, model_path: Path, settings: Settings) -> dict[str, Any]:
    """Inputs, outputs and facts of a model as its runtime sees it.

    Raises:
        RuntimeMissing, RuntimeRefused: see `open_handle`.
    """
    handle = open_handle(device_half, model_path, settings)
    return {"inputs": handle.inputs, "outputs": handle.outputs, **handle.describe()}


def random_arrays(
    specs: Sequence[dict[str, Any]], dims: dict[str, int], seed: int = 0
) -> dict[str, NDArray[Any]]:
    """Inputs for a handle's `inputs`: normal floats, zeros for integers; free dimensions are 1."""
    random = np.random.default_rng(seed)
    arrays: dict[str, NDArray[Any]] = {}
    for spec in specs:
        shape = [d if isinstance(d, int) else dims.get(d, 1) for d in spec["shape"]]
        dtype = np.dtype(spec["dtype"])
        if dtype.kind == "f":
            arrays[spec["name"]] = random.standard_normal(shape).astype(dtype)
        else:
            arrays[spec["name"]] = np.zeros(shape, dtype)
    return arrays


def _load_module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"genba_device_half_{path.parent.name}", path)
    if spec is None or spec.loader is None:  # pragma: no cover - only for a file without .py
        raise ImportError(str(path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _refused(runtime: str, name: str, error: Exception) -> RuntimeRefused:
    """The last non-empty line that a runtime printed says what went wrong, if it is short."""
    text = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    return RuntimeRefused(runtime=runtime, name=name, reason=text[:300])
