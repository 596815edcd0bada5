"""Multiply-accumulates per operator.

Counted are matrix products, convolutions, recurrent cells and attention; element-wise work,
normalisation, activation and data movement count 0. Biases are additions and count 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from genba.models.onnx_reader import count

Shape = tuple[int, ...]


@dataclass(frozen=True)
class NodeShapes:
    """One node with the shapes of its inputs and outputs (None: absent or unknown)."""

    node: Any
    inputs: tuple[Shape | None, ...]
    outputs: tuple[Shape | None, ...]

    def input(self, index: int) -> Shape:
        """The shape of an input.

        Raises:
            Unknown: it is absent or not known.
        """
        shape = self.inputs[index] if index < len(self.inputs) else None
        if shape is None:
            raise Unknown
        return shape

    def output(self, index: int = 0) -> Shape:
        """The shape of an output; raises Unknown likewise."""
        shape = self.outputs[index] if index < len(self.outputs) else None
        if shape is None:
            raise Unknown
        return shape

    def has(self, index: int) -> bool:
        """Whether an input is there and its shape known."""
        return index < len(self.inputs) and self.inputs[index] is not None

    def number(self, name: str, default: int) -> int:
        """An integer attribute."""
        return next((int(a.i) for a in self.node.attribute if a.name == name), default)

    def text(self, name: str, default: str) -> str:
        """A text attribute."""
        return next(
            (a.s.decode(errors="replace") for a in self.node.attribute if a.name == name), default
        )


class Unknown(Exception):
    """A shape that the count needs is not known."""


def macs(shapes: NodeShapes) -> int | None:
    """The node's multiply-accumulates; 0 for operators that have none, None when unknown."""
    rule = _RULES.get(shapes.node.op_type)
    if rule is None:
        return 0
    try:
        return rule(shapes)
    except (Unknown, IndexError, ZeroDivisionError):
        return None


def _conv(weight: int) -> Callable[[NodeShapes], int]:
    """Output elements × (channels in a group × kernel): weight is [M, C/group, k...]."""

    def rule(shapes: NodeShapes) -> int:
        return count(shapes.output()) * count(shapes.input(weight)[1:])

    return rule


def _conv_transpose(shapes: NodeShapes) -> int:
    """Every input element meets (output channels of its group × kernel): [C, M/group, k...]."""
    return count(shapes.input(0)) * count(shapes.input(1)[1:])


def _matmul(a: int) -> Callable[[NodeShapes], int]:
    """Output elements × the length of the rows of A."""

    def rule(shapes: NodeShapes) -> int:
        left = shapes.input(a)
        axis = -2 if shapes.number("transA", 0) and len(left) > 1 else -1
        return count(shapes.output()) * left[axis]

    return rule


def _matmul_nbits(shapes: NodeShapes) -> int:
    """Rows of A × K × N (attributes: the weight is packed)."""
    return count(shapes.input(0)[:-1]) * shapes.number("K", 0) * shapes.number("N", 0)


def _scores(batch_heads: int, queries: int, keys: int, size_k: int, size_v: int) -> int:
    """Q·Kᵀ and weights·V, over the full rectangle: what runtimes compute without a causal skip."""
    return batch_heads * queries * keys * (size_k + size_v)


def _attention(shapes: NodeShapes) -> int:
    """Attention-23 (standard domain): 4-D [B, H, S, d] or 3-D [B, S, H·d] inputs."""
    if shapes.node.domain == "com.microsoft":
        return _packed_attention(shapes)
    q, k, v = shapes.input(0), shapes.input(1), shapes.input(2)
    past = shapes.input(4)[2] if shapes.has(4) else 0
    if len(q) == 4:
        return _scores(q[0] * q[1], q[2], k[2] + past, q[3], v[3])
    heads, kv_heads = shapes.number("q_num_heads", 1), shapes.number("kv_num_heads", 1)
    return _scores(q[0] * heads, q[1], k[1] + past, q[2] // heads, v[2] // kv_heads)


def _packed_attention(shapes: NodeShapes) -> int:
    """Attention (com.microsoft): one projection to Q, K, V, then the scores."""
    source, weight, out = shapes.input(0), shapes.input(1), shapes.output()
    past = shapes.input(4)[3] if shapes.has(4) else 0
    width = out[-1]
    projection = count(source[:-1]) * source[-1] * weight[-1]
    return projection + _scores(source[0], source[1], source[1] + past, width, width)


def _qattention(shapes: NodeShapes) -> int:
    """QAttention: as the packed one, quantised; past at input 8."""
    source, weight = shapes.input(0), shapes.input(1)
    width = weight[-1] // 3
    past = shapes.input(8)[3] if shapes.has(8) else 0
    projection = count(source) * weight[-1]
    return projection + _scores(source[0], source[1], source[1] + past, width, width)


def _group_query(shapes: NodeShapes) -> int:
    query = shapes.input(0)
    heads, kv_heads = shapes.number("num_heads", 1), shapes.number("kv_num_heads", 1)
    packed = not shapes.has(1)
    size = query[2] // (heads + 2 * kv_heads if packed else heads)
    past = shapes.input(3)[2] if shapes.has(3) else 0
    return _scores(query[0] * heads, query[1], query[1] + past, size, size)


def _multi_head(shapes: NodeShapes) -> int:
    query = shapes.input(0)
    past = shapes.input(6)[2] if shapes.has(6) else 0
    if len(query) == 5:
        return _scores(query[0] * query[2], query[1], query[1] + past, query[4], query[4])
    heads, out = shapes.number("num_heads", 1), shapes.output()
    key = shapes.input(1)
    keys = key[1] if len(key) in (3, 5) else key[2]
    return _scores(query[0] * heads, query[1], keys + past, query[2] // heads, out[2] // heads)


def _recurrent(gates: int) -> Callable[[NodeShapes], int]:
    """X [seq, B, I], W [dirs, gates·H, I], R [dirs, gates·H, H]."""

    def rule(shapes: NodeShapes) -> int:
        source, recurrence = shapes.input(0), shapes.input(2)
        directions, _, hidden = recurrence
        steps = source[0] * source[1]
        return steps * directions * gates * hidden * (source[2] + hidden)

    return rule


def _einsum(shapes: NodeShapes) -> int:
    """The product of the sizes of all labels, for two operands (one operand only sums)."""
    equation = shapes.text("equation", "").replace(" ", "")
    terms = equation.split("->")[0].split(",")
    if len(terms) != 2:
        if len(terms) == 1:
            return 0
        raise Unknown
    sizes: dict[str, int] = {}
    for index, term in enumerate(terms):
        shape = shapes.input(index)
        labels = list(term.replace("...", ""))
        ellipsis = len(shape) - len(labels) if "..." in term else 0
        start = term.find("...") if "..." in term else len(labels)
        names = labels[:start] + [f".{i}" for i in range(-ellipsis, 0)] + labels[start:]
        if len(names) != len(shape):
            raise Unknown
        for name, size in zip(names, shape, strict=True):
            sizes[name] = max(sizes.get(name, 1), size)
    return count(tuple(sizes.values()))


_RULES: dict[str, Callable[[NodeShapes], int]] = {
    "Conv": _conv(1),
    "FusedConv": _conv(1),
    "NhwcFusedConv": _conv(1),
    "ConvInteger": _conv(1),
    "QLinearConv": _conv(3),
    "DeformConv": _conv(1),
    "ConvTranspose": _conv_transpose,
    "MatMul": _matmul(0),
    "Gemm": _matmul(0),
    "FusedGemm": _matmul(0),
    "FusedMatMul": _matmul(0),
    "TransposeMatMul": _matmul(0),
    "MatMulInteger": _matmul(0),
    "MatMulIntegerToFloat": _matmul(0),
    "DynamicQuantizeMatMul": _matmul(0),
    "QLinearMatMul": _matmul(0),
    "QGemm": _matmul(0),
    "MatMulNBits": _matmul_nbits,
    "MatMulBnb4": _matmul_nbits,
    "Attention": _attention,
    "QAttention": _qattention,
    "GroupQueryAttention": _group_query,
    "MultiHeadAttention": _multi_head,
    "DecoderMaskedMultiHeadAttention": _multi_head,
    "LSTM": _recurrent(4),
    "DynamicQuantizeLSTM": _recurrent(4),
    "GRU": _recurrent(3),
    "RNN": _recurrent(1),
    "Einsum": _einsum,
}
