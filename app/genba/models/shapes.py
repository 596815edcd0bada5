"""Shape inference at fixed dimensions: every tensor's element type and shape, or unknown.

Walks the graph in file order with onnx's own inference for one node, and carries small constant
values along (`values`), which onnx's data propagation does for a few operators only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from genba.models import contrib, values
from genba.models.onnx_reader import OnnxFile
from genba.models.slimming import KEEP_BYTES

_PAYLOADS = (
    "raw_data", "float_data", "int32_data", "int64_data", "double_data", "uint64_data"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tensor:
    """What is known about a tensor; `shape` is None when a dimension is unknown."""

    data_type: int
    shape: tuple[int, ...] | None


@dataclass
class Shapes:
    """All tensors of the outermost graph by name, and what could not be found out.

    `unknown` counts the nodes by operator type whose output shape stayed unknown for a reason of
    their own; `conflicts` names nodes whose inputs contradict each other.
    """

    tensors: dict[str, Tensor] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)

    def shape(self, name: str) -> tuple[int, ...] | None:
        """The shape of a tensor, None when unknown or absent."""
        tensor = self.tensors.get(name)
        return None if tensor is None else tensor.shape

    def data_type(self, name: str) -> int:
        """The ONNX element type of a tensor, 0 when unknown or absent."""
        tensor = self.tensors.get(name)
        return 0 if tensor is None else tensor.data_type


def infer(model: OnnxFile, dims: Mapping[str, int]) -> Shapes:
    """Shapes of all tensors when the free dimensions of the inputs have these sizes."""
    walk = _Walk(model)
    for constant in model.constants.values():
        walk.know(constant.name, constant.data_type, constant.shape)
    for tensor in model.graph.initializer:
        value = _contents(tensor, model)
        if value is not None:
            walk.values[tensor.name] = value
    for spec, value in zip(
        model.inputs, (v for v in model.graph.input if v.name not in model.constants), strict=True
    ):
        shape = tuple(dims[d] if isinstance(d, str) else d for d in spec.shape)
        known = value.type.tensor_type.HasField("shape")
        walk.know(spec.name, value.type.tensor_type.elem_type, shape if known else None)
    for node in model.graph.node:
        walk.step(node)
    return walk.shapes


class _Walk:
    """One pass over the nodes of a graph."""

    def __init__(self, model: OnnxFile) -> None:
        self.shapes = Shapes()
        self.values: dict[str, Any] = {}
        self._types: dict[str, Any] = {}
        self._opsets = {o.domain or "": o.version for o in model.proto.opset_import}
        self._opset_list = list(model.proto.opset_import)
        self._functions = {(f.domain, f.name) for f in model.proto.functions}

    def know(self, name: str, data_type: int, shape: tuple[int, ...] | None) -> None:
        """Record a tensor."""
        from onnx import helper

        self.shapes.tensors[name] = Tensor(data_type, shape)
        if data_type:
            self._types[name] = helper.make_tensor_type_proto(data_type, shape)

    def step(self, node: Any) -> None:
        """Infer the outputs of one node."""
        inputs = [self.values.get(name) for name in node.input]
        if node.op_type == "Constant":
            value = values.constant_node(node)
        else:
            shapes = [self.shapes.shape(name) for name in node.input]
            value = values.evaluate(node, inputs, shapes)
        if value is not None:
            from onnx import helper

            self.values[node.output[0]] = value
            kind = helper.np_dtype_to_tensor_dtype(value.dtype)
            self.know(node.output[0], kind, value.shape)
            return
        if node.op_type == "Constant":
            return
        for name, proto in self._inferred(node, inputs).items():
            tensor = proto.tensor_type
            if name and proto.HasField("tensor_type"):
                self.know(name, tensor.elem_type, _static(tensor))
        self._remember_unknown(node)

    def _inferred(self, node: Any, inputs: list[Any]) -> dict[str, Any]:
        from onnx import checker, defs, numpy_helper, shape_inference

        domain = "" if node.domain == "ai.onnx" else node.domain
        contributed = contrib.outputs(node, self._types)
        if contributed:
            return contributed
        try:
            schema = defs.get_schema(node.op_type, self._opsets.get(domain, 1), domain)
        except defs.SchemaError:
            return {}
        names = [n for n in node.input if n]
        if any(n not in self._types for n in names):
            return {}
        data = {
            name: numpy_helper.from_array(value, name)
            for name, value in zip(node.input, inputs, strict=True)
            if value is not None and value.dtype.kind in "iufb"
        }
        try:
            return shape_inference.infer_node_outputs(
                schema, node, {n: self._types[n] for n in names}, data,
                opset_imports=self._opset_list,
            )  # fmt: skip
        except (shape_inference.InferenceError, checker.ValidationError):
            self.shapes.conflicts.append(node.name or node.op_type)
        except (KeyError, RuntimeError, ValueError):  # a sub-graph that sees outer tensors
            pass
        return {}

    def _remember_unknown(self, node: Any) -> None:
        """Blame a node only when its inputs were known: unknown shapes spread."""
        if any(self.shapes.shape(name) is None for name in node.input if name):
            return
        if any(self.shapes.shape(name) is None for name in node.output[:1] if name):
            unknown = self.shapes.unknown
            unknown[node.op_type] = unknown.get(node.op_type, 0) + 1


def _contents(tensor: Any, model: OnnxFile) -> Any:
    """The numbers of a small initializer, or None: too large to be part of shape arithmetic."""
    from onnx import numpy_helper

    size = model.constants[tensor.name].bytes
    if size > KEEP_BYTES or tensor.data_type == tensor.STRING:
        return None
    if tensor.data_location == tensor.EXTERNAL:
        entries = {e.key: e.value for e in tensor.external_data}
        with model.places[entries["location"]].open("rb") as stream:
            stream.seek(int(entries.get("offset", "0")))
            raw = stream.read(size)
        tensor = type(tensor)(dims=tensor.dims, data_type=tensor.data_type, raw_data=raw)
    elif not any(len(getattr(tensor, field)) for field in _PAYLOADS) and size:
        return None  # left out when the file was read
    try:
        return numpy_helper.to_array(tensor)
    except (ValueError, TypeError):  # contents that do not fit the shape
        return None


def _static(tensor: Any) -> tuple[int, ...] | None:
    if not tensor.HasField("shape"):
        return None
    dims = tuple(d.dim_value if d.HasField("dim_value") else -1 for d in tensor.shape.dim)
    return None if any(d < 0 for d in dims) else dims
