"""Costs are counted from the graph, checked against sums by hand and published numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

import builders
from genba.models.costs import analyze
from genba.models.dimensions import BadDimension, UnknownDimension
from genba.study.costs import ModelCosts


def _costs(model: onnx.ModelProto, folder: Path, **dims: int) -> ModelCosts:
    return analyze(builders.save(model, folder / "m.onnx"), dims)


def _codes(costs: ModelCosts) -> list[str]:
    return [w.code for w in costs.warnings]


def test_convolutions_count_output_elements_times_kernel(tmp_path: Path) -> None:
    costs = _costs(builders.tiny_convnet(), tmp_path, batch=1)
    assert [o.macs for o in costs.operators if o.macs] == [55_296, 36_864, 80]
    assert costs.macs == 92_240
    assert costs.parameters == 8 * 27 + 8 + 8 * 18 + 80 + 10
    assert costs.weight_bytes == 4 * costs.parameters
    assert costs.warnings == ()


def test_alexnet_first_layer_has_its_published_macs(tmp_path: Path) -> None:
    """Sze et al. 2017, "Efficient Processing of Deep Neural Networks", Table 2: AlexNet CONV1 of
    96 filters 11x11 over 227x227, stride 4, gives 55x55 outputs: 105.4 M MACs.
    """
    net = builders.Net()
    net.add("Conv", "image", net.weight(96, 3, 11, 11), strides=[4, 4], output="y")
    image, out = builders.floats("image", 1, 3, 227, 227), builders.floats("y", 1, 96, 55, 55)
    assert _costs(net.model([image], [out], "alexnet"), tmp_path).macs == 105_415_200


def test_batch_multiplies_work_and_not_weights(tmp_path: Path) -> None:
    one = _costs(builders.tiny_mlp(), tmp_path, batch=1)
    eight = _costs(builders.tiny_mlp(), tmp_path, batch=8)
    assert one.macs == 64 * 128 + 128 * 4
    assert eight.macs == 8 * one.macs
    assert eight.weight_bytes == one.weight_bytes


def test_bytes_of_an_operator(tmp_path: Path) -> None:
    first = _costs(builders.tiny_mlp(), tmp_path, batch=2).operators[0]
    assert first.weight_bytes == 64 * 128 * 4
    assert first.read_bytes == 2 * 64 * 4 + first.weight_bytes
    assert first.write_bytes == 2 * 128 * 4
    assert first.output_shape == (2, 128)
    assert (first.precision, first.weight_elements) == ("float32", 64 * 128)


def test_peak_activation_follows_liveness(tmp_path: Path) -> None:
    """features 64, then MatMul 128: 192 live; Add 128 + 128: 256 live, the peak; in floats."""
    assert _costs(builders.tiny_mlp(), tmp_path, batch=1).peak_activation_bytes == 256 * 4


def test_a_residual_stays_alive(tmp_path: Path) -> None:
    net = builders.Net()
    x = net.add("Relu", "x")
    y = net.add("Sigmoid", x)
    y = net.add("Tanh", y)
    net.add("Add", x, y, output="out")
    ends = [builders.floats("x", 100)], [builders.floats("out", 100)]
    assert _costs(net.model(*ends, "residual"), tmp_path).peak_activation_bytes == 3 * 400


def test_views_take_no_memory(tmp_path: Path) -> None:
    net = builders.Net()
    x = net.add("Reshape", "x", net.constant(np.array([10, 10])))
    net.add("Relu", x, output="out")
    ends = [builders.floats("x", 100)], [builders.floats("out", 10, 10)]
    costs = _costs(net.model(*ends, "view"), tmp_path)
    assert costs.peak_activation_bytes == 2 * 400
    assert costs.operators[0].write_bytes == 0


def test_a_decoder_counts_projections_scores_and_cache(tmp_path: Path) -> None:
    """Width 32, 4 heads of 8, 2 key heads, feed-forward 64, vocabulary 32, 2 layers."""
    sequence, past = 5, 11
    costs = _costs(
        builders.tiny_decoder(), tmp_path, batch=1, sequence=sequence, past=past,
        total=sequence + past,
    )  # fmt: skip
    projections = 32 * 32 + 2 * 32 * 16 + 32 * 32 + 2 * 32 * 64
    scores = 2 * 4 * (sequence + past) * 8
    assert costs.macs == sequence * (2 * (projections + scores) + 32 * 32)
    assert costs.kv_cache_bytes_per_token == 2 * 2 * 2 * 8 * 4  # layers, k and v, heads, size, fp32
    attention = costs.attention[0]
    assert (attention.kind, attention.layers) == ("gqa", 2)
    assert (attention.heads, attention.kv_heads, attention.head_size) == (4, 2, 8)
    assert costs.outputs[1].shape == (1, 2, sequence + past, 8)
    assert "operators_uncounted" not in _codes(costs)


def test_names_alone_make_no_cache(tmp_path: Path) -> None:
    net = builders.Net()
    net.add("Identity", "past_key_values.0.key", output="present.0.key")
    shape = ("batch", 7)
    ends = (
        [builders.floats("past_key_values.0.key", *shape)],
        [builders.floats("present.0.key", *shape)],
    )
    assert _costs(net.model(*ends, "fake"), tmp_path).kv_cache_bytes_per_token == 0


def test_assumed_dimensions_are_named(tmp_path: Path) -> None:
    costs = _costs(builders.tiny_decoder(), tmp_path, past=32)
    assert costs.dimensions == {"batch": 1, "sequence": 128, "total": 160, "past": 32}
    assumed = {w.params["name"] for w in costs.warnings if w.code == "dimension_assumed"}
    assert assumed == {"batch", "sequence", "total"}


def test_a_dimension_must_exist_and_be_sensible(tmp_path: Path) -> None:
    path = builders.save(builders.tiny_mlp(), tmp_path / "m.onnx")
    with pytest.raises(UnknownDimension) as caught:
        analyze(path, {"sequence": 4})
    assert caught.value.params["known"] == "batch"
    with pytest.raises(BadDimension):
        analyze(path, {"batch": -1})


def test_the_answer_is_the_same_with_external_data(tmp_path: Path) -> None:
    inside = analyze(builders.save(builders.tiny_decoder(), tmp_path / "m.onnx"), {})
    (tmp_path / "x").mkdir()
    outside = analyze(builders.save_external(builders.tiny_decoder(), tmp_path / "x" / "m.onnx"))
    assert inside == outside


def test_unknown_operators_are_said_not_guessed(tmp_path: Path) -> None:
    net = builders.Net()
    x = net.add("Mystery", "x", domain="example.org")
    net.add("MatMul", x, net.weight(8, 4), output="y")
    graph = helper.make_graph(
        net.nodes, "g", [builders.floats("x", 2, 8)], [builders.floats("y", 2, 4)], net.weights
    )
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("example.org", 1)]
    costs = _costs(helper.make_model(graph, opset_imports=opsets), tmp_path)
    assert {"operators_uncounted", "shape_unknown"} <= set(_codes(costs))
    assert costs.operators[0].output_shape == ("?",)


def test_contradicting_dimensions_are_said(tmp_path: Path) -> None:
    costs = _costs(builders.tiny_decoder(), tmp_path, sequence=4, past=0, total=9)
    assert "shapes_contradict" in _codes(costs)


def _one(
    op: str, shapes: list[tuple[int, ...]], out: tuple[int, ...], folder: Path, **attributes: object
) -> ModelCosts:
    """A network of one operator; the first input is the network's, the others are constants."""
    net = builders.Net()
    constants = [net.weight(*s) for s in shapes[1:]]
    net.add(op, "x", *constants, output="y", **attributes)
    ends = [builders.floats("x", *shapes[0])], [builders.floats("y", *out)]
    return _costs(net.model(*ends, op), folder)


def test_transposed_convolution(tmp_path: Path) -> None:
    """Every input element meets a 3x3 kernel of 16 output channels."""
    costs = _one("ConvTranspose", [(1, 8, 5, 5), (8, 16, 3, 3)], (1, 16, 11, 11), tmp_path,
                 strides=[2, 2])  # fmt: skip
    assert costs.macs == 8 * 25 * 16 * 9


def test_convolution_over_one_and_three_axes(tmp_path: Path) -> None:
    line = _one("Conv", [(2, 4, 50), (8, 4, 3)], (2, 8, 48), tmp_path)
    cube = _one("Conv", [(1, 2, 6, 6, 6), (4, 2, 3, 3, 3)], (1, 4, 4, 4, 4), tmp_path)
    assert line.macs == 2 * 8 * 48 * 4 * 3
    assert cube.macs == 4 * 64 * 2 * 27


def test_gemm_with_transposes(tmp_path: Path) -> None:
    costs = _one("Gemm", [(7, 3), (5, 7), (5,)], (3, 5), tmp_path, transA=1, transB=1)
    assert costs.macs == 3 * 5 * 7


def test_recurrent_cells_count_their_gates(tmp_path: Path) -> None:
    """LSTM of 4 gates: steps x batch x 4·H·(I + H)."""
    shapes: list[tuple[int, ...]] = [(10, 2, 6), (1, 32, 6), (1, 32, 8)]
    lstm = _one("LSTM", shapes, (10, 1, 2, 8), tmp_path, hidden_size=8)
    assert lstm.macs == 10 * 2 * 4 * 8 * (6 + 8)
    gates3: list[tuple[int, ...]] = [(10, 2, 6), (1, 24, 6), (1, 24, 8)]
    gru = _one("GRU", gates3, (10, 1, 2, 8), tmp_path, hidden_size=8)
    assert gru.macs == 10 * 2 * 3 * 8 * (6 + 8)


def test_einsum_counts_all_labels(tmp_path: Path) -> None:
    costs = _one("Einsum", [(2, 3, 5), (2, 5, 7)], (2, 3, 7), tmp_path, equation="bij,bjk->bik")
    assert costs.macs == 2 * 3 * 5 * 7


def test_group_query_attention_of_onnxruntime(tmp_path: Path) -> None:
    """9 heads of 64, 3 key heads (SmolLM2-135M's layer), 4 new tokens after 12."""
    net = builders.Net()
    seqlens = net.constant(np.array([15], np.int32))
    total = net.constant(np.array([16], np.int32))
    node = helper.make_node(
        "GroupQueryAttention",
        ["q", "k", "v", "past_key_values.0.key", "past_key_values.0.value", seqlens, total],
        ["y", "present.0.key", "present.0.value"],
        domain="com.microsoft", num_heads=9, kv_num_heads=3,
    )  # fmt: skip
    net.nodes.append(node)
    past, present = (1, 3, "past", 64), (1, 3, "total", 64)
    model = net.model(
        [
            builders.floats("q", 1, 4, 576),
            builders.floats("k", 1, 4, 192),
            builders.floats("v", 1, 4, 192),
            builders.floats("past_key_values.0.key", *past),
            builders.floats("past_key_values.0.value", *past),
        ],
        [
            builders.floats("y", 1, 4, 576),
            builders.floats("present.0.key", *present),
            builders.floats("present.0.value", *present),
        ],
        "gqa",
    )
    costs = _costs(model, tmp_path, past=12)
    assert costs.macs == 9 * 4 * 16 * 64 * 2
    assert costs.kv_cache_bytes_per_token == 2 * 3 * 64 * 4
    assert costs.outputs[1].shape == (1, 3, 16, 64)
    assert costs.attention[0].kind == "gqa"
    assert "operators_uncounted" not in _codes(costs)


def test_packed_int4_weights_count_as_the_numbers_they_hold(tmp_path: Path) -> None:
    net = builders.Net()
    packed = net.constant(np.zeros((32, 2, 16), np.uint8))
    scales = net.constant(np.ones(64, np.float32))
    net.add("MatMulNBits", "x", packed, scales, output="y", domain="com.microsoft",
            K=64, N=32, bits=4, block_size=32)  # fmt: skip
    ends = [builders.floats("x", 3, 64)], [builders.floats("y", 3, 32)]
    costs = _costs(net.model(*ends, "nbits"), tmp_path)
    assert costs.macs == 3 * 64 * 32
    assert costs.parameters == 64 * 32
    assert costs.weight_bytes == 64 * 32 // 2 + 64 * 4
    assert (costs.operators[0].precision, costs.operators[0].weight_elements) == ("int4", 2048)


def test_true_int4_tensors_are_packed(tmp_path: Path) -> None:
    tensor = helper.make_tensor("w", TensorProto.INT4, (3, 5), bytes(8), raw=True)
    graph = helper.make_graph(
        [
            helper.make_node("DequantizeLinear", ["w", "s"], ["d"]),
            helper.make_node("MatMul", ["x", "d"], ["y"]),
        ],
        "g",
        [builders.floats("x", 2, 3)],
        [builders.floats("y", 2, 5)],
        [tensor, helper.make_tensor("s", TensorProto.FLOAT, [], [0.5])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)])
    costs = _costs(model, tmp_path)
    assert costs.weight_bytes == 8 + 4
    assert costs.parameters == 15
    assert costs.macs == 2 * 3 * 5


def test_an_embedding_reads_only_its_rows(tmp_path: Path) -> None:
    net = builders.Net()
    net.add("Gather", net.weight(1000, 16), "ids", output="y")
    ends = [builders.integers("ids", 1, 3)], [builders.floats("y", 1, 3, 16)]
    operator = _costs(net.model(*ends, "embedding"), tmp_path).operators[0]
    assert operator.weight_bytes == 1000 * 16 * 4
    assert operator.read_bytes == 3 * 16 * 4 + 3 * 8


def test_constants_in_nodes_count_like_initializers(tmp_path: Path) -> None:
    value = helper.make_tensor("v", TensorProto.FLOAT, (8, 4), np.ones(32, np.float32))
    graph = helper.make_graph(
        [
            helper.make_node("Constant", [], ["w"], value=value),
            helper.make_node("MatMul", ["x", "w"], ["y"]),
        ],
        "g",
        [builders.floats("x", 1, 8)],
        [builders.floats("y", 1, 4)],
    )
    costs = _costs(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)]), tmp_path)
    assert (costs.parameters, costs.weight_bytes, costs.macs) == (32, 128, 32)
    assert [o.op_type for o in costs.operators] == ["MatMul"]


def test_shape_arithmetic_is_followed(tmp_path: Path) -> None:
    """Reshape to (batch·height, -1) computed in the graph, as exporters write it."""
    net = builders.Net()
    shape = net.add("Shape", "x")
    rows = net.add("Mul", net.add("Gather", shape, net.constant(np.int64(0))),
                   net.add("Gather", shape, net.constant(np.int64(1))))  # fmt: skip
    rows = net.add("Unsqueeze", rows, net.constant(np.array([0])))
    target = net.add("Concat", rows, net.constant(np.array([-1])), axis=0)
    x = net.add("Reshape", "x", target)
    net.add("MatMul", x, net.weight(6, 5), output="y")
    ends = [builders.floats("x", "batch", "height", 6)], [builders.floats("y", "rows", 5)]
    costs = _costs(net.model(*ends, "shapes"), tmp_path, batch=3, height=4)
    assert costs.operators[-1].output_shape == (12, 5)
    assert costs.macs == 12 * 5 * 6
