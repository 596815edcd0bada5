"""Memory beside the weights: live activations over the file's order, and the KV cache."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from genba.models import dtypes
from genba.models.onnx_reader import OnnxFile, count
from genba.models.shapes import Shapes
from genba.models.traffic import VIEWS
from genba.runtimes.generate import PAST, PRESENT
from genba.study.model import TensorSpec


def peak_activation_bytes(model: OnnxFile, shapes: Shapes) -> int:
    """The largest sum of live tensors while the nodes run in file order.

    A tensor lives from the node that makes it (an input: from the start) to the last node that
    reads it (an output: to the end). Constants do not count. A view (Reshape, …) shares the memory
    of its input. Tensors of unknown size count 0; the analysis names them.
    """
    alias: dict[str, str] = {}
    ends: dict[str, int] = {}
    nodes = list(model.graph.node)
    for index, node in enumerate(nodes):
        if node.op_type in VIEWS and node.input and node.input[0] not in model.constants:
            alias[node.output[0]] = _root(node.input[0], alias)
        for name in node.input:
            ends[_root(name, alias)] = index
    for value in model.graph.output:
        ends[_root(value.name, alias)] = len(nodes)

    def size(name: str) -> int:
        shape = None if name in model.constants or name in alias else shapes.shape(name)
        return 0 if shape is None else dtypes.size_bytes(count(shape), shapes.data_type(name))

    dying: dict[int, list[str]] = {}
    for name, end in ends.items():
        dying.setdefault(end, []).append(name)
    live = sum(size(spec.name) for spec in model.inputs)
    peak = live
    for index, node in enumerate(nodes):
        if node.op_type != "Constant":
            live += sum(size(name) for name in node.output if name)
        peak = max(peak, live)
        live -= sum(size(name) for name in dying.get(index, ()))
        live -= sum(size(name) for name in node.output if name and name not in ends)
    return peak


def _root(name: str, alias: dict[str, str]) -> str:
    return alias.get(name, name)


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """One cached tensor: the numbers that one token adds to it, and its heads."""

    name: str
    elements_per_token: int
    heads: int
    head_size: int
    data_type: str

    @property
    def bytes_per_token(self) -> int:
        """What one more token takes at batch 1."""
        return dtypes.named_size_bytes(self.elements_per_token, self.data_type)


def cache_entries(inputs: Iterable[TensorSpec], outputs: Iterable[TensorSpec]) -> list[CacheEntry]:
    """The KV cache of a network by the names *and* the shapes of its inputs and outputs.

    An input ``past_key_values.N.key`` belongs to the cache when an output ``present.N.key`` has the
    same rank and sizes, both have four axes (or five: keys and values stacked), and an axis after
    the batch is free in both: the past.
    """
    presents = {m.group(1): spec for spec in outputs if (m := PRESENT.match(spec.name))}
    entries: list[CacheEntry] = []
    for spec in inputs:
        match = PAST.match(spec.name)
        present = presents.get(match.group(1)) if match else None
        if present is not None and (entry := _entry(spec, present)):
            entries.append(entry)
    return entries


def _entry(past: TensorSpec, present: TensorSpec) -> CacheEntry | None:
    if len(past.shape) not in (4, 5) or len(past.shape) != len(present.shape):
        return None
    if past.dtype != present.dtype or past.dtype == "unknown":
        return None
    batch = len(past.shape) - 4  # stacked [2, batch, heads, past, size]
    axes = range(batch + 1, len(past.shape))
    free = [a for a in axes if isinstance(past.shape[a], str)]
    fixed = [a for a in axes if a not in free]
    if len(free) != 1 or _differ(past, present, fixed):
        return None
    heads, head_size = (int(past.shape[a]) for a in fixed)
    stacked = 2 if batch else 1
    return CacheEntry(past.name, stacked * heads * head_size, heads, head_size, past.dtype)


def _differ(past: TensorSpec, present: TensorSpec, axes: list[int]) -> bool:
    """Whether an axis has two sizes; an output may leave a size open."""
    pairs = ((past.shape[a], present.shape[a]) for a in axes)
    return any(isinstance(size, int) and size != fixed for fixed, size in pairs)
