"""Synthetic vibration of a motor bearing: what an accelerometer on the housing would record.

A rolling element that passes a defect strikes the structure once; each strike rings a
resonance of the housing. The strikes follow the defect's frequency, with the small random
slip of the rolling elements, and grow and fade with the load zone (P. D. McFadden and
J. D. Smith, "Model for the vibration produced by a single point defect in a rolling element
bearing", Journal of Sound and Vibration 96, 1984; slip as a random walk: J. Antoni and
R. B. Randall, Mechanical Systems and Signal Processing 17, 2003).

Geometry is that of a 6205 deep-groove ball bearing. Times are in s, frequencies in Hz,
accelerations in g, angles in revolutions of the shaft.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CLASSES = ("normal", "imbalance", "outer_race", "inner_race", "ball")
SAMPLE_RATE_HZ = 12_000
SAMPLES = 2048

BALLS, BALL_MM, PITCH_MM = 9, 7.94, 39.04
RATIO = BALL_MM / PITCH_MM
OUTER_ORDER = BALLS / 2 * (1 - RATIO)
"""Strikes per revolution on a defect of the outer race (BPFO)."""
INNER_ORDER = BALLS / 2 * (1 + RATIO)
"""Strikes per revolution on a defect of the inner race (BPFI)."""
BALL_ORDER = (1 - RATIO**2) / RATIO
"""Strikes per revolution of a defect on a ball: twice its spin (2 x BSF), one per race."""
CAGE_ORDER = (1 - RATIO) / 2
"""Revolutions of the cage per revolution of the shaft (FTF)."""

SYNCHRONOUS_HZ = 30.0
RATED_SLIP = 0.04
GEAR_TEETH = 17
CONVERTER_STEP_G = 2.0**-10


@dataclass(frozen=True, slots=True)
class Conditions:
    """Where a recording is taken: shares of the rated load and noise levels in g (RMS)."""

    loads: tuple[float, ...]
    noises_g: tuple[float, ...]


def recordings(conditions: Conditions, per_class: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Signals float32 [n, 1, SAMPLES] in g and labels int64 [n], n = per_class * classes."""
    generator = np.random.default_rng(seed)
    labels = generator.permutation(np.repeat(np.arange(len(CLASSES)), per_class))
    signals = np.stack([_recording(CLASSES[label], conditions, generator) for label in labels])
    return signals[:, None].astype(np.float32), labels.astype(np.int64)


def _recording(fault: str, conditions: Conditions, generator: np.random.Generator) -> np.ndarray:
    """One recording [SAMPLES] in g, rounded to the steps of the converter."""
    load = generator.choice(conditions.loads)
    noise_g = generator.choice(conditions.noises_g)
    time = np.arange(SAMPLES) / SAMPLE_RATE_HZ
    angle = _shaft_angle(time, load, generator)
    signal = _rotor(angle, fault == "imbalance", generator) + _gear(angle, load, generator)
    signal += _stray_knocks(time, generator)
    if fault in ("outer_race", "inner_race", "ball"):
        signal += _defect(fault, time, angle, load, generator)
    signal += _noise(noise_g, generator)
    return np.round(signal / CONVERTER_STEP_G) * CONVERTER_STEP_G


def _shaft_angle(time: np.ndarray, load: float, generator: np.random.Generator) -> np.ndarray:
    """Revolutions at each instant [SAMPLES]: an induction motor that slips under load and hunts."""
    speed = SYNCHRONOUS_HZ * (1 - RATED_SLIP * load) * generator.uniform(0.97, 1.03)
    hunting_hz, depth = generator.uniform(2, 6), generator.uniform(0, 0.01)
    phase = generator.uniform(0, 2 * np.pi)
    wobble = depth / (2 * np.pi * hunting_hz) * np.sin(2 * np.pi * hunting_hz * time + phase)
    return generator.uniform() + speed * (time + wobble)


def _rotor(angle: np.ndarray, imbalance: bool, generator: np.random.Generator) -> np.ndarray:
    """Once and twice per revolution: every rotor has some, an imbalanced one has more."""
    low, high = (0.22, 0.80) if imbalance else (0.03, 0.20)
    once = np.exp(generator.uniform(np.log(low), np.log(high)))
    twice = generator.uniform(0.02, 0.12)
    phases = generator.uniform(size=2)
    return once * _wave(angle + phases[0]) + twice * _wave(2 * angle + phases[1])


def _gear(angle: np.ndarray, load: float, generator: np.random.Generator) -> np.ndarray:
    """The mesh of a gear on the same shaft, stronger under load, breathing once per turn."""
    strength = generator.uniform(0.02, 0.08) * (0.5 + load)
    breathing = 1 + generator.uniform(0, 0.4) * _wave(angle + generator.uniform())
    return strength * breathing * _wave(GEAR_TEETH * angle + generator.uniform())


def _defect(
    fault: str, time: np.ndarray, angle: np.ndarray, load: float, generator: np.random.Generator
) -> np.ndarray:
    """Strikes of one defect, each ringing the housing."""
    order = {"outer_race": OUTER_ORDER, "inner_race": INNER_ORDER, "ball": BALL_ORDER}[fault]
    at = _strike_angles(order, angle[0], angle[-1], generator)
    size = np.exp(generator.uniform(np.log(0.45), np.log(2.0))) * (0.5 + 0.5 * load)
    heights = size * generator.normal(1.0, 0.12, at.size)
    if fault == "inner_race":
        heights *= _load_zone(at + generator.uniform(), load)
    elif fault == "ball":
        heights *= _load_zone(CAGE_ORDER * at + generator.uniform(), load)
        heights[generator.integers(2) :: 2] *= generator.uniform(0.4, 0.9)
    resonance_hz = generator.uniform(2200, 4200)
    return _ring(time, np.interp(at, angle, time), heights, resonance_hz, generator)


def _strike_angles(
    order: float, first: float, last: float, generator: np.random.Generator
) -> np.ndarray:
    """Angles of the strikes in [first, last]; slip makes their spacing a random walk."""
    slip = generator.uniform(0.005, 0.02)
    count = int((last - first) * order * 1.3) + 2
    spacing = generator.normal(1.0, slip, count) / order
    angles = first - generator.uniform() / order + np.cumsum(spacing)
    return angles[(angles >= first) & (angles <= last)]


def _load_zone(turns: np.ndarray, load: float) -> np.ndarray:
    """Stribeck's load distribution over the angle, 0..1; a higher load widens the zone."""
    half_width = 0.35 + 0.4 * load
    inside = np.clip(1 - (1 - np.cos(2 * np.pi * turns)) / (2 * half_width), 0, None)
    return 0.08 + 0.92 * inside**1.5


def _stray_knocks(time: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Knocks from neighbouring machines, at random instants, in every class."""
    count = generator.poisson(0.7)
    instants = generator.uniform(time[0], time[-1], count)
    heights = generator.uniform(0.2, 1.2, count)
    return _ring(time, instants, heights, generator.uniform(1500, 4500), generator)


def _ring(
    time: np.ndarray,
    instants: np.ndarray,
    heights: np.ndarray,
    resonance_hz: float,
    generator: np.random.Generator,
) -> np.ndarray:
    """The sum [SAMPLES] of decaying oscillations that start at *instants*."""
    damping = generator.uniform(0.03, 0.08)
    pulsation = 2 * np.pi * resonance_hz
    delay = time - instants[:, None]
    decay = np.where(delay >= 0, np.exp(-damping * pulsation * np.clip(delay, 0, None)), 0.0)
    return heights @ (decay * np.sin(pulsation * delay))


def _noise(level_g: float, generator: np.random.Generator) -> np.ndarray:
    """White sensor noise plus slower process noise, *level_g* RMS together."""
    white = generator.normal(size=SAMPLES)
    slow = np.convolve(generator.normal(size=SAMPLES + 7), np.ones(8) / np.sqrt(8), "valid")
    share = generator.uniform(0.3, 0.7)
    return level_g * (np.sqrt(1 - share) * white + np.sqrt(share) * slow)


def _wave(turns: np.ndarray) -> np.ndarray:
    return np.sin(2 * np.pi * turns)
