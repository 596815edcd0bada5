"""What all pages need to know: the chosen candidate, the level of the recommendation, the dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from genba.figures import Basis, Figure
from genba.report.content.basics import add_months
from genba.report.tree import Check, Level
from genba.study.business import AlternativeResult, BusinessResult, StageResult
from genba.study.candidate import Candidate
from genba.study.study import StudySnapshot

COVERAGE_FLOOR = 0.20
_ORDER: tuple[Check, ...] = ("missed", "unlikely", "undecided", "likely", "met", "no_limit")


@dataclass(frozen=True)
class Facts:
    """Read-only selections from one snapshot."""

    snapshot: StudySnapshot
    samples_ms: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def business(self) -> BusinessResult | None:
        """The business result, if it was evaluated."""
        return self.snapshot.business

    @property
    def decision(self) -> dict[str, Any]:
        """Free texts for page 1."""
        return self.snapshot.study.decision

    @property
    def ranked(self) -> tuple[Candidate, ...]:
        """Candidates: the chosen first, then by targets met, measured before predicted, latency."""
        chosen = self.snapshot.study.chosen

        def key(candidate: Candidate) -> tuple[Any, ...]:
            latency = candidate.figures.get("latency_p99_ms") or candidate.figures.get("latency_ms")
            return (
                candidate.candidate_id != chosen,
                -targets_met(candidate)[0],
                not is_measured(candidate),
                latency.value if latency is not None and latency.value is not None else 1e30,
                candidate.candidate_id,
            )

        return tuple(sorted(self.snapshot.candidates, key=key))

    @property
    def chosen(self) -> Candidate | None:
        """The candidate of the business case."""
        return next(iter(self.ranked), None)

    @property
    def start(self) -> dt.date:
        """The decision date: as typed, else the day of the snapshot."""
        typed = str(self.decision.get("decision_date", ""))
        try:
            return dt.date.fromisoformat(typed[:10])
        except ValueError:
            return self.snapshot.taken_at.date()

    @property
    def first_stage(self) -> StageResult | None:
        """The stage that is asked for today."""
        return next(iter(self.business.stages), None) if self.business else None

    def gate_date(self, stage: StageResult) -> dt.date:
        """When a stage's gate is decided."""
        return add_months(self.start, stage.start_month + stage.months)

    @property
    def subject(self) -> AlternativeResult | None:
        """The alternative that page 1 speaks of: the cloud when it is chosen, else the edge."""
        if self.business is None:
            return None
        return self.business.alternative("cloud" if self.level == "cloud" else "edge")

    @property
    def demo(self) -> bool:
        """Whether the recommendation rests on the demo device."""
        chosen = self.chosen
        if chosen is not None and chosen.demo:
            return True
        if self.business is None:
            return False
        edge = [a for a in self.business.alternatives if a.id == "edge"]
        return any(a.npv.demo for a in edge) or any(
            i.demo for i in self.business.inputs.values.values()
        )

    @property
    def level(self) -> Level:
        """The engine's recommendation, lowered where evidence is thin; never raised."""
        business = self.business
        if business is None or self.demo or business.recommendation == "none":
            return "none"
        if business.recommendation_level == "stop" or business.recommendation == "nothing":
            return "stop"
        if business.recommendation == "cloud":
            return "cloud"
        if business.recommendation_level == "none":
            return "none"
        if business.recommendation_level == "go" and not self.thin_evidence:
            return "go"
        return "conditional"

    @property
    def thin_evidence(self) -> bool:
        """Chosen candidate not measured, a target open, or little measured in the money."""
        chosen, business = self.chosen, self.business
        if chosen is None or business is None or not is_measured(chosen):
            return True
        met, total = targets_met(chosen)
        return met < total or business.evidence_share.get("measured", 0.0) < COVERAGE_FLOOR


def is_measured(candidate: Candidate) -> bool:
    """Whether a latency of this candidate was measured."""
    return any(
        f.basis is Basis.MEASURED and f.known
        for key, f in candidate.figures.items()
        if key.startswith("latency")
    )


def targets_met(candidate: Candidate) -> tuple[int, int]:
    """How many targets are met (or likely), of how many."""
    judged = [j for j in candidate.judgements if j.verdict != "no_limit"]
    return sum(j.verdict in ("met", "likely") for j in judged), len(judged)


def check(candidate: Candidate, *measures: str) -> Check:
    """The worst verdict over some measures."""
    verdicts = [j.verdict for j in candidate.judgements if j.measure in measures]
    return min(verdicts, key=_ORDER.index, default="no_limit")


def figure_of(candidate: Candidate, *names: str) -> Figure | None:
    """The first Figure among these names; a known one before an unknown one."""
    found = [candidate.figures[n] for n in names if n in candidate.figures]
    return next((f for f in found if f.known), found[0] if found else None)
