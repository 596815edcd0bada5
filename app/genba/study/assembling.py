"""Builds a study's Candidates from its evidence: variants, Runs and predictions.

A Candidate is Variant × device × runtime. Measured Figures come from the newest complete Run on
that target; a prediction for the same device and runtime fills what was not measured. Quality is
measured where it was evaluated under that runtime, else carried over and marked as predicted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from genba.figures import Basis, Figure
from genba.study.candidate import Candidate, Prediction
from genba.study.device import DEMO_ID
from genba.study.judging import judge
from genba.study.run import Run
from genba.study.variant import Quality, Variant
from genba.study.workload import Workload

DEMO_DEVICE = f"target:{DEMO_ID}"
"""The device reference of candidates on the demo device."""


def assemble(
    workload: Workload,
    variants: Sequence[Variant],
    runs: Iterable[Run],
    predictions: Iterable[Prediction],
    prices: Mapping[str, Figure] | None = None,
) -> tuple[Candidate, ...]:
    """All candidates, measured ones first, in the order of the variants.

    `prices` gives the price of one device by its profile's id, in the Workload's currency; it is
    judged against the limit ``budget``.
    """
    by_id = {variant.variant_id: variant for variant in variants}
    order = {variant.variant_id: index for index, variant in enumerate(variants)}
    found: dict[str, Candidate] = {}
    for run in sorted(runs, key=lambda r: r.created_at):
        if run.variant_id in by_id:
            candidate = _from_run(run, by_id[run.variant_id], found)
            found[candidate.candidate_id] = candidate
    for prediction in predictions:
        if prediction.variant_id in by_id:
            candidate = _from_prediction(prediction, by_id[prediction.variant_id], found)
            found[candidate.candidate_id] = candidate
    priced = (_priced(candidate, prices or {}) for candidate in found.values())
    judged = (_judged(candidate, workload) for candidate in priced)
    return tuple(
        sorted(judged, key=lambda c: (not c.run_ids, c.device_name, c.runtime, order[c.variant_id]))
    )


def candidate_id(variant_id: str, device_ref: str, runtime: str) -> str:
    """A stable id: the same variant, device and runtime always get the same one."""
    key = "\n".join((variant_id, device_ref, runtime)).encode()
    return hashlib.sha256(key).hexdigest()[:16]


def best(candidates: Sequence[Candidate]) -> Candidate | None:
    """The candidate to propose: most limits met, then fewest missed, then the lowest latency.

    Candidates on the demo device stand back behind devices that one can buy.
    """
    return min(candidates, key=_rank, default=None)


def _rank(candidate: Candidate) -> tuple[int, int, bool, float]:
    verdicts = [judgement.verdict for judgement in candidate.judgements]
    good = sum(verdict in ("met", "likely") for verdict in verdicts)
    bad = sum(verdict in ("missed", "unlikely") for verdict in verdicts)
    latency = _latency(candidate.figures)
    return bad, -good, candidate.demo, latency if latency is not None else float("inf")


def _latency(figures: Mapping[str, Figure]) -> float | None:
    for name in ("latency_p90_ms", "latency_p50_ms", "latency_ms"):
        figure = figures.get(name)
        if figure is not None and figure.value is not None:
            return figure.value
    return None


def _from_run(run: Run, variant: Variant, found: Mapping[str, Candidate]) -> Candidate:
    device_ref = f"target:{run.target_name}"
    identifier = candidate_id(variant.variant_id, device_ref, run.runtime)
    earlier = found.get(identifier)
    figures = run.figures if run.complete or earlier is None else earlier.figures
    return Candidate(
        candidate_id=identifier,
        variant_id=variant.variant_id,
        variant_name=variant.name,
        device_ref=device_ref,
        device_name=run.device_name,
        runtime=run.runtime,
        figures={**figures, **_quality(variant, run.runtime, exact_runtime=True)},
        run_ids=(*(earlier.run_ids if earlier else ()), run.run_id),
        demo=run.demo,
        baseline=variant.variant_id == variant.model_id,
        bytes=variant.bytes,
    )


def _from_prediction(
    prediction: Prediction, variant: Variant, found: Mapping[str, Candidate]
) -> Candidate:
    # The demo device's prediction stands beside the measurement on the demo target.
    device_ref = DEMO_DEVICE if prediction.device_id == DEMO_ID else prediction.device_id
    runtime = prediction.runtime
    identifier = candidate_id(variant.variant_id, device_ref, runtime)
    measured = found.get(identifier)
    if measured is not None:
        known = {n: f for n, f in measured.figures.items() if f.known}
        return measured.model_copy(
            update={"figures": {**measured.figures, **_only_new(prediction.figures, known)}}
        )
    return Candidate(
        candidate_id=identifier,
        variant_id=variant.variant_id,
        variant_name=variant.name,
        device_ref=device_ref,
        device_name=prediction.device_name,
        runtime=runtime,
        figures={**prediction.figures, **_quality(variant, runtime, exact_runtime=False)},
        baseline=variant.variant_id == variant.model_id,
        bytes=variant.bytes,
    )


def _only_new(predicted: Mapping[str, Figure], known: Mapping[str, Figure]) -> dict[str, Figure]:
    return {name: figure for name, figure in predicted.items() if name not in known}


def _quality(variant: Variant, runtime: str, *, exact_runtime: bool) -> dict[str, Figure]:
    engine = runtime.partition(":")[0]
    quality: Quality | None = variant.quality(runtime) or variant.quality(engine)
    if quality is not None and exact_runtime:
        return {"quality": quality.value}
    quality = quality or variant.quality()
    if quality is None:
        return {}
    carried = quality.value.model_copy(update={"basis": Basis.PREDICTED})
    return {"quality": carried}


def _priced(candidate: Candidate, prices: Mapping[str, Figure]) -> Candidate:
    price = prices.get(candidate.device_ref)
    if price is None:
        return candidate
    return candidate.model_copy(update={"figures": {**candidate.figures, "budget": price}})


def _judged(candidate: Candidate, workload: Workload) -> Candidate:
    return candidate.model_copy(update={"judgements": judge(candidate.figures, workload)})
