"""Trains the super-resolution sample and rewrites model.onnx, evaluation.npz and sample.json.

Needs torch, onnx, onnxscript, onnxruntime, scikit-image and Pillow. About twelve minutes on two
cores.
"""

from __future__ import annotations

import sys
from pathlib import Path

import images
import numpy as np
import torch
from network import Enlarger
from torch.nn import functional as F

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from _training import export, files  # noqa: E402
from _training.intervals import bootstrap  # noqa: E402

STEPS = 2000
BATCH = 16
PATCH = 32
"""Side of a training patch on the small grid, in pixels."""
PEAK_RATE = 2e-3
CROP = 128
"""Side of an evaluation crop on the large grid, in pixels."""
CROP_ROWS, CROP_COLUMNS = 3, 4
SEED = 7


def main() -> None:
    """Trains, exports, evaluates the exported file and the baseline on unseen photographs."""
    network = train(training_pairs())
    example = torch.rand(2, 3, 24, 20)
    model = export.to_onnx(
        network, example, "image", "upscaled", {0: "batch", 2: "height", 3: "width"}
    )
    parameters = files.save_model(model, FOLDER / "model.onnx")
    expected = np.stack(
        [
            crop
            for photograph in images.UNSEEN
            for crop in images.crops(images.load(photograph), CROP, CROP_ROWS, CROP_COLUMNS)
        ]
    )
    small = np.stack([images.reduce(crop) for crop in expected])
    inputs = to_planes(small)
    files.save_evaluation(
        FOLDER / "evaluation.npz",
        "psnr_db",
        input__image=inputs,
        expected=expected.transpose(0, 3, 1, 2),
    )
    ours = psnr_db(upscale(FOLDER / "model.onnx", inputs), expected)
    bicubic = psnr_db(np.stack([images.enlarge(crop) for crop in small]), expected)
    files.update_sample(FOLDER, parameters, quality(ours), bicubic.mean())
    report(ours, bicubic)


def training_pairs() -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Small and large pictures, uint8 [3, h, w] and [3, 2h, 2w], at three sizes each."""
    pairs = []
    for photograph in images.TRAINING:
        for pixels in images.pyramid(images.load(photograph)):
            large = images.even(pixels)
            pairs.append((_tensor(images.reduce(large)), _tensor(large)))
    return pairs


def train(pairs: list[tuple[torch.Tensor, torch.Tensor]]) -> Enlarger:
    """An enlarger that minimises the mean absolute error on random patches of *pairs*."""
    torch.manual_seed(SEED)
    generator = np.random.default_rng(SEED)
    network = Enlarger()
    optimiser = torch.optim.Adam(network.parameters(), lr=PEAK_RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, PEAK_RATE, total_steps=STEPS, pct_start=0.05
    )
    losses = []
    for step in range(1, STEPS + 1):
        small, large = batch(pairs, generator)
        loss = F.l1_loss(network(small), large)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
        if step % 100 == 0:
            print(f"step {step} error {255 * np.mean(losses[-100:]):.3f} grey levels", flush=True)
    return network


def batch(
    pairs: list[tuple[torch.Tensor, torch.Tensor]], generator: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Random patches, turned, mirrored and with their colours exchanged; floats in 0..1."""
    patches = [patch(*pairs[generator.integers(len(pairs))], generator) for _ in range(BATCH)]
    small, large = (torch.stack(side).float() / 255 for side in zip(*patches, strict=True))
    return small, large


def patch(
    small: torch.Tensor, large: torch.Tensor, generator: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """The same random place of both pictures, [3, PATCH, PATCH] and twice that."""
    top, left = (generator.integers(side - PATCH + 1) for side in small.shape[1:])
    turns, mirror, colours = generator.integers(4), generator.integers(2), generator.permutation(3)
    cut = []
    for picture, scale in ((small, 1), (large, images.SCALE)):
        rows = slice(top * scale, (top + PATCH) * scale)
        columns = slice(left * scale, (left + PATCH) * scale)
        turned = torch.rot90(picture[colours, rows, columns], int(turns), (1, 2))
        cut.append(turned.flip(2) if mirror else turned)
    return cut[0], cut[1]


def upscale(path: Path, inputs: np.ndarray) -> np.ndarray:
    """What the exported network makes of *inputs*: uint8 [n, 2h, 2w, 3]."""
    (upscaled,) = files.open_session(path).run(None, {"image": inputs})
    return np.rint(255 * upscaled).clip(0, 255).astype(np.uint8).transpose(0, 2, 3, 1)


def to_planes(pictures: np.ndarray) -> np.ndarray:
    """uint8 [n, h, w, 3] as float32 [n, 3, h, w] in 0..1."""
    return (pictures.transpose(0, 3, 1, 2) / np.float32(255)).astype(np.float32)


def psnr_db(ours: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Peak signal-to-noise ratio of each picture over all its RGB values, dB [n]."""
    error = (ours.astype(np.float64) - expected) ** 2
    return 10 * np.log10(255**2 / error.mean(axis=(1, 2, 3)))


def quality(ours: np.ndarray) -> dict[str, float]:
    """Mean PSNR in dB with its 95 % bootstrap interval over crops."""
    low, high = bootstrap(lambda rows: ours[rows].mean(), len(ours), SEED)
    return {"value": ours.mean(), "low": low, "high": high, "n": len(ours)}


def report(ours: np.ndarray, bicubic: np.ndarray) -> None:
    """Prints both means and the gain, over all and by photograph."""
    gain = ours - bicubic
    low, high = bootstrap(lambda rows: gain[rows].mean(), len(gain), SEED)
    print(
        f"ours {ours.mean():.3f} bicubic {bicubic.mean():.3f} dB, "
        f"gain {gain.mean():.3f} [{low:.3f}, {high:.3f}], better on {(gain > 0).sum()} "
        f"of {len(gain)}"
    )
    for photograph, rows in zip(images.UNSEEN, np.split(np.arange(len(gain)), 3), strict=True):
        print(photograph.name, f"ours {ours[rows].mean():.3f} bicubic {bicubic[rows].mean():.3f}")


def _tensor(pixels: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(pixels.transpose(2, 0, 1).copy())


if __name__ == "__main__":
    main()
