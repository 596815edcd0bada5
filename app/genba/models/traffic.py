"""Bytes that a node reads and writes, and the weights that it uses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from genba.models import dtypes
from genba.models.graph import all_nodes
from genba.models.onnx_reader import Constant, OnnxFile, count
from genba.models.shapes import Shapes

VIEWS = frozenset({"Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity"})
"""Operators that runtimes execute without touching data: their output is the input's memory."""

_ROWS = frozenset({"Gather", "GatherBlockQuantized"})
_NBITS = frozenset({"MatMulNBits", "MatMulBnb4"})


@dataclass(frozen=True, slots=True)
class Traffic:
    """One node. `read_bytes` holds all that it reads, constants included; an embedding reads only
    the rows that it picks. `weight_bytes` is what its constants take in the file.
    """

    read_bytes: int
    write_bytes: int
    weight_bytes: int
    weight_elements: int
    precision: str
    complete: bool


def traffic(node: Any, model: OnnxFile, shapes: Shapes) -> Traffic:
    """What one node moves at the inferred shapes; `complete` is false when one was unknown."""
    constants = [model.constants[n] for n in dict.fromkeys(node.input) if n in model.constants]
    rows = node.op_type in _ROWS and bool(node.input) and node.input[0] in model.constants
    view = node.op_type in VIEWS
    complete = True
    read = write = 0
    for name in dict.fromkeys(node.input):
        if name and name not in model.constants and not view:
            size = _bytes(name, shapes)
            complete &= size is not None
            read += size or 0
    for name in node.output:
        if name and not view:
            size = _bytes(name, shapes)
            complete &= size is not None
            write += size or 0
    read_constants = [c for c in constants if not (rows and c.name == node.input[0])]
    read += sum(c.bytes for c in read_constants)
    if rows:
        read += _picked_bytes(node, model.constants[node.input[0]], shapes)
    weights = [c for c in constants if dtypes.is_learnt(c.data_type) and c.shape]
    return Traffic(
        read_bytes=read,
        write_bytes=write,
        weight_bytes=sum(c.bytes for c in constants),
        weight_elements=_elements(node, weights, rows, shapes),
        precision=_precision(node, weights),
        complete=complete,
    )


def parameters(model: OnnxFile) -> int:
    """Learnt numbers of the network: the same before and after quantisation.

    Every constant of a float or narrow integer type with at least one axis counts; scales and zero
    points of quantised weights do not, and a packed weight counts as the numbers that it packs.
    Shapes and indices (int32, int64) never count.
    """
    packed: dict[str, int] = {}
    helpers: set[str] = set()
    dynamic_scales: set[str] = set()
    for node in all_nodes(model.graph):
        helpers.update(_helper_inputs(node))
        if node.op_type == "DynamicQuantizeLinear" and len(node.output) > 1:
            dynamic_scales.add(node.output[1])
        # onnxruntime's dynamic quantiser multiplies the input's scale by the weight's
        elif node.op_type == "Mul" and dynamic_scales.intersection(node.input):
            helpers.update(node.input)
        if node.op_type in _NBITS and len(node.input) > 1:
            packed[node.input[1]] = _number(node, "K") * _number(node, "N")
    total = 0
    for constant in (*model.constants.values(), *model.nested):
        learnt = dtypes.is_learnt(constant.data_type) and constant.shape
        if learnt and constant.name not in helpers:
            total += packed.get(constant.name, constant.elements)
    return total


_QUANTISED_HELPERS = {
    "MatMulNBits": (2, 3, 4),
    "MatMulBnb4": (2,),
    "GatherBlockQuantized": (2, 3),
    "DequantizeLinear": (1, 2),
    "QuantizeLinear": (1, 2),
    "MatMulInteger": (2, 3),
    "ConvInteger": (2, 3),
    "MatMulIntegerToFloat": (2, 3, 4, 5),
    "DynamicQuantizeMatMul": (2, 3),
    "QLinearConv": (1, 2, 4, 5, 6, 7),
    "QLinearMatMul": (1, 2, 4, 5, 6, 7),
    "DynamicQuantizeLSTM": (8, 9, 10, 11),
}


def _helper_inputs(node: Any) -> Iterator[str]:
    """Scales and zero points among a node's inputs."""
    for index in _QUANTISED_HELPERS.get(node.op_type, ()):
        if index < len(node.input):
            yield node.input[index]


def _bytes(name: str, shapes: Shapes) -> int | None:
    tensor = shapes.tensors.get(name)
    if tensor is None or tensor.shape is None:
        return None
    return dtypes.size_bytes(count(tensor.shape), tensor.data_type)


def _picked_bytes(node: Any, table: Constant, shapes: Shapes) -> int:
    """Rows of a table that an embedding reads: as many numbers as it gives."""
    out = shapes.shape(node.output[0])
    if out is None:
        return 0
    bits = 8 * table.bytes / max(1, table.elements)
    if node.op_type == "GatherBlockQuantized":
        bits = float(_number(node, "bits") or 4)
    return int(count(out) * bits / 8)


def _elements(node: Any, weights: list[Constant], rows: bool, shapes: Shapes) -> int:
    if node.op_type in _NBITS:
        return _number(node, "K") * _number(node, "N")
    helpers = set(_helper_inputs(node))
    if rows:
        out = shapes.shape(node.output[0])
        return 0 if out is None else count(out)
    return sum(c.elements for c in weights if c.name not in helpers)


def _precision(node: Any, weights: list[Constant]) -> str:
    """The storage type of the largest weight; packed ones by their number of bits."""
    if node.op_type in _NBITS:
        return f"int{_number(node, 'bits') or 4}"
    if node.op_type == "GatherBlockQuantized":
        return f"int{_number(node, 'bits') or 4}"
    if not weights:
        return "none"
    name = dtypes.type_name(max(weights, key=lambda c: c.elements).data_type)
    return {"uint8": "int8", "uint4": "int4", "uint2": "int2"}.get(name, name)


def _number(node: Any, name: str) -> int:
    return next((int(a.i) for a in node.attribute if a.name == name), 0)
