"""The baseline: an interpolated modified Kneser-Ney model over tokens.

S. F. Chen and J. Goodman, "An empirical study of smoothing techniques for language modeling",
Computer Speech and Language 13, 1999. The highest order counts occurrences; every lower order
counts distinct left neighbours; the lowest is interpolated with the uniform distribution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(slots=True)
class _Order:
    """What one order knows of each context: its n-grams, and how much it hands down."""

    counts: dict[tuple[int, ...], int]
    discounts: tuple[float, float, float]
    totals: dict[tuple[int, ...], int]
    reserved: dict[tuple[int, ...], float]


class KneserNey:
    """Probabilities of a token after a context of up to ``order - 1`` tokens."""

    def __init__(self, tokens: np.ndarray, vocabulary: int, order: int = 5) -> None:
        self.order = order
        self.vocabulary = vocabulary
        self._orders = [_order(counts) for counts in _counts(tokens.tolist(), order)]

    def probability(self, context: tuple[int, ...], token: int) -> float:
        """P(*token* | the last ``order - 1`` tokens of *context*), computed from the unigram up."""
        context = context[max(0, len(context) - self.order + 1) :]
        value = 1 / self.vocabulary
        for length in range(len(context) + 1):
            order = self._orders[length]
            history = context[len(context) - length :]
            total = order.totals.get(history)
            if total is None:
                return value
            count = order.counts.get((*history, token), 0)
            kept = count - order.discounts[min(count, 3) - 1] if count else 0.0
            value = (kept + order.reserved[history] * value) / total
        return value

    def distribution(self, context: tuple[int, ...]) -> np.ndarray:
        """P(token | *context*) for every token, [vocabulary]."""
        return np.array([self.probability(context, token) for token in range(self.vocabulary)])

    def losses(self, windows: np.ndarray) -> np.ndarray:
        """Nats of each token but the first of each of *windows* [n, context]: [n, context - 1]."""
        return -np.log(
            [
                [
                    self.probability(tuple(window[max(0, i - self.order + 1) : i]), window[i])
                    for i in range(1, len(window))
                ]
                for window in windows.tolist()
            ]
        )

    def check(self, windows: np.ndarray, contexts: int, seed: int) -> float:
        """The largest distance from one of the sum of a distribution, over random contexts."""
        generator = np.random.default_rng(seed)
        worst = 0.0
        for _ in range(contexts):
            window = windows[generator.integers(len(windows))].tolist()
            length, end = generator.integers(self.order), generator.integers(len(window))
            context = tuple(window[max(0, end - length) : end])
            worst = max(worst, abs(self.distribution(context).sum() - 1))
        return worst


def _counts(tokens: list[int], order: int) -> list[dict[tuple[int, ...], int]]:
    """Counts of the n-grams of each length 1..order; adjusted below the highest."""
    highest: dict[tuple[int, ...], int] = {}
    for ngram in zip(*(tokens[i:] for i in range(order)), strict=False):
        highest[ngram] = highest.get(ngram, 0) + 1
    counts = [highest]
    for _ in range(order - 1):
        lower: dict[tuple[int, ...], int] = {}
        for ngram in counts[0]:
            lower[ngram[1:]] = lower.get(ngram[1:], 0) + 1
        counts.insert(0, lower)
    return counts


def _order(counts: dict[tuple[int, ...], int]) -> _Order:
    discounts = _discounts(counts)
    totals: dict[tuple[int, ...], int] = {}
    reserved: dict[tuple[int, ...], float] = {}
    for ngram, count in counts.items():
        history = ngram[:-1]
        totals[history] = totals.get(history, 0) + count
        reserved[history] = reserved.get(history, 0.0) + discounts[min(count, 3) - 1]
    return _Order(counts, discounts, totals, reserved)


def _discounts(counts: dict[tuple[int, ...], int]) -> tuple[float, float, float]:
    """The discounts of n-grams seen once, twice and more often (Chen and Goodman, eq. 26).

    Where the counts of counts do not support them, a fixed 0.75 stands in.
    """
    seen = [0] * 5
    for count in counts.values():
        if count <= 4:
            seen[count] += 1
    if not all(seen[1:]):
        return (0.75, 0.75, 0.75)
    y = seen[1] / (seen[1] + 2 * seen[2])
    raw = [i - (i + 1) * y * seen[i + 1] / seen[i] for i in (1, 2, 3)]
    first, second, third = (min(max(d, 0.0), float(i)) for i, d in enumerate(raw, 1))
    return (first, second, third)
