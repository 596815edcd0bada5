"""What a pass is, and the files that it reads and writes."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from genba.errors import N_, GenbaError
from genba.models.graph import subgraphs

MODEL_NAME = "model.onnx"
DATA_NAME = "model.onnx.data"

SINGLE_FILE_LIMIT = 2_000_000_000
"""protobuf refuses messages from 2 GiB on; larger models keep their weights in a second file."""


class NothingToCompress(GenbaError):
    """A pass found nothing in the model that it can change."""

    code = "nothing_to_compress"
    what = N_("The pass {name} changes nothing in this model: it has no {operators} to work on.")
    fix = N_("Choose another preset.")


class PassFailed(GenbaError):
    """A pass could not handle the model, or its result does not hold together."""

    code = "pass_failed"
    what = N_("The pass {name} could not handle this model: {reason}.")
    fix = N_("Choose another preset; the model itself is unchanged.")


class Parameters(BaseModel):
    """A pass's parameters: validated, unknown names refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Pass:
    """One kind of rewriting. `apply` takes the source model's path, the path to write and the
    parameters; it returns how many tensors or nodes it changed. It never touches the source.
    """

    name: str
    parameters: type[Parameters]
    apply: Callable[[Path, Path, Any], int]


@contextmanager
def quiet() -> Iterator[None]:
    """onnxruntime's quantisers set up the root logger and tell it about every node."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def total_bytes(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(entry.stat().st_size for entry in os.scandir(folder) if entry.is_file())


def sort_nodes(graph: Any) -> None:
    """Bring a graph's nodes into an order in which every input is made before it is used.

    Stable: nodes stay as near to their order as possible. onnxruntime's converters append nodes at
    the end, which its own loader sorts and `onnx.checker` refuses.
    """
    nodes = list(graph.node)
    maker = {name: index for index, node in enumerate(nodes) for name in node.output if name}
    done: set[int] = set()
    order: list[int] = []
    for start in range(len(nodes)):
        stack = [start]
        while stack:
            index = stack[-1]
            waiting = [
                maker[name] for name in _reads(nodes[index])
                if name in maker and maker[name] not in done and maker[name] != index
            ]  # fmt: skip
            if waiting and index not in done:
                if len(stack) > len(nodes):
                    raise ValueError("the graph has a cycle")
                stack.extend(waiting)
                continue
            stack.pop()
            if index not in done:
                done.add(index)
                order.append(index)
    sorted_nodes = [nodes[index] for index in order]
    copies = [type(node)() for node in sorted_nodes]
    for copy, node in zip(copies, sorted_nodes, strict=True):
        copy.CopyFrom(node)
    del graph.node[:]
    graph.node.extend(copies)


def _reads(node: Any) -> list[str]:
    """Names that a node needs, those used inside its sub-graphs too."""
    names = [name for name in node.input if name]
    for inner in subgraphs(node):
        for each in inner.node:
            names.extend(_reads(each))
    return names
