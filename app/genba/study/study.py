"""A Study: one PoC under planning, and the frozen snapshot that a report is made from."""

from __future__ import annotations

import datetime as dt
from typing import Any

from genba.errors import Message, known_text
from genba.study.base import Data
from genba.study.business import BusinessInputs, BusinessResult
from genba.study.candidate import Candidate, Prediction
from genba.study.device import DeviceProfile
from genba.study.model import Model
from genba.study.run import Run
from genba.study.variant import Variant
from genba.study.workload import Workload


class Study(Data):
    """One PoC under planning. References are ids; the store holds the objects.

    `chosen` is the candidate id that the business case is built on (empty: the best one).
    `shortlist` are device profile ids to predict for.
    """

    study_id: str
    name: str
    created_at: dt.datetime
    changed_at: dt.datetime
    workload: Workload
    model_id: str = ""
    sample_id: str = ""
    variant_ids: tuple[str, ...] = ()
    run_ids: tuple[str, ...] = ()
    predictions: tuple[Prediction, ...] = ()
    shortlist: tuple[str, ...] = ()
    chosen: str = ""
    business: BusinessInputs | None = None
    decision: dict[str, Any] = {}
    """Free texts for page 1: owner, budget_line, decision_date, departments; all optional."""

    @property
    def title(self) -> Message:
        """The name as it is shown: that of a study made from a sample may be in the catalogue."""
        if self.sample_id:
            name, _, number = self.name.rpartition(" ")
            if name and number.isdigit():
                return Message(text="{name} {n}", params={"name": known_text(name), "n": number})
            return known_text(self.name)
        return Message(text="{text}", params={"text": self.name})


class StudySnapshot(Data):
    """Everything that a report may show, as plain data, frozen at one moment."""

    study: Study
    taken_at: dt.datetime
    model: Model | None
    variants: tuple[Variant, ...]
    runs: tuple[Run, ...]
    candidates: tuple[Candidate, ...]
    devices: tuple[DeviceProfile, ...]
    business: BusinessResult | None
    sha256: str
    """Hash over the study's evidence, printed in the report."""
    program_version: str
