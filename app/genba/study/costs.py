"""What a network costs to run, counted from its graph."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from genba.errors import Message
from genba.study.base import Data
from genba.study.model import TensorSpec


class OperatorCost(Data):
    """One node: multiply-accumulates and bytes for one pass at the analysed dimensions.

    `read_bytes` holds everything read, constants too (an embedding: the rows that it picks), so
    the traffic is `read_bytes` + `write_bytes`; `weight_bytes` is what the constants take in the
    file. `weight_elements` counts the constants read; `precision` is the weights' storage type
    (``float32 float16 int8 int4 …``) and ``none`` without weights.
    """

    name: str
    op_type: str
    macs: int
    weight_bytes: int
    read_bytes: int
    write_bytes: int
    output_shape: tuple[int | str, ...]
    weight_elements: int = 0
    precision: str = "none"


class AttentionInfo(Data):
    """One attention block found in the graph."""

    kind: Literal["mha", "gqa", "mqa", "unknown"]
    layers: int
    heads: int
    kv_heads: int
    head_size: int


class ModelCosts(Data):
    """The analysis of a network at given dimensions. All counts are exact for those dimensions.

    `peak_activation_bytes` is the largest sum of live intermediate tensors over the file's
    topological order. `kv_cache_bytes_per_token` is 0 for a network without a cache.
    """

    name: str
    format: str
    dimensions: dict[str, int]
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    macs: int
    parameters: int
    weight_bytes: int
    peak_activation_bytes: int
    kv_cache_bytes_per_token: int
    attention: tuple[AttentionInfo, ...] = ()
    operators: tuple[OperatorCost, ...] = ()
    warnings: tuple[Message, ...] = Field(default=())

    def to_json(self) -> dict[str, Any]:
        """The contract's fields for `genba model analyze`; a face renders `warnings`."""
        return self.model_dump(mode="json", exclude={"warnings"})
