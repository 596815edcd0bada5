"""Finds attention blocks: their heads, their key-value heads, their head size.

An attention operator says so itself. In a plain graph a block is a Softmax whose input comes, over
element-wise operators, from a product of two activations [.., heads, queries, size] x [.., size,
keys]. Its key-value heads are those of the cache, or follow from the width of the projection that
the keys come from; when neither is found the kind is `unknown`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from genba.models.memory import CacheEntry
from genba.models.onnx_reader import OnnxFile
from genba.models.shapes import Shapes
from genba.study.costs import AttentionInfo

_THROUGH = frozenset(
    {"Add", "Mul", "Div", "Sub", "Where", "Cast", "Clip", "Tanh", "Identity", "Min", "Max"}
)
_OPERATORS = {
    "GroupQueryAttention", "MultiHeadAttention", "DecoderMaskedMultiHeadAttention", "Attention",
    "QAttention",
}  # fmt: skip
_STEPS = 24


@dataclass(frozen=True, slots=True)
class _Block:
    heads: int
    kv_heads: int
    head_size: int


def find(model: OnnxFile, shapes: Shapes, cache: list[CacheEntry]) -> tuple[AttentionInfo, ...]:
    """Attention blocks of the same kind together, with the number of layers that have them."""
    makers = {name: node for node in model.graph.node for name in node.output if name}
    blocks: Counter[_Block] = Counter()
    for node in model.graph.node:
        block = None
        if node.op_type in _OPERATORS:
            block = _of_operator(node, shapes)
        elif node.op_type == "Softmax":
            block = _of_softmax(node, model, shapes, makers, cache)
        if block is not None:
            blocks[block] += 1
    return tuple(
        AttentionInfo(
            kind=_kind(b), layers=layers, heads=b.heads, kv_heads=b.kv_heads, head_size=b.head_size
        )
        for b, layers in blocks.items()
    )


def _kind(block: _Block) -> Literal["mha", "gqa", "mqa", "unknown"]:
    if block.kv_heads == 0:
        return "unknown"
    if block.kv_heads == block.heads:
        return "mha"
    return "mqa" if block.kv_heads == 1 else "gqa"


def _of_operator(node: Any, shapes: Shapes) -> _Block | None:
    numbers = {a.name: int(a.i) for a in node.attribute if a.type == a.INT}
    query = shapes.shape(node.input[0])
    if query is None:
        return None
    if node.op_type == "Attention" and node.domain in ("", "ai.onnx"):
        key = shapes.shape(node.input[1])
        if len(query) == 4 and key is not None:
            return _Block(query[1], key[1], query[3])
        heads, kv_heads = numbers.get("q_num_heads", 0), numbers.get("kv_num_heads", 0)
        return _Block(heads, kv_heads, query[2] // heads) if heads else None
    heads = numbers.get("num_heads", 0)
    out = shapes.shape(node.output[0])
    if not heads or out is None:
        return None
    kv_heads = numbers.get("kv_num_heads", heads)
    return _Block(heads, kv_heads, out[-1] // heads)


def _of_softmax(
    node: Any, model: OnnxFile, shapes: Shapes, makers: dict[str, Any], cache: list[CacheEntry]
) -> _Block | None:
    scores = _product_behind(node.input[0], model, makers)
    if scores is None:
        return None
    query, key = (shapes.shape(name) for name in scores.input)
    if query is None or key is None or len(query) != 4 or len(key) != 4:
        return None
    heads, size = query[1], query[3]
    kv_heads = next((e.heads for e in cache if e.head_size == size), 0)
    return _Block(heads, kv_heads or _projected_heads(scores.input[1], model, makers, size), size)


def _product_behind(name: str, model: OnnxFile, makers: dict[str, Any]) -> Any:
    """The MatMul of two activations from which `name` comes over element-wise operators."""
    for _ in range(_STEPS):
        node = makers.get(name)
        if node is None:
            return None
        if node.op_type in ("MatMul", "FusedMatMul"):
            return None if any(n in model.constants for n in node.input) else node
        if node.op_type not in _THROUGH:
            return None
        name = _main_input(node, model, makers)
    return None


def _main_input(node: Any, model: OnnxFile, makers: dict[str, Any]) -> str:
    """The input that carries the data: a mask comes from cheap operators, the scores from MatMul.

    Where(condition, scores, fill) and Add(scores, mask) are told apart by what is computed first
    behind each candidate.
    """
    candidates = [n for n in node.input if n in makers and n not in model.constants]
    if node.op_type == "Where":
        candidates = [n for n in node.input[1:] if n in makers] or candidates
    ranked = sorted(candidates, key=lambda n: makers[n].op_type not in {*_THROUGH, "MatMul"})
    return str(ranked[0]) if ranked else ""


def _projected_heads(name: str, model: OnnxFile, makers: dict[str, Any], size: int) -> int:
    """Key heads from the width of the projection that the keys come from; 0 when not found."""
    for _ in range(_STEPS):
        node = makers.get(name)
        if node is None:
            return 0
        if node.op_type in ("MatMul", "Gemm", "MatMulNBits", "MatMulInteger"):
            width = _width(node, model)
            return width // size if width and width % size == 0 else 0
        inputs = [n for n in node.input if n in makers and n not in model.constants]
        if not inputs:
            return 0
        name = inputs[0]
    return 0


def _width(node: Any, model: OnnxFile) -> int:
    if node.op_type == "MatMulNBits":
        return next((int(a.i) for a in node.attribute if a.name == "N"), 0)
    weight = next((model.constants[n] for n in node.input if n in model.constants), None)
    if weight is None or len(weight.shape) != 2:
        return 0
    transposed = any(a.name == "transB" and a.i for a in node.attribute)
    return weight.shape[0] if transposed else weight.shape[1]
