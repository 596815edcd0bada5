"""Costs of well-known networks, from their published sizes, for the predictor's tests."""

from __future__ import annotations

from genba.study.costs import ModelCosts, OperatorCost


def network(
    macs: int, parameters: int, *, bytes_each: int = 4, precision: str = "float32",
    op_type: str = "Conv", activations: int = 8_000_000,
) -> ModelCosts:  # fmt: skip
    """A network of one operator; for example ResNet-50: 4.1e9 MACs, 25.6e6 parameters."""
    size = parameters * bytes_each
    operator = OperatorCost(
        name="all", op_type=op_type, macs=macs, weight_bytes=size, read_bytes=size,
        write_bytes=4_000, output_shape=(1, 1000), weight_elements=parameters, precision=precision,
    )  # fmt: skip
    return ModelCosts(
        name="network", format="onnx", dimensions={}, inputs=(), outputs=(), macs=macs,
        parameters=parameters, weight_bytes=size, peak_activation_bytes=activations,
        kv_cache_bytes_per_token=0, operators=(operator,),
    )  # fmt: skip


def llama_2_7b(tokens: int, *, bytes_per_weight: float = 0.5625) -> ModelCosts:
    """Llama-2-7B: 32 layers, hidden 4096, 32 heads of 128; 6,607,077,376 linear MACs per token."""
    linear, parameters = 6_607_077_376, 6_738_415_616
    size = int(linear * bytes_per_weight)
    quantised = bytes_per_weight < 1
    layers = OperatorCost(
        name="layers", op_type="MatMulNBits" if quantised else "MatMul", macs=linear * tokens,
        weight_bytes=size, read_bytes=size, write_bytes=8_192 * tokens,
        output_shape=(1, tokens, 4096), weight_elements=linear,
        precision="int4" if quantised else "float16",
    )  # fmt: skip
    table = 131_072_000 * 2
    embedding = OperatorCost(
        name="embedding", op_type="Gather", macs=0, weight_bytes=table,
        read_bytes=8_192 * tokens, write_bytes=8_192 * tokens, output_shape=(1, tokens, 4096),
        weight_elements=131_072_000, precision="float16",
    )  # fmt: skip
    return ModelCosts(
        name="llama-2-7b", format="onnx", dimensions={"sequence": tokens}, inputs=(), outputs=(),
        macs=linear * tokens, parameters=parameters, weight_bytes=size + table,
        peak_activation_bytes=50_000_000, kv_cache_bytes_per_token=524_288,
        operators=(embedding, layers),
    )  # fmt: skip
