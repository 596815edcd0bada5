"""Opens an ONNX file for analysis: its graph, its constants by size, never its weights."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from genba.errors import N_, Message
from genba.models import dtypes
from genba.models.external import external_files
from genba.models.graph import all_tensors, own_tensors, subgraphs
from genba.models.reader import ModelDamaged, NotAModel, recognise
from genba.models.slimming import WireError, slim
from genba.study.model import TensorSpec

MAX_RANK = 64


@dataclass(frozen=True, slots=True)
class Constant:
    """A tensor of fixed contents: an initializer or a Constant node's value."""

    name: str
    data_type: int
    shape: tuple[int, ...]

    @property
    def elements(self) -> int:
        """How many numbers it holds."""
        return count(self.shape)

    @property
    def bytes(self) -> int:
        """What it takes in the file."""
        return dtypes.size_bytes(self.elements, self.data_type)


@dataclass(frozen=True)
class OnnxFile:
    """A checked model without the contents of its large tensors.

    `proto` is the `onnx.ModelProto`; `constants` are the outermost graph's by name; `nested` are
    those of sub-graphs. `places` are the files that hold contents of tensors by location, the model
    file itself among them when it holds large ones.
    """

    path: Path
    proto: Any
    constants: dict[str, Constant]
    nested: tuple[Constant, ...]
    places: dict[str, Path] = field(default_factory=dict)

    @property
    def graph(self) -> Any:
        """The outermost graph."""
        return self.proto.graph

    @property
    def external(self) -> dict[str, Path]:
        """The external files by location."""
        return {name: place for name, place in self.places.items() if place != self.path}

    @property
    def inputs(self) -> tuple[TensorSpec, ...]:
        """What a caller must give; initializers that are listed as inputs are not among them."""
        return tuple(_spec(v) for v in self.graph.input if v.name not in self.constants)

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        """What the network gives."""
        return tuple(_spec(v) for v in self.graph.output)

    @property
    def weight_bytes(self) -> int:
        """Bytes of all constants."""
        return sum(c.bytes for c in (*self.constants.values(), *self.nested))


def open_onnx(path: Path) -> OnnxFile:
    """Read and check the model at `path`; quick and small for a model of any size.

    Raises:
        ModelNotFound, NotAModel, FormatNotYet: see `genba.models.reader.recognise`.
        ModelDamaged: cut short, or its parts contradict each other.
        ExternalDataMissing and the like: see `genba.models.external`.
    """
    recognise(path)
    proto = _parse(path)
    graph = proto.graph
    if not _names_are_text(graph):
        reason = Message(text=N_("its names are not text"))
        raise ModelDamaged(path=str(path), reason=reason)
    tensors = list(all_tensors(graph))
    for tensor in tensors:
        _check_shape(tensor, path)
    places = external_files(tensors, path)
    outer = list(graph.initializer)
    outer += [t.values for t in graph.sparse_initializer]
    constants = {t.name: _constant(t, t.name) for t in outer}
    for node in graph.node:
        if node.op_type == "Constant" and node.output:
            constants.update(_constant_node(node))
    seen = {id(t) for t in outer} | {id(t) for n in graph.node for t in own_tensors(n)}
    nested = tuple(_constant(t, t.name) for t in tensors if id(t) not in seen)
    return OnnxFile(path, proto, constants, nested, places)


def count(shape: tuple[int, ...]) -> int:
    """Elements of a shape; 1 for a scalar."""
    product = 1
    for dim in shape:
        product *= dim
    return product


def _parse(path: Path) -> Any:
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    unreadable = N_("its contents are not those of an ONNX model")
    try:
        proto = onnx.ModelProto.FromString(slim(path))
    except WireError as error:
        raise NotAModel(path=str(path), reason=Message(text=unreadable)) from error
    except DecodeError as error:
        raise NotAModel(path=str(path), reason=Message(text=unreadable)) from error
    if not proto.HasField("graph") or not (proto.graph.node or proto.graph.output):
        raise NotAModel(path=str(path), reason=Message(text=unreadable))
    if not any(opset.domain in ("", "ai.onnx") for opset in proto.opset_import):
        reason = Message(text=N_("it does not say which operator set it uses"))
        raise ModelDamaged(path=str(path), reason=reason)
    return proto


def _names_are_text(graph: Any) -> bool:
    """protobuf hands out names that are not UTF-8 as bytes."""
    names: list[Any] = [t.name for t in graph.initializer]
    names += [s.values.name for s in graph.sparse_initializer]
    for value in (*graph.input, *graph.output):
        names.append(value.name)
        names += [dim.dim_param for dim in value.type.tensor_type.shape.dim]
    for node in graph.node:
        names += [node.name, node.op_type, node.domain, *node.input, *node.output]
        for attribute in node.attribute:
            names.append(attribute.name)
        if not all(_names_are_text(inner) for inner in subgraphs(node)):
            return False
    return all(isinstance(name, str) for name in names)


def _check_shape(tensor: Any, path: Path) -> None:
    if not dtypes.known(tensor.data_type):
        text = N_("the tensor {tensor} has an unknown element type")
    elif len(tensor.dims) > MAX_RANK or any(dim < 0 for dim in tensor.dims):
        text = N_("the tensor {tensor} has an impossible shape")
    elif tensor.raw_data and len(tensor.raw_data) != dtypes.size_bytes(
        count(tuple(tensor.dims)), tensor.data_type
    ):
        text = N_("the contents of the tensor {tensor} contradict its shape")
    else:
        return
    raise ModelDamaged(path=str(path), reason=Message(text=text, params={"tensor": tensor.name}))


def _constant(tensor: Any, name: str) -> Constant:
    return Constant(name, tensor.data_type, tuple(tensor.dims))


def _constant_node(node: Any) -> dict[str, Constant]:
    """The value of a Constant node, whatever attribute holds it (onnx: Constant-13)."""
    name, attribute = node.output[0], node.attribute[0] if node.attribute else None
    if attribute is None:
        return {}
    if attribute.name == "value":
        return {name: _constant(attribute.t, name)}
    if attribute.name == "sparse_value":
        return {name: _constant(attribute.sparse_tensor.values, name)}
    if attribute.name in ("value_float", "value_int"):
        return {name: Constant(name, 1 if attribute.name == "value_float" else 7, ())}
    if attribute.name == "value_floats":
        return {name: Constant(name, 1, (len(attribute.floats),))}
    if attribute.name == "value_ints":
        return {name: Constant(name, 7, (len(attribute.ints),))}
    return {}


def _spec(value: Any) -> TensorSpec:
    tensor = value.type.tensor_type
    shape: list[int | str] = []
    for axis, dim in enumerate(tensor.shape.dim):
        if dim.HasField("dim_value") and dim.dim_value >= 0:
            shape.append(dim.dim_value)
        else:
            shape.append(dim.dim_param or f"{value.name}.{axis}")
    return TensorSpec(name=value.name, dtype=dtypes.type_name(tensor.elem_type), shape=tuple(shape))
