"""External data is judged before anybody opens it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import onnx
import pytest

import builders
from genba.errors import GenbaError
from genba.i18n import Language
from genba.models.external import (
    ExternalDataMissing,
    ExternalDataNotAFile,
    ExternalDataOutside,
    ExternalDataTooShort,
)
from genba.models.importing import inspect
from genba.models.onnx_reader import open_onnx
from genba.models.reader import ModelDamaged


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    return builders.save_external(builders.tiny_mlp(), folder / "m.onnx", "weights.bin")


def _edit(path: Path, **entries: str) -> None:
    """Overwrite external-data entries of the first tensor, as an attacker would."""
    proto = onnx.load(path, load_external_data=False)
    tensor = next(t for t in proto.graph.initializer if t.data_location == t.EXTERNAL)
    kept: dict[str, str] = {e.key: e.value for e in tensor.external_data} | entries
    del tensor.external_data[:]
    for key, value in kept.items():
        tensor.external_data.add(key=key, value=value)
    path.write_bytes(proto.SerializeToString())


def test_good_external_data_is_found_and_counted(model: Path) -> None:
    opened = open_onnx(model)
    assert opened.external == {"weights.bin": model.parent / "weights.bin"}
    assert opened.weight_bytes == builders.tiny_mlp().ByteSize() - _overhead()
    assert [f.name for f in inspect(model).files] == ["m.onnx", "weights.bin"]


def _overhead() -> int:
    whole = builders.tiny_mlp()
    return whole.ByteSize() - sum(len(t.raw_data) for t in whole.graph.initializer)


def test_missing_weights_are_named_with_their_size(model: Path) -> None:
    (model.parent / "weights.bin").unlink()
    with pytest.raises(ExternalDataMissing) as caught:
        open_onnx(model)
    text = Language("en").message(caught.value.message)
    assert "weights.bin" in text
    assert "KB" in text


def test_weights_cut_short_are_refused(model: Path) -> None:
    data = model.parent / "weights.bin"
    data.write_bytes(data.read_bytes()[:-1])
    with pytest.raises(ExternalDataTooShort):
        open_onnx(model)


@pytest.mark.parametrize(
    "location",
    ["/etc/passwd", "../canary", "sub/../../canary", "C:\\canary", "\\\\host\\share",
     "..\\canary", "a\0b", "http://example.org/w", "link"],
)  # fmt: skip
def test_locations_outside_the_folder_are_refused(model: Path, location: str) -> None:
    canary = model.parent.parent / "canary"
    canary.write_bytes(bytes(1 << 16))
    (model.parent / "link").symlink_to(canary)
    _edit(model, location=location)
    with pytest.raises(ExternalDataOutside):
        open_onnx(model)


@pytest.mark.parametrize(
    "entries",
    [{"offset": "-4096"}, {"length": "-1"}, {"offset": "1e3"}, {"length": "5"},
     {"offset": "9" * 30}, {"location": ""}],
)  # fmt: skip
def test_impossible_entries_are_damage(model: Path, entries: dict[str, str]) -> None:
    _edit(model, **entries)
    with pytest.raises(ModelDamaged):
        open_onnx(model)


def test_an_offset_behind_the_end_is_too_short(model: Path) -> None:
    _edit(model, offset=str(1 << 40))
    with pytest.raises(ExternalDataTooShort):
        open_onnx(model)


def test_a_pipe_as_weights_is_refused_at_once(model: Path) -> None:
    os.mkfifo(model.parent / "pipe")
    _edit(model, location="pipe")
    with pytest.raises(ExternalDataNotAFile):
        open_onnx(model)


@pytest.mark.parametrize("change", ["dims", "type", "raw"])
def test_contradicting_tensors_are_damage(tmp_path: Path, change: str) -> None:
    proto: Any = builders.tiny_mlp()
    tensor = proto.graph.initializer[1]
    if change == "dims":
        tensor.dims[0] = -5
    elif change == "type":
        tensor.data_type = 99
    else:
        tensor.raw_data = tensor.raw_data[:-4]
    with pytest.raises(GenbaError) as caught:
        open_onnx(builders.save(proto, tmp_path / "m.onnx"))
    assert isinstance(caught.value, ModelDamaged)
