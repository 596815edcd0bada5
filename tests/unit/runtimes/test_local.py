"""A device half opened on this machine; its failures are sentences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import builders
from genba.extension.runners import runner
from genba.jobs import JobContext
from genba.runtimes.local import (
    RuntimeMissing,
    RuntimeRefused,
    describe_local,
    open_handle,
    random_arrays,
    run_local,
)
from genba.runtimes.runner import UnknownProvider, choose_provider, split_runtime


def test_many_inferences_in_a_process_of_their_own(tmp_path: Path) -> None:
    model = builders.tiny_mlp()
    path = builders.save(model, tmp_path / "m.onnx")
    found = runner("onnxruntime")
    batches = [builders.random_inputs(model, seed) for seed in (1, 2)]
    outputs = JobContext().run_process(
        run_local, found.device_half, path, found.settings(threads=1), batches
    )
    weights = {
        t.name: np.frombuffer(t.raw_data, np.float32).reshape(t.dims)
        for t in model.graph.initializer
    }
    for batch, output in zip(batches, outputs, strict=True):
        hidden = np.maximum(batch["features"] @ weights["first.weight"] + weights["first.bias"], 0)
        expected = hidden @ weights["second.weight"] + weights["second.bias"]
        assert np.allclose(output["scores"], expected, atol=1e-4)


@pytest.mark.parametrize("name", ["onnxruntime", "openvino"])
def test_a_model_is_described(name: str, tmp_path: Path) -> None:
    path = builders.save(builders.tiny_convnet(), tmp_path / "m.onnx")
    found = runner(name)
    facts = describe_local(found.device_half, path, found.settings(threads=1))
    assert facts["inputs"][0]["name"] == "image"
    assert facts["inputs"][0]["dtype"] == "float32"
    assert facts["inputs"][0]["shape"][1:] == [3, 16, 16]
    assert isinstance(facts["inputs"][0]["shape"][0], str)
    assert (facts["runtime"], facts["threads"]) == (name, 1)
    assert facts["version"]


@pytest.mark.parametrize("name", ["onnxruntime", "openvino"])
def test_a_broken_model_is_refused_with_the_runtime_s_reason(name: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"\x08\x0a not a model at all")
    found = runner(name)
    with pytest.raises(RuntimeRefused) as caught:
        open_handle(found.device_half, path, found.settings(threads=1))
    assert caught.value.params["name"] == "broken.onnx"
    assert caught.value.params["reason"]


def test_a_wrong_input_is_refused(tmp_path: Path) -> None:
    path = builders.save(builders.tiny_mlp(), tmp_path / "m.onnx")
    found = runner("onnxruntime")
    handle = open_handle(found.device_half, path, found.settings(threads=1))
    with pytest.raises(RuntimeRefused):
        handle.infer({"features": np.zeros((1, 3), np.float32)})


def test_an_absent_runtime_is_named(tmp_path: Path) -> None:
    half = tmp_path / "runner_other" / "device.py"
    half.parent.mkdir()
    half.write_text("def load(path, settings):\n    import no_such_runtime\n")
    with pytest.raises(RuntimeMissing) as caught:
        open_handle(half, tmp_path / "m.onnx", {})
    assert caught.value.params["module"] == "no_such_runtime"


def test_a_provider_is_chosen_in_the_runner_s_spelling() -> None:
    found = runner("openvino")
    assert split_runtime("openvino:gpu") == ("openvino", "gpu")
    assert choose_provider(found, "gpu") == "GPU"
    assert choose_provider(found, "") == "CPU"
    with pytest.raises(UnknownProvider):
        found.settings(provider="TPU")


def test_random_arrays_fit_the_specs(tmp_path: Path) -> None:
    path = builders.save(builders.tiny_decoder(), tmp_path / "m.onnx")
    found = runner("onnxruntime")
    handle = open_handle(found.device_half, path, found.settings(threads=1))
    dims = {"batch": 1, "sequence": 3, "total": 3, "past": 0}
    outputs = handle.infer(random_arrays(handle.inputs, dims))
    assert outputs["logits"].shape == (1, 3, 32)
