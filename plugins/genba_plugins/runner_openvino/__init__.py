"""Runs ONNX models and OpenVINO IR with OpenVINO: the host half."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from genba.errors import N_, Message
from genba.runtimes.runner import Requirement, Settings, choose_provider

DEVICE_HALF = Path(__file__).with_name("device.py")


@dataclass(frozen=True, slots=True)
class OpenVinoRunner:
    """What Genba knows about OpenVINO without importing it."""

    name: str = "openvino"
    title: str = "OpenVINO"
    device_half: Path = DEVICE_HALF
    requirements: tuple[Requirement, ...] = (
        Requirement("openvino", "openvino"),
        Requirement("numpy", "numpy"),
    )
    providers: tuple[str, ...] = ("CPU", "GPU", "NPU")

    def runs(
        self,
        model_format: str,
        *,
        dtypes: Collection[str] = (),
        operators: Collection[str] = (),
    ) -> Message | None:
        """ONNX and OpenVINO IR."""
        if model_format not in ("onnx", "openvino"):
            return Message(
                text=N_("{runtime} runs ONNX and OpenVINO models, and this one is {format}."),
                params={"runtime": self.title, "format": model_format},
                code="format_not_supported",
            )
        return None

    def settings(self, *, threads: int = 0, provider: str = "") -> Settings:
        """Tuned for latency: one stream."""
        return {"threads": threads, "provider": choose_provider(self, provider), "hint": "LATENCY"}


RUNNER = OpenVinoRunner()
