"""The whole job on the built-in demo device: from a bundled model to two PDFs.

Nothing is special about it: it calls the same use cases as a person would, in their order.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path

from genba.errors import N_, Message
from genba.figures import Figure
from genba.jobs import JobContext, Shares
from genba.study.business import BusinessResult
from genba.study.candidate import Candidate
from genba.study.run import ScenarioSettings
from genba.study.view import StudyView
from genba.usecases import business, predictions, reports, runs, studies, variants
from genba.usecases.connecting import DEMO, connected

SAMPLE = "text-generation"
NAME = N_("Demo: maintenance assistant")
PRESETS = ("int8-dynamic", "int4-block32")
RUNTIMES = ("onnxruntime", "openvino")
SCENARIO = ScenarioSettings(kind="generate", duration_s=4.0, prompt_tokens=64, generate_tokens=64)


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demo made: its study, what it found in a few sentences, and the files."""

    study_id: str
    lines: tuple[Message, ...]
    files: tuple[Path, ...]


def run(
    output: Path | None,
    *,
    scenario: ScenarioSettings = SCENARIO,
    job: JobContext,
    home: Path | None = None,
) -> DemoResult:
    """Run the whole job and write the reports and the study file into `output` (None: no files).

    The study stays in the workspace.

    Raises:
        NotWritable, DiskFull: the folder. Cancelled: nothing is left running.
    """
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
    steps = Shares(job)
    with steps.span(0.02) as part:
        study = studies.create(NAME, sample=SAMPLE, numbered=True, job=part, home=home)
    _compress(study.study_id, study.model_id, steps, home)
    _measure(study.study_id, scenario, steps, home)
    _predict(study.study_id, steps, home)
    with steps.span(0.01) as part:
        result = business.evaluate(study.study_id, save=True, job=part, home=home)
    files = _write(study.study_id, output, steps, home) if output is not None else ()
    view = studies.show(study.study_id, home=home)
    job.report(N_("Done"), 1.0)
    return DemoResult(study.study_id, _found(view, result), files)


def _compress(study_id: str, model_id: str, steps: Shares, home: Path | None) -> None:
    evaluation = f"sample:{SAMPLE}"
    for preset in PRESETS:
        with steps.span(0.08) as job:
            variant = variants.compress(
                model_id, preset=preset, evaluate=evaluation, study=study_id, job=job, home=home
            )
        for runtime in RUNTIMES[1:]:
            with steps.span(0.04) as job:
                variants.evaluate(
                    variant.variant_id, evaluation, runtime=runtime, job=job, home=home
                )


def _measure(study_id: str, scenario: ScenarioSettings, steps: Shares, home: Path | None) -> None:
    pairs = product(studies.show(study_id, home=home).variants, RUNTIMES)
    with steps.span(0.03) as part, connected(DEMO, job=part, home=home) as link:
        for variant, runtime in pairs:
            with steps.span(0.085) as job:
                runs.benchmark(
                    variant.variant_id, target="demo", runtime=runtime, scenario=scenario,
                    link=link, study=study_id, job=job, home=home,
                )  # fmt: skip


def _predict(study_id: str, steps: Shares, home: Path | None) -> None:
    view = studies.show(study_id, home=home)
    for variant in view.variants:
        with steps.span(0.02) as job:
            predictions.predict(
                variant.variant_id, device_ids=(*view.study.shortlist, "demo"),
                prompt_tokens=SCENARIO.prompt_tokens, generate_tokens=SCENARIO.generate_tokens,
                study=study_id, job=job, home=home,
            )  # fmt: skip


def _write(study_id: str, output: Path, steps: Shares, home: Path | None) -> tuple[Path, ...]:
    files = []
    for language in ("en", "ja"):
        with steps.span(0.04) as job:
            path = output / f"report-{language}.pdf"
            files.append(reports.write(study_id, path, language=language, job=job, home=home).path)
    with steps.span(0.02) as job:
        files.append(studies.export(study_id, output / "study.genba", job=job, home=home))
    return tuple(files)


def _found(view: StudyView, result: BusinessResult) -> tuple[Message, ...]:
    """What the demo found, in five lines."""
    measured = [c for c in view.candidates if c.demo and _value(c, "latency_p50_ms") is not None]
    lines = [*_speed(measured), *_size(view), *_predicted(view), _money(result), _advice(result)]
    return tuple(lines)


def _value(candidate: Candidate, name: str) -> float | None:
    figure = candidate.figures.get(name)
    return figure.value if figure is not None else None


def _figure(candidate: Candidate, *names: str) -> Figure | None:
    found = (candidate.figures.get(name) for name in names)
    return next((f for f in found if f is not None and f.known), None)


def _speed(measured: list[Candidate]) -> list[Message]:
    if not measured:
        return []
    ordered = sorted(measured, key=lambda c: _value(c, "latency_p50_ms") or 0.0)
    fastest, slowest = ordered[0], ordered[-1]
    text = N_("Fastest here: {variant} with {runtime}, {latency} an answer; slowest: {other} with "
              "{other_runtime}, {other_latency}.")  # fmt: skip
    return [
        Message(
            text=text,
            params={
                "variant": fastest.variant_name, "runtime": fastest.runtime,
                "latency": _figure(fastest, "latency_p50_ms"),
                "other": slowest.variant_name, "other_runtime": slowest.runtime,
                "other_latency": _figure(slowest, "latency_p50_ms"),
            },
        )
    ]  # fmt: skip


def _size(view: StudyView) -> list[Message]:
    smallest = min(view.variants, key=lambda v: v.bytes, default=None)
    quality = smallest.quality() if smallest else None
    if smallest is None or quality is None:
        return []
    text = N_("Smallest: {variant}, {ratio} % of the size; {metric} {value} instead of "
              "{reference}.")  # fmt: skip
    return [
        Message(
            text=text,
            params={
                "variant": smallest.name,
                "ratio": round(100 * smallest.ratio), "metric": Message(text=quality.metric),
                "value": quality.value, "reference": quality.reference,
            },
        )
    ]  # fmt: skip


def _predicted(view: StudyView) -> list[Message]:
    chosen = view.chosen
    latency = _figure(chosen, "latency_p50_ms", "latency_ms") if chosen else None
    if chosen is None or latency is None:
        return []
    text = N_("Proposed: {variant} on {device}, {latency} an answer.")
    return [
        Message(
            text=text,
            params={
                "variant": chosen.variant_name, "device": chosen.device_name, "latency": latency
            },
        )
    ]  # fmt: skip


def _money(result: BusinessResult) -> Message:
    edge, cloud = result.alternative("edge"), result.alternative("cloud")
    if cloud.excluded is not None:
        text = N_("Edge: NPV {edge}, chance of a loss {loss}. Cloud: {excluded}")
    else:
        text = N_("Edge: NPV {edge}, chance of a loss {loss}. Cloud: NPV {cloud}.")
    return Message(
        text=text,
        params={
            "edge": edge.npv, "cloud": cloud.npv, "excluded": cloud.excluded or "",
            "loss": edge.risk["probability_of_loss"],
        },
    )  # fmt: skip


def _advice(result: BusinessResult) -> Message:
    if result.reasons:
        return result.reasons[0]
    return Message(text=N_("No recommendation."))
