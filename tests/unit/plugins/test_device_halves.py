"""Both device halves keep the contract of `genba.runtimes.runner`; nothing leaves the machine."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import builders
from genba.extension.runners import runner
from genba.runtimes.local import open_handle

NAMES = ["onnxruntime", "openvino"]


@pytest.mark.parametrize("name", NAMES)
def test_the_syntax_is_python_3_8(name: str) -> None:
    source = runner(name).device_half.read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 8))
    assert "genba" not in {
        alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }


@pytest.mark.parametrize("name", NAMES)
def test_outputs_stay_valid_after_the_next_call(name: str, tmp_path: Path) -> None:
    model = builders.tiny_mlp()
    found = runner(name)
    path = builders.save(model, tmp_path / "m.onnx")
    handle = open_handle(found.device_half, path, found.settings(threads=1))
    first = handle.infer(builders.random_inputs(model, 1))["scores"]
    kept = first.copy()
    handle.infer(builders.random_inputs(model, 2))
    assert np.array_equal(first, kept)


def test_both_runtimes_agree(tmp_path: Path) -> None:
    model = builders.tiny_convnet()
    path = builders.save(model, tmp_path / "m.onnx")
    inputs = builders.random_inputs(model, batch=2)
    one, two = (
        open_handle(r.device_half, path, r.settings(threads=1)).infer(inputs)["scores"]
        for r in map(runner, NAMES)
    )
    assert np.allclose(one, two, atol=1e-4)


def test_onnxruntime_never_falls_back_in_silence(tmp_path: Path) -> None:
    found = runner("onnxruntime")
    path = builders.save(builders.tiny_mlp(), tmp_path / "m.onnx")
    with pytest.raises(Exception, match="CUDAExecutionProvider"):
        open_handle(found.device_half, path, found.settings(provider="CUDAExecutionProvider"))


def test_openvino_names_the_devices_there_are(tmp_path: Path) -> None:
    found = runner("openvino")
    path = builders.save(builders.tiny_mlp(), tmp_path / "m.onnx")
    with pytest.raises(Exception, match=r"NPU.*CPU"):
        open_handle(found.device_half, path, found.settings(provider="NPU"))


def test_openvino_is_loaded_without_its_telemetry(tmp_path: Path) -> None:
    path = builders.save(builders.tiny_mlp(), tmp_path / "m.onnx")
    code = (
        "import sys, importlib.util as u\n"
        "s = u.spec_from_file_location('d', sys.argv[1]); m = u.module_from_spec(s)\n"
        "s.loader.exec_module(m); m.load(sys.argv[2], {'threads': 1})\n"
        "assert 'openvino' in sys.modules\n"
        "print([n for n in sys.modules if n.startswith('openvino_telemetry.')])\n"
    )
    command = [sys.executable, "-c", code, str(runner("openvino").device_half), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_each_runner_says_what_it_cannot_run() -> None:
    assert runner("onnxruntime").runs("onnx") is None
    assert runner("openvino").runs("openvino") is None
    for name in NAMES:
        reason = runner(name).runs("gguf")
        assert reason is not None
        assert reason.params["format"] == "gguf"


def test_host_halves_import_no_runtime() -> None:
    code = (
        "import sys, genba_plugins.runner_onnxruntime, genba_plugins.runner_openvino\n"
        "assert not {'onnxruntime', 'openvino', 'numpy', 'onnx'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
