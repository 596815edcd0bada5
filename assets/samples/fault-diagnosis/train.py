"""Trains the fault-diagnosis sample and rewrites model.onnx, evaluation.npz and sample.json.

Needs torch, onnx, onnxscript, onnxruntime and scikit-learn. About five minutes on two cores.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from generator import CLASSES, SAMPLES, Conditions, recordings
from network import Classifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch.nn import functional as F

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from _training import export, files  # noqa: E402
from _training.intervals import bootstrap  # noqa: E402

TRAINING = Conditions(loads=(0.0, 0.35, 0.7), noises_g=(0.04, 0.08, 0.12))
UNSEEN = Conditions(loads=(0.5, 1.0), noises_g=(0.10, 0.20))
TRAINING_PER_CLASS = 1600
UNSEEN_PER_CLASS = 120
EPOCHS = 12
BATCH = 64
PEAK_RATE = 2e-3
SEED = 7


def main() -> None:
    """Generates data, trains, exports, evaluates the exported file and the baseline."""
    signals, labels = recordings(TRAINING, TRAINING_PER_CLASS, SEED)
    unseen, expected = recordings(UNSEEN, UNSEEN_PER_CLASS, SEED + 1)
    network = train(signals, labels)
    example = torch.zeros(2, 1, SAMPLES)
    model = export.to_onnx(network, example, "signal", "logits", {0: "batch"})
    parameters = files.save_model(model, FOLDER / "model.onnx")
    files.save_evaluation(
        FOLDER / "evaluation.npz", "macro_f1", input__signal=unseen, expected=expected
    )
    answers = classify(FOLDER / "model.onnx", unseen)
    baseline = macro_f1(expected, baseline_answers(signals, labels, unseen))
    files.update_sample(FOLDER, parameters, quality(expected, answers), baseline)
    print(quality(expected, answers), "baseline", baseline)
    print_confusion(expected, answers)


def train(signals: np.ndarray, labels: np.ndarray) -> Classifier:
    """A classifier trained on *signals* [n, 1, SAMPLES] in g with *labels* [n]."""
    torch.manual_seed(SEED)
    x, y = torch.from_numpy(signals), torch.from_numpy(labels)
    network = Classifier(len(CLASSES))
    optimiser = torch.optim.AdamW(network.parameters(), lr=PEAK_RATE, weight_decay=0.01)
    steps = EPOCHS * (len(x) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, PEAK_RATE, total_steps=steps)
    for epoch in range(1, EPOCHS + 1):
        network.train()
        losses = []
        for rows in torch.randperm(len(x)).split(BATCH)[: len(x) // BATCH]:
            loss = F.cross_entropy(network(augment(x[rows])), y[rows], label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        print(f"epoch {epoch} loss {np.mean(losses):.3f}", flush=True)
    return network


def augment(signals: torch.Tensor) -> torch.Tensor:
    """*signals* [n, 1, SAMPLES] with the sensor turned over at random and its gain off by 20 %."""
    gain = torch.empty(len(signals), 1, 1).uniform_(0.8, 1.2)
    sign = torch.randint(0, 2, (len(signals), 1, 1)) * 2.0 - 1.0
    return signals * gain * sign


def classify(path: Path, signals: np.ndarray) -> np.ndarray:
    """Labels [n] that the exported network gives to *signals* [n, 1, SAMPLES]."""
    (logits,) = files.open_session(path).run(None, {"signal": signals})
    return logits.argmax(axis=1)


def baseline_answers(signals: np.ndarray, labels: np.ndarray, unseen: np.ndarray) -> np.ndarray:
    """Labels [n] by multinomial logistic regression on three classic vibration features."""
    regression = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    regression.fit(features(signals), labels)
    return regression.predict(features(unseen))


def features(signals: np.ndarray) -> np.ndarray:
    """RMS in g, kurtosis and crest factor of *signals* [n, 1, SAMPLES]: [n, 3]."""
    centred = signals[:, 0] - signals[:, 0].mean(axis=1, keepdims=True)
    rms = np.sqrt(np.mean(centred**2, axis=1))
    kurtosis = np.mean(centred**4, axis=1) / rms**4
    crest = np.abs(centred).max(axis=1) / rms
    return np.stack([rms, kurtosis, crest], axis=1)


def macro_f1(expected: np.ndarray, answers: np.ndarray) -> float:
    """The mean over classes of the harmonic mean of precision and recall."""
    return float(f1_score(expected, answers, average="macro"))


def quality(expected: np.ndarray, answers: np.ndarray) -> dict[str, float]:
    """Macro-F1 with its 95 % bootstrap interval over recordings."""
    low, high = bootstrap(
        lambda rows: macro_f1(expected[rows], answers[rows]), len(expected), SEED, resamples=1000
    )
    return {"value": macro_f1(expected, answers), "low": low, "high": high, "n": len(expected)}


def print_confusion(expected: np.ndarray, answers: np.ndarray) -> None:
    """Rows: what it was; columns: what the network said."""
    table = np.zeros((len(CLASSES), len(CLASSES)), int)
    np.add.at(table, (expected, answers), 1)
    print(CLASSES, table, sep="\n")


if __name__ == "__main__":
    main()
