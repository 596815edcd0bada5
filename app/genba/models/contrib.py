"""Shapes of operators that ONNX Runtime adds to ONNX.

Source of the rules: onnxruntime, docs/ContribOperators.md. An operator that is not listed here
stays unknown, and the analysis says so. A rule takes the interface of `onnx`'s InferenceContext:
`outputs` applies it; `known_to_checker` lends some to `onnx.checker`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

MICROSOFT = "com.microsoft"

Rule = Callable[[Any], None]


@contextmanager
def known_to_checker() -> Iterator[None]:
    """Let `onnx.checker` accept, inside the block, operators that stand in the standard domain.

    It refuses unknown operators there and ignores other domains. The registry is global, so they
    leave it again.
    """
    from onnx import defs

    added = [key for key in _RULES if not key[0] and not defs.has(key[1])]
    try:
        for domain, op_type in added:
            defs.register_schema(_schema(domain, op_type, _RULES[domain, op_type]))
        yield
    finally:
        for domain, op_type in added:
            defs.deregister_schema(op_type, 1, domain)


def _schema(domain: str, op_type: str, rule: Rule) -> Any:
    """An operator with any number of inputs and outputs and the attributes of a norm."""
    from onnx import defs

    kinds = defs.OpSchema
    variadic = kinds.FormalParameterOption.Variadic
    values = [
        kinds.FormalParameter(name, name, param_option=variadic, is_homogeneous=False, min_arity=0)
        for name in ("inputs", "outputs")
    ]
    tensors = _tensors()
    schema = kinds(
        op_type,
        domain,
        1,
        inputs=values[:1],
        outputs=values[1:],
        type_constraints=[(name, tensors, "any tensor") for name in ("inputs", "outputs")],
        attributes=[
            kinds.Attribute("axis", kinds.AttrType.INT, required=False),
            kinds.Attribute("epsilon", kinds.AttrType.FLOAT, required=False),
            kinds.Attribute("stash_type", kinds.AttrType.INT, required=False),
        ],
    )
    schema.set_type_and_shape_inference_function(rule)
    return schema


def outputs(node: Any, types: Mapping[str, Any]) -> dict[str, Any]:
    """`TypeProto`s of a node's outputs, as far as a rule here finds them."""
    rule = _RULES.get((node.domain, node.op_type))
    if rule is None:
        return {}
    context = _Context(node, types)
    rule(context)
    return context.found


class _Context:
    """The part of onnx's InferenceContext that the rules use."""

    def __init__(self, node: Any, types: Mapping[str, Any]) -> None:
        self._node = node
        self._types = types
        self.found: dict[str, Any] = {}

    def get_num_inputs(self) -> int:
        return len(self._node.input)

    def get_num_outputs(self) -> int:
        return len(self._node.output)

    def get_input_type(self, index: int) -> Any:
        return self._types.get(self._node.input[index])

    def get_attribute(self, name: str) -> Any:
        return next((a for a in self._node.attribute if a.name == name), None)

    def set_output_type(self, index: int, kind: Any) -> None:
        if self._node.output[index]:
            self.found[self._node.output[index]] = kind


def _tensors() -> list[str]:
    from onnx import defs

    constraints = defs.get_schema("Identity", 16, "").type_constraints
    return [t for c in constraints for t in c.allowed_type_strs if t.startswith("tensor(")]


def _shape(ctx: Any, index: int) -> tuple[list[int] | None, int]:
    """(dimensions or None, element type) of an input; dimensions are None when one is unknown."""
    if index >= ctx.get_num_inputs():
        return None, 0
    kind = ctx.get_input_type(index)
    if kind is None or not kind.HasField("tensor_type"):
        return None, 0
    tensor = kind.tensor_type
    if not tensor.HasField("shape"):
        return None, tensor.elem_type
    dims = [d.dim_value if d.HasField("dim_value") else -1 for d in tensor.shape.dim]
    return (None if -1 in dims else dims), tensor.elem_type


def _give(ctx: Any, index: int, data_type: int, shape: list[int] | None) -> None:
    from onnx import helper

    if index < ctx.get_num_outputs() and shape is not None:
        ctx.set_output_type(index, helper.make_tensor_type_proto(data_type, shape))


def _number(ctx: Any, name: str, default: int = 0) -> int:
    attribute = ctx.get_attribute(name)
    return default if attribute is None else int(attribute.i)


def _like(index: int, *, dtype_from: int | None = None) -> Rule:
    """The first output has the shape of one input."""

    def rule(ctx: Any) -> None:
        shape, data_type = _shape(ctx, index)
        if dtype_from is not None:
            data_type = _shape(ctx, dtype_from)[1]
        _give(ctx, 0, data_type, shape)

    return rule


def _skip_norm(ctx: Any) -> None:
    """SkipLayerNormalization: output 0 and the sum (output 3) look like the input."""
    shape, data_type = _shape(ctx, 0)
    _give(ctx, 0, data_type, shape)
    _give(ctx, 3, data_type, shape)


def _matmul_nbits(ctx: Any) -> None:
    """A [..., K] by a packed [K, N] gives [..., N]."""
    shape, data_type = _shape(ctx, 0)
    if shape:
        _give(ctx, 0, data_type, [*shape[:-1], _number(ctx, "N")])


def _matmul(ctx: Any, a: int = 0, b: int = 1, data_type: int | None = None) -> None:
    """FusedMatMul and the like, with transA and transB."""
    left, kind = _shape(ctx, a)
    right, _ = _shape(ctx, b)
    if not left or not right or len(left) < 2 or len(right) < 2:
        return
    if _number(ctx, "transA"):
        left = [*left[:-2], left[-1], left[-2]]
    if _number(ctx, "transB"):
        right = [*right[:-2], right[-1], right[-2]]
    batch = _broadcast(left[:-2], right[:-2])
    if batch is not None:
        _give(ctx, 0, data_type or kind, [*batch, left[-2], right[-1]])


def _integer_matmul_to_float(ctx: Any) -> None:
    """MatMulIntegerToFloat: the output has the type of the scales (input 2)."""
    _matmul(ctx, data_type=_shape(ctx, 2)[1] or 1)


def _dynamic_quantize_matmul(ctx: Any) -> None:
    _matmul(ctx)


def _broadcast(left: list[int], right: list[int]) -> list[int] | None:
    size = max(len(left), len(right))
    left, right = [1] * (size - len(left)) + left, [1] * (size - len(right)) + right
    out = []
    for a, b in zip(left, right, strict=True):
        if a != b and 1 not in (a, b):
            return None
        out.append(b if a == 1 else a)
    return out


def _elementwise(a: int, b: int) -> Rule:
    """Two inputs are broadcast."""

    def rule(ctx: Any) -> None:
        left, data_type = _shape(ctx, a)
        right, _ = _shape(ctx, b)
        if left is not None and right is not None:
            _give(ctx, 0, data_type, _broadcast(left, right))

    return rule


def _group_query_attention(ctx: Any) -> None:
    """query [B, S, heads·size] (or packed with keys and values), past [B, kv, P, size]."""
    query, data_type = _shape(ctx, 0)
    key, _ = _shape(ctx, 1)
    past, past_type = _shape(ctx, 3)
    heads, kv_heads = _number(ctx, "num_heads"), _number(ctx, "kv_num_heads")
    if query is None or len(query) != 3 or not heads or not kv_heads:
        return
    width = query[2]
    if not key:  # packed: heads + 2·kv_heads
        width = width * heads // (heads + 2 * kv_heads)
    _give(ctx, 0, data_type, [query[0], query[1], width])
    total = query[1] + (past[2] if past and len(past) == 4 else 0)
    present = [query[0], kv_heads, total, width // heads]
    _give(ctx, 1, past_type or data_type, present)
    _give(ctx, 2, past_type or data_type, present)


def _multi_head_attention(ctx: Any) -> None:
    """query [B, S, H] or packed [B, S, heads, 3, size]; value [B, T, V]; past at 6 and 7."""
    query, data_type = _shape(ctx, 0)
    value, _ = _shape(ctx, 2)
    past, _ = _shape(ctx, 6)
    heads = _number(ctx, "num_heads")
    if query is None or not heads:
        return
    if len(query) == 5:
        _give(ctx, 0, data_type, [query[0], query[1], query[2] * query[4]])
        return
    width = value[2] if value and len(value) == 3 else query[2]
    _give(ctx, 0, data_type, [query[0], query[1], width])
    if value and len(value) == 3:
        total = value[1] + (past[2] if past and len(past) == 4 else 0)
        for output in (1, 2):
            _give(ctx, output, data_type, [query[0], heads, total, width // heads])


def _packed_attention(ctx: Any) -> None:
    """Attention (com.microsoft): input [B, S, I], weights [I, 3·H]; past [2, B, heads, P, size]."""
    source, data_type = _shape(ctx, 0)
    weights, _ = _shape(ctx, 1)
    if not source or not weights or len(weights) != 2:
        return
    width = weights[1] // 3
    _give(ctx, 0, data_type, [*source[:-1], width])
    past, _ = _shape(ctx, 4)
    heads = _number(ctx, "num_heads")
    if heads:
        total = source[1] + (past[3] if past and len(past) == 5 else 0)
        _give(ctx, 1, data_type, [2, source[0], heads, total, width // heads])


def _embed_norm(ctx: Any) -> None:
    """EmbedLayerNormalization: ids [B, S] and table [V, H] give [B, S, H] and a mask [B]."""
    ids, _ = _shape(ctx, 0)
    table, data_type = _shape(ctx, 2)
    if ids and table:
        _give(ctx, 0, data_type, [*ids, table[1]])
        _give(ctx, 1, 6, [ids[0]])


def _gather_block_quantized(ctx: Any) -> None:
    """data [V, packed], indices, scales [V, blocks]: rows of block_size·blocks numbers."""
    indices, _ = _shape(ctx, 1)
    data, kind = _shape(ctx, 0)
    _, scale_type = _shape(ctx, 2)
    if indices is None or data is None or _number(ctx, "gather_axis"):
        return
    packing = 8 // (_number(ctx, "bits", 4) or 4) if kind == 2 else 1
    _give(ctx, 0, scale_type, [*indices, *data[1:-1], data[-1] * packing])


_SAME = (
    "FastGelu", "Gelu", "BiasGelu", "QuickGelu", "RotaryEmbedding", "LayerNormalization",
    "SimplifiedLayerNormalization", "GroupNorm", "BiasSplitGelu", "RemovePadding",
)  # fmt: skip

_RULES: dict[tuple[str, str], Rule] = {
    **{(MICROSOFT, name): _like(0) for name in _SAME},
    # onnxruntime registers this one in the standard domain, where ONNX has none of that name.
    ("", "SimplifiedLayerNormalization"): _like(0),
    (MICROSOFT, "SkipLayerNormalization"): _skip_norm,
    (MICROSOFT, "SkipSimplifiedLayerNormalization"): _skip_norm,
    (MICROSOFT, "MatMulNBits"): _matmul_nbits,
    (MICROSOFT, "MatMulBnb4"): _matmul_nbits,
    (MICROSOFT, "FusedMatMul"): _matmul,
    (MICROSOFT, "TransposeMatMul"): _matmul,
    (MICROSOFT, "MatMulIntegerToFloat"): _integer_matmul_to_float,
    (MICROSOFT, "DynamicQuantizeMatMul"): _dynamic_quantize_matmul,
    (MICROSOFT, "GroupQueryAttention"): _group_query_attention,
    (MICROSOFT, "MultiHeadAttention"): _multi_head_attention,
    (MICROSOFT, "DecoderMaskedMultiHeadAttention"): _multi_head_attention,
    (MICROSOFT, "Attention"): _packed_attention,
    (MICROSOFT, "EmbedLayerNormalization"): _embed_norm,
    (MICROSOFT, "GatherBlockQuantized"): _gather_block_quantized,
    (MICROSOFT, "QLinearAdd"): _elementwise(0, 3),
    (MICROSOFT, "QLinearMul"): _elementwise(0, 3),
    (MICROSOFT, "QLinearSigmoid"): _like(0),
    (MICROSOFT, "QLinearLeakyRelu"): _like(0),
    (MICROSOFT, "QLinearSoftmax"): _like(0),
    (MICROSOFT, "QuantizeLinear"): _like(0, dtype_from=2),
    (MICROSOFT, "DequantizeLinear"): _like(0, dtype_from=1),
}
