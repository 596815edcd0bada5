"""Passes are checked against onnxruntime's own quantisers and by running their results."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import numpy_helper

import builders
from genba.compression.passes import affine, fp16, int4_weights, int8_dynamic, registry
from genba.compression.passes.base import NothingToCompress, quiet, sort_nodes
from genba.extension.runners import runner
from genba.models.costs import analyze
from genba.runtimes.local import open_handle

Build = Callable[[], onnx.ModelProto]
BUILDERS: list[Build] = [
    builders.tiny_convnet, builders.tiny_conv1d, builders.tiny_mlp, builders.tiny_decoder,
]  # fmt: skip

ERRORS = {"fp16": 0.002, "int8_dynamic": 0.02, "int4_weights": 0.25}
CASES = [
    (build, name, error)
    for build in BUILDERS
    for name, error in ERRORS.items()
    if (build, name) != (builders.tiny_convnet, "int4_weights")  # it has no MatMul
]


def _run(path: Path, inputs: dict[str, NDArray[Any]], name: str = "onnxruntime") -> NDArray[Any]:
    found = runner(name)
    handle = open_handle(found.device_half, path, found.settings(threads=1))
    return handle.infer(inputs)[handle.outputs[0]["name"]]


def _apply(name: str, source: Path, folder: Path, **parameters: Any) -> tuple[Path, int]:
    folder.mkdir(exist_ok=True)
    kind = registry.find(name)
    target = folder / "model.onnx"
    return target, kind.apply(source, target, kind.parameters(**parameters))


def _tensors(path: Path) -> dict[str, NDArray[Any]]:
    return {t.name: numpy_helper.to_array(t) for t in onnx.load(path).graph.initializer}


@pytest.mark.parametrize("external", [False, True])
@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
@pytest.mark.parametrize(("build", "name", "error"), CASES)
def test_results_run_and_stay_near_the_original(
    build: Build, name: str, error: float, runtime: str, external: bool, tmp_path: Path
) -> None:
    model = build()
    writer = builders.save_external if external else builders.save
    source = writer(model, tmp_path / "m.onnx")
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    target, changed = _apply(name, source, tmp_path / "out")
    inputs = builders.random_inputs(model, sequence=5, total=5, past=0)
    wanted, given = _run(source, inputs, runtime), _run(target, inputs, runtime)
    assert changed > 0
    assert np.abs(given - wanted).max() < error * np.abs(wanted).max()
    onnx.checker.check_model(str(target))
    kept = {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()}
    assert kept == before  # the source is only read


@pytest.mark.parametrize("name", ["fp16", "int8_dynamic", "int4_weights"])
def test_work_and_parameters_are_counted_alike_before_and_after(name: str, tmp_path: Path) -> None:
    source = builders.save(builders.tiny_decoder(), tmp_path / "m.onnx")
    target, _ = _apply(name, source, tmp_path / "out")
    before, after = analyze(source), analyze(target)
    assert after.macs == before.macs
    assert after.parameters == before.parameters
    assert after.weight_bytes < before.weight_bytes
    assert after.kv_cache_bytes_per_token == before.kv_cache_bytes_per_token
    assert after.attention == before.attention


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize(("rows", "block"), [(64, 32), (50, 16), (128, 64)])
def test_int4_is_what_onnxruntime_s_quantiser_makes(
    rows: int, block: int, symmetric: bool, tmp_path: Path
) -> None:
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    model = builders.tiny_mlp(inputs=rows, hidden=24)
    source = builders.save(model, tmp_path / "m.onnx")
    target, changed = _apply(
        "int4_weights", source, tmp_path / "out", block_size=block, symmetric=symmetric
    )
    peer = MatMulNBitsQuantizer(
        builders.tiny_mlp(inputs=rows, hidden=24),
        block_size=block,
        is_symmetric=symmetric,
        accuracy_level=4,
    )
    with quiet():
        peer.process()
    expected = {t.name: numpy_helper.to_array(t) for t in peer.model.model.graph.initializer}
    ours = _tensors(target)
    assert changed == 2
    assert set(ours) == set(expected)
    assert all(np.array_equal(ours[name], expected[name]) for name in expected)
    nodes = {n.op_type: n for n in onnx.load(target).graph.node}
    theirs = {n.op_type: n for n in peer.model.model.graph.node}
    assert {a.name: a.i for a in nodes["MatMulNBits"].attribute} == {
        a.name: a.i for a in theirs["MatMulNBits"].attribute
    }


@pytest.mark.parametrize("per_channel", [True, False])
@pytest.mark.parametrize("weights", ["uint8", "int8"])
def test_int8_weights_are_what_onnxruntime_s_quantiser_makes(
    weights: str, per_channel: bool, tmp_path: Path
) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    source = builders.save(builders.tiny_mlp(), tmp_path / "m.onnx")
    target, _ = _apply(
        "int8_dynamic", source, tmp_path / "out", weights=weights, per_channel=per_channel
    )
    kind = QuantType.QUInt8 if weights == "uint8" else QuantType.QInt8
    with quiet():
        quantize_dynamic(
            source, tmp_path / "peer.onnx", per_channel=per_channel, weight_type=kind,
            op_types_to_quantize=["MatMul"],
        )  # fmt: skip
    ours, theirs = _tensors(target), _tensors(tmp_path / "peer.onnx")
    for name in ("first.weight", "second.weight"):
        for part in ("quantized", "scale", "zero_point"):
            got, wanted = ours[f"{name}_{part}"], theirs[f"{name}_{part}"]
            assert got.dtype == wanted.dtype
            assert np.allclose(got.reshape(-1), wanted.reshape(-1), rtol=1e-6), part
    inputs = builders.random_inputs(builders.tiny_mlp())
    assert np.allclose(_run(target, inputs), _run(tmp_path / "peer.onnx", inputs), atol=1e-6)


def test_a_number_comes_back_within_half_a_step() -> None:
    weight = np.random.default_rng(0).standard_normal((40, 6)).astype(np.float32)
    for dtype in (np.uint8, np.int8):
        for symmetric in (True, False):
            done = affine.quantise(weight, dtype, axis=1, symmetric=symmetric, reduce_range=False)
            back = (done.values.astype(np.float64) - done.zero_points) * done.scales
            assert (np.abs(back - weight) <= done.scales * 0.5001 + 1e-7).all() or not symmetric
            assert (np.abs(back - weight) <= done.scales * 1.0001).all()


def test_a_channel_of_zeros_stays_zero() -> None:
    weight = np.zeros((8, 3), np.float32)
    done = affine.quantise(weight, np.uint8, axis=1, symmetric=False, reduce_range=False)
    assert np.array_equal((done.values.astype(int) - done.zero_points) * done.scales, weight)


def test_reduce_range_keeps_to_seven_bits() -> None:
    weight = np.random.default_rng(0).standard_normal((40, 6)).astype(np.float32)
    for dtype, symmetric in ((np.uint8, False), (np.uint8, True), (np.int8, True)):
        done = affine.quantise(weight, dtype, axis=1, symmetric=symmetric, reduce_range=True)
        assert int(done.values.max()) - int(done.values.min()) <= 128


def test_gemm_with_a_transposed_weight_and_a_bias(tmp_path: Path) -> None:
    net = builders.Net()
    net.add("Gemm", "x", net.weight(5, 16), net.weight(5), output="y", transB=1)
    model = net.model([builders.floats("x", 2, 16)], [builders.floats("y", 2, 5)], "gemm")
    source = builders.save(model, tmp_path / "m.onnx")
    target, changed = _apply("int8_dynamic", source, tmp_path / "out")
    inputs = builders.random_inputs(model)
    assert changed == 1
    assert np.allclose(_run(target, inputs), _run(source, inputs), atol=0.05)


def test_gemm_with_factors_stays_as_it_is(tmp_path: Path) -> None:
    net = builders.Net()
    net.add("Gemm", "x", net.weight(16, 5), net.weight(5), output="y", alpha=0.5)
    model = net.model([builders.floats("x", 2, 16)], [builders.floats("y", 2, 5)], "gemm")
    with pytest.raises(NothingToCompress):
        _apply("int8_dynamic", builders.save(model, tmp_path / "m.onnx"), tmp_path / "out")


def test_convolutions_of_one_two_and_three_axes_have_kernels_or_stay(tmp_path: Path) -> None:
    for axes in (1, 2, 3):
        net = builders.Net()
        net.add("Conv", "x", net.weight(4, 2, *(3,) * axes), net.weight(4), output="y")
        ends = (
            [builders.floats("x", 1, 2, *(8,) * axes)],
            [builders.floats("y", 1, 4, *(6,) * axes)],
        )
        model = net.model(*ends, "conv")
        source = builders.save(model, tmp_path / f"{axes}.onnx")
        inputs = builders.random_inputs(model)
        if not int8_dynamic.has_conv_kernel(axes + 2, 2):
            with pytest.raises(NothingToCompress):
                _apply("int8_dynamic", source, tmp_path / "out")
            continue
        target, changed = _apply("int8_dynamic", source, tmp_path / "out")
        assert changed == 1
        assert np.allclose(_run(target, inputs), _run(source, inputs), atol=0.1)


def test_the_kernel_probe_can_say_no() -> None:
    assert not int8_dynamic.has_conv_kernel(4, 10)  # no convolution of float16 as integers


@pytest.mark.parametrize("name", ["fp16", "int8_dynamic", "int4_weights"])
def test_nothing_to_compress_is_said(name: str, tmp_path: Path) -> None:
    net = builders.Net()
    net.add("Relu", "x", output="y")
    model = net.model([builders.floats("x", 4)], [builders.floats("y", 4)], "relu")
    with pytest.raises(NothingToCompress) as caught:
        _apply(name, builders.save(model, tmp_path / "m.onnx"), tmp_path / "out")
    assert caught.value.params["name"] == name


def test_a_tied_weight_is_stored_once_and_stays_for_the_embedding(tmp_path: Path) -> None:
    net = builders.Net()
    table = net.weight(64, 64)
    x = net.add("Gather", table, "ids")
    x = net.add("MatMul", x, table)
    net.add("MatMul", x, table, output="y")
    model = net.model([builders.integers("ids", 1, 3)], [builders.floats("y", 1, 3, 64)], "tied")
    target, changed = _apply(
        "int4_weights", builders.save(model, tmp_path / "m.onnx"), tmp_path / "out"
    )
    names = set(_tensors(target))
    assert changed == 1
    assert table in names
    assert sum(name.endswith("_Q4") for name in names) == 1


def test_fp16_keeps_inputs_outputs_and_clips_what_does_not_fit(tmp_path: Path) -> None:
    net = builders.Net()
    large = np.full((64, 32), 1e6, np.float32)
    net.add("MatMul", "x", net.constant(large, "w"), output="y")
    model = net.model([builders.floats("x", 1, 64)], [builders.floats("y", 1, 32)], "large")
    target, _ = _apply("fp16", builders.save(model, tmp_path / "m.onnx"), tmp_path / "out")
    converted = onnx.load(target)
    assert converted.graph.input[0].type.tensor_type.elem_type == onnx.TensorProto.FLOAT
    assert converted.graph.output[0].type.tensor_type.elem_type == onnx.TensorProto.FLOAT
    weight = _tensors(target)["w"]
    assert weight.dtype == np.float16
    assert float(weight.max()) == 65504.0


def test_fp16_numbers_are_those_of_onnxruntime_s_converter() -> None:
    from onnxruntime.transformers.float16 import convert_np_to_float16

    random = np.random.default_rng(5)
    values = (random.standard_normal(50_000) * 10.0 ** random.uniform(-12, 8, 50_000)).astype(
        np.float32
    )
    values[:6] = [0.0, -0.0, np.inf, -np.inf, 65504.0, -7e4]
    assert np.array_equal(fp16.half(values), convert_np_to_float16(values))


def test_fp16_knows_onnxruntime_s_operators(tmp_path: Path) -> None:
    """TopK has no fp16 form and follows an operator that onnx does not know."""
    net = builders.Net()
    x = net.add("MatMul", "x", net.weight(8, 8))
    x = net.add("FastGelu", x, domain="com.microsoft")
    node = onnx.helper.make_node("TopK", [x, net.constant(np.array([2]))], ["y", "i"], axis=-1)
    net.nodes.append(node)
    model = net.model([builders.floats("x", 1, 8)], [builders.floats("y", 1, 2)], "topk")
    source = builders.save(model, tmp_path / "m.onnx")
    target, _ = _apply("fp16", source, tmp_path / "out")
    inputs = builders.random_inputs(model)
    assert np.allclose(_run(target, inputs), _run(source, inputs), atol=0.01)


@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
@pytest.mark.parametrize("name", list(ERRORS))
def test_inputs_and_outputs_keep_their_names(name: str, runtime: str, tmp_path: Path) -> None:
    source = builders.save(builders.tiny_decoder(), tmp_path / "m.onnx")
    target, _ = _apply(name, source, tmp_path / "out")
    found = runner(runtime)
    before, after = (
        open_handle(found.device_half, path, found.settings(threads=1)) for path in (source, target)
    )
    assert [s["name"] for s in after.inputs] == [s["name"] for s in before.inputs]
    assert [s["name"] for s in after.outputs] == [s["name"] for s in before.outputs]
    assert after.inputs[0]["name"] == "input_ids"


def test_nodes_are_sorted_and_stay_near_their_order() -> None:
    nodes = [
        onnx.helper.make_node("Relu", ["b"], ["c"], "third"),
        onnx.helper.make_node("Relu", ["x"], ["d"], "free"),
        onnx.helper.make_node("Relu", ["a"], ["b"], "second"),
        onnx.helper.make_node("Relu", ["x"], ["a"], "first"),
    ]
    graph = onnx.helper.make_graph(nodes, "g", [], [])
    sort_nodes(graph)
    assert [n.name for n in graph.node] == ["first", "second", "third", "free"]


def test_parameters_are_validated() -> None:
    for kind, wrong in (
        (int4_weights.Int4WeightsParameters, {"block_size": 33}),
        (int8_dynamic.Int8DynamicParameters, {"weights": "int2"}),
        (fp16.Fp16Parameters, {"keep_types": True}),
    ):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            kind(**wrong)
