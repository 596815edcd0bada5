"""A Model: an imported network, immutable, known by the hash of its contents."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Literal

from genba.study.base import Data


class TensorSpec(Data):
    """An input or output: name, element type (numpy's name), shape with symbolic dimensions."""

    name: str
    dtype: str
    shape: tuple[int | str, ...]


class ModelFile(Data):
    """One file of an artifact: name relative to its folder, size and SHA-256."""

    name: str
    size: int
    sha256: str


class Model(Data):
    """An imported network. `model_id` is the artifact id over its files.

    `storage` says whether the files lie in the workspace (`copied`) or are used in place
    (`linked`); `path` is the main file. `sha256` is the main file's.
    """

    model_id: str
    name: str
    format: Literal["onnx", "openvino", "gguf"]
    sha256: str
    parameters: int
    weight_bytes: int
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    files: tuple[ModelFile, ...]
    path: str
    storage: Literal["copied", "linked"]
    sample_id: str = ""


def artifact_id(files: Iterable[ModelFile]) -> str:
    """The id of an artifact: SHA-256 over the sorted list of (relative name, size, SHA-256).

    Each file contributes ``name NUL size NUL sha256 LF`` in UTF-8, so that no two lists collide.
    """
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda f: f.name):
        digest.update(f"{file.name}\0{file.size}\0{file.sha256}\n".encode())
    return digest.hexdigest()
