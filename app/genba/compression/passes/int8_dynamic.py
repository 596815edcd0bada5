"""int8-dynamic: weights as 8-bit integers, activations quantised while the model runs.

The same graph as onnxruntime's quantize_dynamic, whose kernels it is made for: the activation goes
through DynamicQuantizeLinear, then MatMulInteger or ConvInteger, and back to fp32 by both scales.
One weight is in memory at a time.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from genba.compression.passes import affine
from genba.compression.passes.base import NothingToCompress, Parameters, Pass
from genba.compression.passes.streaming import Rewriter

NAME = "int8_dynamic"

_FLOAT, _UINT8, _INT8 = 1, 2, 3


class Int8DynamicParameters(Parameters):
    """`weights`: ``uint8`` is exact on every processor. ``int8`` is about a quarter faster, but
    on x86 without VNNI onnxruntime adds its products in 16 bits and saturates (measured: sums of 64
    products wrong by up to 37,000); use it with `reduce_range`, which keeps to 7 bits. See
    onnxruntime.ai/docs/performance/model-optimizations/quantization.html, "When to use
    reduce-range and per-channel quantization".

    `operators` are the types to rewrite; a convolution whose kernel the runtime lacks stays as it
    is. `per_channel` gives every output channel a scale of its own.
    """

    weights: Literal["uint8", "int8"] = "uint8"
    per_channel: bool = True
    reduce_range: bool = False
    operators: tuple[Literal["MatMul", "Gemm", "Conv"], ...] = ("MatMul", "Gemm", "Conv")


def apply(source: Path, target: Path, parameters: Int8DynamicParameters) -> int:
    """Quantise; returns the number of nodes that compute in integers afterwards.

    Raises:
        NothingToCompress: no operator of the wanted types has constant fp32 weights.
    """
    with Rewriter(source, target) as work:
        rewriting = _Rewriting(work, parameters)
        nodes = [new for node in work.proto.graph.node for new in rewriting.node(node)]
        if not rewriting.changed:
            raise NothingToCompress(name=NAME, operators=", ".join(parameters.operators))
        copies = [type(node)() for node in nodes]
        for copy, node in zip(copies, nodes, strict=True):
            copy.CopyFrom(node)
        del work.proto.graph.node[:]
        work.proto.graph.node.extend(copies)
        work.finish()
    return rewriting.changed


class _Rewriting:
    """One pass over the nodes; activations and weights that are shared are quantised once."""

    def __init__(self, work: Rewriter, parameters: Int8DynamicParameters) -> None:
        self.changed = 0
        self._work = work
        self._parameters = parameters
        self._dtype: type[Any] = np.uint8 if parameters.weights == "uint8" else np.int8
        self._data_type = _UINT8 if parameters.weights == "uint8" else _INT8
        self._activations: dict[str, list[str]] = {}
        self._weights: dict[tuple[str, str], list[str]] = {}
        self._taken = _all_names(work.proto.graph)

    def node(self, node: Any) -> list[Any]:
        """The nodes that take this one's place; the node itself when it stays."""
        if node.op_type not in self._parameters.operators or node.domain not in ("", "ai.onnx"):
            return [node]
        weight = self._work.initializers.get(node.input[1])
        if weight is None or weight.data_type != _FLOAT:
            return [node]
        attributes = {a.name: a for a in node.attribute}
        if node.op_type == "Conv":
            return self._convolution(node, len(weight.dims)) or [node]
        if len(weight.dims) != 2:
            return [node]
        if node.op_type == "Gemm" and not _is_plain_gemm(attributes):
            return [node]
        transposed = "transB" in attributes and bool(attributes["transB"].i)
        return self._product(node, transposed=transposed)

    def _product(self, node: Any, *, transposed: bool) -> list[Any]:
        from onnx import helper

        names = self._matrix(node.input[1], transposed=transposed)
        has_bias = node.op_type == "Gemm" and len(node.input) > 2 and node.input[2]
        nodes, quantised = self._activation(node.input[0])
        integers = self._name(f"{node.output[0]}_int32")
        inputs = [quantised[0], names[0], quantised[2], names[2]]
        nodes.append(helper.make_node("MatMulInteger", inputs, [integers], self._label(node)))
        out = self._name(f"{node.output[0]}_no_bias") if has_bias else node.output[0]
        nodes += self._back(integers, quantised[1], names[1], out)
        if has_bias:
            bias = [out, node.input[2]]
            nodes.append(helper.make_node("Add", bias, [node.output[0]], self._name(out + "_add")))
        self.changed += 1
        return nodes

    def _convolution(self, node: Any, rank: int) -> list[Any]:
        """The nodes for a Conv; none when the runtime cannot or a bias is computed."""
        from onnx import helper

        bias = node.input[2] if len(node.input) > 2 else ""
        if bias and bias not in self._work.initializers:
            return []
        if not has_conv_kernel(rank, self._data_type):
            return []
        names = self._kernel(node.input[1], rank)
        nodes, quantised = self._activation(node.input[0])
        integers = self._name(f"{node.output[0]}_int32")
        inputs = [quantised[0], names[0], quantised[2], names[2]]
        conv = helper.make_node("ConvInteger", inputs, [integers], self._label(node))
        conv.attribute.extend(node.attribute)
        nodes.append(conv)
        out = self._name(f"{node.output[0]}_no_bias") if bias else node.output[0]
        nodes += self._back(integers, quantised[1], names[1], out)
        if bias:
            column = self._column(bias, rank)
            end = [node.output[0]]
            nodes.append(helper.make_node("Add", [out, column], end, self._name(out + "_add")))
        self.changed += 1
        return nodes

    def _activation(self, name: str) -> tuple[list[Any], list[str]]:
        """([the node that quantises it], [values, scale, zero point]); no node the second time."""
        from onnx import helper

        if name in self._activations:
            return [], self._activations[name]
        names = [self._name(f"{name}_{part}") for part in ("quantized", "scale", "zero_point")]
        self._activations[name] = names
        label = self._name(f"{name}_quantize")
        return [helper.make_node("DynamicQuantizeLinear", [name], names, label)], names

    def _back(self, integers: str, scale: str, weight_scale: str, out: str) -> list[Any]:
        """int32 → fp32 by the product of both scales; onnxruntime fuses this with the product."""
        from onnx import helper

        cast, both = self._name(integers + "_float"), self._name(integers + "_scale")
        return [
            helper.make_node("Cast", [integers], [cast], self._name(cast + "_cast"), to=_FLOAT),
            helper.make_node("Mul", [scale, weight_scale], [both], self._name(both + "_mul")),
            helper.make_node("Mul", [cast, both], [out], self._name(out + "_mul")),
        ]

    def _matrix(self, name: str, *, transposed: bool) -> list[str]:
        key = (name, "transposed" if transposed else "matrix")
        if key not in self._weights:
            weight = self._work.array(name)
            done = affine.quantise(
                np.ascontiguousarray(weight.T) if transposed else weight,
                self._dtype,
                axis=1 if self._parameters.per_channel else None,
                symmetric=self._dtype is np.int8,
                reduce_range=self._parameters.reduce_range,
            )
            self._weights[key] = self._store(name, done, done.scales)
        return self._weights[key]

    def _kernel(self, name: str, rank: int) -> list[str]:
        key = (name, "kernel")
        if key not in self._weights:
            # ConvInteger takes one zero point for all channels; a symmetric range needs no other
            done = affine.quantise(
                self._work.array(name),
                self._dtype,
                axis=0 if self._parameters.per_channel else None,
                symmetric=True,
                reduce_range=self._parameters.reduce_range,
            )
            column = (-1,) + (1,) * (rank - 2)
            scales = done.scales.reshape(column) if self._parameters.per_channel else done.scales
            one = affine.Quantised(done.values, scales, done.zero_points.reshape(-1)[0])
            self._weights[key] = self._store(name, one, scales)
        return self._weights[key]

    def _store(self, name: str, done: affine.Quantised, scales: Any) -> list[str]:
        names = [self._name(f"{name}_{part}") for part in ("quantized", "scale", "zero_point")]
        zeros = np.asarray(done.zero_points)
        self._work.store(names[0], self._data_type, done.values.shape, done.values)
        self._work.store(names[1], _FLOAT, scales.shape, scales)
        self._work.store(names[2], self._data_type, zeros.shape, zeros)
        return names

    def _column(self, bias: str, rank: int) -> str:
        """The bias shaped to be added to [batch, channels, ...]."""
        key = (bias, "column")
        if key not in self._weights:
            values = self._work.array(bias)
            name = self._name(f"{bias}_column")
            shape = (len(values),) + (1,) * (rank - 2)
            self._work.store(name, _FLOAT, shape, values)
            self._weights[key] = [name]
        return self._weights[key][0]

    def _label(self, node: Any) -> str:
        return self._name(f"{node.name or node.output[0]}_quant")

    def _name(self, wanted: str) -> str:
        """`wanted`, or with a number when the model has that name already."""
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = f"{wanted}_{number}"
        self._taken.add(name)
        return name


def _is_plain_gemm(attributes: dict[str, Any]) -> bool:
    """Gemm that is a product and a sum: alpha = beta = 1, the activation not transposed."""
    scaled = any(n in attributes and attributes[n].f != 1.0 for n in ("alpha", "beta"))
    return not scaled and not ("transA" in attributes and attributes["transA"].i)


def _all_names(graph: Any) -> set[str]:
    names = {t.name for t in graph.initializer}
    for node in graph.node:
        names.update((node.name, *node.input, *node.output))
    return names | {v.name for v in (*graph.input, *graph.output)}


@cache
def has_conv_kernel(rank: int, data_type: int) -> bool:
    """Whether onnxruntime's CPU provider convolves such integers: asked, not assumed.

    `rank` counts all axes of the weight (3 for a convolution over a line).
    """
    import onnxruntime as ort
    from onnx import TensorProto, helper

    shape = [1] * rank
    graph = helper.make_graph(
        [helper.make_node("ConvInteger", ["x", "w"], ["y"])],
        "probe",
        [helper.make_tensor_value_info("x", TensorProto.UINT8, shape)],
        [helper.make_tensor_value_info("y", TensorProto.INT32, shape)],
        [helper.make_tensor("w", data_type, shape, [1])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    options = ort.SessionOptions()
    options.log_severity_level = 4
    try:
        ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    except Exception:  # noqa: BLE001 - its exceptions share no useful base
        return False
    return True


PASS = Pass(NAME, Int8DynamicParameters, apply)
