"""The Runner: how Genba reaches a runtime, in a host half and a device half.

The **host half** is an object of this protocol, registered as an entry point in the group
``genba.runners``; it imports no runtime. The **device half** is one file that needs Python 3.8 or
later, the standard library, numpy and its runtime. It defines::

    def load(path: str, settings: dict) -> Handle

    handle.inputs      [{"name": str, "dtype": numpy's name, "shape": [int or str, ...]}, ...]
    handle.outputs     the same for the outputs; a text dimension is free ("?" when it has no name)
    handle.infer(inputs: dict[str, ndarray]) -> dict[str, ndarray]
    handle.describe() -> {"runtime", "version", "provider", "threads", ...}

`infer` returns arrays that stay valid after the next call, so that a KV cache can be passed on.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from genba.errors import N_, GenbaError, Message

Settings = dict[str, Any]
"""Plain JSON values: at least ``threads`` (0 = the runtime decides) and ``provider``."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A package that the device half imports: `module` is imported, `distribution` installed."""

    module: str
    distribution: str


@runtime_checkable
class Runner(Protocol):
    """The host half of a runner."""

    @property
    def name(self) -> str:
        """The name in ``--runtime`` and in records: ``onnxruntime``."""
        ...

    @property
    def title(self) -> str:
        """The runtime's name for people: ``ONNX Runtime``."""
        ...

    @property
    def device_half(self) -> Path:
        """The file to push to the device, or to open locally."""
        ...

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """What the device's Python must be able to import."""
        ...

    @property
    def providers(self) -> tuple[str, ...]:
        """Where this runtime can execute, the default first: ``CPUExecutionProvider``, ``CPU``."""
        ...

    def runs(
        self,
        model_format: str,
        *,
        dtypes: Collection[str] = (),
        operators: Collection[str] = (),
    ) -> Message | None:
        """None when this runtime can execute such a model, else why not.

        `dtypes` are the weights' storage types, `operators` the operator types in the graph.
        """
        ...

    def settings(self, *, threads: int = 0, provider: str = "") -> Settings:
        """The settings of the device half.

        Raises:
            UnknownProvider: this runtime has no such provider.
        """
        ...


class UnknownProvider(GenbaError):
    """A runtime was asked to execute on something that it does not know."""

    code = "unknown_provider"
    what = N_("{runtime} cannot execute on “{provider}”.")
    fix = N_("Choose one of: {known}")


def split_runtime(runtime: str) -> tuple[str, str]:
    """``openvino:GPU`` → (``openvino``, ``GPU``); without a colon the provider is empty."""
    name, _, provider = runtime.partition(":")
    return name, provider


def choose_provider(runner: Runner, provider: str) -> str:
    """The runner's own spelling of `provider`, or its default when that is empty.

    Raises:
        UnknownProvider: the runner does not list it.
    """
    if not provider:
        return runner.providers[0]
    for known in runner.providers:
        if known.lower() == provider.lower():
            return known
    raise UnknownProvider(
        runtime=runner.title, provider=provider, known=", ".join(runner.providers)
    )
