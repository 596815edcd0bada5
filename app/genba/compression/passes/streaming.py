"""Rewrites a model with one tensor in memory at a time.

The graph is held without its large tensors (`genba.models.slimming`); a pass asks for the numbers
of one, gives the new ones back, and they go straight to the data file of the result. What a pass
does not touch is copied from file to file.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from genba.compression.passes.base import DATA_NAME, SINGLE_FILE_LIMIT
from genba.errors import DiskFull
from genba.files import no_space
from genba.models.graph import inner_tensors, subgraphs
from genba.models.onnx_reader import OnnxFile, open_onnx
from genba.models.slimming import encode

INLINE_BYTES = 1024
"""Tensors up to this size stay in the model file."""

_PAGE, _PAGE_FROM, _LINE = 4096, 1 << 16, 64
_CHUNK = 1 << 24


class Rewriter:
    """One rewriting. Use it in a with block; `finish` writes the result.

    `proto` is the model to change; `initializers` are its outermost constants by name.
    """

    def __init__(self, source: Path, target: Path) -> None:
        """Open `source`; nothing is written before `store` or `finish`.

        Raises:
            As `open_onnx`.
        """
        self.model: OnnxFile = open_onnx(source)
        self.proto = self.model.proto
        self.initializers: dict[str, Any] = {t.name: t for t in self.proto.graph.initializer}
        self._target = target
        self._data_path = target.with_name(DATA_NAME)
        self._data: BinaryIO | None = None
        self._stored: set[str] = set()
        self._sources: dict[str, BinaryIO] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for stream in (*self._sources.values(), *([self._data] if self._data else [])):
            stream.close()
        if isinstance(error, OSError) and no_space(error):
            raise DiskFull(path=str(self._target)) from error

    def replace_proto(self, proto: Any) -> None:
        """Go on with another model made from `proto`; its large tensors must keep their names."""
        self.proto = proto
        self.initializers = {t.name: t for t in proto.graph.initializer}

    def array(self, name: str) -> NDArray[Any]:
        """The numbers of an initializer as it is in the source."""
        from onnx import numpy_helper

        tensor = self.initializers[name]
        if tensor.data_location != tensor.EXTERNAL:
            return numpy_helper.to_array(tensor)
        return self.array_as(name, tensor.data_type)

    def array_as(self, name: str, data_type: int) -> NDArray[Any]:
        """The numbers of a large initializer in the source, whose element type was `data_type`."""
        from onnx import helper

        tensor = self.initializers[name]
        stream, offset, length = self._place(tensor)
        dtype = np.dtype(helper.tensor_dtype_to_np_dtype(data_type))
        stream.seek(offset)
        flat = np.fromfile(stream, dtype, length // dtype.itemsize)
        return flat.reshape(tuple(tensor.dims))

    def store(self, name: str, data_type: int, shape: tuple[int, ...], data: NDArray[Any]) -> None:
        """Add an initializer, or replace the one of that name. `data` holds its bytes."""
        tensor = self.initializers.get(name)
        if tensor is None:
            tensor = self.proto.graph.initializer.add()
            tensor.name = name
            self.initializers[name] = tensor
        tensor.ClearField("dims")
        tensor.dims.extend(shape)
        tensor.data_type = data_type
        raw = np.ascontiguousarray(data).reshape(-1).view(np.uint8)
        self._clear(tensor)
        self._stored.add(name)
        if raw.nbytes <= INLINE_BYTES:
            tensor.raw_data = raw.tobytes()
            return
        offset = self._begin(raw.nbytes)
        raw.tofile(self._out)
        self._point(tensor, offset, raw.nbytes)

    def finish(self) -> None:
        """Drop initializers that nobody uses any more, copy those left as they are, write all."""
        used = _used_names(self.proto.graph)
        graph = self.proto.graph
        for index in reversed(range(len(graph.initializer))):
            if graph.initializer[index].name not in used:
                del graph.initializer[index]
        for tensor in graph.initializer:
            if tensor.name not in self._stored and tensor.data_location == tensor.EXTERNAL:
                self._copy(tensor)
        self._bring_home()
        size = self._out.tell() if self._data is not None else 0
        if self._data is not None:
            self._data.flush()
        external = bool(self.model.external) or size >= SINGLE_FILE_LIMIT
        if size == 0 or external:
            self._target.write_bytes(self.proto.SerializeToString(deterministic=True))
            return
        self._write_single()
        self._data_path.unlink()

    @property
    def _out(self) -> BinaryIO:
        if self._data is None:
            self._data = self._data_path.open("w+b")
        return self._data

    def _begin(self, length: int) -> int:
        """The offset of the next tensor in the data file.

        Runtimes map the file: on a page boundary a large tensor can be used in place.
        """
        self._out.seek(0, 2)
        position = self._out.tell()
        padding = -position % (_PAGE if length >= _PAGE_FROM else _LINE)
        self._out.write(bytes(padding))
        return position + padding

    def _copy(self, tensor: Any) -> None:
        stream, offset, length = self._place(tensor)
        if length <= INLINE_BYTES:
            stream.seek(offset)
            raw = stream.read(length)
            self._clear(tensor)
            tensor.raw_data = raw
            return
        start = self._begin(length)
        stream.seek(offset)
        left = length
        while left:
            chunk = stream.read(min(_CHUNK, left))
            if not chunk:
                raise EOFError(tensor.name)
            self._out.write(chunk)
            left -= len(chunk)
        self._clear(tensor)
        self._point(tensor, start, length)

    def _bring_home(self) -> None:
        """Tensors in attributes and sub-graphs go back into the model file."""
        for tensor in list(inner_tensors(self.proto.graph)):
            if tensor.data_location == tensor.EXTERNAL:
                stream, offset, length = self._place(tensor)
                stream.seek(offset)
                raw = stream.read(length)
                self._clear(tensor)
                tensor.raw_data = raw

    def _place(self, tensor: Any) -> tuple[BinaryIO, int, int]:
        """(stream, offset, length) of an external tensor of the source, checked when opened."""
        entries = {e.key: e.value for e in tensor.external_data}
        location, offset = entries["location"], int(entries.get("offset", "0"))
        if location not in self._sources:
            self._sources[location] = self.model.places[location].open("rb")
        length = entries.get("length")
        if length is None:
            return self._sources[location], offset, self.model.constants[tensor.name].bytes
        return self._sources[location], offset, int(length)

    @staticmethod
    def _clear(tensor: Any) -> None:
        for name in (
            "raw_data", "float_data", "int32_data", "int64_data", "double_data", "uint64_data",
            "external_data", "data_location",
        ):  # fmt: skip
            tensor.ClearField(name)

    @staticmethod
    def _point(tensor: Any, offset: int, length: int) -> None:
        tensor.data_location = tensor.EXTERNAL
        for key, value in (("location", DATA_NAME), ("offset", offset), ("length", length)):
            tensor.external_data.add(key=key, value=str(value))

    def _write_single(self) -> None:
        """One file, the weights streamed into it behind the rest of the graph."""
        graph = self.proto.graph
        large = [t for t in graph.initializer if t.data_location == t.EXTERNAL]
        places = [{e.key: e.value for e in t.external_data} for t in large]
        heads = [_head(tensor, int(p["length"])) for tensor, p in zip(large, places, strict=True)]
        small = [t for t in graph.initializer if t.data_location != t.EXTERNAL]
        rest = type(self.proto)()
        rest.CopyFrom(self.proto)
        del rest.graph.initializer[:]
        rest.graph.initializer.extend(small)
        inner = rest.graph.SerializeToString(deterministic=True)
        rest.ClearField("graph")
        size = len(inner) + sum(
            len(head) + int(p["length"]) for head, p in zip(heads, places, strict=True)
        )
        with self._target.open("wb") as stream:
            stream.write(rest.SerializeToString(deterministic=True))
            stream.write(encode(7 << 3 | 2) + encode(size) + inner)  # ModelProto.graph
            for head, place in zip(heads, places, strict=True):
                stream.write(head)
                self._pour(stream, int(place["offset"]), int(place["length"]))

    def _pour(self, stream: BinaryIO, offset: int, length: int) -> None:
        self._out.seek(offset)
        while length:
            chunk = self._out.read(min(_CHUNK, length))
            stream.write(chunk)
            length -= len(chunk)


def _head(tensor: Any, length: int) -> bytes:
    """GraphProto.initializer and its TensorProto up to the contents of raw_data."""
    bare = type(tensor)()
    bare.CopyFrom(tensor)
    bare.ClearField("external_data")
    bare.ClearField("data_location")
    fields: bytes = bare.SerializeToString(deterministic=True)
    inner = fields + encode(9 << 3 | 2) + encode(length)
    return encode(5 << 3 | 2) + encode(len(inner) + length) + inner


def _used_names(graph: Any) -> set[str]:
    names = {value.name for value in graph.output}
    for node in graph.node:
        names.update(node.input)
        for inner in subgraphs(node):
            names |= _used_names(inner)
    return names
