"""A study as a face shows it: its evidence, and the state of each page."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from genba.errors import Message
from genba.figures import Figure
from genba.study.base import Data
from genba.study.candidate import Candidate, Prediction
from genba.study.device import DeviceProfile
from genba.study.model import Model
from genba.study.run import Run
from genba.study.study import Study
from genba.study.variant import Variant

PAGES = ("workload", "model", "device", "compress", "measure", "business", "report")
State = Literal["done", "attention", "failed", "running", "not_yet"]


class PageState(Data):
    """Where a page stands: its state mark, one line of result, and why *Next* is disabled."""

    state: State
    line: Message
    blocked: Message | None = None
    """Why the next page makes no sense yet; None when it does."""


class NamedFigure(Data):
    """A Figure under a label."""

    label: Message
    figure: Figure


class StudySummary(Data):
    """A study as a card on the start page."""

    study_id: str
    name: str
    title: Message
    task: str
    created_at: dt.datetime
    changed_at: dt.datetime
    demo: bool
    subtitle: Message
    conclusion: Message
    conclusion_state: State
    figures: tuple[NamedFigure, ...]
    pages: dict[str, PageState]


class StudyView(Data):
    """A study with all that belongs to it, assembled for reading."""

    study: Study
    model: Model | None
    variants: tuple[Variant, ...]
    runs: tuple[Run, ...]
    candidates: tuple[Candidate, ...]
    predictions: tuple[Prediction, ...]
    devices: tuple[DeviceProfile, ...]
    chosen: Candidate | None
    pages: dict[str, PageState]

    @property
    def demo(self) -> bool:
        """Whether any of its Runs was made on the built-in demo device."""
        return any(run.demo for run in self.runs)
