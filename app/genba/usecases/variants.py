"""Variants: compress a model, and evaluate its quality through a runner."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from genba.compression import applying, quality, recipes
from genba.compression.quality import QualityScore
from genba.errors import N_, GenbaError
from genba.extension import runners
from genba.figures import Figure, measured
from genba.files import disk_errors
from genba.jobs import JobContext, Shares
from genba.models.importing import hash_file
from genba.runtimes.runner import split_runtime
from genba.store.workspace import Workspace
from genba.study.model import Model
from genba.study.study import Study
from genba.study.variant import Quality, Recipe, Variant
from genba.usecases import samples
from genba.usecases.registering import check_unchanged, register
from genba.usecases.resolving import as_path, baseline


class EvaluationMissing(GenbaError):
    """The evaluation data is not there."""

    code = "evaluation_missing"
    what = N_("There is no evaluation data at {path}.")
    fix = N_("Give the path of an .npz file, or sample:<id> for a bundled one.")


def compress(
    model: str,
    *,
    preset: str | None = None,
    recipe_file: Path | None = None,
    evaluate: str | None = None,
    output: Path | None = None,
    study: str | None = None,
    runtime: str = "onnxruntime",
    job: JobContext,
    home: Path | None = None,
) -> Variant:
    """Apply a preset or a recipe file and keep the result as a Variant.

    `evaluate` names evaluation data (a path or ``sample:<id>``); both the original and the result
    are run through the runner of `runtime`. With `output` the model is also written there.

    Raises:
        UnknownId, RecipeInvalid: no such preset; a broken recipe.
        NothingToCompress, PassFailed: the model does not fit the recipe.
    """
    recipe = recipes.load_recipe(recipe_file) if recipe_file else recipes.preset(preset or "")
    with Workspace.open(home) as workspace:
        if study:
            workspace.studies.find(study)  # before any work is done for it
        source = _model(workspace, model, job)
        shares = Shares(job)
        with shares.span(0.4 if evaluate else 1.0) as part:
            variant = _make(workspace, source, recipe, part)
        original = _known(workspace, source)
        if evaluate:
            original, variant = _evaluated(original, variant, evaluate, runtime, shares)
        with workspace.transaction():
            workspace.variants.add(original)
            workspace.variants.add(_merged(workspace, variant))
            if study:
                workspace.studies.update(study, lambda s: _joined(s, source, variant))
    if output is not None:
        _write(variant, output)
    return variant


def evaluate(
    variant: str, data: str, *, runtime: str, job: JobContext, home: Path | None = None
) -> Variant:
    """Measure a stored variant's quality (and the original's) under one more runtime."""
    with Workspace.open(home) as workspace:
        found = workspace.variants.find(variant)
        original = _known(workspace, workspace.models.get(found.model_id))
        original, found = _evaluated(original, found, data, runtime, Shares(job))
        workspace.variants.add(original)
        return workspace.variants.add(found)


def list_variants(*, model: str | None = None, home: Path | None = None) -> tuple[Variant, ...]:
    """The variants of a model, or all; the unchanged models take part as ``none``."""
    with Workspace.open(home) as workspace:
        if model is None:
            return workspace.variants.list()
        return workspace.variants.list(model_id=workspace.models.find(model).model_id)


def _model(workspace: Workspace, text: str, job: JobContext) -> Model:
    path = as_path(text)
    if path is not None:
        return register(workspace, path, job)
    model = workspace.models.find(text)
    check_unchanged(model)
    return model


def _make(workspace: Workspace, source: Model, recipe: Recipe, job: JobContext) -> Variant:
    job.report(N_("Compressing {name} with {recipe}"), 0.05, name=source.name, recipe=recipe.id)
    with tempfile.TemporaryDirectory(prefix=".compress-", dir=workspace.home) as folder:
        made = job.run_process(applying.apply_recipe, Path(source.path), recipe, Path(folder))
        artifact = workspace.artifacts.put_files(
            {f.name: Path(folder) / f.name for f in made.files}
        )
    return Variant(
        variant_id=artifact.id,
        model_id=source.model_id,
        name=recipe.id,
        recipe=recipe,
        bytes=made.bytes,
        ratio=made.ratio,
        files=made.files,
        path=str(artifact.path / made.files[0].name),
        passes=made.passes,
        wall_s=made.wall_s,
        peak_rss_bytes=made.peak_rss_bytes,
    )


def _known(workspace: Workspace, model: Model) -> Variant:
    stored = workspace.variants.get_many([model.model_id])
    return stored[0] if stored else baseline(model)


def _merged(workspace: Workspace, variant: Variant) -> Variant:
    """The variant with the qualities that were measured before and not again."""
    stored = workspace.variants.get_many([variant.variant_id])
    again = {(q.runtime, q.data_sha256) for q in variant.qualities}
    kept = tuple(
        q for old in stored for q in old.qualities if (q.runtime, q.data_sha256) not in again
    )
    return variant.model_copy(update={"qualities": (*variant.qualities, *kept)})


def _joined(study: Study, model: Model, variant: Variant) -> Study:
    if study.model_id and study.model_id != model.model_id:
        return study
    ids = dict.fromkeys((*study.variant_ids, model.model_id, variant.variant_id))
    return study.model_copy(update={"model_id": model.model_id, "variant_ids": tuple(ids)})


def _evaluated(
    original: Variant, variant: Variant, data: str, runtime: str, shares: Shares
) -> tuple[Variant, Variant]:
    """Both with a Quality under `runtime`; the original is run only when it has none there."""
    path = samples.evaluation_path(data)
    if not path.is_file():
        raise EvaluationMissing(path=path)
    known = original.quality(runtime)
    digest = hash_file(path)[1]
    if known is None or known.data_sha256 != digest:
        with shares.span(0.3) as job:
            score = _score(original, path, runtime, job)
        original = _with_quality(original, score, runtime)
        known = original.quality(runtime)
    if variant.variant_id == original.variant_id:
        return original, original
    with shares.span(0.3) as job:
        score = _score(variant, path, runtime, job)
    reference = known.value if known else None
    return original, _with_quality(variant, score, runtime, reference)


def _score(variant: Variant, path: Path, runtime: str, job: JobContext) -> QualityScore:
    name, provider = split_runtime(runtime)
    runner = runners.runner(name)
    settings = runner.settings(provider=provider)
    return job.run_process(quality.evaluate, runner.device_half, Path(variant.path), settings, path)


def _with_quality(
    variant: Variant, score: QualityScore, runtime: str, reference: Figure | None = None
) -> Variant:
    ref = f"variant/{variant.variant_id}/quality/{runtime}"
    value = measured(
        score.value, score.unit, ref, low=score.low, high=score.high, level=score.level
    )
    made = Quality(
        metric=score.metric,
        higher_is_better=score.higher_is_better,
        value=value,
        reference=reference or value,
        runtime=runtime,
        data_sha256=score.data_sha256,
        n=score.n,
    )
    kept = tuple(q for q in variant.qualities if q.runtime != runtime)
    return variant.model_copy(update={"qualities": (*kept, made)})


def _write(variant: Variant, output: Path) -> None:
    """Copy the variant's files to `output`, external data beside it."""
    folder = Path(variant.path).parent
    with disk_errors(output):
        output.parent.mkdir(parents=True, exist_ok=True)
        for file in variant.files[1:]:
            shutil.copyfile(folder / file.name, output.parent / file.name)
        shutil.copyfile(folder / variant.files[0].name, output)
