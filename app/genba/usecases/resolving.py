"""Finds what a person means: a path, an id, an id's unique prefix, or a name.

A path is used in place; the workspace is opened only for what is not a path.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from genba.errors import UnknownId
from genba.store.workspace import Workspace
from genba.study.model import Model
from genba.study.variant import Recipe, Variant
from genba.usecases import samples

NO_RECIPE = Recipe(id="none", name="as imported", passes=())


@dataclass(frozen=True, slots=True)
class Subject:
    """A model or variant to work on: its main file, and its record when it has one."""

    path: Path
    name: str
    model: Model | None = None
    variant: Variant | None = None


def as_path(text: str) -> Path | None:
    """The path that the text names, or None when it reads as an id or a name.

    Text with a folder separator or a file's suffix is a path even when nothing is there, so that
    the error speaks of a missing file and not of an unknown id.
    """
    if text.startswith(samples.PREFIX):
        return samples.get(text).model_path
    path = Path(text).expanduser()
    if path.exists() or "/" in text or "\\" in text or path.suffix in (".onnx", ".xml", ".gguf"):
        return path
    return None


def subject(text: str, home: Path | None, study: str | None = None) -> Subject:
    """What MODEL or VARIANT on a command line stands for.

    Raises:
        UnknownId: neither a path nor anything in the workspace.
    """
    path = as_path(text)
    if path is not None:
        return Subject(path=path, name=path.stem)
    with Workspace.open(home) as workspace:
        return stored_subject(workspace, text, study)


def stored_subject(workspace: Workspace, text: str, study: str | None = None) -> Subject:
    """A model or variant of the workspace by id, prefix or name; models first.

    With a study its own variants are looked at before all others: every model has an ``fp16``.

    Raises:
        UnknownId: there is none.
    """
    if study is not None:
        own = workspace.variants_of(workspace.studies.find(study))
        named = [variant for variant in own if text in (variant.name, variant.variant_id)]
        if len(named) == 1:
            variant = named[0]
            model = workspace.models.get(variant.model_id)
            return Subject(Path(variant.path), variant.name, model, variant)
    try:
        model = workspace.models.find(text)
    except UnknownId:
        variant = workspace.variants.find(text)
        model = workspace.models.get(variant.model_id)
        return Subject(Path(variant.path), variant.name, model, variant)
    return Subject(Path(model.path), model.name, model, None)


def baseline(model: Model) -> Variant:
    """The unchanged model as a Variant, named by the precision of its weights."""
    bits = 8 * model.weight_bytes / model.parameters if model.parameters else 0.0
    name = next((n for b, n in ((32, "fp32"), (16, "fp16")) if abs(bits - b) < 1), "original")
    return Variant(
        variant_id=model.model_id,
        model_id=model.model_id,
        name=name,
        recipe=NO_RECIPE,
        bytes=sum(file.size for file in model.files),
        ratio=1.0,
        files=model.files,
        path=model.path,
    )
