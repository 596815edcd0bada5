"""Writes the files of a sample: the network, the evaluation data, the measured numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime


def save_model(model: onnx.ModelProto, path: Path) -> int:
    """Checks *model*, writes it as one file, and returns its number of parameters.

    Parameters are the elements of floating-point initialisers with at least one dimension.
    """
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)
    floating = {onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16}
    return sum(
        int(np.prod(t.dims)) for t in model.graph.initializer if t.dims and t.data_type in floating
    )


def save_evaluation(path: Path, metric: str, **arrays: Any) -> None:
    """Writes *arrays* and the name of the *metric* as a compressed archive without pickles.

    A keyword ``input__signal`` becomes the array ``input:signal``.
    """
    named = {key.replace("input__", "input:"): value for key, value in arrays.items()}
    np.savez_compressed(path, metric=np.array(metric), **named)


def open_session(path: Path) -> onnxruntime.InferenceSession:
    """The network at *path* under onnxruntime on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def update_sample(
    folder: Path, parameters: int, quality: dict[str, float], baseline: float
) -> None:
    """Puts measured numbers into *folder*/sample.json and leaves the rest of it as it is."""
    path = folder / "sample.json"
    sample = json.loads(path.read_text(encoding="utf-8"))
    sample["parameters"] = parameters
    sample["quality"] = {key: _short(value) for key, value in quality.items()}
    sample["baseline"]["value"] = _short(baseline)
    text = json.dumps(sample, ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8")


def _short(value: float) -> float:
    return value if isinstance(value, int) else round(float(value), 4)
