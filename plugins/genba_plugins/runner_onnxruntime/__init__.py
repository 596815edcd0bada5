"""Runs ONNX models with ONNX Runtime: the host half."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from genba.errors import N_, Message
from genba.runtimes.runner import Requirement, Settings, choose_provider

DEVICE_HALF = Path(__file__).with_name("device.py")


@dataclass(frozen=True, slots=True)
class OnnxRuntimeRunner:
    """What Genba knows about ONNX Runtime without importing it."""

    name: str = "onnxruntime"
    title: str = "ONNX Runtime"
    device_half: Path = DEVICE_HALF
    requirements: tuple[Requirement, ...] = (
        Requirement("onnxruntime", "onnxruntime"),
        Requirement("numpy", "numpy"),
    )
    providers: tuple[str, ...] = (
        "CPUExecutionProvider",
        "CUDAExecutionProvider",
        "TensorrtExecutionProvider",
        "OpenVINOExecutionProvider",
        "QNNExecutionProvider",
        "XnnpackExecutionProvider",
        "CoreMLExecutionProvider",
        "DmlExecutionProvider",
    )

    def runs(
        self,
        model_format: str,
        *,
        dtypes: Collection[str] = (),
        operators: Collection[str] = (),
    ) -> Message | None:
        """ONNX files only."""
        if model_format != "onnx":
            return Message(
                text=N_("{runtime} runs ONNX models, and this one is {format}."),
                params={"runtime": self.title, "format": model_format},
                code="format_not_supported",
            )
        return None

    def settings(self, *, threads: int = 0, provider: str = "") -> Settings:
        """Sequential execution; spinning as the runtime ships it (see `device.py`)."""
        return {
            "threads": threads,
            "provider": choose_provider(self, provider),
            "allow_spinning": True,
        }


RUNNER = OnnxRuntimeRunner()
