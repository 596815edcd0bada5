"""Writes the decoder as an ONNX graph with a key-value cache, node by node.

The graph takes tokens and the cache of what came before; positions follow from the length of
that cache, which may be zero. It uses standard operators of opset 17 only.
"""

from __future__ import annotations

import numpy as np
import onnx
from network import Decoder, rotary_frequencies
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor

OPSET = 17
MASKED = -10_000.0
"""Added to the score of a token that lies ahead; fits half precision too."""


class GraphWriter:
    """Collects nodes and constants; every method returns the name of a value."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def node(self, op_type: str, inputs: list[str], name: str, **attributes: object) -> str:
        """A node called *name* whose one output has the same name."""
        self.nodes.append(helper.make_node(op_type, inputs, [name], name=name, **attributes))
        return name

    def constant(self, name: str, value: object, dtype: type = np.float32) -> str:
        """A constant; asked for again under the same name it is written once."""
        array = value.detach().numpy() if isinstance(value, Tensor) else np.asarray(value, dtype)
        self.constants.setdefault(name, numpy_helper.from_array(array, name))
        return name

    def integers(self, *values: int) -> str:
        """A constant int64 vector."""
        return self.constant("integers_" + "_".join(map(str, values)), values, np.int64)


def build(network: Decoder) -> onnx.ModelProto:
    """The model with inputs ``input_ids`` and ``past_key_values.*``, outputs ``logits`` and
    ``present.*``; batch is one.
    """
    shape, writer = network.shape, GraphWriter()
    cos, sin, mask = _positions(writer, network)
    table = writer.constant("embedding.weight", network.embedding.weight)
    x = writer.node("Gather", [table, "input_ids"], "embedding")
    for index, layer in enumerate(network.layers):
        prefix = f"layers.{index}"
        normal = _norm(writer, layer.attention_norm, x, f"{prefix}.attention_norm")
        mixed = _attention(writer, layer.attention, normal, index, cos, sin, mask)
        x = writer.node("Add", [x, mixed], f"{prefix}.attention.residual")
        normal = _norm(writer, layer.feed_forward_norm, x, f"{prefix}.feed_forward_norm")
        made = _feed_forward(writer, layer.feed_forward, normal, f"{prefix}.feed_forward")
        x = writer.node("Add", [x, made], f"{prefix}.feed_forward.residual")
    x = _norm(writer, network.norm, x, "norm")
    head = writer.constant("head.weight", network.head.weight)
    writer.node("MatMul", [x, head], "logits")
    return _model(writer, shape.layers, shape.heads, shape.head_dim, shape.vocabulary)


def _positions(writer: GraphWriter, network: Decoder) -> tuple[str, str, str]:
    """Cosines and sines [sequence, head_dim / 2] and the causal mask [sequence, total]."""
    zero, one = (writer.constant(n, v, np.int64) for n, v in (("zero", 0), ("one", 1)))
    past = _axis_length(writer, "past_key_values.0.key", 2, "past_length")
    sequence = _axis_length(writer, "input_ids", 1, "sequence_length")
    total = writer.node("Add", [past, sequence], "total_length")
    here = writer.node("Range", [past, total, one], "positions")
    column = writer.node("Unsqueeze", [here, writer.integers(1)], "positions.column")
    turns = writer.node("Cast", [column], "positions.float", to=TensorProto.FLOAT)
    rates = writer.constant("rotary.frequencies", rotary_frequencies(network.shape))
    angles = writer.node("Mul", [turns, rates], "rotary.angles")
    cos = writer.node("Cos", [angles], "rotary.cos")
    sin = writer.node("Sin", [angles], "rotary.sin")
    everywhere = writer.node("Range", [zero, total, one], "mask.positions")
    ahead = writer.node("Less", [column, everywhere], "mask.ahead")
    hidden, seen = writer.constant("mask.hidden", MASKED), writer.constant("mask.seen", 0.0)
    return cos, sin, writer.node("Where", [ahead, hidden, seen], "mask")


def _axis_length(writer: GraphWriter, value: str, axis: int, name: str) -> str:
    """The length of one axis of *value* as a scalar."""
    shape = writer.node("Shape", [value], f"{name}.shape")
    index = writer.constant(f"axis_{axis}", axis, np.int64)
    return writer.node("Gather", [shape, index], name)


def _norm(writer: GraphWriter, norm: object, x: str, name: str) -> str:
    weight = writer.constant(f"{name}.weight", norm.weight)
    bias = writer.constant(f"{name}.bias", norm.bias)
    return writer.node(
        "LayerNormalization", [x, weight, bias], name, axis=-1, epsilon=float(norm.eps)
    )


def _dense(writer: GraphWriter, dense: object, x: str, name: str) -> str:
    return writer.node("MatMul", [x, writer.constant(f"{name}.weight", dense.weight)], name)


def _attention(
    writer: GraphWriter, attention: object, x: str, index: int, cos: str, sin: str, mask: str
) -> str:
    """Attention over the cache and *x* [1, sequence, width]; extends the cache."""
    name, shape = f"layers.{index}.attention", attention.shape
    heads = {}
    for part in ("query", "key", "value"):
        flat = _dense(writer, getattr(attention, part), x, f"{name}.{part}")
        split = writer.integers(1, -1, shape.heads, shape.head_dim)
        split = writer.node("Reshape", [flat, split], f"{name}.{part}.split")
        heads[part] = writer.node("Transpose", [split], f"{name}.{part}.heads", perm=[0, 2, 1, 3])
    query = _rotate(writer, heads["query"], cos, sin, f"{name}.query.rotated")
    key = _rotate(writer, heads["key"], cos, sin, f"{name}.key.rotated")
    keys, values = (
        writer.node(
            "Concat", [f"past_key_values.{index}.{part}", new], f"present.{index}.{part}", axis=2
        )
        for part, new in (("key", key), ("value", heads["value"]))
    )
    mixed = _mix(writer, query, keys, values, mask, shape.head_dim, name)
    joined = writer.node("Transpose", [mixed], f"{name}.joined", perm=[0, 2, 1, 3])
    width = writer.integers(1, -1, shape.width)
    joined = writer.node("Reshape", [joined, width], f"{name}.flat")
    return _dense(writer, attention.output, joined, f"{name}.output")


def _mix(
    writer: GraphWriter, query: str, keys: str, values: str, mask: str, head_dim: int, name: str
) -> str:
    """``softmax(query keys' / sqrt(head_dim) + mask) values``."""
    scale = writer.constant("attention.scale", head_dim**-0.5)
    turned = writer.node("Transpose", [keys], f"{name}.keys_turned", perm=[0, 1, 3, 2])
    query = writer.node("Mul", [query, scale], f"{name}.query.scaled")
    scores = writer.node("MatMul", [query, turned], f"{name}.scores")
    scores = writer.node("Add", [scores, mask], f"{name}.scores.masked")
    weights = writer.node("Softmax", [scores], f"{name}.weights", axis=-1)
    return writer.node("MatMul", [weights, values], f"{name}.mixed")


def _rotate(writer: GraphWriter, x: str, cos: str, sin: str, name: str) -> str:
    """Rotates the two halves of *x* [1, heads, sequence, head_dim] by position."""
    first, second = f"{name}.first", f"{name}.second"
    writer.nodes.append(
        helper.make_node("Split", [x], [first, second], name=f"{name}.halves", axis=-1)
    )
    left = writer.node(
        "Sub",
        [
            writer.node("Mul", [first, cos], f"{name}.first_cos"),
            writer.node("Mul", [second, sin], f"{name}.second_sin"),
        ],
        f"{name}.left",
    )
    right = writer.node(
        "Add",
        [
            writer.node("Mul", [first, sin], f"{name}.first_sin"),
            writer.node("Mul", [second, cos], f"{name}.second_cos"),
        ],
        f"{name}.right",
    )
    return writer.node("Concat", [left, right], name, axis=-1)


def _feed_forward(writer: GraphWriter, block: object, x: str, name: str) -> str:
    gate = _dense(writer, block.gate, x, f"{name}.gate")
    opened = writer.node("Sigmoid", [gate], f"{name}.gate.sigmoid")
    gate = writer.node("Mul", [gate, opened], f"{name}.gate.silu")
    up = _dense(writer, block.up, x, f"{name}.up")
    product = writer.node("Mul", [gate, up], f"{name}.product")
    return _dense(writer, block.down, product, f"{name}.down")


def _model(
    writer: GraphWriter, layers: int, heads: int, head_dim: int, vocabulary: int
) -> onnx.ModelProto:
    """The graph with its inputs and outputs declared."""

    def value(name: str, shape: list[int | str], kind: int = TensorProto.FLOAT):
        return helper.make_tensor_value_info(name, kind, shape)

    def cache(prefix: str, length: str):
        return [
            value(f"{prefix}.{i}.{part}", [1, heads, length, head_dim])
            for i in range(layers)
            for part in ("key", "value")
        ]

    graph = helper.make_graph(
        writer.nodes,
        "decoder",
        [value("input_ids", [1, "sequence"], TensorProto.INT64), *cache("past_key_values", "past")],
        [value("logits", [1, "sequence", vocabulary]), *cache("present", "total")],
        list(writer.constants.values()),
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = 8
    model.producer_name = "genba samples"
    return model
