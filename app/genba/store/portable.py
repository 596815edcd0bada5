"""Study nouns without anything that belongs to one computer, and back.

Paths become names relative to their artifact; what else lies under the user's home is cut down to
its last part. So an exported study tells nobody where or by whom it was made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from typing import Any

from genba.store.documents import to_document
from genba.study.base import Data
from genba.study.model import Model
from genba.study.run import Run
from genba.study.study import Study
from genba.study.variant import Variant

_ABSOLUTE = re.compile(r"(/|[A-Za-z]:[\\/]|\\\\|~[\\/]).+")


def main_file(noun: Model | Variant) -> str:
    """The name, relative to the artifact, of the file that a runtime opens."""
    opened = PurePath(noun.path).as_posix()
    names = sorted((f.name for f in noun.files), key=len, reverse=True)
    for name in names:
        if opened == name or opened.endswith("/" + name):
            return name
    return noun.files[0].name if noun.files else PurePath(noun.path).name


def portable_model(model: Model) -> dict[str, Any]:
    """The document of a Model as it travels."""
    return _plain(model, {"path": main_file(model), "storage": "copied"})


def portable_variant(variant: Variant) -> dict[str, Any]:
    """The document of a Variant as it travels."""
    return _plain(variant, {"path": main_file(variant)})


def portable_run(run: Run) -> dict[str, Any]:
    """The document of a Run as it travels."""
    return _plain(run, {"samples_path": PurePath(run.samples_path).name})


def portable_study(study: Study) -> dict[str, Any]:
    """The document of a Study as it travels."""
    return _plain(study, {})


def renamed(document: Any, ids: Mapping[str, str]) -> Any:
    """The document with each id of `ids` replaced, also inside references (``run/<id>/...``)."""
    if not ids:
        return document
    pattern = re.compile(
        r"(?<![0-9A-Za-z-])(" + "|".join(re.escape(i) for i in ids) + r")(?![0-9A-Za-z-])"
    )
    return _mapped(document, lambda text: pattern.sub(lambda m: ids[m.group(1)], text))


def _plain(noun: Data, changes: Mapping[str, Any]) -> dict[str, Any]:
    home = str(Path.home())
    document = {**to_document(noun), **changes}

    def cut(text: str) -> str:
        if _ABSOLUTE.fullmatch(text) and "\n" not in text:
            return re.split(r"[\\/]", text.rstrip("\\/"))[-1]
        return text.replace(home, "~") if len(home) > 1 else text

    result: dict[str, Any] = _mapped(document, cut)
    return result


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_mapped(item, change) for item in value]
    if isinstance(value, dict):
        return {key: _mapped(item, change) for key, item in value.items()}
    return value
