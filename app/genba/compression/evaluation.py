"""Reads evaluation data: one ``.npz`` file, untrusted, checked before anything is allocated.

Contents: scalar text ``metric``; for ``macro_f1``, ``accuracy`` and ``psnr_db`` arrays
``input:<name>`` and ``expected`` with the samples on the first axis; for ``perplexity`` a 1-D
``tokens`` and a scalar ``context``. Optional scalar ``peak``: the largest pixel value of
the model's output (1.0; unsigned whole numbers are then scaled from their type's largest value).
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from genba.errors import N_, GenbaError, Message

MAX_BYTES = 2_000_000_000
"""Largest file, and largest sum of its arrays once unpacked."""

Metric = Literal["macro_f1", "accuracy", "psnr_db", "perplexity"]
METRICS: tuple[Metric, ...] = ("macro_f1", "accuracy", "psnr_db", "perplexity")
_PREFIX = "input:"


class EvaluationInvalid(GenbaError):
    """The evaluation data cannot be used."""

    code = "evaluation_invalid"
    what = N_("The evaluation data {path} cannot be used: {reason}.")
    fix = N_("See the samples for the form: one .npz file with metric, input:<name> and expected.")


@dataclass(frozen=True)
class Evaluation:
    """Validated evaluation data. `inputs` and `expected` are empty for perplexity."""

    metric: Metric
    inputs: dict[str, NDArray[Any]]
    expected: NDArray[Any]
    tokens: NDArray[Any]
    context: int
    peak: float

    @property
    def samples(self) -> int:
        """Number of samples (for perplexity of tokens)."""
        return len(self.tokens) if self.metric == "perplexity" else len(self.expected)


def load_evaluation(path: Path) -> Evaluation:
    """Read and validate.

    Raises:
        EvaluationInvalid: unreadable, not an npz, too large, or its arrays do not fit together.
    """
    arrays = _arrays(Path(path))
    metric = _scalar(arrays, "metric", path)
    if metric not in METRICS:
        text = N_("its metric “{metric}” is not one of {known}")
        raise _invalid(path, text, metric=str(metric)[:40], known=", ".join(METRICS))
    if metric == "perplexity":
        return _text(arrays, path)
    inputs = {k.removeprefix(_PREFIX): v for k, v in arrays.items() if k.startswith(_PREFIX)}
    if not inputs or "expected" not in arrays:
        raise _invalid(path, N_("it needs arrays “expected” and “input:<name>”"))
    expected = arrays["expected"]
    lengths = {len(a) if a.ndim else -1 for a in (*inputs.values(), expected)}
    if len(lengths) != 1 or not lengths.pop() > 0:
        raise _invalid(path, N_("its arrays have different numbers of samples, or none"))
    for name, array in (*inputs.items(), ("expected", expected)):
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise _invalid(path, N_("“{name}” holds values that are not finite"), name=name)
    if metric != "psnr_db" and (expected.ndim != 1 or expected.dtype.kind not in "iu"):
        raise _invalid(
            path, N_("“expected” must hold one whole number, the class, for each sample")
        )
    peak = float(_scalar(arrays, "peak", path)) if "peak" in arrays else 1.0
    if not peak > 0:
        raise _invalid(path, N_("“peak” must be above zero"))
    if metric == "psnr_db":
        expected = _pixels(expected, peak if "peak" in arrays else None, path)
    return Evaluation(metric, inputs, expected, np.zeros(0, np.int64), 0, peak)


def _pixels(expected: NDArray[Any], peak: float | None, path: Path) -> NDArray[Any]:
    """The images on the model's own scale, 0 to the peak.

    Without a given peak, whole numbers are levels of their type: 255 of a uint8 stands for 1.0.
    """
    if peak is None and expected.dtype.kind == "u":
        return expected.astype(np.float32) / np.float32(np.iinfo(expected.dtype).max)
    if float(expected.max()) > (peak or 1.0):
        text = N_(
            "“expected” holds values above the largest pixel value {peak}; state it as “peak”"
        )
        raise _invalid(path, text, peak=peak or 1.0)
    return expected


def _text(arrays: dict[str, NDArray[Any]], path: Path) -> Evaluation:
    tokens = arrays.get("tokens")
    if tokens is None or tokens.ndim != 1 or tokens.dtype.kind not in "iu" or len(tokens) < 2:
        raise _invalid(path, N_("“tokens” must be a row of at least two whole numbers"))
    if tokens.min() < 0:
        raise _invalid(path, N_("“tokens” holds negative numbers"))
    context = _scalar(arrays, "context", path)
    if not isinstance(context, int) or not 2 <= context <= 1 << 20:
        raise _invalid(path, N_("“context” must be a whole number from 2 on"))
    return Evaluation("perplexity", {}, np.zeros(0), tokens.astype(np.int64), context, 1.0)


def _scalar(arrays: dict[str, NDArray[Any]], name: str, path: Path) -> Any:
    if name not in arrays or arrays[name].ndim:
        raise _invalid(path, N_("it needs a single value “{name}”"), name=name)
    return arrays[name].item()


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    try:
        if not path.is_file():
            raise _invalid(path, N_("there is no such file"))
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if sum(m.file_size for m in members) > MAX_BYTES or len(members) > 1000:
                raise _invalid(path, N_("it is too large"))
            for member in members:
                with archive.open(member) as stream:
                    arrays[member.filename.removesuffix(".npy")] = _array(stream, member, path)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise _invalid(path, N_("it is not an .npz file")) from error
    except (OSError, EOFError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise _invalid(path, N_("it cannot be read ({detail})"), detail=str(error)) from error
    return arrays


def _array(stream: Any, member: zipfile.ZipInfo, path: Path) -> NDArray[Any]:
    """One array; its header is believed only when the bytes that follow have its size."""
    try:
        version = np.lib.format.read_magic(stream)
        read = {1: np.lib.format.read_array_header_1_0, 2: np.lib.format.read_array_header_2_0}
        shape, fortran, dtype = read[version[0]](stream)
        count = 1
        for dim in shape:
            count *= dim
        if dtype.hasobject or dtype.names:
            raise _invalid(path, N_("“{name}” holds Python objects"), name=member.filename)
        if count * dtype.itemsize != member.file_size - stream.tell():
            raise _invalid(path, N_("“{name}” is cut short"), name=member.filename)
        flat = np.frombuffer(stream.read(), dtype, count)
    except (ValueError, KeyError, SyntaxError) as error:
        raise _invalid(path, N_("“{name}” is not a numpy array"), name=member.filename) from error
    return flat.reshape(shape, order="F" if fortran else "C")


def _invalid(path: Path, text: str, **params: Any) -> EvaluationInvalid:
    return EvaluationInvalid(path=str(path), reason=Message(text=text, params=params))
