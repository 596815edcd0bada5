"""The analysis of a model file: costs per operator, memory, attention, at given dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from genba.errors import N_, Message
from genba.models import attention, dimensions, memory
from genba.models.graph import subgraphs
from genba.models.macs import NodeShapes, macs
from genba.models.onnx_reader import OnnxFile, open_onnx
from genba.models.shapes import Shapes, infer
from genba.models.traffic import parameters, traffic
from genba.study.costs import ModelCosts, OperatorCost
from genba.study.model import TensorSpec


def analyze(path: Path, dims: Mapping[str, int] | None = None) -> ModelCosts:
    """Costs of the model at `path` for one pass; never reads its weights.

    `dims` sets free dimensions by name; others are assumed and named by a warning (see
    `genba.models.dimensions`).

    Raises:
        ModelNotFound, NotAModel, FormatNotYet, ModelDamaged, ExternalData…: see `open_onnx`.
        UnknownDimension, BadDimension: `dims` does not fit the model.
    """
    model = open_onnx(Path(path))
    sizes, assumed = dimensions.assign(model.inputs, dims or {})
    shapes = infer(model, sizes)
    operators = []
    uncounted: list[str] = []
    for node in model.graph.node:
        if node.op_type != "Constant":
            operator, complete = _operator(node, model, shapes)
            operators.append(operator)
            if not complete:
                uncounted.append(operator.name)
    cache = memory.cache_entries(model.inputs, model.outputs)
    return ModelCosts(
        name=Path(path).stem,
        format="onnx",
        dimensions=sizes,
        inputs=model.inputs,
        outputs=_resolved(model, shapes),
        macs=sum(o.macs for o in operators),
        parameters=parameters(model),
        weight_bytes=model.weight_bytes,
        peak_activation_bytes=memory.peak_activation_bytes(model, shapes),
        kv_cache_bytes_per_token=sum(e.bytes_per_token for e in cache),
        attention=attention.find(model, shapes, cache),
        operators=tuple(operators),
        warnings=(*assumed, *_doubts(model, shapes, uncounted)),
    )


def _operator(node: Any, model: OnnxFile, shapes: Shapes) -> tuple[OperatorCost, bool]:
    """One node's costs, and whether nothing in them had to be left out."""
    inputs = tuple(shapes.shape(name) if name else None for name in node.input)
    outputs = tuple(shapes.shape(name) if name else None for name in node.output)
    products = macs(NodeShapes(node, inputs, outputs))
    moved = traffic(node, model, shapes)
    cost = OperatorCost(
        name=node.name or (node.output[0] if node.output else node.op_type),
        op_type=node.op_type,
        macs=products or 0,
        weight_bytes=moved.weight_bytes,
        read_bytes=moved.read_bytes,
        write_bytes=moved.write_bytes,
        output_shape=outputs[0] if outputs and outputs[0] is not None else ("?",),
        weight_elements=moved.weight_elements,
        precision=moved.precision,
    )
    return cost, products is not None and moved.complete and not any(subgraphs(node))


def _resolved(model: OnnxFile, shapes: Shapes) -> tuple[TensorSpec, ...]:
    """The outputs, with the shapes that the inputs' dimensions lead to where they are known."""
    found = ((spec, shapes.shape(spec.name)) for spec in model.outputs)
    return tuple(
        spec if shape is None else spec.model_copy(update={"shape": shape}) for spec, shape in found
    )


def _doubts(model: OnnxFile, shapes: Shapes, uncounted: list[str]) -> list[Message]:
    """What the sums do not hold, in plain sentences."""
    found: list[Message] = []
    if uncounted:
        text = N_(
            "{count} of {total} operators could not be counted in full, because their shapes are "
            "unknown or they contain a graph of their own; the sums are too low. First: {names}."
        )
        total = sum(1 for node in model.graph.node if node.op_type != "Constant")
        params = {"count": len(uncounted), "total": total, "names": uncounted[:3]}
        found.append(Message(text=text, params=params, code="operators_uncounted"))
    for op_type, times in sorted(shapes.unknown.items()):
        text = N_("The output shape of {times} × {op_type} is not known.")
        params = {"times": times, "op_type": op_type}
        found.append(Message(text=text, params=params, code="shape_unknown"))
    if shapes.conflicts:
        text = N_("At these dimensions the shapes contradict each other, first at {name}.")
        found.append(
            Message(text=text, params={"name": shapes.conflicts[0]}, code="shapes_contradict")
        )
    return found
