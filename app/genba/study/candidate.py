"""Predictions, and Candidates judged against the Workload's targets."""

from __future__ import annotations

from typing import Literal

from genba.errors import Message
from genba.figures import Figure
from genba.study.base import Data

Verdict = Literal["met", "missed", "likely", "unlikely", "undecided", "no_limit"]
"""`met`/`missed` are measured; `likely`/`unlikely` predicted; `undecided` when the interval
straddles the limit or there is no value."""


class Prediction(Data):
    """What the estimator says about a variant on a device and runtime, with an 80 % interval."""

    variant_id: str
    device_id: str
    device_name: str
    runtime: str
    figures: dict[str, Figure]
    fits: bool | None
    bound_by: str
    explanation: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()


class Judgement(Data):
    """One limit of the Workload against one Figure of a Candidate."""

    measure: str
    limit: float
    operator: str
    verdict: Verdict
    figure: Figure | None = None


class Candidate(Data):
    """Variant × device (profile or target) × runtime, with its Figures.

    `device_ref` is a profile id, or ``target:<name>``. `run_ids` are the Runs behind measured
    Figures, newest last.
    """

    candidate_id: str
    variant_id: str
    variant_name: str
    device_ref: str
    device_name: str
    runtime: str
    figures: dict[str, Figure]
    run_ids: tuple[str, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    demo: bool = False
    baseline: bool = False
    bytes: int = 0
