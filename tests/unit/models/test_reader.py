"""A file is recognised by its content, and nothing that is no model is opened."""

from __future__ import annotations

import io
import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from onnx import helper

import builders
from genba.errors import GenbaError
from genba.i18n import Language
from genba.models.costs import analyze
from genba.models.onnx_reader import open_onnx
from genba.models.reader import (
    FormatNotYet,
    ModelDamaged,
    ModelNotFound,
    NotAModel,
    recognise,
)
from genba.models.slimming import field


def test_an_onnx_file_is_recognised_whatever_its_name(tmp_path: Path) -> None:
    assert recognise(builders.save(builders.tiny_mlp(), tmp_path / "weights.bin")) == "onnx"


class _Bomb:
    def __reduce__(self) -> tuple[object, ...]:
        return os.system, ("touch PWNED",)


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/data.pkl", b"x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"hello, this is a letter\n" * 9, "text file"),
        (b'{"layers": []}', "text file"),
        (pickle.dumps(_Bomb()), "pickle"),
        (_zip(), "zip archive"),
        (b"\x89HDF\r\n\x1a\n" + bytes(64), "HDF5"),
        ((40).to_bytes(8, "little") + b'{"a": {"dtype": "F32"}}' + bytes(99), "safetensors"),
        (bytes(range(256)) * 40, "not those of an ONNX model"),
        (b"\x08\x0a", "not those of an ONNX model"),
    ],
)
def test_what_is_no_model_is_refused_with_its_kind(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(NotAModel) as caught:
        open_onnx(path)
    assert reason in Language("en").message(caught.value.message)
    assert not (tmp_path / "PWNED").exists()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"GGUF\x03\x00\x00\x00" + bytes(64), "GGUF"),
        (b'<?xml version="1.0"?>\n<net name="m" version="11"></net>', "OpenVINO IR"),
        (b"\x1c\x00\x00\x00TFL3" + bytes(64), "TensorFlow Lite"),
    ],
)
def test_formats_for_later_are_named(tmp_path: Path, content: bytes, name: str) -> None:
    path = tmp_path / "model"
    path.write_bytes(content)
    with pytest.raises(FormatNotYet) as caught:
        recognise(path)
    assert caught.value.params["format"] == name


def test_a_folder_a_pipe_and_a_device_are_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.onnx"
    os.mkfifo(pipe)
    for path in (tmp_path, pipe, Path("/dev/zero")):
        with pytest.raises(NotAModel):
            recognise(path)


def test_a_missing_file_and_a_loop_of_links_are_not_found(tmp_path: Path) -> None:
    loop = tmp_path / "loop.onnx"
    loop.symlink_to(loop)
    for path in (tmp_path / "none.onnx", loop, tmp_path / "a\0b"):
        with pytest.raises(ModelNotFound):
            recognise(path)


def test_a_truncated_model_is_refused(tmp_path: Path) -> None:
    whole = builders.tiny_mlp(inputs=256, hidden=256).SerializeToString()
    path = tmp_path / "cut.onnx"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(NotAModel):
        open_onnx(path)


def test_inputs_outputs_and_free_dimensions_are_read(tmp_path: Path) -> None:
    model = open_onnx(builders.save(builders.tiny_decoder(layers=1), tmp_path / "m.onnx"))
    names = [spec.name for spec in model.inputs]
    assert names[:3] == ["input_ids", "attention_mask", "position_ids"]
    assert model.inputs[3].shape == ("batch", 2, "past", 8)
    assert model.outputs[0].dtype == "float32"


def test_weights_are_not_read(tmp_path: Path) -> None:
    """A gigabyte of weights in one file, most of it a hole: opened within a few megabytes."""
    import resource

    from onnx import TensorProto

    size = 1 << 30
    weight = TensorProto(
        name="w", data_type=TensorProto.FLOAT, dims=[1 << 14, 1 << 14], raw_data=b"\1" * 5000
    )
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "big",
        [builders.floats("x", 1, 1 << 14)],
        [builders.floats("y", 1, 1 << 14)],
        [weight],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    path = tmp_path / "big.onnx"
    _write_with_hole(model, path, size)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    opened = open_onnx(path)
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert opened.constants["w"].shape == (1 << 14, 1 << 14)
    assert opened.weight_bytes == size
    assert grown_kb < 100_000


def _write_with_hole(model: object, path: Path, size: int) -> None:
    """Enlarge the one raw_data field of a serialised model to `size` bytes without writing them."""
    tensor = model.graph.initializer[0]  # type: ignore[attr-defined]
    tensor.ClearField("raw_data")
    inner = tensor.SerializeToString() + b"\x4a" + _varint(size)
    model.graph.ClearField("initializer")  # type: ignore[attr-defined]
    graph = model.graph.SerializeToString()  # type: ignore[attr-defined]
    head = graph + b"\x2a" + _varint(len(inner) + size) + inner
    model.ClearField("graph")  # type: ignore[attr-defined]
    outer = model.SerializeToString()  # type: ignore[attr-defined]
    prefix = outer + b"\x3a" + _varint(len(head) + size) + head
    with path.open("wb") as stream:
        stream.write(prefix)
        stream.truncate(len(prefix) + size)


def _varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def test_damaged_files_are_refused_or_analysed_and_never_crash(tmp_path: Path) -> None:
    """Random changes to a decoder's bytes, seeded: bytes set, cut out, put in."""
    random = np.random.default_rng(7)
    whole = builders.tiny_decoder(4, 1, 2, 1, 2, 4, 4).SerializeToString()
    path = tmp_path / "m.onnx"
    outcomes = set()
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(int(random.integers(1, 3))):
            place = int(random.integers(len(data)))
            end = place + int(random.integers(1, 4))
            data[place:end] = random.bytes(int(random.integers(1, 4)))
        path.write_bytes(data)
        try:
            analyze(path)
            outcomes.add("analysed")
        except GenbaError as error:
            outcomes.add(type(error).__name__)
    assert outcomes == {"analysed", "NotAModel", "ModelDamaged"}


@pytest.mark.parametrize("padding", [0, 10_000])
def test_graphs_nested_too_deeply_are_refused(padding: int, tmp_path: Path) -> None:
    """Written by hand: protobuf itself refuses to build them. Small files go through protobuf's
    own limit, larger ones through ours.
    """
    end = field(2, b"x" * padding) + field(12, field(1, b"y"))  # GraphProto: name, output
    graph = field(1, field(2, b"y") + field(4, b"Relu")) + end
    for _ in range(150):
        branch = field(1, b"then_branch") + field(6, graph)  # AttributeProto: name, g
        graph = field(1, field(2, b"y") + field(4, b"If") + field(5, branch)) + field(
            12, field(1, b"y")
        )
    path = tmp_path / "m.onnx"
    path.write_bytes(b"\x08\x0a" + field(8, b"\x10\x12") + field(7, graph))
    with pytest.raises(NotAModel):
        open_onnx(path)


def test_names_that_are_not_text_are_damage(tmp_path: Path) -> None:
    data = builders.tiny_mlp().SerializeToString().replace(b"features", b"feat\xffres")
    path = tmp_path / "m.onnx"
    path.write_bytes(data)
    with pytest.raises(ModelDamaged):
        open_onnx(path)


def test_the_slim_reader_keeps_small_tensors_and_the_graph(tmp_path: Path) -> None:
    original = builders.tiny_decoder()
    model = open_onnx(builders.save(original, tmp_path / "m.onnx"))
    assert [n.op_type for n in model.graph.node] == [n.op_type for n in original.graph.node]
    shapes = {t.name: tuple(t.dims) for t in original.graph.initializer}
    assert {c.name: c.shape for c in model.constants.values()} == shapes
    small = next(t for t in model.graph.initializer if t.data_type == 7 and t.dims)
    same = next(t for t in original.graph.initializer if t.name == small.name)
    assert np.array_equal(small.raw_data, same.raw_data)
