"""The three bundled sample applications."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from genba.errors import N_, Message, UnknownId
from genba.resources import asset
from genba.study.base import Data
from genba.study.workload import Task, Workload

PREFIX = "sample:"


class Sample(Data):
    """A bundled application: a trained model, its evaluation data, its card and its Workload.

    `name` and `summary` hold one text a language (``en``, ``ja``).
    """

    id: str
    task: Task
    name: dict[str, str]
    summary: dict[str, str]
    folder: Path
    model_path: Path
    evaluation_path: Path
    metric: str
    workload: Workload

    def card(self, language: str) -> Path:
        """The model card in a language."""
        return self.folder / f"card.{language}.md"


def list_samples() -> tuple[Sample, ...]:
    """All bundled samples, in a fixed order."""
    folders = sorted(p.parent for p in asset("samples").glob("*/sample.json"))
    return tuple(_read(folder) for folder in folders)


def get(identifier: str) -> Sample:
    """One sample by id, with or without the prefix ``sample:``.

    Raises:
        UnknownId: there is no such sample.
    """
    name = identifier.removeprefix(PREFIX)
    folder = asset("samples", name)
    if "/" in name or not (folder / "sample.json").is_file():
        raise UnknownId(
            kind=Message(text=N_("sample")), name=name, command="genba study new --help"
        )
    return _read(folder)


def evaluation_path(data: str) -> Path:
    """The evaluation file behind ``--evaluate DATA``: a path, or ``sample:<id>``."""
    return get(data).evaluation_path if data.startswith(PREFIX) else Path(data)


def _read(folder: Path) -> Sample:
    facts: dict[str, Any] = json.loads((folder / "sample.json").read_text(encoding="utf-8"))
    workload = (folder / "workload.json").read_text(encoding="utf-8")
    return Sample(
        id=facts["id"],
        task=facts["task"],
        name=facts["name"],
        summary=facts["summary"],
        folder=folder,
        model_path=folder / facts["model"],
        evaluation_path=folder / facts["evaluation"],
        metric=facts["metric"],
        workload=Workload.model_validate_json(workload),
    )
