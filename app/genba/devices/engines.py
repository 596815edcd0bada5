"""What a runtime string means: the engine, the unit of the device it runs on, and that unit's kind.

A runtime is ``engine`` or ``engine:provider``, as in a profile's `runtimes`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from genba.study.device import DeviceProfile

Unit = Literal["cpu", "gpu", "npu"]

_UNITS: dict[str, Unit] = {
    "cpu": "cpu", "cpuexecutionprovider": "cpu", "xnnpack": "cpu",
    "openvinoexecutionprovider": "cpu",
    "gpu": "gpu", "cuda": "gpu", "cudaexecutionprovider": "gpu", "tensorrtexecutionprovider": "gpu",
    "vulkan": "gpu", "metal": "gpu", "opencl": "gpu", "sycl": "gpu", "hip": "gpu",
    "dmlexecutionprovider": "gpu", "rocmexecutionprovider": "gpu",
    "npu": "npu", "qnnexecutionprovider": "npu", "vitisaiexecutionprovider": "npu",
    "coremlexecutionprovider": "npu", "tidlexecutionprovider": "npu", "qnn": "npu", "tidl": "npu",
    "edgetpu": "npu", "vx-delegate": "npu", "neutron-delegate": "npu",
}  # fmt: skip
_ENGINE_UNITS: dict[str, Unit] = {
    "tensorrt": "gpu", "tensorrt-llm": "gpu", "vllm": "gpu", "mlc-llm": "gpu", "mlx": "gpu",
    "transformers": "gpu", "tinychat": "gpu", "tensorrt-edge-llm": "gpu",
    "qnn": "npu", "genie": "npu", "rknn": "npu", "rkllm": "npu", "hailort": "npu", "tidl": "npu",
    "vitis-ai": "npu", "stedgeai": "npu", "syntiant-sdk": "npu", "qualcomm-cloud-ai-sdk": "npu",
    "edgetpu": "npu",
}  # fmt: skip
_PROVIDER_ENGINES = {
    "tensorrtexecutionprovider": "tensorrt",
    "openvinoexecutionprovider": "openvino",
    "vitisaiexecutionprovider": "vitis-ai",
    "tidlexecutionprovider": "tidl",
    "edgetpu": "edgetpu",
}
_SMALL_ARM = re.compile(r"Cortex-A(53|55|57|7[0-3])\b")


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine on one unit, for example (``onnxruntime``, ``gpu``)."""

    name: str
    unit: Unit


def engine_of(runtime: str) -> Engine:
    """The engine and unit that a runtime string names; an unknown provider is taken as CPU."""
    head, _, provider = runtime.partition(":")
    name = head.split("(")[0].strip().lower()
    provider = provider.strip().lower()
    unit = _UNITS.get(provider) or _ENGINE_UNITS.get(name) or "cpu"
    return Engine(_PROVIDER_ENGINES.get(provider, name), unit)


def default_runtime(device: DeviceProfile) -> str:
    """What is meant when nobody names a runtime: the first that Genba can drive, else any."""
    ours = (r for r in device.runtimes if r.startswith(("onnxruntime", "openvino")))
    return next(ours, device.runtimes[0] if device.runtimes else "onnxruntime")


def unit_kind(device: DeviceProfile, unit: Unit) -> str:
    """The class of units that share an efficiency, for example ``arm_cpu_big``."""
    if device.device_class == "mcu":
        return f"mcu_{unit}"
    if unit == "npu":
        small = device.device_class in ("accelerator", "fpga", "asic")
        return "accelerator" if small else "soc_npu"
    if device.vendor == "Apple":
        return f"apple_{unit}"
    if unit == "gpu":
        if device.vendor == "NVIDIA":
            return "jetson_gpu" if device.device_class == "module" else "discrete_gpu"
        return "discrete_gpu" if device.device_class == "cloud" else "integrated_gpu"
    if device.cpu_arch == "x86_64":
        return "x86_cpu"
    return "arm_cpu_small" if _SMALL_ARM.search(device.cpu_name) else "arm_cpu_big"
