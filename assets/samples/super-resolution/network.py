"""Doubles the size of a picture: a fixed bicubic enlargement plus a learned correction.

Both are computed on the small grid, with one channel for each of the four output positions,
and unfolded at the end (W. Shi et al., "Real-time single image and video super-resolution
using an efficient sub-pixel convolutional neural network", CVPR 2016).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SCALE = 2
CHANNELS = 3
REACH = 2
"""Pixels that the bicubic filter reaches to each side."""


class Enlarger(nn.Module):
    """Image [batch, 3, height, width] in 0..1 in, [batch, 3, 2 height, 2 width] in 0..1 out."""

    def __init__(self, width: int = 32, blocks: int = 4) -> None:
        super().__init__()
        self.register_buffer("bicubic", bicubic_weights())
        self.first = nn.Conv2d(CHANNELS, width, 3, padding=1)
        self.blocks = nn.ModuleList(Block(width) for _ in range(blocks))
        self.last = nn.Conv2d(width, CHANNELS * SCALE**2, 3, padding=1)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, image: Tensor) -> Tensor:
        extended = F.pad(image, [REACH] * 4, mode="replicate")
        enlarged = F.conv2d(extended, self.bicubic)
        features = torch.relu(self.first(image))
        for block in self.blocks:
            features = block(features)
        return F.pixel_shuffle(enlarged + self.last(features), SCALE).clamp(0.0, 1.0)


class Block(nn.Module):
    """Two convolutions around a rectifier, added to what came in."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.second(torch.relu(self.first(x)))


def bicubic_weights() -> Tensor:
    """Bicubic doubling as a convolution, [channels * 4, channels, 5, 5].

    Output pixel 2i + p lies at i + (p - 1/2) / 2 on the small grid.
    """
    taps = torch.arange(-REACH, REACH + 1, dtype=torch.float32)
    phases = torch.stack([_keys((p - 0.5) / 2 - taps) for p in range(SCALE)])
    plane = torch.einsum("py,qx->pqyx", phases, phases).reshape(SCALE**2, 1, *[2 * REACH + 1] * 2)
    weights = torch.zeros(CHANNELS * SCALE**2, CHANNELS, 2 * REACH + 1, 2 * REACH + 1)
    for channel in range(CHANNELS):
        weights[channel * SCALE**2 : (channel + 1) * SCALE**2, channel : channel + 1] = plane
    return weights


def _keys(x: Tensor, a: float = -0.5) -> Tensor:
    """The cubic convolution kernel (R. Keys, 1981) with Pillow's *a*."""
    x = x.abs()
    near = (a + 2) * x**3 - (a + 3) * x**2 + 1
    far = a * x**3 - 5 * a * x**2 + 8 * a * x - 4 * a
    return torch.where(x <= 1, near, torch.where(x < 2, far, torch.zeros_like(x)))
