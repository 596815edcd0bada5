"""Metrics against examples worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from genba.compression import metrics


def test_macro_f1_by_hand() -> None:
    """Class 0: tp 2 fp 1 fn 0 → 4/5; class 1: tp 1 fp 0 fn 2 → 1/2; class 2: tp 1 fp 1 fn 0 → 2/3.
    Their mean is 59/90.
    """
    expected = np.array([0, 0, 1, 1, 1, 2])
    predicted = np.array([0, 0, 0, 1, 2, 2])
    got = metrics.macro_f1(expected, predicted)
    assert got.value == pytest.approx(59 / 90)
    assert got.n == 6


def test_a_class_that_is_only_predicted_scores_zero() -> None:
    got = metrics.macro_f1(np.array([0, 0]), np.array([0, 1]))
    assert got.value == pytest.approx((2 / 3 + 0) / 2)


def test_accuracy_and_its_interval() -> None:
    """90 of 100 right: the bootstrap agrees with ±1.96·sqrt(p(1-p)/n) to 1.5 points."""
    expected = np.zeros(100, np.int64)
    predicted = np.array([0] * 90 + [1] * 10)
    got = metrics.accuracy(expected, predicted)
    half = 1.96 * math.sqrt(0.9 * 0.1 / 100)
    assert got.value == pytest.approx(0.9)
    assert got.low == pytest.approx(0.9 - half, abs=0.015)
    assert got.high == pytest.approx(0.9 + half, abs=0.015)


def test_perfect_answers_have_no_spread() -> None:
    labels = np.arange(20) % 4
    assert metrics.macro_f1(labels, labels) == metrics.Estimate(1.0, 1.0, 1.0, 20)


def test_psnr_by_hand() -> None:
    """An error of 0.1 everywhere: 10·log10(1 / 0.01) = 20 dB; 255 grey values, off by 1: 48.13."""
    image = np.full((8, 8), 0.5)
    assert metrics.psnr_of(image, image + 0.1, 1.0) == pytest.approx(20.0)
    grey = np.full((8, 8), 100.0)
    assert metrics.psnr_of(grey, grey + 1.0, 255.0) == pytest.approx(48.1308, abs=1e-4)


def test_psnr_clips_as_a_display_does_and_has_a_ceiling() -> None:
    white = np.ones((4, 4))
    assert metrics.psnr_of(white, white + 0.3, 1.0) == metrics.PSNR_CEILING_DB


def test_the_interval_of_a_mean_agrees_with_its_standard_error() -> None:
    values = np.random.default_rng(1).normal(30.0, 2.0, 400)
    got = metrics.mean_of(values)
    error = values.std() / math.sqrt(400)
    assert got.low == pytest.approx(got.value - 1.96 * error, abs=0.03)
    assert got.high == pytest.approx(got.value + 1.96 * error, abs=0.03)


def test_perplexity_by_hand() -> None:
    """Two windows, 3 tokens at ln 2 and 1 token at ln 8: (3·ln 2 + ln 8)/4 = 1.5·ln 2."""
    got = metrics.perplexity_of([(3 * math.log(2), 3), (math.log(8), 1)])
    assert got.value == pytest.approx(2**1.5)
    assert (got.n, got.low, got.high) == (4, pytest.approx(2.0), pytest.approx(8.0))


def test_intervals_are_repeatable() -> None:
    labels, guesses = np.arange(60) % 3, np.arange(60) % 4 % 3
    assert metrics.macro_f1(labels, guesses) == metrics.macro_f1(labels, guesses)
