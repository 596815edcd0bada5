"""ONNX element types: their numpy names and sizes. The numbers are those of `TensorProto`."""

from __future__ import annotations

_TYPES: dict[int, tuple[str, int]] = {
    1: ("float32", 32),
    2: ("uint8", 8),
    3: ("int8", 8),
    4: ("uint16", 16),
    5: ("int16", 16),
    6: ("int32", 32),
    7: ("int64", 64),
    8: ("str", 0),
    9: ("bool", 8),
    10: ("float16", 16),
    11: ("float64", 64),
    12: ("uint32", 32),
    13: ("uint64", 64),
    14: ("complex64", 64),
    15: ("complex128", 128),
    16: ("bfloat16", 16),
    17: ("float8e4m3fn", 8),
    18: ("float8e4m3fnuz", 8),
    19: ("float8e5m2", 8),
    20: ("float8e5m2fnuz", 8),
    21: ("uint4", 4),
    22: ("int4", 4),
    23: ("float4e2m1", 4),
    24: ("float8e8m0", 8),
    25: ("uint2", 2),
    26: ("int2", 2),
}

_INDEX_TYPES = frozenset({"int32", "int64", "uint32", "uint64", "bool", "str"})


def type_name(data_type: int) -> str:
    """numpy's name of an element type; ``unknown`` for a number that ONNX does not define."""
    return _TYPES.get(data_type, ("unknown", 0))[0]


def known(data_type: int) -> bool:
    """Whether ONNX defines this element type."""
    return data_type in _TYPES


def size_bytes(elements: int, data_type: int) -> int:
    """Bytes that `elements` take; types below 8 bits are packed."""
    return (elements * _TYPES.get(data_type, ("", 0))[1] + 7) // 8


def is_learnt(data_type: int) -> bool:
    """Whether constants of this type hold weights, and not shapes, indices or flags."""
    return type_name(data_type) not in _INDEX_TYPES


def named_size_bytes(elements: int, name: str) -> int:
    """Bytes that `elements` of a type take, by its name; 0 for an unknown name."""
    number = next((n for n, (known_name, _) in _TYPES.items() if known_name == name), 0)
    return size_bytes(elements, number)
