"""A Model: an imported network, immutable, known by the hash of its contents."""

from __future__ import annotations

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
