"""Affine 8-bit quantisation of weights: number ≈ scale · (quantised − zero point).

The same rounding as onnxruntime's `compute_scale_zp` and `quantize_nparray`: asymmetric for
uint8, symmetric for int8, half to even.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_CHUNK_ROWS_ELEMENTS = 1 << 22

Array = NDArray[Any]


@dataclass(frozen=True)
class Quantised:
    """Numbers as integers with a scale and a zero point for each channel (or one for all)."""

    values: Array
    scales: NDArray[np.float32]
    zero_points: Array


def quantise(
    weight: Array, dtype: type[Any], *, axis: int | None, symmetric: bool, reduce_range: bool
) -> Quantised:
    """Quantise a float32 tensor; `axis` is the channel axis, None means one scale for all.

    `symmetric` keeps 0 in the middle of the integers: the zero point is then the same for every
    channel (0 for int8, 128 for uint8). `reduce_range` uses 7 of the 8 bits.
    """
    others = tuple(a for a in range(weight.ndim) if a != axis) if axis is not None else None
    low = np.minimum(weight.min(axis=others), 0.0).astype(np.float64)
    high = np.maximum(weight.max(axis=others), 0.0).astype(np.float64)
    least, most = _limits(dtype, symmetric, reduce_range)
    middle = 128 if dtype is np.uint8 else 0
    if symmetric:
        reach = np.maximum(-low, high)
        scales = (2.0 * reach / (most - least)).astype(np.float32)
    else:
        scales = ((high - low) / (most - least)).astype(np.float32)
    scales = np.where(scales < np.finfo(np.float32).tiny, np.float32(1.0), scales)
    if symmetric:
        zero_points = np.full(scales.shape, middle, dtype)
    else:
        zero_points = np.clip(np.rint(least - low / scales), least, most).astype(dtype)
    values = np.empty(weight.shape, dtype)
    shape = [1] * weight.ndim
    if axis is not None:
        shape[axis] = -1
    factor, shift = scales.reshape(shape), zero_points.astype(np.float32).reshape(shape)
    rows = max(1, _CHUNK_ROWS_ELEMENTS // max(1, weight[:1].size))
    for start in range(0, len(weight), rows):
        part = slice(start, start + rows)
        along = part if axis == 0 else slice(None)
        scaled = np.rint(weight[part] / factor[along]) + shift[along]
        values[part] = np.clip(scaled, least, most).astype(dtype)
    return Quantised(values, scales, zero_points)


def _limits(dtype: type[Any], symmetric: bool, reduce_range: bool) -> tuple[int, int]:
    if dtype is np.uint8:
        if symmetric:
            return (64, 192) if reduce_range else (1, 255)
        return (0, 127) if reduce_range else (0, 255)
    return (-64, 64) if reduce_range else (-127, 127)
