"""Reads an ONNX file without its weights.

Protocol buffers are length-prefixed, so a walk over the wire format can copy everything but the
payload of large tensors: a file of any size becomes a model of a few hundred KB, in the time that
its pages of metadata take to read. (protobuf's own parser would hold every weight in memory.) Such
a tensor leaves as external data at its place in the very same file, so that whoever needs its
numbers finds them as in any other external file.
Wire format: protobuf.dev/programming-guides/encoding; field numbers: onnx/onnx.proto.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from pathlib import Path

KEEP_BYTES = 4096
"""Tensors up to this size keep their contents: shapes, axes, scales that inference needs."""

_MAX_DEPTH = 64


class WireError(ValueError):
    """The bytes are not a protocol buffer of an ONNX model."""


@dataclass(frozen=True)
class _Kind:
    """How to walk a message: which fields are messages of interest, which are droppable."""

    fields: dict[int, str]
    payload: frozenset[int] = frozenset()


_KINDS = {
    "model": _Kind({7: "graph", 25: "function"}),
    "graph": _Kind({1: "node", 5: "tensor", 15: "sparse"}),
    "function": _Kind({7: "node"}),
    "node": _Kind({5: "attribute"}),
    "attribute": _Kind({5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse"}),
    "sparse": _Kind({1: "tensor", 2: "tensor"}),
    # float_data, raw_data, double_data lie in the file as the numbers lie in memory; the other
    # payloads (int32_data, …) are variable-length integers, which few exporters write, and stay
    "tensor": _Kind({}, frozenset({4, 9, 10})),
}


def slim(path: Path) -> bytes:
    """The serialised model at `path` without the contents of tensors above `KEEP_BYTES`.

    Raises:
        WireError: the file is cut short or no protocol buffer at all.
    """
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return b"".join(_Walk(data, path.name.encode()).message(0, len(data), "model", 0))


class _Walk:
    """One pass over a file called `name`."""

    def __init__(self, data: mmap.mmap, name: bytes) -> None:
        self._data = data
        self._name = name

    def message(self, start: int, end: int, kind: str, depth: int) -> list[bytes]:
        """The message between two offsets as chunks, its large tensors emptied."""
        if depth > _MAX_DEPTH:
            raise WireError("nested too deeply")
        data = self._data
        if end - start <= KEEP_BYTES:
            return [data[start:end]]
        rules = _KINDS[kind]
        chunks: list[bytes] = []
        position = start
        while position < end:
            tag_start = position
            tag, position = _varint(data, position, end)
            field, wire = tag >> 3, tag & 7
            if wire != 2:
                position = _skip(data, position, end, wire)
                chunks.append(data[tag_start:position])
                continue
            length, body = _varint(data, position, end)
            position = body + length
            if position > end:
                raise WireError("cut short")
            if field in rules.payload:
                chunks.append(self._elsewhere(body, length))
            elif field in rules.fields:
                inner = self.message(body, position, rules.fields[field], depth + 1)
                chunks.append(encode(tag) + encode(sum(map(len, inner))))
                chunks.extend(inner)
            else:
                chunks.append(data[tag_start:position])
        return chunks

    def _elsewhere(self, offset: int, length: int) -> bytes:
        """The fields of a tensor whose contents are external data in this file."""
        place = {b"location": self._name, b"offset": b"%d" % offset, b"length": b"%d" % length}
        entries = (field(1, key) + field(2, value) for key, value in place.items())
        return b"".join(field(13, entry) for entry in entries) + encode(14 << 3) + b"\1"


def _skip(data: mmap.mmap, position: int, end: int, wire: int) -> int:
    if wire == 0:
        return _varint(data, position, end)[1]
    if wire not in (1, 5):
        raise WireError("unknown wire type")
    position += 8 if wire == 1 else 4
    if position > end:
        raise WireError("cut short")
    return position


def _varint(data: mmap.mmap, position: int, end: int) -> tuple[int, int]:
    value = shift = 0
    while position < end and shift < 70:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
    raise WireError("cut short")


def field(number: int, body: bytes) -> bytes:
    """A length-delimited field."""
    return encode(number << 3 | 2) + encode(len(body)) + body


def encode(value: int) -> bytes:
    """A variable-length integer."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
