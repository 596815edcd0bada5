"""Small real networks for tests: a convolutional net, a dense net, a decoder with a KV cache.

Every function returns an `onnx.ModelProto` whose weights come from a seed; `save` writes one,
`save_external` writes it with its weights in a file beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 18
IR_VERSION = 10


class Net:
    """Collects nodes and weights; `add` returns the name of the node's (first) output."""

    def __init__(self, seed: int = 0, opset: int = OPSET) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.opset = opset
        self._random = np.random.default_rng(seed)

    def add(self, op_type: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        """One node with one output."""
        output = output or f"{op_type.lower()}_{len(self.nodes)}"
        name = f"node_{output}"
        domain = attributes.pop("domain", "")
        node = helper.make_node(op_type, list(inputs), [output], name, domain=domain, **attributes)
        self.nodes.append(node)
        return output

    def constant(self, array: Any, name: str = "") -> str:
        """An initializer with this content."""
        name = name or f"const_{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def weight(self, *shape: int, name: str = "", scale: float | None = None) -> str:
        """A random float32 initializer, scaled by 1/sqrt(fan-in) unless told otherwise."""
        fan_in = int(np.prod(shape[1:])) if len(shape) > 2 else shape[0]
        scale = 1.0 / np.sqrt(fan_in) if scale is None else scale
        values = self._random.standard_normal(shape).astype(np.float32) * np.float32(scale)
        return self.constant(values, name or f"weight_{len(self.weights)}")

    def model(
        self, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto], name: str
    ) -> onnx.ModelProto:
        """The checked model."""
        graph = helper.make_graph(self.nodes, name, inputs, outputs, initializer=self.weights)
        opsets = [helper.make_opsetid("", self.opset)]
        if any(node.domain == "com.microsoft" for node in self.nodes):
            opsets.append(helper.make_opsetid("com.microsoft", 1))
        model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
        model.producer_name = "genba-tests"
        onnx.checker.check_model(model)
        return model


def floats(name: str, *shape: int | str) -> onnx.ValueInfoProto:
    """A float32 input or output; text dimensions are symbolic."""
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))


def integers(name: str, *shape: int | str) -> onnx.ValueInfoProto:
    """An int64 input or output."""
    return helper.make_tensor_value_info(name, TensorProto.INT64, list(shape))


def tiny_convnet(seed: int = 0) -> onnx.ModelProto:
    """`image` [batch, 3, 16, 16] → `scores` [batch, 10]: two convolutions (one grouped), a Gemm.

    MACs at batch 1: 16·16·8·27 + 16·16·8·(9·2) + 8·10 = 55,296 + 36,864 + 80 = 92,240.
    """
    net = Net(seed)
    x = net.add("Conv", "image", net.weight(8, 3, 3, 3), net.weight(8), pads=[1, 1, 1, 1])
    x = net.add("Relu", x)
    x = net.add("Conv", x, net.weight(8, 2, 3, 3), pads=[1, 1, 1, 1], group=4)
    x = net.add("Relu", x)
    x = net.add("GlobalAveragePool", x)
    x = net.add("Flatten", x)
    net.add("Gemm", x, net.weight(8, 10), net.weight(10), output="scores")
    return net.model([floats("image", "batch", 3, 16, 16)], [floats("scores", "batch", 10)], "conv")


def tiny_conv1d(seed: int = 0, length: int = 64) -> onnx.ModelProto:
    """`signal` [batch, 1, length] → `scores` [batch, 4]: 1-D convolutions and a MatMul."""
    net = Net(seed)
    x = net.add("Conv", "signal", net.weight(8, 1, 5), net.weight(8), pads=[2, 2], strides=[2])
    x = net.add("Relu", x)
    x = net.add("Conv", x, net.weight(16, 8, 3), net.weight(16), pads=[1, 1])
    x = net.add("Relu", x)
    x = net.add("GlobalAveragePool", x)
    x = net.add("Flatten", x)
    x = net.add("MatMul", x, net.weight(16, 4))
    net.add("Add", x, net.weight(4), output="scores")
    return net.model(
        [floats("signal", "batch", 1, length)], [floats("scores", "batch", 4)], "conv1d"
    )


def tiny_mlp(
    inputs: int = 64, hidden: int = 128, classes: int = 4, seed: int = 0
) -> onnx.ModelProto:
    """`features` [batch, inputs] → `scores` [batch, classes]: two MatMuls with constant weights.

    MACs at batch 1: inputs·hidden + hidden·classes.
    """
    net = Net(seed)
    x = net.add("MatMul", "features", net.weight(inputs, hidden, name="first.weight"))
    x = net.add("Add", x, net.weight(hidden, name="first.bias"))
    x = net.add("Relu", x)
    x = net.add("MatMul", x, net.weight(hidden, classes, name="second.weight"))
    net.add("Add", x, net.weight(classes, name="second.bias"), output="scores")
    return net.model(
        [floats("features", "batch", inputs)], [floats("scores", "batch", classes)], "mlp"
    )


def tiny_upscaler(seed: int = 0) -> onnx.ModelProto:
    """`image` [batch, 1, height, width] → `enlarged` at twice the size (DepthToSpace)."""
    net = Net(seed)
    x = net.add("Conv", "image", net.weight(8, 1, 3, 3), net.weight(8), pads=[1, 1, 1, 1])
    x = net.add("Relu", x)
    x = net.add("Conv", x, net.weight(4, 8, 3, 3), pads=[1, 1, 1, 1])
    net.add("DepthToSpace", x, blocksize=2, output="enlarged")
    return net.model(
        [floats("image", "batch", 1, "height", "width")],
        [floats("enlarged", "batch", 1, "out_height", "out_width")],
        "upscaler",
    )


def tiny_decoder(
    vocabulary: int = 32,
    layers: int = 2,
    heads: int = 4,
    kv_heads: int = 2,
    head_size: int = 8,
    feed_forward: int = 64,
    positions: int = 64,
    seed: int = 0,
) -> onnx.ModelProto:
    """A decoder with a KV cache in the usual naming; grouped-query attention in plain operators.

    Inputs `input_ids` [batch, sequence], `attention_mask` [batch, total], `position_ids`
    [batch, sequence], `past_key_values.N.key|value` [batch, kv_heads, past, head_size]; outputs
    `logits` [batch, sequence, vocabulary] and `present.N.key|value` [batch, kv_heads, total,
    head_size].
    """
    net = Net(seed)
    width = heads * head_size
    tokens = net.add("Gather", net.weight(vocabulary, width, scale=1.0), "input_ids")
    places = net.add("Gather", net.weight(positions, width, scale=0.3), "position_ids")
    x = net.add("Add", tokens, places)
    mask = _causal_mask(net)
    inputs = [
        integers("input_ids", "batch", "sequence"),
        integers("attention_mask", "batch", "total"),
        integers("position_ids", "batch", "sequence"),
    ]
    outputs = [floats("logits", "batch", "sequence", vocabulary)]
    for layer in range(layers):
        attended = _attention(net, layer, _norm(net, x, width), mask, heads, kv_heads, head_size)
        x = net.add("Add", x, attended)
        hidden = net.add("MatMul", _norm(net, x, width), net.weight(width, feed_forward))
        hidden = net.add("Mul", hidden, net.add("Sigmoid", hidden))
        x = net.add("Add", x, net.add("MatMul", hidden, net.weight(feed_forward, width)))
        for part in ("key", "value"):
            shape = ("batch", kv_heads, "past", head_size)
            inputs.append(floats(f"past_key_values.{layer}.{part}", *shape))
            outputs.append(floats(f"present.{layer}.{part}", "batch", kv_heads, "total", head_size))
    net.add("MatMul", _norm(net, x, width), net.weight(width, vocabulary), output="logits")
    return net.model(inputs, outputs, "decoder")


def save(model: onnx.ModelProto, path: Path) -> Path:
    """Write a model as one file."""
    path.write_bytes(model.SerializeToString())
    return path


def save_external(model: onnx.ModelProto, path: Path, data_name: str = "") -> Path:
    """Write a model with its weights in one file beside it; `model` stays as it is.

    Constants up to 100 bytes stay inside: onnxruntime needs those that hold shapes there.
    """
    copy = onnx.ModelProto()
    copy.CopyFrom(model)  # onnx empties the tensors of the model that it saves this way
    onnx.save(
        copy, path, save_as_external_data=True, location=data_name or path.name + ".data",
        size_threshold=100,
    )  # fmt: skip
    return path


def random_inputs(model: onnx.ModelProto, seed: int = 0, **dims: int) -> dict[str, NDArray[Any]]:
    """Inputs for one pass; symbolic dimensions are 1 unless given by name."""
    random = np.random.default_rng(seed)
    arrays: dict[str, NDArray[Any]] = {}
    for value in model.graph.input:
        kind = value.type.tensor_type
        shape = [d.dim_value or dims.get(d.dim_param, 1) for d in kind.shape.dim]
        if kind.elem_type == TensorProto.INT64:
            arrays[value.name] = np.ones(shape, np.int64)
        else:
            arrays[value.name] = random.standard_normal(shape).astype(np.float32)
    return arrays


def _norm(net: Net, x: str, width: int) -> str:
    scale = net.constant(np.ones(width, np.float32))
    bias = net.constant(np.zeros(width, np.float32))
    return net.add("LayerNormalization", x, scale, bias, axis=-1, epsilon=1e-5)


def _causal_mask(net: Net) -> str:
    """[batch, 1, sequence, total] true where a position may look."""
    zero, one = net.constant(np.int64(0)), net.constant(np.int64(1))
    total = net.add("Gather", net.add("Shape", "attention_mask"), one)
    keys = net.add("Range", zero, total, one)
    queries = net.add("Unsqueeze", "position_ids", net.constant(np.array([1, 3])))
    causal = net.add("LessOrEqual", keys, queries)
    given = net.add("Unsqueeze", "attention_mask", net.constant(np.array([1, 2])))
    return net.add("And", causal, net.add("Cast", given, to=TensorProto.BOOL))


def _attention(
    net: Net, layer: int, x: str, mask: str, heads: int, kv_heads: int, head_size: int
) -> str:
    width, kv_width = heads * head_size, kv_heads * head_size
    query = _split(net, net.add("MatMul", x, net.weight(width, width)), heads, head_size)
    key = _split(net, net.add("MatMul", x, net.weight(width, kv_width)), kv_heads, head_size)
    value = _split(net, net.add("MatMul", x, net.weight(width, kv_width)), kv_heads, head_size)
    key = net.add(
        "Concat", f"past_key_values.{layer}.key", key, axis=2, output=f"present.{layer}.key"
    )
    value = net.add(
        "Concat", f"past_key_values.{layer}.value", value, axis=2, output=f"present.{layer}.value"
    )
    groups = heads // kv_heads
    if groups > 1:
        key, value = (_repeat(net, t, heads, kv_heads, head_size, groups) for t in (key, value))
    scores = net.add("MatMul", query, net.add("Transpose", key, perm=[0, 1, 3, 2]))
    scores = net.add("Mul", scores, net.constant(np.float32(head_size**-0.5)))
    scores = net.add("Where", mask, scores, net.constant(np.float32(-1e4)))
    mixed = net.add("MatMul", net.add("Softmax", scores, axis=-1), value)
    mixed = net.add("Transpose", mixed, perm=[0, 2, 1, 3])
    mixed = net.add("Reshape", mixed, net.constant(np.array([0, 0, width])))
    return net.add("MatMul", mixed, net.weight(width, width))


def _split(net: Net, x: str, heads: int, head_size: int) -> str:
    x = net.add("Reshape", x, net.constant(np.array([0, 0, heads, head_size])))
    return net.add("Transpose", x, perm=[0, 2, 1, 3])


def _repeat(net: Net, x: str, heads: int, kv_heads: int, head_size: int, groups: int) -> str:
    """[batch, kv_heads, total, size] → [batch, heads, total, size], each head `groups` times."""
    x = net.add("Unsqueeze", x, net.constant(np.array([2])))
    x = net.add("Concat", *([x] * groups), axis=2)
    return net.add("Reshape", x, net.constant(np.array([0, heads, -1, head_size])))
