"""What is laid out on a device, and under which names."""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path

import pytest

from genba.benchmark.deployment import RunnerSpec, plan_deployment
from genba.benchmark.errors import BadInputs
from genba.study.model import ModelFile, artifact_id
from genba_plugins.runner_onnxruntime import RUNNER


def entry(name: str, content: bytes) -> ModelFile:
    return ModelFile(name=name, size=len(content), sha256=hashlib.sha256(content).hexdigest())


def test_a_folder_s_name_follows_names_and_contents_not_the_order() -> None:
    one, two = entry("model.onnx", b"1"), entry("model.data", b"2")
    assert artifact_id((one, two)) == artifact_id((two, one))
    assert artifact_id((one, two)) != artifact_id((one, entry("model.data", b"3")))
    assert artifact_id((one,)) != artifact_id((entry("other.onnx", b"1"),))


def test_external_data_lies_beside_the_model_and_inputs_apart(tmp_path: Path) -> None:
    (tmp_path / "in.npz").write_bytes(b"zip")
    files = (entry("model.data", b"2"), entry("model.onnx", b"1"))
    spec = RunnerSpec.of(RUNNER, {"threads": 1})
    plan = plan_deployment(spec, files, tmp_path / "model.onnx", tmp_path / "in.npz")
    assert [file.file.name for file in plan.files] == ["model.data", "model.onnx", "inputs.npz"]
    assert plan.files[0].artifact == plan.files[1].artifact == plan.model[0]
    assert plan.model[1] == "model.onnx"
    assert plan.inputs is not None
    assert plan.inputs[0] != plan.model[0]


def test_inputs_that_cannot_be_read(tmp_path: Path) -> None:
    spec = RunnerSpec.of(RUNNER, {})
    with pytest.raises(BadInputs):
        plan_deployment(
            spec, (entry("m.onnx", b"1"),), tmp_path / "m.onnx", tmp_path / "missing.npz"
        )


def test_the_halves_that_go_to_a_device_are_python_3_8(tmp_path: Path) -> None:
    spec = RunnerSpec.of(RUNNER, {})
    plan = plan_deployment(spec, (entry("m.onnx", b"1"),), tmp_path / "m.onnx", None)
    ast.parse(spec.device_half, feature_version=(3, 8))
    ast.parse(plan.decoding_half, feature_version=(3, 8))
