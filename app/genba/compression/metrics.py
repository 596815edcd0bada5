"""Quality metrics with bootstrap intervals.

Macro F1: van Rijsbergen's F1 = 2·tp / (2·tp + fp + fn) a class, averaged over the classes that
occur among expected or predicted labels. PSNR: 10·log10(peak² / mean squared error) an image,
averaged over images; predictions are clipped to 0..peak as a display would. Perplexity: exp of the
mean negative log likelihood a token. Intervals: percentile bootstrap over samples, for text over
windows (Efron and Tibshirani 1993, chapter 13), seeded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
LEVEL = 0.95
SEED = 20260101
PSNR_CEILING_DB = 100.0
"""What an image without any error counts, where the formula has no value."""

_CHUNK_ELEMENTS = 4_000_000

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A metric's value with its interval at `LEVEL`, over `n` samples (tokens for perplexity)."""

    value: float
    low: float
    high: float
    n: int


def macro_f1(expected: Labels, predicted: Labels) -> Estimate:
    """Labels, one a sample, both of shape [n]."""
    return _from_confusion(expected, predicted, _macro_f1)


def accuracy(expected: Labels, predicted: Labels) -> Estimate:
    """The share of samples whose label is right; both of shape [n]."""
    return _from_confusion(expected, predicted, _accuracy)


def psnr_of(expected: NDArray[Any], predicted: NDArray[Any], peak: float) -> float:
    """PSNR of one image in dB."""
    clipped = np.clip(predicted.astype(np.float64), 0.0, peak)
    error = float(np.mean((expected.astype(np.float64) - clipped) ** 2))
    if error == 0.0:
        return PSNR_CEILING_DB
    return min(PSNR_CEILING_DB, 10.0 * float(np.log10(peak * peak / error)))


def mean_of(values: Floats) -> Estimate:
    """The mean of one value a sample."""
    means = np.concatenate([w @ values / len(values) for w in _weights(len(values))])
    return _estimate(float(values.mean()), means, len(values))


def perplexity_of(losses: list[tuple[float, int]]) -> Estimate:
    """From (sum of losses in nats, number of tokens) a window."""
    sums = np.array([loss for loss, _ in losses])
    counts = np.array([count for _, count in losses], np.float64)
    replicas = np.concatenate([np.exp(w @ sums / (w @ counts)) for w in _weights(len(losses))])
    return _estimate(float(np.exp(sums.sum() / counts.sum())), replicas, int(counts.sum()))


def _from_confusion(expected: Labels, predicted: Labels, metric: Any) -> Estimate:
    """Drawing samples with replacement draws the confusion matrix from a multinomial."""
    classes, codes = np.unique(np.concatenate((expected, predicted)), return_inverse=True)
    size, n = len(classes), len(expected)
    cells = np.bincount(codes[:n] * size + codes[n:], minlength=size * size)
    value = float(metric(cells.reshape(1, size, size))[0])
    random = np.random.default_rng(SEED)
    chunk = max(1, min(RESAMPLES, _CHUNK_ELEMENTS // (size * size)))
    replicas = []
    for start in range(0, RESAMPLES, chunk):
        draws = random.multinomial(n, cells / n, size=min(chunk, RESAMPLES - start))
        replicas.append(metric(draws.reshape(-1, size, size)))
    return _estimate(value, np.concatenate(replicas), n)


def _macro_f1(confusion: NDArray[Any]) -> Floats:
    """[k, classes, classes] (rows expected) → [k]; absent classes take no part."""
    right = np.diagonal(confusion, axis1=1, axis2=2).astype(np.float64)
    present = confusion.sum(axis=1) + confusion.sum(axis=2)  # 2·tp + fp + fn
    scores = np.divide(2.0 * right, present, out=np.zeros_like(right), where=present > 0)
    return np.asarray(scores.sum(axis=1) / np.maximum(1, (present > 0).sum(axis=1)))


def _accuracy(confusion: NDArray[Any]) -> Floats:
    right = np.trace(confusion, axis1=1, axis2=2)
    return np.asarray(right / confusion.sum(axis=(1, 2)))


def _weights(n: int) -> Any:
    """How often each of n samples is drawn, in chunks [k, n] of `RESAMPLES` rows in all."""
    random = np.random.default_rng(SEED)
    chunk = max(1, min(RESAMPLES, _CHUNK_ELEMENTS // n))
    for start in range(0, RESAMPLES, chunk):
        rows = min(chunk, RESAMPLES - start)
        yield random.multinomial(n, np.full(n, 1.0 / n), size=rows).astype(np.float64)


def _estimate(value: float, replicas: Floats, n: int) -> Estimate:
    low, high = np.quantile(replicas, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    # the value itself lies inside its interval, whatever the skew of few resamples
    return Estimate(value, min(float(low), value), max(float(high), value), n)
