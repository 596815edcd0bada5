"""Walking an ONNX graph: the graphs inside a node's attributes (If, Loop, Scan), and tensors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def subgraphs(node: Any) -> Iterator[Any]:
    """The graphs inside a node's attributes."""
    for attribute in node.attribute:
        if attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs


def all_nodes(graph: Any) -> Iterator[Any]:
    """Every node of a graph and of the graphs inside it, each before what it holds."""
    for node in graph.node:
        yield node
        for inner in subgraphs(node):
            yield from all_nodes(inner)


def all_tensors(graph: Any) -> Iterator[Any]:
    """Every tensor of a graph and of the graphs inside it: initializers and attributes."""
    yield from graph.initializer
    yield from inner_tensors(graph)


def inner_tensors(graph: Any) -> Iterator[Any]:
    """As `all_tensors`, without the graph's own (dense) initializers."""
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for node in graph.node:
        yield from own_tensors(node)
        for inner in subgraphs(node):
            yield from all_tensors(inner)


def own_tensors(node: Any) -> Iterator[Any]:
    """The tensors that a node holds in its attributes."""
    for attribute in node.attribute:
        if attribute.HasField("t"):
            yield attribute.t
        yield from attribute.tensors
        if attribute.HasField("sparse_tensor"):
            yield from (attribute.sparse_tensor.values, attribute.sparse_tensor.indices)
