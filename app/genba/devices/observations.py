"""Published measurements (and a user's own file of them) as observations of the predictor.

The columns are those of `assets/measurements/measurements.csv`; `README.md` there explains them.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from genba.devices.engines import Engine, unit_kind
from genba.devices.features import Family, Features, features_of
from genba.devices.roofline import Work
from genba.errors import N_, GenbaError
from genba.files import reason_of
from genba.resources import asset, asset_json
from genba.study.device import DeviceProfile

_METRICS: dict[str, tuple[Family, str]] = {
    "decode_tokens_per_s": ("decode", "rate"),
    "tpot_ms": ("decode", "ms"),
    "ttft_ms": ("prefill", "ms"),
    "prefill_tokens_per_s": ("prefill", "tokens"),
    "latency_ms": ("network", "ms"),
    "latency_ms_mean": ("network", "ms"),
    "latency_ms_p50": ("network", "ms"),
    "latency_ms_p90": ("network", "ms"),
    "throughput_per_s": ("network", "rate"),
}
_NEEDED = ("device_id", "model", "precision", "runtime", "metric", "value")

_ENGINES = {
    "onnx runtime": "onnxruntime", "onnx runtime (qnn ep)": "qnn", "qnn": "qnn",
    "tflite (qnn delegate)": "qnn", "qualcomm genie": "genie", "openvino genai": "openvino",
    "ollama (llama.cpp)": "llama.cpp", "llama.cpp (yzma)": "llama.cpp", "mlc llm": "mlc-llm",
    "tensorrt (not stated)": "tensorrt", "hugging face transformers": "transformers",
    "edge tpu runtime": "edgetpu", "tf lite": "tflite", "tflite": "tflite", "vitis ai": "vitis-ai",
    "qualcomm cloud ai sdk": "qualcomm-cloud-ai-sdk", "x-cube-ai 10.2": "x-cube-ai",
    "syntiant sdk": "syntiant-sdk", "tensorrt edge-llm": "tensorrt-edge-llm",
}  # fmt: skip
_BITS_AND_BYTES: tuple[tuple[str, int, float, str], ...] = (
    # beginning of the precision as published, bits, bytes per weight with scales, arithmetic
    ("int4 (q4_k_m", 4, 0.606, "fp16"),
    ("int4 (q4_1", 4, 0.625, "fp16"),
    ("int4 mixed", 4, 0.58, "fp16"),
    ("w4a16_g128", 4, 0.531, "fp16"),
    ("int4", 4, 0.5625, "fp16"),
    ("w4", 4, 0.531, "fp16"),
    ("int2", 2, 0.33, "fp16"),
    ("w8a16", 8, 1.0, "int8"),
    ("int8 channel-wise", 8, 1.0, "fp16"),
    ("int8", 8, 1.0, "int8"),
    ("w8a8", 8, 1.0, "int8"),
    ("as submitted", 8, 1.0, "int8"),
    ("fp32", 32, 4.0, "fp32"),
    ("fp16", 16, 2.0, "fp16"),
    ("w16", 16, 2.0, "fp16"),
    ("ncnn default", 16, 2.0, "fp16"),
)
_NPU_WORDS = ("npu", "edge tpu", "dpu", "mma", "syntiant", "ai 100", "sensing")
_DOUBTFUL = frozenset(
    {
        "m0453", "m0905", "m0906", "m0070", "m0054", "m0923", "m0836", "m0587", "m0610",
        "m0619", "m1438", "m0476", "m0448", "m0449", "m0683", "m0735", "m0739", "m0782",
        "m1174", "m0742", "m0743", "m0993", "m1548", "m1549", "m1684", "m1685", "m0991",
        "m0992",
    }
)  # fmt: skip
"""Rows that the notes on the data doubt: they count less in the fit."""

_DOUBTFUL_DEVICES = frozenset({"cloud-nvidia-h100"})
"""Devices whose rows do (H100: measured on another card than the profile's)."""


class MeasurementFileInvalid(GenbaError):
    """A file of measurements cannot be used."""

    code = "measurement_file_invalid"
    what = N_("{file} is not a table of measurements: {problem}.")
    fix = N_("Use the columns of assets/measurements/measurements.csv.")


@dataclass(frozen=True, slots=True)
class Observation:
    """One measured time. `log_ratio` is ln(measured / ideal seconds); `own` marks a user's Run."""

    row_id: str
    features: Features
    seconds: float
    log_ratio: float
    doubtful: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds: usable observations, and why other rows cannot be used (reason → rows)."""

    observations: tuple[Observation, ...]
    left_out: Mapping[str, int]


def read_table(path: Path, devices: Mapping[str, DeviceProfile]) -> Table:
    """Read a file of measurements.

    Raises:
        MeasurementFileInvalid: it is not CSV with the needed columns.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            missing = [c for c in _NEEDED if c not in (reader.fieldnames or [])]
            if missing:
                problem = "no column " + ", ".join(missing)
                raise MeasurementFileInvalid(file=path.name, problem=problem)
            rows = list(reader)
    except OSError as error:
        raise MeasurementFileInvalid(file=path.name, problem=reason_of(error)) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise MeasurementFileInvalid(file=path.name, problem=str(error)) from error
    used: list[Observation] = []
    left_out: dict[str, int] = {}
    for row in rows:
        outcome = _observation(row, devices)
        if isinstance(outcome, str):
            left_out[outcome] = left_out.get(outcome, 0) + 1
        else:
            used.append(outcome)
    return Table(tuple(used), left_out)


def shipped_table(devices: Mapping[str, DeviceProfile]) -> Table:
    """The published measurements that ship."""
    return read_table(asset("measurements", "measurements.csv"), devices)


@cache
def _models() -> dict[str, dict[str, Any]]:
    return {model["id"]: model for model in asset_json("measurements", "models.json")["models"]}


def _observation(row: dict[str, str], devices: Mapping[str, DeviceProfile]) -> Observation | str:
    """One row as an observation, or the reason why it is none."""
    kind = _METRICS.get(row["metric"])
    value = _number(row["value"])
    if kind is None or not value or value <= 0:
        return "another metric"
    if (row.get("batch") or "1") != "1":
        return "more than one request at a time"
    device = devices.get(row["device_id"])
    if device is None:
        return "unknown device"
    family, meaning = kind
    work = _work(row, family)
    if work is None:
        return "model without the facts that are needed"
    engine = _engine(row, device)
    threads = _threads(row.get("threads_or_backend") or "")
    features = features_of(
        family, work, device, engine, kind=unit_kind(device, engine.unit), model=row["model"],
        threads=threads, throughput=row["metric"] == "throughput_per_s",
        variant=_variant(row), tokens=_prompt(row),
    )  # fmt: skip
    if features is None:
        return "device without the facts that are needed"
    seconds = {"ms": value / 1e3, "rate": 1 / value, "tokens": _prompt(row) / value}[meaning]
    return Observation(
        row_id=row.get("id") or "",
        features=features,
        seconds=seconds,
        log_ratio=math.log(seconds / features.ideal_s),
        doubtful=row.get("id") in _DOUBTFUL or device.id in _DOUBTFUL_DEVICES,
    )


def _work(row: dict[str, str], family: Family) -> Work | None:
    model = _models().get(row["model"])
    if model is None:
        return None
    bits, each, compute = _precision(row["precision"])
    parameters = _fact(model, "parameters") or _number(row.get("parameters"))
    if family == "network":
        macs = _fact(model, "macs")
        size = _number(row.get("weight_bytes")) or (parameters * each if parameters else None)
        return None if not macs or not size else Work(macs, size, 0.0, bits, compute)
    architecture = model.get("architecture") or {}
    per_token = _fact(architecture, "linear_macs_per_token") or parameters
    if not per_token:
        return None
    size = per_token * each
    cache = _fact(architecture, "kv_cache_bytes_per_token_fp16") or 0.0
    if family == "prefill":
        return Work(per_token * _prompt(row), size, 0.0, bits, compute)
    context = _prompt(row) + (_number(row.get("generated_tokens")) or 128) / 2
    return Work(per_token, size, cache * context, bits, compute)


def _prompt(row: dict[str, str]) -> float:
    return _number(row.get("prompt_tokens")) or 128.0


def _precision(text: str) -> tuple[int, float, str]:
    lowered = text.lower()
    for beginning, bits, each, compute in _BITS_AND_BYTES:
        if lowered.startswith(beginning):
            return bits, each, compute
    return 16, 2.0, "fp16"


def _engine(row: dict[str, str], device: DeviceProfile) -> Engine:
    name = row["runtime"].strip().lower()
    backend = (row.get("threads_or_backend") or "").lower()
    engine = _ENGINES.get(name, name)
    if any(word in backend for word in _NPU_WORDS):
        return Engine(engine, "npu")
    if any(w in backend for w in ("gpu", "cuda", "metal", "opencl", "vulkan")):
        return Engine(engine, "gpu")
    return Engine(engine, "cpu" if device.compute.get("cpu") or not device.compute else "npu")


def _variant(row: dict[str, str]) -> str:
    """What else separates one engine's rows: the GPU interface, the DLA, slow cores."""
    backend = (row.get("threads_or_backend") or "").lower()
    for word in ("vulkan", "dla", "powersave=1", "usb", "one core", "one thread"):
        if word in backend:
            return word
    return ""


def _threads(backend: str) -> int:
    words = backend.replace(",", " ").split()
    if len(words) >= 3 and words[0] == "CPU" and words[2].startswith("thread"):
        return int(words[1]) if words[1].isdigit() else 0
    return 0


def _fact(facts: Mapping[str, Any], key: str) -> float | None:
    value = (facts.get(key) or {}).get("value")
    return float(value) if value is not None else None


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None
