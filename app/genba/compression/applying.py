"""Applies a Recipe to a model: one pass after the other, the result checked, the work recorded."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from genba.compression.passes import registry
from genba.compression.passes.base import MODEL_NAME, PassFailed, total_bytes
from genba.compression.recipes import validated
from genba.errors import N_, GenbaError, Message
from genba.models import dimensions
from genba.models.importing import hash_file, model_files
from genba.models.onnx_reader import open_onnx
from genba.models.shapes import infer
from genba.study.base import Data
from genba.study.model import ModelFile
from genba.study.variant import PassRecord, Recipe

Report = Callable[..., None]


class Applied(Data):
    """What a Recipe made: files by name relative to the output folder, main file first."""

    files: tuple[ModelFile, ...]
    bytes: int
    ratio: float
    passes: tuple[PassRecord, ...]
    wall_s: float
    peak_rss_bytes: int


def apply_recipe(
    model_path: Path, recipe: Recipe, out_dir: Path, report: Report | None = None
) -> Applied:
    """Run the passes and write ``model.onnx`` (and its data file, if any) into `out_dir`.

    `ratio` is bytes after / bytes before; `peak_rss_bytes` the largest memory of this process, so
    run it in one of its own. `out_dir` must exist; nothing else is written, the model is only read.

    Raises:
        UnknownPass, NothingToCompress, PassFailed: see the classes.
        ModelNotFound, NotAModel, ModelDamaged, ExternalData…: the model cannot be read.
        DiskFull: no space for the result.
    """
    started = time.monotonic()
    source = Path(model_path)
    before = sum(place.stat().st_size for place in model_files(source).values())
    records: list[PassRecord] = []
    with tempfile.TemporaryDirectory(prefix=".compress-", dir=out_dir) as work:
        for index, step in enumerate(recipe.passes):
            if report is not None:
                report(N_("Applying {step}"), index / len(recipe.passes), step=step.name)
            stage = Path(work) / str(index)
            stage.mkdir()
            size = before if not records else records[-1].bytes_after
            records.append(_one_pass(source, stage / MODEL_NAME, step, size))
            source = stage / MODEL_NAME
        if report is not None:
            report(N_("Checking the result"), 0.95)
        _check(source, Path(model_path), recipe.passes[-1].name)
        for name in model_files(source):
            (source.parent / name).replace(Path(out_dir) / name)
    files = tuple(
        ModelFile(name=name, size=size, sha256=digest)
        for name, place in model_files(Path(out_dir) / MODEL_NAME).items()
        for size, digest in (hash_file(place),)
    )
    after = sum(file.size for file in files)
    return Applied(
        files=files,
        bytes=after,
        ratio=after / before,
        passes=tuple(records),
        wall_s=time.monotonic() - started,
        peak_rss_bytes=_peak_rss_bytes(),
    )


def _one_pass(source: Path, target: Path, step: Any, before: int) -> PassRecord:
    kind = registry.find(step.name)
    parameters = validated(step)
    started = time.monotonic()
    try:
        changed = kind.apply(source, target, parameters)
    except (GenbaError, MemoryError, OSError):
        raise
    except Exception as error:  # a converter can fail in any way on a graph it does not expect
        detail = " ".join(str(error).split())[:200] or type(error).__name__
        raise PassFailed(name=step.name, reason=detail) from error
    return PassRecord(
        name=step.name,
        parameters=parameters.model_dump(mode="json"),
        changed=changed,
        wall_s=time.monotonic() - started,
        bytes_before=before,
        bytes_after=total_bytes(target.parent),
    )


def _check(path: Path, source: Path, name: str) -> None:
    """The result must pass onnx's checker, and its shapes must agree where the source's did."""
    import onnx

    from genba.models import contrib

    try:
        with contrib.known_to_checker():
            onnx.checker.check_model(str(path))
        broken = _conflict(path)
        detail = broken if broken and not _conflict(source) else ""
    except onnx.checker.ValidationError as error:
        detail = str(error).strip().splitlines()[0][:200]
    if detail:
        text = N_("its result is not a valid model ({detail})")
        raise PassFailed(name=name, reason=Message(text=text, params={"detail": detail}))


def _conflict(path: Path) -> str:
    """The first node whose input shapes contradict each other, or an empty text."""
    model = open_onnx(path)
    conflicts = infer(model, dimensions.assign(model.inputs, {})[0]).conflicts
    return conflicts[0] if conflicts else ""


def _peak_rss_bytes() -> int:
    """The largest resident memory of this process so far; 0 where the system does not tell.

    On Linux getrusage would answer with the parent's: a child inherits its peak through fork, and
    exec keeps it. VmHWM belongs to the program that runs now.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
