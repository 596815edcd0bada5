"""The quality of a model on evaluation data, through the same device half as the benchmark.

One sample a pass, as in use: a larger batch would change what a dynamically quantised model
computes, because it scales activations over the whole batch.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genba.compression import metrics
from genba.compression.evaluation import Evaluation, Metric, load_evaluation
from genba.errors import N_, GenbaError, Message
from genba.models.importing import hash_file
from genba.runtimes import generate
from genba.runtimes.local import LocalHandle, open_handle
from genba.runtimes.runner import Settings
from genba.study.base import Data

Report = Callable[..., None]

HIGHER_IS_BETTER: dict[Metric, bool] = {
    "macro_f1": True, "accuracy": True, "psnr_db": True, "perplexity": False,
}  # fmt: skip
UNITS: dict[Metric, str] = {
    "macro_f1": "1", "accuracy": "ratio", "psnr_db": "dB", "perplexity": "1",
}  # fmt: skip


class DataDoesNotFit(GenbaError):
    """The evaluation data and the model do not belong together."""

    code = "data_does_not_fit"
    what = N_("The evaluation data does not fit the model: {reason}.")
    fix = N_("Choose the data that was made for this model.")


class QualityScore(Data):
    """A metric of one model file under one runtime. `unit` is a Figure's unit.

    `n` counts samples (tokens for perplexity); `runtime` are the facts that the handle gave.
    """

    metric: Metric
    value: float
    low: float
    high: float
    level: float = metrics.LEVEL
    n: int
    unit: str
    higher_is_better: bool
    data_sha256: str
    runtime: dict[str, Any] = {}


def evaluate(
    device_half: Path,
    model_path: Path,
    settings: Settings,
    data_path: Path,
    report: Report | None = None,
) -> QualityScore:
    """Run the model over the data and score it; for a worker process.

    Raises:
        EvaluationInvalid: the data cannot be used.
        DataDoesNotFit: its arrays are not what the model takes or gives.
        RuntimeMissing, RuntimeRefused: the runtime is not here or could not run the model.
    """
    data = load_evaluation(data_path)
    handle = open_handle(device_half, model_path, settings)
    estimate = score(handle, data, report)
    return QualityScore(
        metric=data.metric,
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        n=estimate.n,
        unit=UNITS[data.metric],
        higher_is_better=HIGHER_IS_BETTER[data.metric],
        data_sha256=hash_file(Path(data_path))[1],
        runtime=handle.describe(),
    )


def score(handle: LocalHandle, data: Evaluation, report: Report | None = None) -> metrics.Estimate:
    """The metric of an open model on the data.

    Raises:
        DataDoesNotFit, RuntimeRefused: see `evaluate`.
    """
    if data.metric == "perplexity":
        return _perplexity(handle, data)
    feeds = _matched(handle, data)
    if data.metric == "psnr_db":
        values = [_image(out, data, i) for i, out in enumerate(_passes(handle, feeds, report))]
        return metrics.mean_of(np.array(values))
    labels = np.array([_label(out) for out in _passes(handle, feeds, report)], np.int64)
    expected = data.expected.astype(np.int64)
    if data.metric == "accuracy":
        return metrics.accuracy(expected, labels)
    return metrics.macro_f1(expected, labels)


def _matched(handle: LocalHandle, data: Evaluation) -> dict[str, NDArray[Any]]:
    """The data's inputs in the element types of the model's."""
    wanted = {spec["name"]: spec for spec in handle.inputs}
    if set(wanted) != set(data.inputs):
        text = N_("the model takes {wanted}, the data holds {given}")
        raise _mismatch(text, wanted=sorted(wanted), given=sorted(data.inputs))
    for name, array in data.inputs.items():
        shape = wanted[name]["shape"]
        fixed = [(d, s) for d, s in zip(shape[1:], array.shape[1:], strict=False)]
        if len(shape) != array.ndim or any(isinstance(d, int) and d != s for d, s in fixed):
            text = N_("the input {name} has the shape {wanted}, its samples are {given}")
            given = [1, *array.shape[1:]]
            raise _mismatch(text, name=name, wanted=str(shape), given=str(given))
        if isinstance(shape[0], int) and shape[0] != 1:
            text = N_("the model takes {count} samples at a time, and quality is measured with one")
            raise _mismatch(text, count=shape[0])
    return {name: a.astype(wanted[name]["dtype"], copy=False) for name, a in data.inputs.items()}


def _passes(handle: LocalHandle, feeds: dict[str, NDArray[Any]], report: Report | None) -> Any:
    """The first output for each sample, without the batch axis."""
    first = handle.outputs[0]["name"]
    count = len(next(iter(feeds.values())))
    for index in range(count):
        if report is not None and index % max(1, count // 20) == 0:
            report(N_("Measuring quality, sample {done} of {count}"), index / count,
                   done=index + 1, count=count)  # fmt: skip
        out = handle.infer({name: a[index : index + 1] for name, a in feeds.items()})[first]
        yield out[0]


def _label(out: NDArray[Any]) -> int:
    """The class of one sample: the largest score, or the label itself."""
    flat = np.asarray(out).reshape(-1)
    if flat.size == 1 and flat.dtype.kind in "iu":
        return int(flat[0])
    if flat.size < 2:
        raise _mismatch(N_("the model's first output holds no scores of classes"))
    return int(np.argmax(flat))


def _image(out: NDArray[Any], data: Evaluation, index: int) -> float:
    expected = data.expected[index]
    if out.shape != expected.shape:
        text = N_("the model gives images of {given}, the data expects {wanted}")
        raise _mismatch(text, given=str(list(out.shape)), wanted=str(list(expected.shape)))
    return metrics.psnr_of(expected, out, data.peak)


def _perplexity(handle: LocalHandle, data: Evaluation) -> metrics.Estimate:
    try:
        losses = generate.window_losses(handle, data.tokens, data.context)
    except generate.NotGenerative as error:
        raise _mismatch(
            N_("the model does not generate text ({detail})"), detail=str(error)
        ) from error
    except IndexError as error:
        raise _mismatch(N_("the text holds tokens that the model does not know")) from error
    return metrics.perplexity_of(losses)


def _mismatch(text: str, **params: Any) -> DataDoesNotFit:
    return DataDoesNotFit(reason=Message(text=text, params=params))
