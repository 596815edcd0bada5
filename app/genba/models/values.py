"""Small constant tensors followed through a graph: the arithmetic of shapes.

With every input dimension known, what `Shape` gives is a constant, and so is what follows from it.
Only operators that appear in such arithmetic are computed, only up to `LIMIT` elements.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

LIMIT = 4096


def evaluate(node: Any, inputs: list[Array | None], shapes: list[tuple[int, ...] | None]) -> Any:
    """The value of a node's first output, or None when it is not to be known here.

    `inputs` are the known values and `shapes` the known shapes of its inputs (None = absent or
    unknown); `shapes` suffice for Shape and Size.
    """
    attributes = {a.name: _attribute(a) for a in node.attribute}
    if node.op_type in ("Shape", "Size"):
        return _of_shape(node.op_type, shapes[0], attributes)
    rule = _RULES.get(node.op_type)
    if rule is None or node.domain not in ("", "ai.onnx") or not inputs or inputs[0] is None:
        return None
    if any(value is None for value, name in zip(inputs, node.input, strict=True) if name):
        return None
    try:
        with np.errstate(all="ignore"):
            result = np.asarray(rule(inputs, attributes))
    except (ValueError, TypeError, IndexError, KeyError, ZeroDivisionError, OverflowError):
        return None  # a graph that breaks its own rules stays unknown; nothing is made up
    return result if result.size <= LIMIT else None


def _of_shape(op_type: str, shape: tuple[int, ...] | None, attributes: dict[str, Any]) -> Any:
    if shape is None:
        return None
    if op_type == "Size":
        return np.array(int(np.prod(shape, dtype=object)) if shape else 1, np.int64)
    return np.array(shape[attributes.get("start", 0) : attributes.get("end")], np.int64)


def _attribute(attribute: Any) -> Any:
    from onnx import helper, numpy_helper

    value = helper.get_attribute_value(attribute)
    if attribute.type == attribute.TENSOR:
        return numpy_helper.to_array(value) if value.ByteSize() < 1 << 16 else None
    return value


def _axes(inputs: list[Any], attributes: dict[str, Any]) -> list[int] | None:
    """`axes` as an input (opset 13 and later) or an attribute."""
    if len(inputs) > 1 and inputs[1] is not None:
        return [int(a) for a in inputs[1].reshape(-1)]
    return attributes.get("axes")


def _constant(attributes: dict[str, Any]) -> Any:
    for name, dtype in (
        ("value", None), ("value_int", np.int64), ("value_ints", np.int64),
        ("value_float", np.float32), ("value_floats", np.float32),
    ):  # fmt: skip
        if attributes.get(name) is not None:
            return np.asarray(attributes[name], dtype)
    raise KeyError("value")


def constant_node(node: Any) -> Array | None:
    """The small value of a Constant node, or None."""
    try:
        value = np.asarray(_constant({a.name: _attribute(a) for a in node.attribute}))
    except (KeyError, ValueError, TypeError):
        return None
    return value if value.size <= LIMIT else None


def _divide(inputs: list[Any], _: dict[str, Any]) -> Any:
    left, right = inputs
    if np.issubdtype(left.dtype, np.integer):  # ONNX: truncation towards zero
        quotient = np.floor_divide(np.abs(left), np.abs(right))
        return (quotient * np.sign(left) * np.sign(right)).astype(left.dtype)
    return left / right


def _unsqueeze(inputs: list[Any], attributes: dict[str, Any]) -> Any:
    axes = _axes(inputs, attributes) or []
    return np.expand_dims(inputs[0], tuple(axes))


def _squeeze(inputs: list[Any], attributes: dict[str, Any]) -> Any:
    axes = _axes(inputs, attributes)
    return np.squeeze(inputs[0], tuple(axes) if axes else None)


def _slice(inputs: list[Any], attributes: dict[str, Any]) -> Any:
    data = inputs[0]
    if len(inputs) == 1:
        starts, ends = attributes["starts"], attributes["ends"]
        axes, steps = attributes.get("axes"), None
    else:
        starts, ends = inputs[1].tolist(), inputs[2].tolist()
        axes = inputs[3].tolist() if len(inputs) > 3 and inputs[3] is not None else None
        steps = inputs[4].tolist() if len(inputs) > 4 and inputs[4] is not None else None
    axes = axes or list(range(len(starts)))
    steps = steps or [1] * len(starts)
    parts = [slice(None)] * data.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        stop = None if step < 0 and end < -data.shape[axis] else end
        parts[axis] = slice(start, stop, step)
    return data[tuple(parts)]


def _range(inputs: list[Any], _: dict[str, Any]) -> Any:
    start, limit, step = (value.reshape(()).item() for value in inputs)
    if (limit - start) / step > LIMIT:
        raise ValueError("too long to follow")
    steps: Any = np.arange(start, limit, step, dtype=inputs[0].dtype)
    return steps


def _fill(inputs: list[Any], attributes: dict[str, Any]) -> Any:
    shape = [int(d) for d in inputs[0]]
    if np.prod(shape, dtype=object) > LIMIT:
        raise ValueError("too large to follow")
    value = attributes.get("value")
    return np.full(
        shape, 0.0 if value is None else value.reshape(()), None if value is None else value.dtype
    )


def _expand(inputs: list[Any], _: dict[str, Any]) -> Any:
    shape = np.broadcast_shapes(inputs[0].shape, tuple(int(d) for d in inputs[1]))
    if np.prod(shape, dtype=object) > LIMIT:
        raise ValueError("too large to follow")
    return np.broadcast_to(inputs[0], shape)


def _reshape(inputs: list[Any], attributes: dict[str, Any]) -> Any:
    shape = [int(d) for d in inputs[1]]
    if not attributes.get("allowzero"):
        shape = [inputs[0].shape[i] if d == 0 else d for i, d in enumerate(shape)]
    return inputs[0].reshape(shape)


def _cast(inputs: list[Any], attributes: dict[str, Any]) -> Any:
    from onnx import helper

    return inputs[0].astype(helper.tensor_dtype_to_np_dtype(attributes["to"]))


def _reduce(function: Callable[..., Any]) -> Callable[[list[Any], dict[str, Any]], Any]:
    def rule(inputs: list[Any], attributes: dict[str, Any]) -> Any:
        axes = _axes(inputs, attributes)
        keep = bool(attributes.get("keepdims", 1))
        out = function(inputs[0], axis=tuple(axes) if axes else None, keepdims=keep)
        return out.astype(inputs[0].dtype)

    return rule


def _binary(function: Callable[..., Any]) -> Callable[[list[Any], dict[str, Any]], Any]:
    return lambda inputs, _: function(inputs[0], inputs[1])


def _unary(function: Callable[..., Any]) -> Callable[[list[Any], dict[str, Any]], Any]:
    return lambda inputs, _: function(inputs[0])


def _gather(inputs: list[Any], attributes: dict[str, Any]) -> Any:
    return np.take(inputs[0], inputs[1].astype(np.int64), axis=attributes.get("axis", 0))


_RULES: dict[str, Callable[[list[Any], dict[str, Any]], Any]] = {
    "Identity": lambda inputs, _: inputs[0],
    "Gather": _gather,
    "Concat": lambda inputs, attributes: np.concatenate(inputs, axis=attributes["axis"]),
    "Unsqueeze": _unsqueeze,
    "Squeeze": _squeeze,
    "Slice": _slice,
    "Reshape": _reshape,
    "Cast": _cast,
    "Range": _range,
    "ConstantOfShape": _fill,
    "Expand": _expand,
    "Transpose": lambda inputs, attributes: np.transpose(inputs[0], attributes.get("perm")),
    "Add": _binary(np.add),
    "Sub": _binary(np.subtract),
    "Mul": _binary(np.multiply),
    "Div": _divide,
    "Mod": _binary(np.mod),
    "Pow": _binary(np.power),
    "Max": _binary(np.maximum),
    "Min": _binary(np.minimum),
    "Neg": _unary(np.negative),
    "Abs": _unary(np.abs),
    "Floor": _unary(np.floor),
    "Ceil": _unary(np.ceil),
    "Sqrt": _unary(np.sqrt),
    "Not": _unary(np.logical_not),
    "And": _binary(np.logical_and),
    "Or": _binary(np.logical_or),
    "Equal": _binary(np.equal),
    "Less": _binary(np.less),
    "LessOrEqual": _binary(np.less_equal),
    "Greater": _binary(np.greater),
    "GreaterOrEqual": _binary(np.greater_equal),
    "Where": lambda inputs, _: np.where(*inputs),
    "ReduceProd": _reduce(np.prod),
    "ReduceSum": _reduce(np.sum),
    "ReduceMax": _reduce(np.max),
    "ReduceMin": _reduce(np.min),
}
