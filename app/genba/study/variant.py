"""Recipes and what they make of a Model."""

from __future__ import annotations

from typing import Any

from genba.figures import Figure
from genba.study.base import Data
from genba.study.model import ModelFile


class PassSpec(Data):
    """One step of a Recipe: the pass's name and its parameters."""

    name: str
    parameters: dict[str, Any] = {}


class Recipe(Data):
    """An ordered list of compression passes. A Preset is a Recipe that ships."""

    id: str
    name: str
    passes: tuple[PassSpec, ...]
    description: str = ""


class PassRecord(Data):
    """What one pass did. `changed` counts the tensors or nodes that it rewrote."""

    name: str
    parameters: dict[str, Any]
    changed: int
    wall_s: float
    bytes_before: int
    bytes_after: int


class Quality(Data):
    """The task's metric on given data: of the unchanged model (`reference`) and of this one.

    Both were obtained through the same runner; `runtime` names it. `data_sha256` is the hash of
    the evaluation file, `n` its number of samples (tokens for perplexity).
    """

    metric: str
    higher_is_better: bool
    value: Figure
    reference: Figure
    runtime: str
    data_sha256: str
    n: int


class Variant(Data):
    """A Model after a Recipe. `variant_id` is the artifact id over its files.

    The unchanged Model takes part as the Variant of the empty Recipe ``none``; its `variant_id`
    equals the `model_id`. `path` is the main file on this computer.
    """

    variant_id: str
    model_id: str
    name: str
    recipe: Recipe
    bytes: int
    ratio: float
    files: tuple[ModelFile, ...]
    path: str
    passes: tuple[PassRecord, ...] = ()
    qualities: tuple[Quality, ...] = ()
    wall_s: float = 0.0
    peak_rss_bytes: int = 0

    def quality(self, runtime: str | None = None) -> Quality | None:
        """The quality evaluated under `runtime` (the first evaluated one without a name)."""
        return next((q for q in self.qualities if runtime in (None, q.runtime)), None)
