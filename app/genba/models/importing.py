"""What there is to know about a model file when it is imported: hashes, inputs, size."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from genba.errors import N_
from genba.models.onnx_reader import open_onnx
from genba.models.traffic import parameters
from genba.study.base import Data
from genba.study.model import ModelFile, TensorSpec

Report = Callable[..., None]


class ModelFacts(Data):
    """A model file as found: the fields of `Model` that depend on its contents only.

    `files` are the main file first and the external data after it, by names relative to the main
    file's folder; `sha256` is the main file's.
    """

    name: str
    format: str
    sha256: str
    parameters: int
    weight_bytes: int
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    files: tuple[ModelFile, ...]


def inspect(path: Path, report: Report | None = None) -> ModelFacts:
    """Check the model at `path` and hash its files; reads every byte once, one piece at a time.

    Raises:
        ModelNotFound, NotAModel, FormatNotYet, ModelDamaged, ExternalData…: see `open_onnx`.
    """
    path = Path(path)
    if report is not None:
        report(N_("Reading {name}"), 0.0, name=path.name)
    model = open_onnx(path)
    places = {path.name: path, **dict(sorted(model.external.items()))}
    total = sum(place.stat().st_size for place in places.values()) or 1
    done = 0
    files = []
    for name, place in places.items():
        size, digest = hash_file(place)
        files.append(ModelFile(name=name, size=size, sha256=digest))
        done += size
        if report is not None:
            report(N_("Reading {name}"), done / total, name=name)
    return ModelFacts(
        name=path.stem,
        format="onnx",
        sha256=files[0].sha256,
        parameters=parameters(model),
        weight_bytes=model.weight_bytes,
        inputs=model.inputs,
        outputs=model.outputs,
        files=tuple(files),
    )


def model_files(path: Path) -> dict[str, Path]:
    """The model's files by name relative to its folder, main file first; nothing is hashed.

    Raises:
        As `open_onnx`.
    """
    path = Path(path)
    return {path.name: path, **dict(sorted(open_onnx(path).external.items()))}


def hash_file(path: Path) -> tuple[int, str]:
    """(bytes read, SHA-256 in hexadecimal) of a file."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
        return stream.tell(), digest.hexdigest()
