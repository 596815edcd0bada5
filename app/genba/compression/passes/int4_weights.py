"""int4-weights: constant matrices as blocks of 4-bit numbers with a scale each (MatMulNBits).

The same rounding and layout as onnxruntime's MatMulNBitsQuantizer, through the same kernel, one
matrix at a time instead of the whole model in memory.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from genba.compression.passes.base import NothingToCompress, Parameters, Pass
from genba.compression.passes.streaming import Rewriter

NAME = "int4_weights"
BITS = 4


class Int4WeightsParameters(Parameters):
    """`block_size` numbers share a scale (and, unless `symmetric`, a zero point).

    `accuracy_level` 4 lets the kernel compute in int8, about six times as fast as level 0.
    """

    block_size: Literal[16, 32, 64, 128, 256] = 32
    symmetric: bool = False
    accuracy_level: Literal[0, 1, 2, 3, 4] = 4


def apply(source: Path, target: Path, parameters: Int4WeightsParameters) -> int:
    """Quantise round-to-nearest; returns the number of matrices.

    Raises:
        NothingToCompress: no MatMul has a constant 2-D floating-point weight.
    """
    from onnx import helper

    with Rewriter(source, target) as work:
        graph = work.proto.graph
        done: dict[str, list[str]] = {}
        for index, node in enumerate(graph.node):
            if not _is_matrix_product(node, work):
                continue
            weight = node.input[1]
            rows, columns = work.model.constants[weight].shape
            if weight not in done:  # tied weights are stored once
                done[weight] = _store(work, weight, parameters)
            attributes: dict[str, Any] = {"K": rows, "N": columns, "bits": BITS,
                          "block_size": parameters.block_size}  # fmt: skip
            if parameters.accuracy_level:
                attributes["accuracy_level"] = parameters.accuracy_level
            new = helper.make_node(
                "MatMulNBits", [node.input[0], *done[weight]], list(node.output),
                name=f"{node.name}_Q4" if node.name else "", domain="com.microsoft", **attributes,
            )  # fmt: skip
            graph.node[index].CopyFrom(new)
        if not done:
            raise NothingToCompress(name=NAME, operators="MatMul")
        if not any(o.domain == "com.microsoft" for o in work.proto.opset_import):
            work.proto.opset_import.append(helper.make_opsetid("com.microsoft", 1))
        work.finish()
    return len(done)


def _is_matrix_product(node: Any, work: Rewriter) -> bool:
    if node.op_type != "MatMul" or node.domain not in ("", "ai.onnx"):
        return False
    tensor = work.initializers.get(node.input[1])
    floating = (1, 10, 16)  # float32, float16, bfloat16
    return tensor is not None and len(tensor.dims) == 2 and tensor.data_type in floating


def _store(work: Rewriter, weight: str, parameters: Int4WeightsParameters) -> list[str]:
    """Quantise one matrix; returns the names of packed numbers, scales and zero points."""
    data_type = work.initializers[weight].data_type
    packed, scales, zero_points = quantise(
        work.array(weight), parameters.block_size, parameters.symmetric
    )
    names = [f"{weight}_Q4", f"{weight}_scales"]
    work.store(names[0], 2, packed.shape, packed)
    work.store(names[1], data_type, scales.shape, scales)
    if not parameters.symmetric:
        names.append(f"{weight}_zero_points")
        work.store(names[2], 2, zero_points.shape, zero_points)
    return names


def quantise(
    weight: NDArray[Any], block_size: int, symmetric: bool
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """A matrix [K, N] as (packed [N, blocks, block/2], scales [N, blocks], zero points).

    Blocks run along K; the last one is padded with zeros. Two numbers share a byte, and two zero
    points do (docs/ContribOperators.md, MatMulNBits).
    """
    from onnxruntime.capi._pybind_state import quantize_matmul_4bits

    narrow = weight.dtype.name == "bfloat16"
    original = weight.dtype
    if narrow:
        weight = weight.astype(np.float32)
    rows, columns = weight.shape
    blocks = -(-rows // block_size)
    padding = blocks * block_size - rows
    if padding:
        weight = np.pad(weight, ((0, padding), (0, 0)))
    packed = np.zeros((columns, blocks, block_size // 2), np.uint8)
    zero_points = np.zeros((columns, (blocks + 1) // 2), np.uint8)
    scales = np.zeros((columns, blocks), weight.dtype)
    quantize_matmul_4bits(
        packed, np.ascontiguousarray(weight), scales, zero_points, block_size, columns, rows,
        symmetric,
    )  # fmt: skip
    return packed, scales.astype(original) if narrow else scales, zero_points


PASS = Pass(NAME, Int4WeightsParameters, apply)
