"""Quality through a real runtime, and evaluation files that cannot be used."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import builders
from genba.compression.evaluation import EvaluationInvalid, load_evaluation
from genba.compression.quality import DataDoesNotFit, QualityScore, evaluate
from genba.extension.runners import runner
from genba.jobs import JobContext
from genba.runtimes.local import open_handle


def _save(path: Path, **arrays: Any) -> Path:
    named = {name.replace("input__", "input:"): np.asarray(a) for name, a in arrays.items()}
    np.savez_compressed(path, **named)
    return path


def _evaluate(model: Path, data: Path, name: str = "onnxruntime") -> QualityScore:
    found = runner(name)
    return evaluate(found.device_half, model, found.settings(threads=1), data)


def _mlp(folder: Path, rows: int = 40) -> tuple[Path, NDArray[Any], NDArray[Any]]:
    """A model, its inputs, and the labels that it gives itself."""
    path = builders.save(builders.tiny_mlp(), folder / "m.onnx")
    found = runner("onnxruntime")
    handle = open_handle(found.device_half, path, found.settings(threads=1))
    inputs = np.random.default_rng(3).standard_normal((rows, 64)).astype(np.float32)
    return path, inputs, handle.infer({"features": inputs})["scores"].argmax(axis=1)


@pytest.mark.parametrize("name", ["onnxruntime", "openvino"])
def test_accuracy_counts_the_labels_that_agree(name: str, tmp_path: Path) -> None:
    model, inputs, labels = _mlp(tmp_path)
    wrong = labels.copy()
    wrong[:10] = (wrong[:10] + 1) % 4
    data = _save(tmp_path / "e.npz", metric="accuracy", input__features=inputs, expected=wrong)
    score = _evaluate(model, data, name)
    assert score.value == pytest.approx(30 / 40)
    assert score.low < score.value < score.high
    assert (score.n, score.unit, score.higher_is_better, score.level) == (40, "ratio", True, 0.95)
    assert score.data_sha256 == hashlib.sha256(data.read_bytes()).hexdigest()
    assert score.runtime["runtime"] == name


def test_it_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    model, inputs, labels = _mlp(tmp_path)
    data = _save(tmp_path / "e.npz", metric="macro_f1", input__features=inputs, expected=labels)
    found = runner("onnxruntime")
    steps: list[object] = []
    score = JobContext(steps.append).run_process(
        evaluate, found.device_half, model, found.settings(threads=1), data
    )
    assert score.value == 1.0
    assert steps


def test_images_are_scored_in_decibels(tmp_path: Path) -> None:
    model = builders.save(builders.tiny_upscaler(), tmp_path / "m.onnx")
    found = runner("onnxruntime")
    handle = open_handle(found.device_half, model, found.settings(threads=1))
    small = np.random.default_rng(0).random((5, 1, 6, 7)).astype(np.float32)
    shown = np.clip(handle.infer({"image": small})["enlarged"], 0, 1)
    expected = np.where(shown < 0.5, shown + 0.1, shown - 0.1)
    data = _save(tmp_path / "e.npz", metric="psnr_db", input__image=small, expected=expected)
    score = _evaluate(model, data)
    assert score.value == pytest.approx(20.0, abs=0.01)
    assert score.unit == "dB"


def test_text_is_scored_by_perplexity(tmp_path: Path) -> None:
    model = builders.save(builders.tiny_decoder(), tmp_path / "m.onnx")
    tokens = np.arange(40) * 7 % 32
    data = _save(tmp_path / "e.npz", metric="perplexity", tokens=tokens, context=16)
    score = _evaluate(model, data)
    assert score.n == 40 - 3  # the first token of each of three windows is only read
    assert score.value > 1.0
    assert not score.higher_is_better


def _features(rows: int, width: int = 64) -> NDArray[np.float32]:
    return np.zeros((rows, width), np.float32)


@pytest.mark.parametrize(
    "arrays",
    [
        {"metric": "bleu", "input__features": _features(4), "expected": np.zeros(4, int)},
        {"metric": "accuracy", "expected": np.zeros(4, int)},
        {"metric": "accuracy", "input__features": _features(4), "expected": np.zeros(3, int)},
        {"metric": "accuracy", "input__features": _features(0), "expected": np.zeros(0, int)},
        {"metric": "accuracy", "input__features": _features(2), "expected": np.zeros(2)},
        {"metric": "accuracy", "input__features": _features(2) * np.nan,
         "expected": np.zeros(2, int)},
        {"metric": "perplexity", "tokens": np.zeros((2, 2), int), "context": 8},
        {"metric": "perplexity", "tokens": np.array([1, -1]), "context": 8},
        {"metric": "perplexity", "tokens": np.array([1, 2])},
        {"metric": "perplexity", "tokens": np.array([1, 2]), "context": 1},
        {"input__features": _features(2), "expected": np.zeros(2, int)},
    ],
)  # fmt: skip
def test_wrong_data_is_refused(arrays: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(EvaluationInvalid):
        load_evaluation(_save(tmp_path / "e.npz", **arrays))


def test_python_objects_are_never_loaded(tmp_path: Path) -> None:
    path = tmp_path / "e.npz"
    np.savez(path, metric=np.array("accuracy"), expected=np.array([{}], dtype=object))
    with pytest.raises(EvaluationInvalid):
        load_evaluation(path)


def test_a_header_that_promises_too_much_is_not_believed(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    header = {"descr": "<f4", "fortran_order": False, "shape": (1 << 40,)}
    np.lib.format.write_array_header_1_0(buffer, header)
    path = tmp_path / "e.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metric.npy", buffer.getvalue() + bytes(16))
    with pytest.raises(EvaluationInvalid):
        load_evaluation(path)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04" + bytes(50)])
def test_what_is_no_archive_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "e.npz"
    path.write_bytes(content)
    with pytest.raises(EvaluationInvalid):
        load_evaluation(path)
    with pytest.raises(EvaluationInvalid):
        load_evaluation(tmp_path)


@pytest.mark.parametrize(
    "arrays",
    [
        {"metric": "accuracy", "input__image": _features(2), "expected": np.zeros(2, int)},
        {"metric": "accuracy", "input__features": _features(2, 9), "expected": np.zeros(2, int)},
        {"metric": "psnr_db", "input__features": _features(2), "expected": np.zeros((2, 8, 8))},
        {"metric": "perplexity", "tokens": np.array([1, 2, 3]), "context": 8},
    ],
)
def test_data_of_another_model_is_refused(arrays: dict[str, Any], tmp_path: Path) -> None:
    model = builders.save(builders.tiny_mlp(), tmp_path / "m.onnx")
    with pytest.raises(DataDoesNotFit):
        _evaluate(model, _save(tmp_path / "e.npz", **arrays))


def test_tokens_beyond_the_vocabulary_are_refused(tmp_path: Path) -> None:
    model = builders.save(builders.tiny_decoder(), tmp_path / "m.onnx")
    data = _save(tmp_path / "e.npz", metric="perplexity", tokens=np.array([1, 99]), context=8)
    with pytest.raises(Exception, match=r"tokens|indices|index|run"):
        _evaluate(model, data)
